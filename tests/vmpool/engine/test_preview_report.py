"""What a person reads of a preview: what would happen, where, and no value that may be secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from configurations import MARKER
from engine_events import POOL, diagnostic, of_engine, step
from pulumi.automation import EngineEvent

from vmpool.engine.events import Ended, Event
from vmpool.engine.preview_report import MOST_PATHS, PreviewReport

MEMORY = "spec.template.spec.domain.resources.requests.memory"


def told(*events: Event) -> list[str]:
    report = PreviewReport()
    return [line for event in events for line in report.heard(event)]


def update(
    old: Mapping[str, Any], new: Mapping[str, Any], *paths: str, type_: str = POOL
) -> EngineEvent:
    """Return the event of an update from some inputs to others."""
    name = {"metadata": {"name": "web"}}
    states = [{"inputs": {**name, **inputs}, "type": type_, "urn": "u"} for inputs in (old, new)]
    diff = {path: {"diffKind": "update", "inputDiff": True} for path in paths}
    metadata = {"op": "update", "urn": "u", "type": type_, "detailedDiff": diff}
    metadata |= dict(zip(("old", "new"), states, strict=True))
    return of_engine({"resourcePreEvent": {"metadata": metadata}})


@pytest.mark.parametrize(
    ("op", "line"),
    [
        ("create", "create VirtualMachinePool web"),
        ("delete", "delete VirtualMachinePool web"),
        ("create-replacement", "replace VirtualMachinePool web"),
        ("import", "adopt VirtualMachinePool web"),
    ],
)
def test_what_would_happen_to_an_object_is_a_line(op: str, line: str) -> None:
    assert told(step(op, event="resourcePreEvent")) == [line]


@pytest.mark.parametrize("op", ["same", "refresh", "replace", "delete-replaced", "read"])
def test_what_the_engine_only_looks_at_is_no_line(op: str) -> None:
    assert told(step(op, event="resourcePreEvent")) == []


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("2Gi", "4Gi", ": 2Gi -> 4Gi"),
        (2.0, 3.0, ": 2 -> 3"),
        (True, False, ": true -> false"),
        ("25%", 1, ": 25% -> 1"),
        (None, 5, ": none -> 5"),
        ("golden", "silver", ""),
        ({"a": 1}, {"a": 2}, ""),
    ],
)
def test_numbers_and_quantities_are_shown(old: Any, new: Any, shown: str) -> None:
    event = update({"spec": {"size": old}}, {"spec": {"size": new}}, "spec.size")
    assert told(event) == ["update VirtualMachinePool web", f"  spec.size{shown}"]


def test_names_are_shown() -> None:
    old, new = ({"spec": {"volumes": [{"claimName": name}]}} for name in ("a", "b"))
    said = told(update(old, new, "spec.volumes[0].claimName"))
    assert said[1] == "  spec.volumes[0].claimName: a -> b"


def test_a_key_with_dots_is_found() -> None:
    old, new = ({"labels": {"example.com/size": size}} for size in ("1", "2"))
    assert told(update(old, new, 'labels["example.com/size"]'))[1].endswith(": 1 -> 2")


def test_no_text_and_nothing_of_a_secret_is_shown() -> None:
    spec, another = ({"spec": {"password": text}} for text in (MARKER, f"{MARKER}2"))
    pin, other_pin = ({"data": {"pin": number}} for number in ("1234", "5678"))
    said = told(
        update(spec, another, "spec.password"),
        update(pin, other_pin, "data.pin", type_="kubernetes:core/v1:Secret"),
    )
    assert said == [
        "update VirtualMachinePool web",
        "  spec.password",
        "update Secret web",
        "  data.pin",
    ]


def test_the_providers_own_annotation_is_not_told() -> None:
    forced = {"metadata": {"name": "web", "annotations": {"pulumi.com/patchForce": "true"}}}
    for path in ('metadata.annotations["pulumi.com/patchForce"]', "metadata.annotations"):
        assert told(update({}, forced, path)) == ["update VirtualMachinePool web"]


def test_of_many_places_the_first_are_told() -> None:
    paths = [f"spec.a{number:02}" for number in range(MOST_PATHS + 3)]
    said = told(update({}, {}, *paths))
    assert said[1] == "  spec.a00"
    assert said[-1] == "  and 3 more"


def test_the_programs_sentences_are_told_where_they_come() -> None:
    said = told(
        update({}, {}, MEMORY),
        diagnostic("2 VMs of web restart one by one; their disks stay\n"),
        Ended(preview=True, failed=False),
    )
    assert said == [
        "update VirtualMachinePool web",
        f"  {MEMORY}",
        "2 VMs of web restart one by one; their disks stay",
        "an up would update 1",
    ]


def test_no_change_is_said() -> None:
    assert told(Ended(preview=True, failed=False)) == ["an up would change nothing"]


def test_an_error_that_several_objects_have_is_told_once() -> None:
    refused = diagnostic("refused: web is deleted\n", "error")
    assert told(refused, step("create", event="resourcePreEvent"), refused) == [
        "error: refused: web is deleted",
        "create VirtualMachinePool web",
    ]


def test_a_preview_that_fails_promises_nothing() -> None:
    said = told(
        step("create", event="resourcePreEvent"),
        diagnostic("refused: no\n", "error"),
        Ended(preview=True, failed=True),
    )
    assert said[-1] == "error: refused: no"
