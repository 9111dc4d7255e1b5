"""Files of users: what is read from lines of names and from tables, and what is ambiguous."""

from __future__ import annotations

from pathlib import Path

import pytest
from stacks_folder import folder, run

from vmpool.stack import stack_files

__all__ = ["folder"]


def made(folder: Path, text: str) -> list[str]:
    """Return the stacks that are made from a file's text."""
    (folder / "users.csv").write_text(text, encoding="utf-8", newline="")
    done = run("stack", "new", "--users", str(folder / "users.csv"))
    assert done.exit_code == 0, done.stderr
    return sorted(set(stack_files.names(folder)) - {"dev"})


def refused(folder: Path, text: str) -> str:
    """Return why a file's text is refused, on one line."""
    (folder / "users.csv").write_text(text, encoding="utf-8", newline="")
    done = run("stack", "new", "--users", str(folder / "users.csv"))
    assert (done.exit_code, stack_files.names(folder)) == (1, ["dev"])
    return " ".join(done.stderr.replace(str(folder), "").split())


@pytest.mark.parametrize(
    "text",
    [
        "ann\nbob\n",
        "ann\r\nbob\r\n",
        "name\nann\nbob\n",
        "User\nann\nbob\n",
        '"name"\n"ann"\n"bob"\n',
        "# name\n\nann\n# eve\nbob\n",
        "name,\nann,\nbob,\n,\n",
        "name,replicas,\nann,2,\nbob,,\n,,\n",
        "name, replicas\nann, 2\nbob, 3\n",
        "user;replicas\nann;2\nbob;\n",
    ],
)
def test_lines_of_names_and_tables_name_the_same(folder: Path, text: str) -> None:
    assert made(folder, text) == ["ann", "bob"]


def test_a_cell_may_have_several_lines_and_a_sign_of_a_comment(folder: Path) -> None:
    script = "#cloud-config\n# of ann\n\nruncmd: [a]\n"
    made(folder, f'name,cloudInit.userData,replicas\nann,"{script}",3\n#bob,x,1\n')
    given = stack_files.read("ann", folder).given
    assert (given["cloudInit"], given["replicas"]) == ({"userData": script}, 3)


def test_a_space_after_each_separator_is_no_part_of_a_value(folder: Path) -> None:
    made(folder, 'name, password\nann, "a, b"\n')
    assert stack_files.read("ann", folder).given["password"] == "a, b"


def test_the_separator_is_the_first_one_of_the_header(folder: Path) -> None:
    made(folder, 'name;"annotations[""a,b""]"\nann;x\n'.replace("a,b", "a/b"))
    assert stack_files.read("ann", folder).given["annotations"] == {"a/b": "x"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "names nobody"),
        ("name\n", "names nobody"),
        ("name,password\n", "names nobody"),
        ("ann,hunter2\n", "must say what its columns are, and the first one is called name or"),
        ("password,name\nhunter2,ann\n", "the first one is called name or user"),
        ("ann\nbob,hunter2\n", "row 2: has a value below no header"),
        ("name,replicas\nann,2,hunter2\n", "row 2: has a value below no header"),
        ("name,replicas,\nann,2,hunter2\n", "row 2: has a value below no header"),
        ("name,password\nann;hunter2\n", "row 2: has another separator than the first line"),
        ("name,replicas\n,3\n", "row 2: has no name in its first column"),
        ('name,password\n\nann,"hunter2\n', "row 3 of /users.csv cannot be read"),
        ('name,password\nann,"hunter2"x\n', "row 2 of /users.csv cannot be read"),
        ("name,a..b\nann,1\n", "header, a..b: is no key"),
        ("name,password,password\nann,x,y\n", "header, password: comes after password, in whose"),
        ("name,disk.size,disk\nann,x,y\n", "header, disk: comes after disk.size, in whose place"),
    ],
)
def test_what_is_ambiguous_is_refused_without_what_may_be_a_password(
    folder: Path, text: str, told: str
) -> None:
    found = refused(folder, text)
    assert told in found
    assert "hunter2" not in found


def test_what_is_no_utf_8_is_told_how_to_be_saved(folder: Path) -> None:
    (folder / "users.csv").write_bytes("name,password\nann,ä\n".encode("latin-1"))
    done = run("stack", "new", "--users", str(folder / "users.csv"))
    assert "it is no UTF-8; save it as such (CSV UTF-8 in a spreadsheet)" in done.stderr
