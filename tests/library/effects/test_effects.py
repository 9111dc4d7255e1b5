"""What all effects have in common: their order, their words and what they leave out."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from effect_rows import CORES, DATA_VOLUMES, DISK_SIZE, POOL, RUN, VM, pool, put, told
from kubevirt_vm_pool.effects import Effect, Severity, pool_effects, worst
from kubevirt_vm_pool.effects.differences import differences
from kubevirt_vm_pool.effects.lookup import PULUMI_MARK
from kubevirt_vm_pool.effects.vm_count import UNKNOWN, VmCount, disks


def test_what_loses_disks_is_worse_than_all_that_does_not() -> None:
    losing = {severity for severity in Severity if Effect(severity, "", "").loses_disks}
    assert {severity.label for severity in losing} == {"disk loss", "replace", "scale-in"}
    assert min(losing) > max(set(Severity) - losing)
    assert worst([]) is Severity.NOTHING


def test_disks_are_counted_and_their_indices_left_open() -> None:
    assert disks(POOL, VmCount.of(1)) == "1 disk (web-disk-*)"
    assert disks(POOL, VmCount(0, 5)) == "up to 5 disks (web-disk-*)"
    assert disks(POOL, UNKNOWN) == "every disk (web-disk-*)"
    two = pool({DATA_VOLUMES: [{"metadata": {"name": name}} for name in ("a", "b")]})
    assert disks(two, VmCount.of(3)) == "6 disks (a-*, b-*)"
    assert disks(pool({DATA_VOLUMES: None}), VmCount.of(3)) == ""


def test_a_change_names_its_paths() -> None:
    found = pool_effects(pool(), pool({DISK_SIZE: "9Gi", "spec.maxUnavailable": 2}))
    assert [effect.changed for effect in found] == [
        (f"{VM}.spec.dataVolumeTemplates[0].spec.pvc.resources.requests.storage",),
        ("spec.maxUnavailable",),
    ]


def test_numbers_from_pulumi_are_the_numbers_that_they_stand_for() -> None:
    floats = pool({"spec.replicas": 4.0, "spec.maxUnavailable": 1.0, CORES: 2.0})
    assert pool_effects(pool(), floats) == []
    fewer = pool({"spec.replicas": 3.0, "spec.maxUnavailable": 2.0, CORES: 4.0})
    assert "2.0" not in str(told(pool_effects(floats, fewer)))
    assert told(pool_effects(floats, fewer))[1] == (
        "restart n at a time",
        "3 VMs of web restart 2 at a time (those not ready: all at once); their disks stay",
    )


def test_true_is_not_one() -> None:
    assert pool_effects(pool({"spec.paused": True}), pool({"spec.paused": 1})) != []


class Unknown:
    """Stands for a value that the engine does not know yet."""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "spec.replicas",
            "VMs of web may be removed: everything on every disk (web-disk-*) is lost",
        ),
        (
            "spec.maxUnavailable",
            "From now on updates of web reach its VMs as maxUnavailable allows",
        ),
        (CORES, "4 VMs of web restart one by one (those not ready: all at once); their disks stay"),
        (
            DATA_VOLUMES,
            "4 VMs of web are recreated one by one (those not ready: all at once) with new disks: "
            "everything on 4 disks (web-disk-*) is lost",
        ),
        (
            VM,
            "4 VMs of web are recreated one by one (those not ready: all at once) with new disks: "
            "everything on 4 disks (web-disk-*) is lost",
        ),
        (RUN, "All 4 VMs of web may stop at once and do not start again; their disks stay"),
        (
            "metadata.name",
            "web is replaced by an object without a known name: all 4 VMs are deleted "
            "and everything on 4 disks (web-disk-*) is lost",
        ),
    ],
)
@pytest.mark.parametrize("value", [Unknown(), {PULUMI_MARK: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}])
def test_of_what_is_not_known_the_worst_is_told(path: str, expected: str, value: object) -> None:
    assert pool_effects(pool(), pool({path: value}))[0].text == expected


def test_a_secret_that_the_engine_has_wrapped_is_what_it_holds() -> None:
    wrapped = {PULUMI_MARK: "1b47061264138c4ac30d75fd1eb44270", "value": 2}
    assert pool_effects(pool(), pool({CORES: wrapped})) == []
    assert pool_effects(pool(), pool({CORES: {**wrapped, "value": 3}})) != []


def test_what_pulumi_notes_on_an_object_for_itself_is_no_change() -> None:
    assert pool_effects(pool(), pool({"__initialApiVersion": "pool.kubevirt.io/v1beta1"})) == []
    assert pool_effects(pool(), pool({f"{VM}.spec.template.metadata.labels.__a": "b"})) != []


# --- nothing goes unnamed ------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, member in members:
        yield (*path, key)
        yield from leaves(member, (*path, key))


RICH = pool(
    {
        "spec.paused": False,
        "spec.autohealing": {"startUpFailureThreshold": 3},
        "spec.nameGeneration": {"appendIndexToSecretRefs": True},
        "spec.updateStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Oldest"}}},
        "spec.scaleInStrategy": {"proactive": {"statePreservation": "Offline"}},
        "spec.somethingNew": {"a": 1},
        f"{VM}.spec.updateVolumesStrategy": "Replacement",
    }
)


@pytest.mark.parametrize("path", list(leaves(RICH)), ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("value", [None, "something-else", 17, True, {}, Unknown()])
def test_no_change_goes_unnamed(path: tuple[Any, ...], value: Any) -> None:
    other = copy.deepcopy(RICH)
    put(other, [str(step) for step in path], value)
    for before, after in ((RICH, other), (other, RICH)):
        if before == after:
            continue
        found = pool_effects(before, after)
        named = {path for effect in found for path in effect.changed}
        assert named
        assert len(named) == len(list(differences(before, after)))
    assert pool_effects(other, copy.copy(other)) == []
