"""Values for `vmpool stack new`: what is typed comes out of the new file, or is refused."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from kubevirt_vm_pool.text.paths import undotted
from passwords import PASSWORDS
from stacks_folder import folder, run

from vmpool.stack import stack_files
from vmpool.stacks.values import read

__all__ = ["folder"]


def table(file: Path, *rows: tuple[str, ...], delimiter: str = ",") -> str:
    """Write a table as a spreadsheet does; return its name."""
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter).writerows(rows)
    return str(file)


def given(folder: Path, name: str) -> dict[str, Any]:
    """Return the configuration of a stack."""
    return dict(stack_files.read(name, folder).given)


# --- text is taken as it is ----------------------------------------------------------------------


@pytest.mark.parametrize("phrase", [None, "open"], ids=["in plain text", "encrypted"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_every_password_of_a_table_comes_out_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, phrase: str | None, delimiter: str
) -> None:
    if phrase:
        monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", phrase)
    wanted = {f"u-{number}": password for number, password in enumerate(PASSWORDS)}
    rows = [("name", "password"), *wanted.items()]
    done = run("stack", "new", "--users", table(folder / "c.csv", *rows, delimiter=delimiter))
    assert done.exit_code == 0, done.stderr
    assert {name: given(folder, name)["password"] for name in wanted} == wanted


@pytest.mark.parametrize("password", PASSWORDS)
def test_a_password_in_an_argument_comes_out_as_it_was(folder: Path, password: str) -> None:
    done = run("stack", "new", "ann", "--set", f"password={password}")
    assert done.exit_code == 0, done.stderr
    assert given(folder, "ann")["password"] == password


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("password", "'  x '", "  x "),
        ("password", '"it"s"', 'it"s'),
        ("password", '""', ""),
        ("kubevirtVersion", "1.10", "1.10"),
        ("cpuRequest", " 2 ", "2"),
        ("priorityClassName", '"null"', "null"),
        ("annotations.a", "7 # x", "7 # x"),
        ('nodeSelector["example.com/gpu"]', "true", "true"),
        ("cloudInit.userData", "#cloud-config\n# x\n", "#cloud-config\n# x\n"),
        ("perReplica.secrets.site.pin", "007 #", "007 #"),
        # Where more than text may stand.
        ("perReplica.values[0].pin", "#1", "#1"),
        ("perReplica.values[0].pin", "0x1", "0x1"),
        ("perReplica.values[0].pin", "{x", "{x"),
        ("perReplica.values", "[{a: 'x #'}]", [{"a": "x #"}]),
        ("cloudInit.config.ssh_pwauth", "true", True),
        ("cloudInit.config.users", "[default]", ["default"]),
        ("cloudInit.networkData", "{version: 2}", {"version": 2}),
        ("cloudInit.runCommands[0]", "true", "true"),
        ("cloudInit.runCommands[0]", "echo a # b", "echo a # b"),
        ("cloudInit", "false", False),
        ("template.template.spec.domain.cpu.cores", "2", 2),
    ],
)
def test_text_is_taken_as_it_is_without_its_quotes(key: str, text: str, value: object) -> None:
    found = read(undotted(key), text)
    assert (found, type(found)) == (value, type(value))


def test_a_key_with_its_project_is_as_secret_as_without(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    done = run("stack", "new", "ann", "--set", "kubevirt-vm-pool:password=hunter2")
    assert done.exit_code == 0, done.stderr
    assert "hunter2" not in (folder / "Pulumi.ann.yaml").read_text(encoding="utf-8")


# --- all else is what a stack file has, or refused -----------------------------------------------

LOST = "has a part that would be lost"
NULL = "is null in a stack file"


@pytest.mark.parametrize(
    ("key", "cell", "told"),
    [
        ("replicas", "3 # three", LOST),
        ("replicas", "&a 3", LOST),
        ("replicas", "!!int 3", LOST),
        ("replicas", "--- 3", LOST),
        ("replicas", "#3", NULL),
        ("replicas", "~", NULL),
        ("replicas", "@3", "cannot be read as in a stack file (line"),
        ("labels", "{a: b} # c", LOST),
        ("memory", "4Gi # more", LOST),
        ("disk.storageClassName", "null", NULL),
        ("cloudInit.sshAuthorizedKeys", "[hunter2 x #1\n]", LOST),
        ("cloudInit.config", "{a: &hunter2 x}", LOST),
        ("cloudInit.config.x", "{a: &hunter2 x}", LOST),
        ("password", " hunter2", "begins or ends with a space"),
        ("password", "hunter2\t", "begins or ends with a space"),
        ("password", "{secure: hunter2}", "is encrypted, as a stack file holds it"),
        ("pasword", "#hunter2", "pasword: unknown key; did you mean password?"),
    ],
)
def test_a_cell_is_refused_that_would_lose_something(
    folder: Path, key: str, cell: str, told: str
) -> None:
    done = run("stack", "new", "--users", table(folder / "c", ("name", key), ("ann", cell)))
    assert (done.exit_code, stack_files.names(folder)) == (1, ["dev"])
    line = " ".join(done.stderr.split())
    assert told in line
    assert f"row 2, {key}: " in line or f"header, {key}: " in line
    assert "hunter2" not in done.output


def test_what_is_wrong_in_many_rows_is_told_once(folder: Path) -> None:
    rows = [("name", "replicas"), *((f"u{number}", "2 #") for number in range(30))]
    done = run("stack", "new", "--users", table(folder / "c", *rows))
    assert "c has 1 problem:\n  rows 2, 3, 4, 5, 6 and 25 more, replicas:\n" in done.stderr


@pytest.mark.parametrize("argument", ["replicas=", "password=", "password= "])
def test_nothing_is_no_value(folder: Path, argument: str) -> None:
    done = run("stack", "new", "ann", "--set", argument)
    assert (done.exit_code, stack_files.names(folder)) == (1, ["dev"])
    assert 'is empty; leave it out, or write "" for an empty text' in done.stderr
