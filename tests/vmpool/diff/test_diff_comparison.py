"""What becomes of stacks, worst first, and the exit code that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from configurations import specification
from kubevirt_vm_pool.effects import Severity
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.diff.comparison import Comparison, StackChange, Status, compare
from vmpool.diff.engine_preview import LivePreview, Step
from vmpool.diff.report import CHANGES, DISKS_AT_STAKE, FAILED, NOTHING, Report, exit_status, groups
from vmpool.diff.revision_stacks import Rendered, RenderedStack

ON = {"protect": False, "adopt": False, "waitForReady": False}


def stack(changes: str = "", *, name: str = "user1", **more: Any) -> RenderedStack:
    """Return the stack of a changed Pulumi.dev.yaml; autoscaling is off."""
    made = objects(specification(f"autoscaling:\n{changes}", stack=name))
    return RenderedStack(made, **{"settings": ON, **more})


def found(
    base: Mapping[str, RenderedStack],
    head: Mapping[str, RenderedStack],
    renamed: Mapping[str, str] | None = None,
) -> Comparison:
    """Return the comparison of two revisions."""
    return compare(Rendered(base), Rendered(head), renamed or {})


def change(old: RenderedStack, new: RenderedStack) -> StackChange:
    """Return what becomes of a stack that is one thing and then another."""
    (one,) = found({"a": old}, {"a": new}).changes
    return one


BROKEN = RenderedStack(problems="Pulumi.a.yaml has 1 problem:\n  memory: 2GB\n      wrong")

# From the worst to what nobody notices: a stack before and after.
IN_ORDER = {
    "broken": (stack(), BROKEN),
    "not known": (BROKEN, stack()),
    "disk loss": (stack(), stack("disk: {size: 9Gi, source: {pvc: {name: golden}}}")),
    "replace": (stack(), stack("namespace: other")),
    "scale-in": (stack(), stack("replicas: 1")),
    "cannot start again": (stack("perReplica: {hostname: 'web{{ index }}'}"), stack()),
    "restart all": (stack(), stack("memory: 3Gi\nrollout: {maxUnavailable: 100%}")),
    "restart n at a time": (stack(), stack("memory: 3Gi")),
    "scale-in, disks kept": (
        stack("scaleIn: {keepDisks: true}"),
        stack("scaleIn: {keepDisks: true}\nreplicas: 1"),
    ),
    "new replicas only": (stack(), stack("password: another")),
    "other objects only": (stack(), stack("labels: {a: b}")),
    "nothing": (stack(), stack("rollout: {maxUnavailable: 2}")),
}


def test_the_worst_comes_first_whatever_the_stacks_are_called() -> None:
    # z is the first label, y the second, and so on.
    pairs = {chr(ord("z") - place): pair for place, pair in enumerate(IN_ORDER.values())}
    comparison = found(
        {name: old for name, (old, _) in pairs.items()},
        {name: new for name, (_, new) in pairs.items()},
    )
    assert [one.label for one in comparison.changes] == list(IN_ORDER)


def test_equally_bad_ones_come_by_name() -> None:
    names = ("c", "a", "b")
    comparison = found(dict.fromkeys(names, stack()), dict.fromkeys(names, stack("memory: 3Gi")))
    assert [one.name for one in comparison.changes] == ["a", "b", "c"]


def test_what_no_vm_notices_is_told_only_where_that_is_all() -> None:
    both = change(stack(), stack("memory: 3Gi\nlabels: {a: b}"))
    assert both.sentences == (
        "2 VMs of lab05-webserver restart one by one "
        "(those not ready: all at once); their disks stay",
    )
    assert len(both.effects) > 1
    others = change(stack(), stack("labels: {a: b}"))
    assert "Service lab05-webserver changes; no VM restarts for that" in others.sentences


def test_the_same_objects_are_no_change() -> None:
    comparison = found({"a": stack()}, {"a": stack()})
    assert (comparison.changes, comparison.unchanged) == ((), ("a",))


def test_only_the_objects_that_change_are_listed_each_with_its_fate() -> None:
    old, new = (
        stack("disruptionBudget: {minAvailable: 1}"),
        stack("memory: 3Gi\nscaleRole: {subjects: [{kind: User, name: ann}]}"),
    )
    fates = {changed.kind: changed.fate for changed in change(old, new).objects}
    assert fates == {
        "VirtualMachinePool": "changed",
        "Role": "created",
        "RoleBinding": "created",
        "PodDisruptionBudget": "removed",
    }


# --- beside the objects --------------------------------------------------------------------------


def test_a_lock_that_goes_is_a_change_though_no_object_shows_it() -> None:
    unlocked = change(stack(settings={**ON, "protect": True}), stack())
    assert (unlocked.severity, unlocked.objects) == (Severity.NOTHING, ())
    assert unlocked.sentences == ("protect changes: true -> false",)


def test_another_cluster_is_pointed_out() -> None:
    moved = change(stack(), stack(settings={**ON, "kubernetes:context": "0123"}))
    assert moved.sentences == (
        "kubernetes:context changes: another cluster needs the stack taken down first",
    )


@pytest.mark.parametrize(
    ("old", "new", "remark"),
    [
        ({}, {"password": "1"}, "password is encrypted now"),
        ({"password": "1"}, {}, "password is no longer encrypted"),
        (
            {"password": "1"},
            {"password": "2"},
            "password was encrypted anew; whether its value changed cannot be seen",
        ),
    ],
)
def test_what_encryption_hides_is_said(
    old: dict[str, str], new: dict[str, str], remark: str
) -> None:
    assert change(stack(sealed=old), stack(sealed=new)).remarks == (remark,)


def test_guard_rails_that_a_change_breaks_or_mends_are_told() -> None:
    old = stack(findings=["advisory: password a"])
    assert change(old, stack(findings=["advisory: password a", "mandatory: b"])).guard_rails == (
        "Guard rail: mandatory: b",
    )
    assert change(old, stack(findings=[])).guard_rails == ("1 guard rail is no longer broken",)


def test_guard_rails_that_one_side_does_not_know_are_no_change() -> None:
    assert not found({"a": stack()}, {"a": stack(findings=["mandatory: b"])}).changes
    changed = change(stack(), stack("memory: 3Gi", findings=["mandatory: b"]))
    assert changed.guard_rails == ("Guard rail: mandatory: b",)


# --- names ---------------------------------------------------------------------------------------


def test_a_name_that_git_pairs_with_one_that_is_still_there_is_new() -> None:
    comparison = found(
        {"a": stack(name="a")}, {"a": stack(name="a"), "b": stack(name="b")}, {"b": "a"}
    )
    assert [(one.name, one.status) for one in comparison.changes] == [("b", Status.ADDED)]


def test_one_stack_is_not_two_others() -> None:
    gone, twice = {"a": stack("namespace: x")}, dict.fromkeys("bc", stack("namespace: x"))
    statuses = {one.name: one.status for one in found(gone, twice).changes}
    assert statuses == {"b": Status.RENAMED, "c": Status.ADDED}


def test_stacks_are_chosen_by_their_old_name_too() -> None:
    comparison = found({"a": stack(name="a")}, {"b": stack(name="b")}, {"b": "a"})
    assert comparison.only(["a"]).changes == comparison.only(["b"]).changes == comparison.changes
    assert comparison.only(["c"]).changes == ()


# --- together ------------------------------------------------------------------------------------


def test_stacks_with_the_same_fate_are_one_group() -> None:
    names = ("a", "b", "c")
    old = dict.fromkeys(names, stack())
    new = {**dict.fromkeys(names, stack("memory: 3Gi")), "b": stack("memory: 3Gi\nreplicas: 3")}
    assert [group.names for group in groups(found(old, new).changes)] == [("a", "c"), ("b",)]


@pytest.mark.parametrize("label", IN_ORDER)
def test_the_exit_code_follows_from_the_worst(label: str) -> None:
    old, new = IN_ORDER[label]
    report = Report("base", "head", found({"a": old}, {"a": new}))
    expected = {
        "broken": FAILED,
        "not known": DISKS_AT_STAKE,
        "disk loss": DISKS_AT_STAKE,
        "replace": DISKS_AT_STAKE,
    }.get(label, CHANGES)
    assert exit_status(report, by_change=True) == expected
    assert exit_status(report, by_change=False) == (FAILED if label == "broken" else NOTHING)


def test_no_change_and_a_stack_that_stays_broken_are_no_failure() -> None:
    report = Report("base", "head", found({"a": stack(), "b": BROKEN}, {"a": stack(), "b": BROKEN}))
    assert exit_status(report, by_change=True) == NOTHING
    assert report.rest == ("Broken as before: b",)


def test_a_revision_without_stacks_to_compare_is_a_failure() -> None:
    comparison = compare(Rendered(failure="no code"), Rendered({"a": stack()}), {})
    assert comparison.failures == ("base cannot be rendered: no code",)
    assert exit_status(Report("base", "head", comparison), by_change=False) == FAILED


@pytest.mark.parametrize(
    ("preview", "expected"),
    [
        (LivePreview("a"), NOTHING),
        (LivePreview("a", weak=("nobody answers",)), NOTHING),
        (LivePreview("a", drift=(Step("deleted", "Service", "web"),)), CHANGES),
        (LivePreview("a", refused=True), DISKS_AT_STAKE),
        (LivePreview("a", failure="no cluster"), FAILED),
    ],
)
def test_the_engines_previews_count_too(preview: LivePreview, expected: int) -> None:
    report = Report("base", "head", Comparison(), live=(preview,))
    assert exit_status(report, by_change=True) == expected


ESC = RenderedStack(unknown="its file takes values from Pulumi ESC (environment: team)")


@pytest.mark.parametrize(("old", "new"), [(ESC, ESC), (stack(), ESC), (ESC, stack())])
def test_what_no_file_tells_is_not_known_and_treated_as_the_worst(
    old: RenderedStack, new: RenderedStack
) -> None:
    one = change(old, new)
    assert (one.label, one.loses_disks) == ("not known", True)
    assert one.sentences == (
        "What an up does is not known: its file takes values from Pulumi ESC (environment: team), "
        "which only the engine opens",
    )
