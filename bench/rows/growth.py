"""How the cost of one more grows with how many there are."""

from __future__ import annotations

from ..measuring import Measured, growth, in_turn
from ..row import Row, at_most
from ..workshop import Workshop, dev_file, write_stack
from .previews import settled
from .rendering import rendering

STACKS = (1, 1_000, 10_000)
POOLS = (1, 10, 20)
POOLS_PROGRAM = '''"""As many pools as the stack's name ends with."""

import pulumi

from components import VmPool
from kubevirt_vm_pool.stack_config import from_engine
from kubevirt_vm_pool.resources.kubernetes_object import Cluster

provider = pulumi.ResourceOptions(provider=Cluster("cluster"))
for number in range(int(pulumi.get_stack().rpartition("-")[2])):
    name = f"pool-{number}"
    VmPool(name, {**from_engine(), "name": name}, provider)
'''


def of_rendering(workshop: Workshop, rounds: int) -> Measured:
    """Measure processes that render few, many and very many stacks."""
    runs = {f"{number:,} stacks": rendering(workshop, number) for number in STACKS}
    return growth(STACKS, in_turn(runs, rounds, warm_ups=0))


def of_previews(workshop: Workshop, rounds: int) -> Measured:
    """Measure previews without changes of programs with few and with many pools."""
    checkout = workshop.checkout("pools")
    (checkout / "__main__.py").write_text(POOLS_PROGRAM, encoding="utf-8")
    runs = {}
    for number in POOLS:
        stack = workshop.namespace(f"{workshop.fresh('pools')}-{number}")
        write_stack(checkout, stack, dev_file(cloudInit={"timezone": "Europe/Zurich"}))
        runs[f"{number} pools"] = settled(workshop, checkout, stack)
    return growth(POOLS, in_turn(runs, rounds))


ROWS = (
    Row(
        "growth-render",
        f"one more stack rendered, beyond {STACKS[1]:,} (up to {STACKS[2]:,})",
        f"one more up to {STACKS[1]:,}",
        at_most(1.1),
        3,
        of_rendering,
    ),
    Row(
        "growth-preview",
        f"one more pool in a stack's preview, beyond {POOLS[1]} (up to {POOLS[2]})",
        f"one more up to {POOLS[1]}",
        at_most(1.1),
        15,
        of_previews,
        needs=("pulumi",),
    ),
)
