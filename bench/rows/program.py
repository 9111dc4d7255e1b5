"""The program alone: what its own imports and its own work cost, without any engine."""

from __future__ import annotations

import json
from pathlib import Path

import yaml
from kubevirt_vm_pool.stack_config import PROJECT

from vmpool.console import UserError

from ..measuring import Measured, finished, in_turn, slower, timed
from ..row import Row, at_most
from ..workshop import Workshop, dev_file, installed, rendered

PROGRAM = Path(__file__).parents[1] / "programs" / "alone.py"


def against_the_sdk(workshop: Workshop, rounds: int) -> Measured:
    """Measure a whole run of the program, with mocks, against a process that loads the SDK."""
    checkout = workshop.checkout("project")
    python = installed("python", checkout)
    environment = {**workshop.environment, "PULUMI_CONFIG": engine_configuration()}
    objects = len(rendered("dev", dev_file()))

    def program() -> float:
        took, printed = finished([python, PROGRAM], environment=environment, cwd=checkout)
        if printed.split() != [str(objects)]:
            raise UserError(f"{printed.strip()} objects were registered, not {objects}")
        return took

    def sdk() -> float:
        return timed([python, "-c", "import pulumi"], environment=environment, cwd=checkout)

    return slower(in_turn({"the program": program, "import pulumi": sdk}, rounds))


def engine_configuration() -> str:
    """Return the dev stack's configuration as the engine puts it into PULUMI_CONFIG."""
    given = yaml.safe_load(dev_file())["config"]
    texts = {
        f"{PROJECT}:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in given.items()
    }
    return json.dumps(texts)


ROWS = (
    Row(
        "program",
        "the program alone: imports to last registration, with mocks",
        "`import pulumi` alone",
        at_most(1.4),
        25,
        against_the_sdk,
    ),
)
