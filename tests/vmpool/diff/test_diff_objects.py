"""The diff of an object: short, and with the place of what changed."""

from __future__ import annotations

from typing import Any

from configurations import MARKER, specification
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.diff.object_diff import ObjectChange, object_change

PAIR = "a a"


def changed(old: Any, new: Any) -> ObjectChange:
    """Return the difference of two objects."""
    found = object_change(old, new, pair=PAIR)
    assert found is not None
    return found


def manifest(**spec: Any) -> dict[str, Any]:
    """Return an object."""
    return {"apiVersion": "v1", "kind": "Thing", "metadata": {"name": "web"}, "spec": spec}


def test_an_equal_object_is_no_change() -> None:
    assert object_change(manifest(a=1), manifest(a=1), pair=PAIR) is None
    assert object_change(None, None, pair=PAIR) is None


def test_a_change_is_shown_with_its_path_and_few_lines_around() -> None:
    old, new = (objects(specification({"memory": memory}))["pool"] for memory in ("2Gi", "3Gi"))
    assert changed(old, new).lines == (
        "@@ spec.virtualMachineTemplate.spec.template.spec.domain.resources.requests @@",
        "     requests:",
        "       cpu: '1'",
        "-      memory: 2Gi",
        "+      memory: 3Gi",
        " networks:",
        " - name: default",
    )


def test_a_path_counts_the_items_of_lists() -> None:
    ports = [{"name": name, "port": number} for number, name in enumerate("abcdefgh")]
    other = [*ports[:6], {"name": "g", "port": 80}, ports[7]]
    lines = changed(manifest(a=[1], ports=ports), manifest(a=[1], ports=other)).lines
    assert lines[0] == "@@ spec.ports[6] @@"
    assert [line for line in lines if line[0] in "+-"] == ["-  port: 6", "+  port: 80"]


def test_a_path_goes_through_lists_within_lists() -> None:
    old = manifest(
        rules=[{"from": [{"a": 1}], "to": 1}, {"from": [{"a": 1}, {"a": 2, "b": [[3]]}]}]
    )
    new = manifest(
        rules=[{"from": [{"a": 1}], "to": 1}, {"from": [{"a": 1}, {"a": 2, "b": [[4]]}]}]
    )
    assert changed(old, new).lines[0] == "@@ spec.rules[1].from[1].b[0][0] @@"


def test_what_is_removed_has_the_path_that_it_had() -> None:
    lines = changed(manifest(a={"b": 1, "c": 2}, d=1), manifest(a={"b": 1}, d=1)).lines
    assert lines[0] == "@@ spec.a @@"
    assert "-  c: 2" in lines


def test_changes_far_apart_are_groups_of_their_own() -> None:
    between = {f"k{number}": number for number in range(10)}
    lines = changed(manifest(a=1, **between, z=1), manifest(a=2, **between, z=2)).lines
    assert [line for line in lines if line.startswith("@@")] == ["@@ spec @@", "@@ spec @@"]


def test_a_created_object_is_shown_whole_and_a_removed_one_is_named() -> None:
    created, removed = changed(None, manifest(a=1)), changed(manifest(a=1), None)
    assert created.title == "Thing web, created"
    assert created.lines[:2] == ("+apiVersion: v1", "+kind: Thing")
    assert (removed.title, removed.lines) == ("Thing web, removed", ())


def test_a_secret_value_is_shown_as_another_hash_for_each_stack() -> None:
    def secret(value: str) -> dict[str, Any]:
        return {"kind": "Secret", "metadata": {"name": "s"}, "data": {"a": value, "b": "x"}}

    one = object_change(secret("1"), secret(MARKER), pair="a a")
    other = object_change(secret("1"), secret(MARKER), pair="b b")
    assert one is not None
    assert other is not None
    assert one.lines != other.lines
    assert MARKER not in "".join([*one.lines, *other.lines])
    # b has not changed, and looks like it.
    assert [line[:6] for line in one.lines if line[0] in "+-"] == ["-  a: ", "+  a: "]
