"""`vmpool stack new`: what is written, what is refused, and what becomes of secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from configurations import MARKER
from encrypted import salt_for, sealed
from stacks_folder import DEV, folder, run

from vmpool.stack import decryption, stack_files

__all__ = ["folder"]

SEALED = (
    f"encryptionsalt: {salt_for('open')}\n{DEV}  password: {{secure: '{sealed('open', MARKER)}'}}\n"
)


def text_of(folder: Path, name: str) -> str:
    """Return the text of a stack file."""
    return (folder / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")


def made(folder: Path) -> list[str]:
    """Return which stacks there are beside dev; nothing unfinished may be left."""
    assert [file.name for file in folder.glob(".*")] == []
    return sorted(set(stack_files.names(folder)) - {"dev"})


# --- what is written -----------------------------------------------------------------------------


def test_a_new_stack_is_the_source_in_a_namespace_of_its_own(folder: Path) -> None:
    done = run("stack", "new", "alice")
    assert done.exit_code == 0, done.stderr
    assert text_of(folder, "alice") == DEV.replace("  namespace: images\n", "")
    assert done.stderr == "wrote Pulumi.alice.yaml: namespace alice, from dev\n"


def test_what_is_set_is_changed_and_all_else_stays(folder: Path) -> None:
    values = ("--set", "disk.size=20Gi", "--set", "replicas=3", "--set", "memory=4Gi")
    run("stack", "new", "alice", *values)
    assert text_of(folder, "alice") == (
        DEV.replace("  namespace: images\n", "")
        .replace("6Gi", "20Gi")
        .replace("replicas: 2", "replicas: 3")
        .replace("memory: 2Gi", "memory: 4Gi")
    )


def test_values_are_read_as_a_stack_file_has_them(folder: Path) -> None:
    values = ["labels={team: blue}", 'vmLabels["example.com/n"]="7"', "protect=true"]
    done = run("stack", "new", "alice", *(part for one in values for part in ("--set", one)))
    assert done.exit_code == 0, done.stderr
    given = stack_files.read("alice", folder).given
    assert {key: given[key] for key in ("labels", "vmLabels", "protect")} == {
        "labels": {"team": "blue"},
        "vmLabels": {"example.com/n": "7"},
        "protect": True,
    }


def test_a_file_of_names_makes_a_class(folder: Path) -> None:
    (folder / "users").write_text("# the class\nann\n\nbob\n")
    done = run("stack", "new", "--users", str(folder / "users"), "--set", "replicas=1")
    assert (done.exit_code, made(folder)) == (0, ["ann", "bob"])
    assert "replicas: 1" in text_of(folder, "bob")


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_a_table_gives_each_user_values(folder: Path, sign: str) -> None:
    table = "name,replicas,disk.size\nann,3,9Gi\nbob,,7Gi\n".replace(",", sign)
    (folder / "users.csv").write_text(table, encoding="utf-8-sig")
    done = run("stack", "new", "--users", str(folder / "users.csv"), "--set", "replicas=1")
    assert (done.exit_code, made(folder)) == (0, ["ann", "bob"])
    specs = [stack_files.read(name, folder).specification() for name in ("ann", "bob")]
    assert [one.replicas for one in specs] == [3, 1]
    assert [one.disk.size for one in specs if one.disk] == ["9Gi", "7Gi"]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("Alice", "is a namespace's name, too, and that must be an RFC 1123 label"),
        ("Alice --set namespace=alice", "name: Alice is a namespace's name, too"),
        ("a/b", "for instance a-b"),
        ("../dev", "for instance dev"),
        ("alice.", "for instance alice"),
        ("a" * 64, "has 64 characters, and at most 63 are possible"),
        ("dev", "Pulumi.dev.yaml exists"),
        ("alice --set disk.size=20GB", "has a unit that Kubernetes does not know (GB)"),
        ("alice --set dsik.size=20Gi", "unknown key; did you mean disk?"),
        ("alice --set replicas", "has no =, and --set takes key=value"),
        ("alice --set .x=1", "--set .x: is no key"),
        ("alice --set disk.size.x=1", "cannot be set for alice: disk.size is not an object"),
        ("alice --set replicas={", "--set replicas: cannot be read as in a stack file (line 2"),
        ("alice --from nobody", "there is no stack nobody to begin with (stacks here: dev)"),
        ("alice --set replicas=1 --set replicas=2", "comes after --set replicas, in whose place"),
        ("alice --set disk.size=6Gi --set disk={}", "comes after --set disk.size, in whose place"),
        ("alice --set namespace=images", "alice would have the pool web in namespace images, as"),
        ("--users nowhere", "there is no file nowhere"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(
    folder: Path, arguments: str, told: str
) -> None:
    done = run("stack", "new", *arguments.split())
    assert done.exit_code == 1
    assert told in " ".join(done.stderr.split())
    assert made(folder) == []


@pytest.mark.parametrize("arguments", ["", "alice --users x"])
def test_either_a_name_or_a_file_is_needed(folder: Path, arguments: str) -> None:
    assert run("stack", "new", *arguments.split()).exit_code == 2


@pytest.mark.parametrize(
    ("users", "told"),
    [
        ("ann\nBob\n", "row 2: Bob is a namespace's name, too"),
        ("name\nann\na..b\nc.\n", "row 3: a..b is a namespace's name, too"),
        ("ann\n\nann\n", "rows 1, 3: ann are for one stack"),
        ("ann\ndev\n", "Pulumi.dev.yaml exists; leave out who has a stack already"),
        (
            "name,namespace\nann,x\nbob,x\n",
            "bob would have the pool web in namespace x, as ann has",
        ),
        ("name,memory\nann,1GB\nbob,1Gi\n", "did you mean 1Gi?"),
        (
            "name,memory\nann,1GB\nbob,1GB\n",
            "users has 1 problem: rows 2, 3, memory: 1GB has a unit that Kubernetes does not know "
            "(GB); did you mean 1Gi? no file is written: 2 of 2",
        ),
        ("\n", "names nobody"),
    ],
)
def test_one_that_is_refused_keeps_all_from_being_written(
    folder: Path, users: str, told: str
) -> None:
    (folder / "users").write_text(users)
    done = run("stack", "new", "--users", str(folder / "users"))
    assert (done.exit_code, made(folder)) == (1, [])
    assert told in " ".join(done.stderr.split())


def test_what_is_wrong_is_told_where_it_was_typed(folder: Path) -> None:
    (folder / "users").write_text("name,disk.siz,replicas\nann,9Gi,1\nbob,9Gi,x\ncid,,2\n")
    done = run("stack", "new", "--users", str(folder / "users"), "--set", "colour=red")
    assert (done.exit_code, made(folder)) == (1, [])
    assert done.stderr.partition("users ")[2] == (
        "has 2 problems:\n"
        "  header, disk.siz:\n"
        "      unknown key; did you mean size?\n"
        "  row 3, replicas: x\n"
        "      must be a whole number; for instance 2\n"
        "the command line has 1 problem:\n"
        "  --set colour:\n"
        "      unknown key; did you mean rollout?\n"
        "no file is written: 3 of 3 stacks are refused\n"
    )


def test_what_the_source_has_wrong_is_told_of_all_once(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_text(DEV.replace("2Gi", "2GB"))
    (folder / "users").write_text("name,replicas\nann,1\nbob,2\n")
    done = run("stack", "new", "--users", str(folder / "users"))
    assert (done.exit_code, made(folder)) == (1, [])
    assert done.stderr == (
        "error: Pulumi.ann.yaml, made from Pulumi.dev.yaml, has 1 problem:\n"
        "  memory: 2GB\n"
        "      has a unit that Kubernetes does not know (GB); did you mean 2Gi?\n"
        "  the same: bob\n"
        "no file is written: 2 of 2 stacks are refused\n"
    )


# --- secrets -------------------------------------------------------------------------------------


def test_what_is_encrypted_goes_along_with_its_salt(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Pulumi.dev.yaml").write_text(SEALED)
    done = run("stack", "new", "alice")
    assert "encrypted as in dev, and read with the same passphrase or key: password" in done.stderr
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    assert stack_files.read("alice", folder).given["password"] == MARKER


def test_what_only_the_source_can_read_is_refused_unless_it_is_replaced(folder: Path) -> None:
    (folder / "Pulumi.dev.yaml").write_text(f"{DEV}  password: {{secure: AA}}\n")
    refused = run("stack", "new", "alice")
    assert refused.exit_code == 1
    assert "password in Pulumi.dev.yaml can be read by that stack alone" in refused.stderr
    assert run("stack", "new", "alice", "--set", "password=x").exit_code == 0


@pytest.mark.parametrize("source", [DEV, SEALED], ids=["without a salt", "with a salt"])
def test_a_secret_that_is_set_is_encrypted_where_a_passphrase_is_at_hand(
    folder: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    (folder / "Pulumi.dev.yaml").write_text(source)
    (folder / "users.csv").write_text("name,password\nann,first-known\nbob,12345678\n")
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "open")
    done = run("stack", "new", "--users", str(folder / "users.csv"))
    assert done.exit_code == 0, done.stderr
    read = {name: stack_files.read(name, folder).given["password"] for name in ("ann", "bob")}
    assert read == {"ann": "first-known", "bob": "12345678"}
    for secret in ("first-known", "12345678"):
        assert secret not in text_of(folder, "ann") + text_of(folder, "bob") + done.output


def test_without_a_passphrase_a_secret_stands_there_and_that_is_told(folder: Path) -> None:
    done = run("stack", "new", "alice", "--set", "password=x")
    assert "in plain text, for want of a passphrase: password" in done.stderr


def test_by_which_passphrase_a_secret_is_encrypted_is_told(folder: Path) -> None:
    """The project's own, of which a person may not know."""
    decryption.PASSPHRASE.write_text("open\n")
    done = run("stack", "new", "alice", "--set", f"password={MARKER}")
    own = "the passphrase in " + "/".join(decryption.PASSPHRASE.parts[-2:])
    assert f"encrypted with {own}, which other checkouts need, too: password\n" in done.stderr
    decryption.PASSPHRASE.write_text("another\n")
    done = run("stack", "new", "bob", "--from", "alice", "--set", "password=x")
    assert f"{own} is not the stack's" in done.stderr


def test_a_passphrase_that_is_not_the_sources_is_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "Pulumi.dev.yaml").write_text(SEALED)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "another")
    done = run("stack", "new", "alice", "--set", f"password={MARKER}")
    assert (done.exit_code, made(folder)) == (1, [])
    assert "PULUMI_CONFIG_PASSPHRASE is not the stack's" in done.stderr
    assert MARKER not in done.output
