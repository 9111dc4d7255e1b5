"""`vmpool render`: a stack's objects as YAML, and what it says where there are none."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from cluster_fixtures import RunKubectl
from configurations import MARKER, specification
from encrypted import BY_PULUMI, salt_for, sealed
from kubevirt_vm_pool.manifests.objects import objects
from unneeded_modules import UNNEEDED

from vmpool import policy_check, render
from vmpool.cli import main
from vmpool.manifest_yaml import as_yaml, redacted
from vmpool.stack import decryption, stack_files
from vmpool.stack.project import PROJECT_FILE

SOURCE = "  disk: {source: {pvc: {name: golden}}}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder of the test's own, without stacks and passphrase."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE", raising=False)
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setattr(decryption, "PASSPHRASE", tmp_path / "no-passphrase")
    monkeypatch.setattr(stack_files.read, "__defaults__", (tmp_path,))
    monkeypatch.setattr(stack_files.names, "__defaults__", (tmp_path,))
    return tmp_path


def rendered(folder: Path, text: str, *options: str) -> Result:
    """Return what `vmpool render` prints of a stack file."""
    (folder / "Pulumi.user1.yaml").write_text(text, encoding="utf-8")
    return CliRunner().invoke(main, ["render", "--stack", "user1", *options])


# --- what is printed -----------------------------------------------------------------------------


def test_what_is_printed_is_the_objects_in_the_order_of_their_creation(folder: Path) -> None:
    done = rendered(folder, f"config:\n  name: web\n  password: x\n{SOURCE}", "--show-secrets")
    spec = specification(
        {"name": "web", "password": "x", "replicas": None, "cloudInit": None, "autoscaling": None}
        | {"disk": {"source": {"pvc": {"name": "golden"}}}, "tolerations": None}
    )
    assert list(yaml.safe_load_all(done.stdout)) == list(objects(spec).values())


def test_every_object_is_a_document_of_its_own() -> None:
    text = as_yaml(objects(specification()).values())
    assert [line for line in text.splitlines() if line.startswith("---")] == ["---"] * 4


def test_keys_are_sorted_so_that_two_versions_can_be_compared() -> None:
    text = as_yaml([{"kind": "A", "b": {"d": 1, "c": 2}, "a": 3}])
    assert text == "---\na: 3\nb:\n  c: 2\n  d: 1\nkind: A\n"


def test_equal_parts_are_written_out() -> None:
    labels = {"a": "b"}
    text = as_yaml([{"kind": "A", "x": labels, "y": labels, "z": [labels, labels]}])
    assert ("&" in text, text.count("a: b")) == (False, 4)


class _LibraryDumper(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def test_objects_are_written_as_the_library_writes_them() -> None:
    values = [None, True, 1, -2.5, "", "a\nb\n", " a", "ü", [], {}, [[{}], {"a": [None]}], {"1": 2}]
    manifests = [*objects(specification()).values(), {"kind": "A", "values": values}]
    assert as_yaml(manifests, show_secrets=True) == yaml.dump_all(
        manifests, Dumper=_LibraryDumper, allow_unicode=True, explicit_start=True, width=100
    )


def test_what_is_printed_is_the_same_each_time() -> None:
    printed = {CliRunner().invoke(main, ["render"]).stdout for _ in range(3)}
    assert len(printed) == 1


def test_text_of_other_languages_stays_legible() -> None:
    assert "Zürich" in as_yaml([{"kind": "A", "a": "Zürich"}])


def test_the_dev_stack_is_rendered_where_none_is_named() -> None:
    assert (
        CliRunner().invoke(main, ["render"]).stdout
        == CliRunner().invoke(main, ["render", "-s", "dev"]).stdout
        != ""
    )


@pytest.mark.parametrize(
    "text",
    ["y", "N", "yes", "off", "null", "~", "", "1e3", "1E-3", ".5e1", "0o14", "0x1f", "1_000"]
    + ["1:20", "0b1", "012", "2026-11-25", ".inf", "=", "<<", "- a", "a: b", "#", "-", "+", "."],
)
def test_kubectl_reads_a_text_as_it_is(kubectl: RunKubectl, text: str) -> None:
    metadata = {"name": "texts", "annotations": {"key": text}}
    manifest = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"a": text}}
    if text.isalnum():
        manifest["data"] = {text: text}
    done = kubectl(
        *("create", "--dry-run=server", "--validate=strict", "-f", "-", "-o", "json"),
        stdin=as_yaml([manifest]),
    )
    assert json.loads(done.stdout)["data"] == manifest["data"]


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize("member", ["data", "stringData"])
def test_the_values_of_a_secret_are_not_printed(member: str) -> None:
    manifest = {"kind": "Secret", "type": "Opaque", member: {"a": MARKER, "b": MARKER}}
    assert redacted(manifest) == {
        "kind": "Secret",
        "type": "Opaque",
        member: {"a": "[secret]", "b": "[secret]"},
    }


def test_redacting_changes_nothing_in_the_object() -> None:
    manifest: dict[str, Any] = {"kind": "Secret", "data": {"a": MARKER}}
    redacted(manifest)
    assert manifest == {"kind": "Secret", "data": {"a": MARKER}}


def test_other_objects_are_printed_as_they_are() -> None:
    manifest = {"kind": "ConfigMap", "data": {"a": "b"}}
    assert redacted(manifest) == manifest


def test_a_password_is_printed_only_where_that_is_said(folder: Path) -> None:
    text = f"config:\n  password: {MARKER}\n{SOURCE}"
    hidden, shown = rendered(folder, text), rendered(folder, text, "--show-secrets")
    secret = next(iter(yaml.safe_load_all(shown.stdout)))
    assert next(iter(yaml.safe_load_all(hidden.stdout)))["data"] == {"userdata": "[secret]"}
    assert secret["data"]["userdata"] not in hidden.stdout


def test_a_stack_with_sealed_values_is_rendered(folder: Path) -> None:
    done = rendered(folder, BY_PULUMI)
    kinds = [manifest["kind"] for manifest in yaml.safe_load_all(done.stdout)]
    assert (done.exit_code, kinds) == (0, ["Secret", "VirtualMachinePool", "Service"])


def test_sealed_and_open_values_make_the_same_objects(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (
        f"encryptionsalt: {salt_for('open')}\nconfig:\n"
        f"  password: {{secure: '{sealed('open', MARKER)}'}}\n{SOURCE}"
    )
    before = rendered(folder, text).stdout
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    assert rendered(folder, text).stdout == before != ""


PER_REPLICA = (
    "config:\n  password: x\n  volumes: [{name: s, secret: {secretName: s}}]\n"
    f"  perReplica: {{%s password: {MARKER}, secrets: {{s: {{a: {MARKER}}}}}}}\n{SOURCE}"
)


def test_what_replicas_have_of_their_own_is_not_printed(folder: Path) -> None:
    done = rendered(folder, PER_REPLICA % "")
    data = [one["data"] for one in yaml.safe_load_all(done.stdout) if one["kind"] == "Secret"]
    assert data == [{"userdata": "[secret]"}, *[{"userdata": "[secret]"}, {"a": "[secret]"}] * 3]


def test_generated_values_are_not_made_up_to_be_shown(folder: Path) -> None:
    text = PER_REPLICA % "generate: {token: {}},"
    done = rendered(folder, text, "--show-secrets")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "error: perReplica.generate in Pulumi.user1.yaml has values that an up makes, and nobody "
        "knows them here; render without --show-secrets\n"
    )
    assert rendered(folder, text).exit_code == 0


def test_secrets_that_are_sealed_are_not_shown(folder: Path) -> None:
    done = rendered(folder, BY_PULUMI, "--show-secrets")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "error: password in Pulumi.user1.yaml is encrypted, and PULUMI_CONFIG_PASSPHRASE is not "
        "set\n"
    )


# --- policies ------------------------------------------------------------------------------------

LOGIN = "{config: {ssh_import_id: [gh:ann]}}"
PLAIN = f"config:\n  password: {MARKER}\n{SOURCE}"


@pytest.fixture
def rules(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The rules' file of the test's own; it does not exist yet."""
    monkeypatch.setattr(policy_check.settings, "__defaults__", (folder,))
    return folder / "policies.yaml"


def test_the_objects_are_printed_and_what_they_break_is_told_apart(
    folder: Path, rules: Path
) -> None:
    rules.write_text("hashed-password: disabled\n")
    done = rendered(folder, PLAIN, "--policies")
    assert done.stdout == rendered(folder, PLAIN).stdout != ""
    assert (done.exit_code, done.stderr) == (
        0,
        "Pulumi.user1.yaml: advisory: password holds a password in plain text in the stack's file, "
        "for all who read the repository; run `pulumi config set --secret --path 'password'` with "
        "a new password: the old one stays in the history (encrypted-password)\n",
    )


def test_a_mandatory_rule_that_is_broken_fails(folder: Path, rules: Path) -> None:
    rules.write_text("{all: disabled, size-ceiling: {enforcementLevel: mandatory, disk: 1Gi}}\n")
    done = rendered(folder, PLAIN, "--policies")
    assert done.exit_code == 1
    assert done.stdout == rendered(folder, PLAIN).stdout
    assert done.stderr == (
        "Pulumi.user1.yaml: mandatory: VirtualMachinePool webserver has disks of 6Gi, above the "
        "maximum of 1Gi; set disk.size to 1Gi or less (size-ceiling)\n"
        "error: Pulumi.user1.yaml breaks a mandatory rule of policies.yaml, see above\n"
    )


def test_what_many_replicas_break_is_told_in_few_lines(folder: Path, rules: Path) -> None:
    rules.write_text("{all: disabled, hashed-password: advisory}\n")
    own = "  replicas: 20\n  perReplica: {password: '{{ name }}'}\n"
    done = rendered(folder, f"config:\n{own}{SOURCE}", "--policies")
    assert (done.exit_code, len(done.stderr.splitlines())) == (0, 4)
    assert "Secret webserver-cloudinit-0 holds user data with" in done.stderr
    assert done.stderr.endswith("(hashed-password): 19 more\n")


def test_without_a_rules_file_the_defaults_hold(folder: Path, rules: Path) -> None:
    done = rendered(folder, PLAIN, "--policies")
    assert (rules.exists(), done.exit_code) == (False, 0)
    assert [line.split()[1] for line in done.stderr.splitlines()] == ["advisory:", "advisory:"]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        (f"  password: {MARKER}\n", "password"),
        (
            f"  cloudInit: {{userData: '#cloud-config\n\n    password: {MARKER}'}}\n",
            "cloudInit.userData",
        ),
        (
            f"  cloudInit: {{config: {{users: [{{name: a, plain_text_passwd: {MARKER}}}]}}}}\n",
            "cloudInit.config.users[0].plain_text_passwd",
        ),
        (f"  perReplica: {{password: {MARKER}}}\n  cloudInit: {LOGIN}\n", "perReplica.password"),
        (
            "  template: {template: {spec: {volumes: [{name: more, cloudInitNoCloud: {userData: "
            f"'#cloud-config\n\n    password: {MARKER}'}}}}]}}}}}}\n",
            "template.template.spec.volumes[0].cloudInitNoCloud.userData",
        ),
        (
            "  perReplica: {generate: {login: {}}, password: '{{ generated.login }}'}\n"
            f"  cloudInit: {LOGIN}\n",
            None,
        ),
        ("  password: $6$salt$hash\n", None),
        (f"  password: {{secure: '{sealed('open', MARKER)}'}}\n", None),
        (
            "  cloudInit:\n    config:\n      users:\n        - name: a\n          "
            f"plain_text_passwd: {{secure: '{sealed('open', MARKER)}'}}\n",
            None,
        ),
    ],
)
def test_a_password_that_the_file_shows_is_named_by_its_key_and_not_shown(
    folder: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, text: str, key: str | None
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    rules.write_text("{all: disabled, encrypted-password: advisory}\n")
    text = f"encryptionsalt: {salt_for('open')}\nconfig:\n{text}{SOURCE}"
    done = rendered(folder, text, "--policies")
    assert done.exit_code == 0, done.stderr
    assert [line.split()[2] for line in done.stderr.splitlines()] == ([key] if key else [])
    assert MARKER not in done.stderr


def test_what_nobody_can_read_here_is_told_and_not_judged(folder: Path, rules: Path) -> None:
    told = (
        "Pulumi.user1.yaml: hashed-password is not checked: password is encrypted, and "
        "PULUMI_CONFIG_PASSPHRASE is not set\n"
    )
    for level, said in (("mandatory", told), ("disabled", "")):
        rules.write_text(f"hashed-password: {level}\n")
        done = rendered(folder, BY_PULUMI, "--policies")
        assert (done.exit_code, done.stderr) == (0, said)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"replica-ceiling: {maximum: many}", "error: policies.yaml has 1 problem:\n"),
        (b"a: [", "error: policies.yaml cannot be read: line 2, column 1: "),
        (b"\xff", "error: policies.yaml cannot be read: it is no UTF-8\n"),
    ],
)
def test_a_mistake_in_the_rules_file_is_told(
    folder: Path, rules: Path, text: bytes, told: str
) -> None:
    rules.write_bytes(text)
    done = rendered(folder, PLAIN, "--policies")
    assert (done.exit_code, done.stderr.startswith(told)) == (1, True), done.stderr


def test_the_repositorys_own_stacks_break_no_mandatory_rule() -> None:
    done = CliRunner().invoke(main, ["render", "--policies"])
    assert done.exit_code == 0, done.stderr


# --- mistakes ------------------------------------------------------------------------------------


def test_mistakes_are_told_in_one_report(folder: Path) -> None:
    done = rendered(folder, f"config:\n  password: x\n  replicas: many\n  memory: 2GB\n{SOURCE}")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        "error: Pulumi.user1.yaml has 2 problems:\n"
        "  replicas: many\n"
        "      must be a whole number; for instance 2\n"
        "  memory: 2GB\n"
        "      has a unit that Kubernetes does not know (GB); did you mean 2Gi?\n"
    )


def test_an_unknown_stack_is_told_with_those_that_there_are(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").touch()
    done = CliRunner().invoke(main, ["render", "--stack", "user9"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith(
        "error: there is no stack user9: Pulumi.user9.yaml does not exist (stacks here: dev);"
    )


@pytest.mark.parametrize(
    "text",
    ["config:\n  replicas: many\n", "config: [\n", "", "config:\n  replicas: {secure: AA}\n"],
)
def test_no_mistake_ends_in_a_traceback(folder: Path, text: str) -> None:
    done = rendered(folder, text)
    assert isinstance(done.exception, SystemExit)
    assert done.stderr.startswith("error: Pulumi.user1.yaml") or " is encrypted" in done.stderr


# --- cost ----------------------------------------------------------------------------------------


# Ends with the modules that are loaded; nothing may be asked of a network or another program.
PROGRAM = """
import json, sys
def refuse(event, arguments):
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system")):
        raise PermissionError(event)
sys.addaudithook(refuse)
from vmpool.cli import main
main(["render"], standalone_mode=False)
print(json.dumps(sorted(sys.modules)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def alone() -> subprocess.CompletedProcess[str]:
    """The run of a program that renders, with everything refused that it does not need."""
    return subprocess.run(
        [sys.executable, "-c", PROGRAM],
        cwd=PROJECT_FILE.parent,
        env={**os.environ, "PULUMI_CONFIG_PASSPHRASE": ""},
        capture_output=True,
        text=True,
        check=False,
    )


def test_rendering_asks_neither_a_network_nor_another_program(
    alone: subprocess.CompletedProcess[str],
) -> None:
    assert alone.returncode == 0, alone.stderr
    assert alone.stdout == CliRunner().invoke(main, ["render"]).stdout


def test_rendering_loads_neither_the_engine_nor_what_talks_to_a_network(
    alone: subprocess.CompletedProcess[str],
) -> None:
    loaded = set(json.loads(alone.stderr.splitlines()[-1]))
    assert {"yaml", "kubevirt_vm_pool.manifests.objects", render.__name__} <= loaded
    assert UNNEEDED & loaded == set()
