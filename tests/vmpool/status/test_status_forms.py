"""Every value that is known of a stack is in every form, where its reader looks for it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from page_parts import parts

from vmpool.status import command
from vmpool.status.as_html import as_html
from vmpool.status.facts import Disk, Door, Drift, Report, Scaling, StackStatus, State, Vm

# In the text it stands in the stack's own reasons.
WHY = "no planet of the VM's own"
# No two values are the same: one in another's place is found out.
ZOE = StackStatus(
    "zoe",
    State.NOT_READY,
    "context lab (https://lab.example.com:6443)",
    "zoes-namespace",
    "shop",
    wanted=4,
    ready=3,
    why=("shop-1: Martian: no such planet\nmove to the moon",),
    vms=(
        Vm("shop-1", False, "Provisioning", "node-7", "10.1.2.3", "2026-11-24T12:00:00Z", (WHY,)),
    ),
    scaling=Scaling("shop", 5, 6, 2, 8, ("cpu 31 % of 50 %", "hits 9 of 10"), "NoMetrics: none"),
    drift=(Drift("Service", "shop-door", missing=True),),
    undone=("4 VMs restart one by one",),
    disks=(Disk("shop-disk-1", "shop-vm", "7Gi", "CloneInProgress"),),
    doors=(Door("shop", "ClusterIP", ("http://shop.zoe.svc",)),),
    log_in=("virtctl console shop-1 -n zoe", "virtctl ssh ann@vm/shop-1 -n zoe"),
    notes=("events cannot be seen",),
)
REPORT = Report.of(
    [ZOE, StackStatus("amy", State.READY, wanted=1, ready=1)],
    datetime(2026, 11, 24, 15, tzinfo=UTC),
)
SAID: Mapping[str, Any] = {
    "state": "not ready",
    "pool": "shop in namespace zoes-namespace",
    "cluster": "context lab (https://lab.example.com:6443)",
    "VMs ready": "3 of 4",
    "why": ["shop-1: Martian: no such planet", "move to the moon"],
    "scaling": [
        "5 VMs, 6 wanted, 2 to 8 allowed; cpu 31 % of 50 %, hits 9 of 10",
        "cannot scale: NoMetrics: none",
    ],
    "drift": "Service shop-door is missing",
    "undone": "4 VMs restart one by one",
    "reach": "http://shop.zoe.svc",
    "log in": ["virtctl console shop-1 -n zoe", "virtctl ssh ann@vm/shop-1 -n zoe"],
    "note": "events cannot be seen",
    "VM": ["shop-1", "Provisioning", "no", "node-7", "10.1.2.3", "3 h"],
    "disk": ["shop-disk-1", "7Gi", "CloneInProgress", "shop-vm"],
}


def of_text(shown: str) -> dict[str, Any]:
    """Return what the text says of the stack, by the names of SAID."""
    own = shown.partition("\nzoe: ")[2].partition("\namy: ")[0]
    facts: dict[str, list[str]] = {}
    name = ""
    for line in own.splitlines()[1:]:
        found = re.fullmatch(r"  (.{9}) (.+)", line)
        if not found:
            break
        name = found[1].strip() or name
        facts.setdefault(name, []).append(found[2].strip())

    def row(title: str) -> list[str]:
        (line,) = re.findall(rf"^  {title}  .*\n  (.+)$", own, re.MULTILINE)
        return re.split("  +", line)

    (ready,) = re.findall(r"^zoe +not ready +(.+)$", shown, re.MULTILINE)
    return {
        "state": own.partition(",")[0],
        "pool": facts["pool"][0],
        "cluster": facts["cluster"][0],
        "VMs ready": ready,
        "why": facts["why"],
        "scaling": facts["scaling"],
        "drift": facts["drift"][0],
        "undone": facts["drift"][1].removeprefix("an up: "),
        "reach": facts["reach"][0],
        "log in": facts["log in"],
        "note": facts["note"][0],
        "VM": row("VM"),
        "disk": row("DISK"),
    }


def of_json(shown: str) -> dict[str, Any]:
    """Return what the document says of the stack, by the names of SAID."""
    zoe = json.loads(shown)["stacks"][0]
    scaling, (vm,), (disk,), (drift,) = (zoe[key] for key in ("scaling", "vms", "disks", "drift"))
    assert (drift["missing"], zoe["stack"], vm["why"]) == (True, "zoe", [WHY])
    return {
        "state": zoe["state"],
        "pool": f"{zoe['pool']} in namespace {zoe['namespace']}",
        "cluster": zoe["cluster"],
        "VMs ready": f"{zoe['ready']} of {zoe['wanted']}",
        "why": [*zoe["why"], *zoe["wayOut"]],
        "scaling": [
            f"{scaling['current']} VMs, {scaling['wanted']} wanted, {scaling['least']} to "
            f"{scaling['most']} allowed; {', '.join(scaling['load'])}",
            f"cannot scale: {scaling['cannot']}",
        ],
        "drift": f"{drift['kind']} {drift['name']} is missing",
        "undone": zoe["undone"][0],
        "reach": zoe["services"][0]["addresses"][0],
        "log in": zoe["logIn"],
        "note": zoe["notes"][0],
        "VM": [
            *(vm["name"], vm["state"], "yes" if vm["ready"] else "no", vm["node"], vm["address"]),
            f"{vm['ageSeconds'] // 3600} h",
        ],
        "disk": [disk["name"], disk["size"], disk["phase"], disk["vm"]],
    }


def of_html(shown: str) -> dict[str, Any]:
    """Return what the page says of the stack, by the names of SAID."""
    said = parts(shown)["zoe"]
    # The first is its row's in the table of all stacks.
    state = said["State"].pop(0)
    assert said["Load"] == ["cpu 31 % of 50 %, hits 9 of 10"]
    assert said["Why not ready"] == [WHY]
    assert said["Drift"] == ["1 object"]
    assert said["What is wrong"] == ["shop-1: Martian: no such planet"]
    vm = ("State", "Ready", "Node", "Address", "Age")
    (why,) = re.findall(r'<div class="alert bad">\n<ul>(.*?)</ul>', shown, re.DOTALL)
    return {
        "state": state,
        "pool": said["pool"][0],
        "cluster": said["cluster"][0],
        "VMs ready": said["VMs ready"][0],
        "why": re.findall(r">([^<>\n]+)<", why),
        "scaling": said["scaling"],
        "drift": said["drift"][0],
        "undone": said["by an up"][0],
        "reach": said["reach"][0],
        "log in": said["log in"],
        "note": said["note"][0],
        "VM": [said["VM"][0], *(said[label][0] for label in vm)],
        "disk": [said["Disk"][0], said["Size"][0], said["Phase"][0], said["VM"][1]],
    }


@pytest.mark.parametrize(
    ("form", "read"), [("text", of_text), ("json", of_json), ("html", of_html)]
)
def test_every_value_of_a_stack_is_in_every_form(
    form: str, read: Callable[[str], dict[str, Any]]
) -> None:
    assert read(command.FORMS[form](REPORT)) == SAID


def test_no_form_is_left_out() -> None:
    assert set(command.FORMS) == {"text", "json", "html"}


def test_the_overview_has_the_worst_that_is_wrong() -> None:
    lost = "3 of 4 VMs are removed: everything on 3 disks is lost"
    label = Drift("VirtualMachinePool", "web", missing=False, paths=("metadata.labels.a",))
    gone = Drift("Service", "web", missing=True)
    drifted = StackStatus("amy", State.DRIFTED, drift=(label,))
    for status, told in (
        (drifted, "VirtualMachinePool web differs: metadata.labels.a"),
        (replace(drifted, undone=(lost,)), f"an up: {lost}"),
        (replace(drifted, drift=(label, gone), undone=(lost,)), "Service web is missing"),
    ):
        shown = as_html(Report.of([status], REPORT.at))
        assert re.findall('data-label="What is wrong"[^>]*>(.*?)</td>', shown) == [told]
