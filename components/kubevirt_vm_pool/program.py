"""One stack: its configuration becomes a VmPool, and what the pool tells becomes its outputs.

`pulumi up` runs it by __main__.py, in a process of its own; `vmpool` runs it inside of its own
process, several at once if need be. Whatever a run keeps must therefore be the run's.
"""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from .resources import judged_effects, run_environment
from .resources.engine_config import from_engine
from .resources.judged_effects import Judged
from .resources.provider import Cluster
from .vm_pool import VmPool


def run(environment: Mapping[str, str] | None = None, judged: Judged | None = None) -> None:
    """Register the stack's resources and outputs, with the engine that asks for them.

    environment: the variables of this run; None are those of the process. judged: takes what the
    guard finds that a change does to a pool. Raises pulumi.RunError with every problem of the
    configuration.
    """
    if environment is not None:
        run_environment.give(environment)
    if judged is not None:
        judged_effects.give(judged)
    cluster = Cluster("cluster")
    pool = VmPool("vms", from_engine(), pulumi.ResourceOptions(provider=cluster))
    for key, value in pool.exports.items():
        pulumi.export(key, value)
