"""A stack file's text with some values changed: comments and order stay, and no value is lost."""

from __future__ import annotations

from typing import Any

import pytest
from kubevirt_vm_pool.text import yaml_1_2

from vmpool.stack.yaml_text import inline, with_value, without

TEXT = """\
# head
config:
  # of disk
  disk:
    size: 6Gi  # enough
    source: {pvc: {name: golden}}
  # of tolerations
  tolerations:
    - {key: a, value: b}
  labels:
  script: |
    echo a
  # last
"""


@pytest.mark.parametrize(
    ("path", "value", "old", "new"),
    [
        (("disk", "size"), "9Gi", "size: 6Gi  # enough", "size: 9Gi  # enough"),
        (("disk", "source", "pvc", "name"), "x", "{name: golden}", "{name: x}"),
        (("disk", "source", "pvc", "ns"), "x", "{name: golden}", "{name: golden, ns: x}"),
        (("tolerations", 0, "value"), "c", "value: b", "value: c"),
        (("labels", "a.b/c"), "y", "  labels:\n", "  labels: {a.b/c: 'y'}\n"),
        (("disk", "bus"), "sata", "golden}}\n", "golden}}\n    bus: sata\n"),
        (("script",), 1, "script: |\n    echo a\n", "script: 1\n"),
        (("new", "deep"), [1], "echo a\n", "echo a\n  new: {deep: [1]}\n"),
    ],
)
def test_all_but_the_value_stays_as_it_was(path: Any, value: Any, old: str, new: str) -> None:
    assert with_value(TEXT, ("config", *path), value) == TEXT.replace(old, new)


def test_a_block_is_replaced_by_a_line_and_what_is_after_it_stays() -> None:
    edited = with_value(TEXT, ("config", "disk"), {"size": "1Gi"})
    assert "  disk: {size: 1Gi}\n  # of tolerations\n" in edited


def test_what_cannot_be_edited_in_place_is_written_anew_with_its_head() -> None:
    text = "# head\nconfig:\n  a: &x {b: 1}\n  c: *x\n"
    edited = with_value(text, ("config", "c", "b"), 2)
    assert yaml_1_2.load(edited) == {"config": {"a": {"b": 1}, "c": {"b": 2}}}
    assert edited.startswith("# head\n")


def test_a_member_is_taken_out_with_its_lines() -> None:
    edited = without(TEXT, ("config", "disk"))
    assert edited == TEXT.replace(
        "  disk:\n    size: 6Gi  # enough\n    source: {pvc: {name: golden}}\n", ""
    )


@pytest.mark.parametrize("path", [("disk", "size", "x"), ("tolerations", 2), ("tolerations", "x")])
def test_there_is_no_value_below_what_holds_none(path: Any) -> None:
    with pytest.raises(ValueError, match="is not"):
        with_value(TEXT, ("config", *path), 1)


@pytest.mark.parametrize(
    "value",
    ["", "y", "1.10", "a: b", "# x", "a\nb\n", "ü", 1.5, None, {"a": ["b, c", {}]}, "true", "0x1"],
)
def test_a_value_on_one_line_is_read_as_itself(value: Any) -> None:
    line = inline(value)
    assert "\n" not in line
    assert yaml_1_2.load(f"a: {line}\n") == {"a": value}


def test_a_marked_value_is_written_as_it_stood() -> None:
    loaded = yaml_1_2.load("[1.10, 0x10, yes]")
    assert inline(loaded) == "[1.10, 0x10, yes]"
