"""One stack: its configuration becomes a VmPool, and what the pool tells becomes its outputs.

`pulumi up` runs it by __main__.py, in a process of its own; `vmpool` runs it inside of its own
process, several at once if need be. Whatever a run keeps must therefore be the run's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pulumi

from .outputs import revision
from .resources import run_environment
from .resources.engine_config import from_engine
from .resources.provider import Cluster
from .resources.surroundings import surroundings
from .vm_pool import VmPool

if TYPE_CHECKING:
    from .effects.disk_guard import Judge


def run(environment: Mapping[str, str] | None = None, judge: Judge | None = None) -> None:
    """Register the stack's resources and outputs, with the engine that asks for them.

    environment: the variables of this run; None are those of the process. judge: who judges what
    becomes of disks; None is the disk guard, by the variables. Raises pulumi.RunError with every
    problem of the configuration.
    """
    run_environment.give(environment, judge)
    cluster = Cluster("cluster")
    pool = VmPool("vms", from_engine(), pulumi.ResourceOptions(provider=cluster))
    for key, value in {**pool.exports, **revision(run_environment.current())}.items():
        pulumi.export(key, value)


def end() -> None:
    """End what `run` has begun beside the engine, in the context of the run.

    For a process that goes on: the engine calls hooks until it ends, so nobody here knows when.
    """
    if around := surroundings.taken():
        around.close()
