"""What is said of a stack, without its secrets."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from kubevirt_vm_pool.cluster.kubectl import KubectlError

from vmpool import target
from vmpool.console import UserError
from vmpool.fleet import hiding, one_stack
from vmpool.fleet.known import Known
from vmpool.stack import stack_files

USER_DATA = """\
#cloud-config
users:
  - name: ops
    lock_passwd: false
password: hunter22
runcmd:
  - if true; then
  - echo "correct horse" > /root/word
  - done
"""
STACK = f"""\
config:
  name: web
  cloudInit:
    userData: |
{"".join(f"      {line}" for line in USER_DATA.splitlines(keepends=True))}\
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""


@pytest.mark.parametrize(
    "said",
    [
        USER_DATA,
        "it has password: hunter22 in line 4",
        "the Secret has password: hunter22",
        r'invalid value "#cloud-config\nusers:\n  - name: ops\npassword: hunter22\nruncmd:"',
        r'a line "- echo \"correct horse\" > /root/word" is none',
        base64.b64encode(USER_DATA.encode()).decode(),
        base64.b64encode(b"password: hunter22").decode(),
    ],
)
def test_a_line_of_a_long_text_is_hidden_however_it_is_told(said: str) -> None:
    told = hiding.hiding([USER_DATA])(said)
    assert hiding.HIDDEN in told
    for word in ("hunter22", "correct horse", base64.b64encode(b"hunter22")[1:-2].decode()):
        assert word not in told


@pytest.mark.parametrize(
    ("secret", "said", "told"),
    [
        ("kubevirt", 'pools.pool.kubevirt.io "web"', 'pools.pool.kubevirt.io "web"'),
        ("kubevirt", "cdi.kubevirt.io: no kubevirt", "cdi.kubevirt.io: no [secret]"),
        ("pool.kubevirt.io", "at pool.kubevirt.io", "at [secret]"),
    ],
)
def test_the_name_of_a_group_hides_no_password_and_tells_none(
    secret: str, said: str, told: str
) -> None:
    assert hiding.hiding([secret])(said) == told


@pytest.mark.parametrize(
    ("secret", "said", "told"),
    [
        (
            "web-f",
            "VM of web-f (web-f-disk-*): set A=f/web-f",
            "VM of web-f (web-f-disk-*): set A=f/web-f",
        ),
        ("web-f", "no xweb-f, web-fx, my-web-f", "no x[secret], [secret]x, my-[secret]"),
        ("class", "class-f is up, and class is hidden", "class-f is up, and [secret] is hidden"),
        ("my web-f is", "my web-f is, and web-f", "[secret], and web-f"),
    ],
)
def test_a_name_that_everybody_knows_hides_no_secret_and_tells_none(
    secret: str, said: str, told: str
) -> None:
    assert hiding.hiding([secret], ["web-f", "class-f", "web"])(said) == told


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
@pytest.mark.parametrize("after", ["", "z", "yz"])
def test_a_line_is_hidden_in_the_base64_of_a_text_that_has_it(before: str, after: str) -> None:
    text = base64.b64encode(f"{before}password: hunter22{after}".encode()).decode()
    left = hiding.hiding([USER_DATA])(text)
    assert left.count(hiding.HIDDEN) == 1
    # Some bits of what is beside it.
    assert len(left) - len(hiding.HIDDEN) <= 9


@pytest.mark.parametrize(
    "sentence",
    [
        "userData begins with #cloud-config, and has users: and runcmd: below it",
        "what is done is not true, and else is exit 0",
        "golden is to be cloned",
    ],
)
def test_words_that_are_no_secret_stay_in_sentences(sentence: str) -> None:
    assert hiding.hiding([USER_DATA, "abc", ""])(sentence) == sentence


def test_a_secret_that_is_a_part_of_its_own_place_is_hidden_once() -> None:
    assert hiding.hiding(["secret", "cret"])("it is secret") == "it is [secret]"


def test_a_stacks_own_texts_and_its_kubeconfig_are_hidden() -> None:
    text = f"{STACK}  kubernetes:kubeconfig: |\n    users:\n    - token: 5f1dcafe\n"
    hide = hiding.of(stack_files.parsed("ann", text, Path("Pulumi.ann.yaml")))
    assert hide("password: hunter22, - token: 5f1dcafe") == "[secret], [secret]"
    assert hide("pool web, disk golden of 6Gi") == "pool web, disk golden of 6Gi"


def test_the_name_of_a_kubeconfig_stays() -> None:
    text = f"{STACK}  kubernetes:kubeconfig: /etc/of-class\n"
    hide = hiding.of(stack_files.parsed("ann", text, Path("Pulumi.ann.yaml")))
    assert hide("there is no /etc/of-class") == "there is no /etc/of-class"


@pytest.mark.parametrize("error", [UserError, KubectlError])
def test_why_a_stack_fails_is_told_without_its_secrets(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: type[Exception]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error(f"the Secret is not valid: {USER_DATA}")

    known = Known()
    stack = stack_files.parsed("ann", STACK, tmp_path / "Pulumi.ann.yaml")
    monkeypatch.setattr(known, "first", lambda name: stack)
    monkeypatch.setattr(target, "started", fails)
    with pytest.raises(error) as told:
        one_stack.preview(known)("ann", str)
    assert str(told.value) == "the Secret is not valid: [secret]"
