"""What the program of a checkout registers for a stack's configuration, with an engine of mocks.

Run in the checkout, `print_registered.py <file>`: the file holds the engine's configuration as
JSON, {full key: text}. Prints {"resources": {name: {"options": ..., "properties": ...}}, "hooks":
{name: whether previews run it}, "reads": {name: id}, "outputs": {URN: outputs}} as JSON. All
revisions have the program in __main__.py.
"""

from __future__ import annotations

import gc
import json
import runpy
import sys
from pathlib import Path

from engine_mocks import run


def program() -> None:
    """Run the checkout's program."""
    try:
        runpy.run_path("__main__.py", run_name="__main__")
    finally:
        gc.unfreeze()
        gc.enable()


done = run(program, json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")), stack="prod")
resources = {
    request.name: {"options": request.options, "properties": request.marked}
    for request in done.requests
}
print(
    json.dumps(
        {
            "resources": resources,
            "hooks": done.hooks,
            "reads": done.reads,
            "outputs": done.outputs,
        }
    )
)
