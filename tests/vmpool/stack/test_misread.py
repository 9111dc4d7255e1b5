"""What a stack file says and would not come to mean: told where the file is read, and nowhere else.

The engine reads a stack file by go-yaml 3, cloud-init its documents by YAML 1.1.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from configurations import MARKER
from kubevirt_vm_pool.text import yaml_1_2

from vmpool import policy_check, render
from vmpool.console import UserError
from vmpool.stack import stack_files
from vmpool.stack.stack_files import Stack

SOURCE = "disk: {source: {pvc: {name: golden}}}"


def stack(lines: str, above: str = "") -> Stack:
    """Return the stack of a file whose config has a disk, a password and some lines."""
    password = "" if lines.startswith("password:") else "password: x\n"
    indented = "".join(f"  {line}\n" for line in f"{SOURCE}\n{password}{lines}".splitlines())
    return stack_files.parsed("user1", f"{above}config:\n{indented}", Path("Pulumi.user1.yaml"))


def report(lines: str) -> str:
    """Return what is said of the stack, on one line."""
    with pytest.raises(UserError) as caught:
        stack(lines).specification()
    return " ".join(str(caught.value).split())


# --- numbers where text is due -------------------------------------------------------------------


@pytest.mark.parametrize(
    "written", ["0123456", "1_000", "1.10", "1e3", "+5", "0x1F", "08", "123456789012345678901"]
)
@pytest.mark.parametrize("key", ["password", "namespace"])
def test_a_number_whose_text_is_another_one_is_refused_where_text_is_due(
    key: str, written: str
) -> None:
    said = report(f"{key}: {written}")
    assert f"{key}:" in said
    assert said.endswith(
        "must be text: without quotes it is a number, whose text is not the one that stands there; "
        "quote it"
    )
    assert (written in said) is (key == "namespace")


@pytest.mark.parametrize("written", ["12345", "1.5", "0", "'0123456'", '"1.10"'])
def test_a_number_that_is_its_own_text_may_be_a_password(written: str) -> None:
    assert stack(f"password: {written}").specification().password == written.strip("'\"")


def test_a_version_that_loses_its_nought_is_refused_where_it_stands() -> None:
    assert "kubevirtVersion: 1.10 must be text" in report("kubevirtVersion: 1.10")


@pytest.mark.parametrize("written", ["1e9", "2_147_483_648"])
def test_a_quantity_is_the_same_however_it_is_written(written: str) -> None:
    assert int(str(stack(f"memory: {written}").specification().memory)) >= 10**9


@pytest.mark.parametrize("written", ["true", "True"])
def test_a_truth_value_is_no_password(written: str) -> None:
    assert "password: must be text, and is a truth value without quotes; quote it" in report(
        f"password: {written}"
    )


@pytest.mark.parametrize("written", [f"[{MARKER}, b]", f"{{{MARKER}: b}}"])
def test_a_list_or_an_object_is_no_password(written: str) -> None:
    said = report(f"password: {written}")
    assert said.endswith("password: must be text; give text")


def test_a_value_of_a_replica_that_would_be_another_number_is_refused() -> None:
    lines = "perReplica: {spare: 0, values: [{id: 0012}], hostname: 'a{{ values.id }}'}"
    assert "perReplica.values[0].id: is read as another value" in report(lines)


def test_the_permissions_of_a_file_may_be_an_octal_number() -> None:
    files = "cloudInit: {config: {write_files: [{path: /a, content: a, permissions: 0644}]}}"
    config = stack(files).specification().cloud_init.config
    assert config["write_files"][0]["permissions"] == 0o644


# --- yes, no, on and off -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "meant"), [("no", "false"), ("Off", "false"), ("yes", "true"), ("ON", "true")]
)
@pytest.mark.parametrize(
    "lines",
    [
        "cloudInit: {networkData: {version: 2, ethernets: {a: {optional: %s}}}}",
        "cloudInit: {config: {package_update: %s}}",
        "perReplica: {config: {package_update: %s}}",
        "perReplica: {networkData: {version: 2, ethernets: {a: {optional: %s}}}}",
    ],
)
def test_what_is_a_truth_value_to_cloud_init_alone_is_refused(
    lines: str, written: str, meant: str
) -> None:
    assert report(lines % written).endswith(f"write {meant}, or quote it if it is text")


@pytest.mark.parametrize(
    "lines",
    [
        "cloudInit: {config: {keyboard: {layout: 'no'}}}",
        "cloudInit: {config: {package_update: false}}",
        "password: no",
        "perReplica: {hostname: '{{ values }}{{ index }}', spare: 0, values: [no]}",
        "vmLabels: {a: no}",
    ],
)
def test_text_that_only_looks_like_a_truth_value_is_text(lines: str) -> None:
    stack(lines).specification()


# --- keys, merge keys and what is no number ------------------------------------------------------


@pytest.mark.parametrize("key", ["0", "true", "~", "1.5"])
def test_a_key_that_is_no_text_is_refused_as_the_engine_does(key: str) -> None:
    said = report(f"perReplica: {{hostname: a, spare: 0, values: {{{key}: a}}}}")
    shown = "null" if key == "~" else key
    assert f"perReplica.values.{shown}: is a key without quotes that is no text" in said
    assert f'quote it: "{shown}"' in said


def test_indices_in_quotes_are_keys() -> None:
    lines = "perReplica: {hostname: '{{ values }}', spare: 0, values: {'0': a}}"
    assert stack(lines).specification().per_replica.values == {"0": "a"}


def test_objects_are_merged_by_merge_keys_as_the_engine_does() -> None:
    lines = (
        "tolerations:\n- &t {key: a, operator: Exists}\n- {<<: *t, key: b}\n"
        "- {<<: [{effect: NoExecute}, *t], key: c}"
    )
    assert stack(lines).specification().tolerations == [
        {"key": "a", "operator": "Exists"},
        {"key": "b", "operator": "Exists"},
        {"key": "c", "operator": "Exists", "effect": "NoExecute"},
    ]


def test_an_object_that_is_merged_twice_over_has_no_key_twice() -> None:
    text = "x: {y: {z: &c {k: 1, l: 2}, w: &d {<<: *c, k: 3}}}\nv: {<<: [*d, {l: 9}], m: 4}"
    assert yaml_1_2.load(text)["v"] == {"k": 3, "l": 2, "m": 4}


def test_a_quoted_merge_key_is_a_key() -> None:
    assert yaml_1_2.load("{'<<': {a: 1}}") == {"<<": {"a": 1}}


@pytest.mark.parametrize("written", [".inf", "-.Inf", ".NaN"])
def test_what_is_no_number_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"line 1, column 4: an unquoted infinity or no number"):
        yaml_1_2.load(f"a: {written}")


def test_all_that_is_misread_stands_in_one_report_with_the_other_mistakes() -> None:
    lines = "password: 007\nreplicas: two\ncloudInit: {config: {package_update: yes}}"
    assert report(lines).startswith("Pulumi.user1.yaml has 3 problems: replicas: two")


# --- values from elsewhere -----------------------------------------------------------------------

NOT_KNOWN = r"stack user1 is not known: Pulumi.user1.yaml takes values from Pulumi ESC \({}\)"


@pytest.mark.parametrize(
    ("above", "named"),
    [
        ("environment: [team]\n", "environment: team"),
        ("environment:\n- team\n- lab/dev: {merge: false}\n", "environment: team, lab/dev"),
        ("environment: {imports: [team]}\n", "environment: team"),
        ("environment: {values: {a: b}}\n", "environment"),
        ("environment: team\n", "environment: team"),
        ("mainEnvironment: [team]\n", "environment: team"),
    ],
)
def test_a_stack_whose_values_come_from_an_environment_is_not_known(above: str, named: str) -> None:
    with pytest.raises(UserError, match=NOT_KNOWN.format(named)):
        render.objects_of(stack("", above))


def test_it_may_have_no_config_of_its_own() -> None:
    found = stack_files.parsed("user1", "environment: [team]\n", Path("Pulumi.user1.yaml"))
    with pytest.raises(UserError, match=NOT_KNOWN.format("environment: team")):
        found.require_known()


@pytest.mark.parametrize("above", ["", "environment: []\n", "environment:\n"])
def test_a_stack_without_an_environment_is_known(above: str) -> None:
    assert render.objects_of(stack("", above)).keys() >= {"pool"}


def test_policies_are_not_checked_on_what_is_not_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stack_files, "read", lambda _: stack("", "environment: [team]\n"))
    with pytest.raises(UserError, match="not to be checked: user1"):
        policy_check.check(["user1"])
    assert "is not known" in capsys.readouterr().err
