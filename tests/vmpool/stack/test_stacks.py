"""Stack files: found, read, decrypted, and refused without a word of what they keep secret."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from configurations import DEV, ED25519_KEY, MARKER, STACK_FILE
from encrypted import BY_PULUMI, PULUMIS_PASSPHRASE, salt_for, sealed
from kubevirt_vm_pool.guest.per_replica import replicas
from kubevirt_vm_pool.spec import placeholders
from kubevirt_vm_pool.spec.cloud_init import A_PUBLIC_KEY
from kubevirt_vm_pool.text import yaml_documents
from unbounded import ALIASES, LONG_TEXTS, MERGES

from vmpool.console import UserError
from vmpool.stack import decryption, stack_files
from vmpool.stack.stack_files import Stack

FILE = Path("Pulumi.user1.yaml")

SOURCE = "disk: {source: {pvc: {name: golden}}}"


@pytest.fixture(autouse=True)
def _no_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test begins without a passphrase, whatever the person has."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setattr(decryption, "PASSPHRASE", tmp_path / "no-passphrase")


def config(lines: str, *, salt: str | None = None) -> Stack:
    """Return the stack of a file whose config has some lines."""
    indented = "".join(f"  {line}\n" for line in lines.splitlines())
    above = f"encryptionsalt: {salt}\n" if salt else ""
    return stack_files.parsed("user1", f"{above}config:\n{indented}", FILE)


def trouble(text: str) -> str:
    """Return what is said of a file that cannot be read."""
    with pytest.raises(UserError) as caught:
        stack_files.parsed("user1", text, FILE)
    return str(caught.value)


# --- files ---------------------------------------------------------------------------------------


def test_the_stacks_are_the_files_in_the_projects_folder(tmp_path: Path) -> None:
    for name in ("Pulumi.yaml", "Pulumi.b.yaml", "Pulumi.a.yaml", "Pulumi.c.yml", "b.yaml"):
        (tmp_path / name).write_text(f"config: {{{SOURCE}}}\n")
    assert stack_files.names(tmp_path) == ["a", "b"]
    assert [stack.name for stack in stack_files.all_stacks(tmp_path)] == ["a", "b"]


def test_a_missing_stack_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    for name in ("dev", "user2"):
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    with pytest.raises(UserError) as caught:
        stack_files.read("user1", tmp_path)
    assert str(caught.value) == (
        "there is no stack user1: Pulumi.user1.yaml does not exist (stacks here: dev, user2); "
        "make it: vmpool stack new user1 --from STACK"
    )


@pytest.mark.parametrize("name", ["org/dev", "org/kubevirt-vm-pool/dev"])
def test_the_whole_name_of_a_stack_is_told_to_be_more_than_that_of_its_file(name: str) -> None:
    with pytest.raises(UserError) as caught:
        stack_files.read(name)
    assert str(caught.value) == (
        f"{name} is the whole name of a stack; its file has the last part of it only: give dev "
        "(Pulumi.dev.yaml)"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config:\n\treplicas: 2\n", "line 2, column 1: a tab; YAML indents with spaces"),
        (
            "config: {}\n---\nconfig: {}\n",
            "line 2, column 1: a second document begins (---), and there is only one to a file",
        ),
        (
            "config:\n  password: {{ x }}\n",
            "line 2, column 14: an object or a list stands for a key; a text that begins with {{ "
            "must be quoted, and is a template below perReplica only",
        ),
    ],
)
def test_what_is_no_yaml_is_told_by_what_it_is(text: str, said: str) -> None:
    assert trouble(text) == f"Pulumi.user1.yaml cannot be read: {said}"


def test_where_there_is_no_stack_at_all_that_is_said(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"\(stacks here: none\)"):
        stack_files.read("dev", tmp_path)


@pytest.fixture
def class_of_12(tmp_path: Path) -> Path:
    """Return a folder with twelve stacks of a class, and one that is none of it."""
    for name in ["dev", *(f"class-{index:02}" for index in range(12))]:
        (tmp_path / f"Pulumi.{name}.yaml").touch()
    return tmp_path


@pytest.mark.parametrize(
    ("patterns", "names"),
    [
        ((), [*(f"class-{index:02}" for index in range(12)), "dev"]),
        (("class-0[01]",), ["class-00", "class-01"]),
        (("dev", "class-1?", "class-11"), ["dev", "class-10", "class-11"]),
        (("nobody",), ["nobody"]),
    ],
    ids=["none is all of them", "a pattern", "each once, in their order", "a name is left alone"],
)
def test_stacks_are_chosen_by_name_or_pattern(
    class_of_12: Path, patterns: tuple[str, ...], names: list[str]
) -> None:
    assert stack_files.matching(patterns, class_of_12) == names


def test_a_pattern_that_no_stack_fits_is_refused(class_of_12: Path) -> None:
    with pytest.raises(UserError) as caught:
        stack_files.matching(["clas-*"], class_of_12)

    assert str(caught.value).startswith("no stack fits clas-* (stacks here: class-00, class-01, ")
    assert str(caught.value).endswith("class-09 and 3 more)")


def test_the_dev_stack_is_read_from_the_projects_folder() -> None:
    stack = stack_files.read("dev")
    assert (stack.file, dict(stack.given)) == (STACK_FILE, dict(DEV))


@pytest.mark.parametrize("text", ["", "config:\n", "config: []\n", "config: x\n", "[]", "x: 1\n"])
def test_a_file_without_config_is_told(text: str) -> None:
    assert trouble(text) == (
        "Pulumi.user1.yaml has no config: with a key and a value per line below it"
    )


def test_a_file_that_is_no_yaml_is_told_with_the_place() -> None:
    assert trouble("config:\n  a: [\n").startswith("Pulumi.user1.yaml cannot be read: line 3")


def test_a_file_that_is_no_utf_8_is_told(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.user1.yaml").write_bytes("config:\n  password: Zürich\n".encode("latin-1"))
    with pytest.raises(UserError, match=r"Pulumi.user1.yaml cannot be read: it is no UTF-8"):
        stack_files.read("user1", tmp_path)


def test_an_object_that_holds_itself_is_told() -> None:
    assert trouble("config: &all\n  cloudInit: *all\n") == (
        "Pulumi.user1.yaml cannot be read: line 1, column 9: an alias makes it a part of itself"
    )


@pytest.mark.parametrize("text", [ALIASES, LONG_TEXTS, f"config: {{}}\n{ALIASES}"])
def test_a_file_that_aliases_make_huge_is_refused_at_once(text: str) -> None:
    began = time.process_time()
    assert trouble(text) == (
        "Pulumi.user1.yaml cannot be read: it expands by aliases (*name) to more than 100,000 "
        "nodes; use fewer of them, or write out what is meant"
    )
    assert time.process_time() - began < 0.1


def test_objects_that_are_merged_count_as_aliases() -> None:
    assert "it expands by aliases" in trouble(MERGES)
    assert "it expands by aliases" in str(yaml_documents.parsed(MERGES)[1])


@pytest.mark.parametrize(
    "nested",
    [
        f"a: {'[' * 500}{']' * 500}",
        "a0: &a0 x\n" + "".join(f"a{one + 1}: &a{one + 1} [*a{one}]\n" for one in range(500)),
    ],
)
def test_a_file_that_is_nested_too_deep_is_refused(nested: str) -> None:
    assert trouble(nested).endswith(": it is nested more than 100 deep")


def test_ninety_lists_in_each_other_are_read() -> None:
    assert config(f"a: {'[' * 90}{']' * 90}").given["a"] == "[" * 90 + "]" * 90


def test_aliases_of_what_many_have_in_common_are_no_trap() -> None:
    stack = config("a: &a [1, 2]\nb: &b {x: *a}\nc: [*b, *b, *a]")
    assert stack.given["c"] == '[{"x": [1, 2]}, {"x": [1, 2]}, [1, 2]]'


def test_a_long_file_without_aliases_is_no_trap() -> None:
    numbers = list(range(150_000))
    assert config(f"a: {numbers}").given["a"] == str(numbers)


@pytest.mark.parametrize("written", ["5", "true", "1.5"])
def test_the_providers_settings_are_text(written: str) -> None:
    assert config(f"kubernetes:context: {written}").kubernetes["context"] == written


def test_a_stacks_problems_are_told_with_the_name_of_its_file() -> None:
    with pytest.raises(UserError, match=r"^Pulumi.user1.yaml has 2 problems:"):
        config(f"replicas: many\nmemory: 2GB\npassword: x\n{SOURCE}").specification()


def test_the_namespace_of_a_stack_is_its_name() -> None:
    assert config(f"password: x\n{SOURCE}").specification().namespace == "user1"


def test_a_stack_does_not_show_its_values() -> None:
    assert MARKER not in repr(config(f"password: {MARKER}\nkubernetes:kubeconfig: {MARKER}"))


# --- keys ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "kubevirt-vm-pool:"])
def test_a_key_may_bear_the_projects_name(prefix: str) -> None:
    assert dict(config(f"{prefix}replicas: 3").given) == {"replicas": 3}


def test_a_key_that_stands_there_twice_is_an_error() -> None:
    said = trouble("config:\n  replicas: 2\n  memory: 2Gi\n  replicas: 3\n")
    assert said == (
        "Pulumi.user1.yaml cannot be read: line 4, column 3: the key replicas stands here twice"
    )


def test_a_key_deeper_down_that_stands_there_twice_is_an_error() -> None:
    said = trouble("config:\n  disk:\n    size: 6Gi\n    size: 8Gi\n")
    assert "line 4, column 5: the key size stands here twice" in said


def test_a_key_with_and_without_the_projects_name_is_an_error() -> None:
    said = trouble("config:\n  replicas: 2\n  kubevirt-vm-pool:replicas: 3\n")
    assert said == (
        "Pulumi.user1.yaml has replicas and kubevirt-vm-pool:replicas, which are the same; "
        "remove one of them"
    )


def test_the_providers_settings_are_kept_apart() -> None:
    stack = config("kubernetes:context: lab\nreplicas: 3")
    assert (dict(stack.given), dict(stack.kubernetes)) == ({"replicas": 3}, {"context": "lab"})


def test_the_settings_of_others_are_left_alone() -> None:
    stack = config("pulumi:tags: {a: b}\naws:region: x\nreplicas: 3")
    assert (dict(stack.given), dict(stack.kubernetes)) == ({"replicas": 3}, {})


@pytest.mark.parametrize(
    ("line", "own"),
    [
        ("encryptionsalt: v1:x:v1:y:z\n", True),
        ("encryptedkey: x\n", True),
        ("secretsprovider: awskms://x\n", True),
        ("", False),
    ],
)
def test_a_stack_knows_whether_its_file_says_where_secrets_are(line: str, own: bool) -> None:
    assert stack_files.parsed("user1", f"{line}config: {{replicas: 3}}\n", FILE).own_secrets is own


# --- encrypted values ----------------------------------------------------------------------------


def test_what_pulumi_wrote_is_decrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", PULUMIS_PASSPHRASE)
    stack = stack_files.parsed("user1", BY_PULUMI, FILE)
    assert dict(stack.given) == {
        "password": MARKER,
        "cloudInit": {"sshAuthorizedKeys": [ED25519_KEY]},
        "disk": {"source": {"pvc": {"name": "golden"}}},
    }
    assert dict(stack.encrypted) == {}


@pytest.mark.parametrize("phrase", ["wrong horse", None])
def test_what_cannot_be_decrypted_is_sound_all_the_same(
    monkeypatch: pytest.MonkeyPatch, phrase: str | None
) -> None:
    if phrase is not None:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", phrase)
    stack = stack_files.parsed("user1", BY_PULUMI, FILE)
    spec = stack.specification()
    assert (spec.password, spec.cloud_init.ssh_authorized_keys) == (
        placeholders.PLACEHOLDERS[("password",)],
        [A_PUBLIC_KEY],
    )


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("wrong horse", "PULUMI_CONFIG_PASSPHRASE is not the stack's"),
        (None, "PULUMI_CONFIG_PASSPHRASE is not set"),
    ],
)
def test_why_a_value_stays_sealed_is_known_by_its_key(
    monkeypatch: pytest.MonkeyPatch, phrase: str | None, reason: str
) -> None:
    if phrase is not None:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", phrase)
    stack = stack_files.parsed("user1", BY_PULUMI, FILE)
    assert dict(stack.encrypted) == {
        "password": reason,
        "cloudInit.sshAuthorizedKeys[0]": reason,
    }


def test_a_value_that_a_key_service_encrypted_stays_sealed() -> None:
    stack = config("password: {secure: AAAA}")
    assert stack.encrypted["password"].startswith("only the engine can decrypt it")


def test_a_sealed_stack_says_what_would_have_to_be_open() -> None:
    with pytest.raises(UserError, match="password in Pulumi.user1.yaml is encrypted, and PULUMI_"):
        stack_files.parsed("user1", BY_PULUMI, FILE).require_decrypted()


def test_an_open_stack_demands_nothing() -> None:
    config("password: x").require_decrypted()


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("replicas", "replicas: {secure: AAAA}"),
        ("disk.source.pvc.name", "disk: {source: {pvc: {name: {secure: AAAA}}}}"),
        ("tolerations[0].value", "tolerations: [{value: {secure: AAAA}}]"),
        ("cloudInit.secretName", "cloudInit: {secretName: {secure: AAAA}}"),
        ("cloudInit", "cloudInit: {secure: AAAA}"),
        ("perReplica", "perReplica: {secure: AAAA}"),
        ("perReplica.hostname", "perReplica: {hostname: {secure: AAAA}}"),
        ("perReplica.values", "perReplica: {values: {secure: AAAA}}"),
        ("perReplica.secrets.tls", "perReplica: {secrets: {tls: {secure: AAAA}}}"),
        ("kubernetes:context", "kubernetes:context: {secure: AAAA}"),
    ],
)
def test_a_sealed_value_that_others_depend_on_is_an_error(key: str, lines: str) -> None:
    with pytest.raises(UserError) as caught:
        config(lines)
    assert str(caught.value).startswith(f"{key} is encrypted, and ")
    assert "AAAA" not in str(caught.value)


MOUNTED = "volumes: [{name: s, %s}]\npassword: x\n" + SOURCE


def of_replicas(per_replica: str, volume: str, phrase: str = "open") -> Stack:
    """Return a stack in which SECRET stands for MARKER, encrypted with a passphrase."""
    secret = f"{{secure: '{sealed(phrase, MARKER)}'}}"
    lines = f"perReplica: {per_replica.replace('SECRET', secret)}\n{MOUNTED % volume}"
    return config(lines, salt=salt_for(phrase))


SECRET_VOLUME = "secret: {secretName: s}"
CONFIG_MAP_VOLUME = "configMap: {name: s}"


@pytest.mark.parametrize("phrase", ["open", None])
@pytest.mark.parametrize(
    "per_replica",
    [
        "{spare: 0, values: [{token: SECRET}], secrets: {s: {a: '{{ values.token }}'}}}",
        "{spare: 0, values: [SECRET], secrets: {s: {a: '{{ values }}'}}}",
        "{spare: 0, values: {'0': {a: [SECRET]}}, secrets: {s: {a: '{{ values.a[0] }}'}}}",
        "{secrets: {s: {a: SECRET}}}",
        "{password: SECRET, secrets: {s: {}}}",
        "{config: {final_message: SECRET}, secrets: {s: {}}}",
        "{networkData: {version: 2, wifis: SECRET}, secrets: {s: {}}}",
    ],
)
def test_what_is_encrypted_for_replicas_is_sound_with_and_without_the_passphrase(
    monkeypatch: pytest.MonkeyPatch, per_replica: str, phrase: str | None
) -> None:
    if phrase:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", phrase)
    found = replicas(of_replicas(per_replica, SECRET_VOLUME).specification())
    texts = str([(one.own.secrets, one.spec.cloud_init.model_dump()) for one in found])
    texts += str([one.own.password for one in found])
    assert (MARKER in texts) is (phrase is not None)


def test_an_encrypted_value_may_be_a_host_name() -> None:
    own = "{spare: 0, values: [SECRET], hostname: '{{ values }}', secrets: {s: {}}}"
    (found,) = replicas(of_replicas(own, SECRET_VOLUME).specification())
    assert found.own.hostname == "not-known-here-0"


@pytest.mark.parametrize("phrase", ["open", None])
@pytest.mark.parametrize(
    "per_replica",
    [
        "{spare: 0, values: [{t: SECRET}], configMaps: {s: {page: 'a {{ values.t }}'}}}",
        "{configMaps: {s: {page: SECRET}}}",
    ],
)
def test_what_is_encrypted_ends_in_no_config_map(
    monkeypatch: pytest.MonkeyPatch, per_replica: str, phrase: str | None
) -> None:
    if phrase:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", phrase)
    with pytest.raises(UserError) as caught:
        of_replicas(per_replica, CONFIG_MAP_VOLUME).specification()
    assert str(caught.value) == (
        "perReplica.configMaps.s.page in Pulumi.user1.yaml holds an encrypted value, and a "
        "ConfigMap keeps none secret; use perReplica.secrets"
    )


def test_a_config_map_may_stand_beside_what_is_encrypted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    values = "{spare: 0, values: [{t: SECRET, page: hello}]"
    own = f"{values}, configMaps: {{s: {{page: '{{{{ values.page }}}}'}}}}}}"
    (found,) = replicas(of_replicas(own, CONFIG_MAP_VOLUME).specification())
    assert found.own.config_maps == {"s": {"page": "hello"}}


def test_a_sealed_kubeconfig_is_the_engines_business() -> None:
    stack = config("kubernetes:kubeconfig: {secure: AAAA}\nreplicas: 3")
    assert dict(stack.given) == {"replicas": 3}


def test_a_decrypted_value_is_text_that_is_decoded_by_its_declared_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    stack = config(f"replicas: {{secure: '{sealed('open', '3')}'}}", salt=salt_for("open"))
    assert dict(stack.given) == {"replicas": 3}


def test_an_object_that_only_looks_sealed_is_an_object() -> None:
    given: dict[str, Any] = dict(config("nodeSelector: {secure: a, zone: b}").given)
    assert given == {"nodeSelector": {"secure": "a", "zone": "b"}}


# --- no message quotes a secret ------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        f"!{MARKER} x",
        f"!!{MARKER} x",
        f"!!int {MARKER}",
        f"!!float {MARKER}",
        f"!!bool {MARKER}",
        f"!!timestamp {MARKER}",
        f"!!binary {MARKER}x",
        f"*{MARKER}",
        f"&{MARKER} [",
        f"'{MARKER}",
        f'"{MARKER}\\q"',
        f"[{MARKER}",
        f"{{{MARKER}",
        f"{MARKER}: x: y",
        f"|{MARKER}",
        f"%{MARKER}",
        f"@{MARKER}",
        f"`{MARKER}`",
        f"a\n{MARKER}",
        f"!!python/object/apply:os.system [{MARKER}]",
        f"<<: *{MARKER}",
        f"? [{MARKER}]\n    : x",
    ],
)
def test_a_file_that_cannot_be_read_is_told_without_its_words(value: str) -> None:
    assert MARKER not in trouble(f"config:\n  password: {value}\n")


def test_a_date_is_no_mistake_and_none_that_there_is_either() -> None:
    given = config("password: 2026-02-30\ncloudInit: {user: 2026-13-99}").given
    assert given == {"password": "2026-02-30", "cloudInit": {"user": "2026-13-99"}}


def test_a_problem_with_a_decrypted_value_is_told_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    secret = sealed("open", MARKER)
    lines = f"cloudInit: {{sshAuthorizedKeys: [{{secure: '{secret}'}}]}}\n{SOURCE}"
    with pytest.raises(UserError) as caught:
        config(lines, salt=salt_for("open")).specification()
    assert "cloudInit.sshAuthorizedKeys[0]" in str(caught.value)
    assert MARKER not in str(caught.value)


WORD = "Hunter2 must not be shown"
HEADER = 'perReplica: {values: {token: [$, $]}, hostname: "{{ values.token }}"}\nreplicas: 2'


@pytest.mark.parametrize("word", [WORD, f"{WORD}, {70 * 'x'}", '"quoted"\nHunter2', "N0!"])
@pytest.mark.parametrize(
    ("lines", "key"),
    [
        ("name: $", "name"),
        ("memory: $", "memory"),
        ("labels: {app: $}", "labels"),
        ("tolerations: $", "tolerations"),
        ("service: {ports: [{name: $, port: 80}]}", "service.ports[0].name"),
        ("disk: {size: $, source: {pvc: {name: golden}}}", "disk.size"),
        (HEADER, "perReplica"),
    ],
)
def test_what_was_decrypted_is_quoted_in_no_error(
    monkeypatch: pytest.MonkeyPatch, lines: str, key: str, word: str
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "p")
    more = "" if "disk:" in lines else f"\n{SOURCE}"
    written = lines.replace("$", f"{{secure: {sealed('p', word)}}}")
    stack = config(f"password: x\n{written}{more}", salt=salt_for("p"))
    with pytest.raises(UserError) as caught:
        stack.specification()
    told = str(caught.value)
    assert key in told
    for part in (word, word[:20], word.splitlines()[-1]):
        assert part not in told
    assert word not in repr(stack)
