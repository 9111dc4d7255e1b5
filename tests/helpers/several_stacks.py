"""Several stacks in one process, for test_at_once.py: one by one, and at once.

Run in a checkout, with the stacks' names as arguments. Prints what every stack got by the phase and
the way, as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from kubevirt_vm_pool.effects.disk_guard import DISK_LOSS

from vmpool import namespaces, target
from vmpool.diff.engine_preview import digest
from vmpool.engine import pulumi_cli
from vmpool.engine.inline import Engine
from vmpool.stack import stack_files

Work = Callable[[str], Any]

NAMES = sys.argv[1:]
PLACE = target.started(stack_files.read(NAMES[0]))
FOUND = pulumi_cli.find(PLACE)


def engine(name: str) -> Engine:
    """Return the engine of a stack; the disks of every other one are given away."""
    allowed = {DISK_LOSS: "web"} if NAMES.index(name) % 2 else {}
    return Engine(FOUND.program, {**FOUND.environment, **allowed})


def prepare(name: str) -> None:
    """Make what an up needs."""
    namespaces.ensure(PLACE.kubectl(), name)
    engine(name).create(name)


def preview(name: str) -> dict[str, Any]:
    """Return what a preview says, and every resource that it is about."""
    events = engine(name).preview_events(stack_files.read(name), refresh=True).events
    begun = [event.resource_pre_event for event in events if hasattr(event, "resource_pre_event")]
    about = [
        [step.metadata.op, step.metadata.urn, step.metadata.new and step.metadata.new.inputs]
        for step in begun
        if step
    ]
    said = asdict(digest(events))
    # Objects that wait for nothing come in any order.
    return {**said, "steps": sorted(said["steps"], key=json.dumps), "about": sorted(about, key=str)}


def up(name: str) -> int:
    """Return the exit code of an up."""
    return engine(name).up(stack_files.read(name))


def change(name: str) -> None:
    """Give a stack other disks and more memory."""
    file = stack_files.read(name).file
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("size: 6Gi", "size: 9Gi"), encoding="utf-8")


def one_by_one(work: Work) -> dict[str, Any]:
    """Return what stacks get one by one."""
    return {name: work(name) for name in NAMES}


def at_once(work: Work) -> dict[str, Any]:
    """Return what stacks get when all are worked on at once."""
    with ThreadPoolExecutor(len(NAMES)) as pool:
        return dict(zip(NAMES, pool.map(work, NAMES), strict=True))


def both(work: Work) -> dict[str, Any]:
    """Return what stacks get at once and one by one, in this order: the first is the hard one."""
    return {"at once": at_once(work), "one by one": one_by_one(work)}


def open_files() -> int:
    """Return how many files and sockets this process has open."""
    return len(os.listdir("/dev/fd"))


def main() -> None:
    """Bring stacks up, and change them."""
    before = dict(os.environ)
    at_once(prepare)
    files = open_files()
    found: dict[str, Any] = {"new": both(preview), "ups": at_once(up), "again": at_once(preview)}
    one_by_one(change)
    found |= {"changed": both(preview), "refused": at_once(up)}
    found["environment"] = dict(os.environ) == before
    # gRPC's own threads end with their servers, which are circles of objects.
    gc.collect()
    time.sleep(1)
    found["threads"] = [thread.name for thread in threading.enumerate()]
    found["more files"] = open_files() - files
    json.dump(found, sys.stdout, default=str)


main()
