"""The page of all keys: docs/keys.md.

The examples are those that the tests try (tests/helpers/examples.py).
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Mapping
from importlib import import_module

from kubevirt_vm_pool.effects import Severity
from kubevirt_vm_pool.spec.defaults import Declared, declared
from kubevirt_vm_pool.spec.pool import PoolSpec
from pydantic import BaseModel

from ..stack.project import ROOT
from .between import Between

FILE = ROOT / "docs" / "keys.md"
PLACE = Between("<!-- begin: make generate -->\n", "<!-- end: make generate -->\n")
HELPERS = ROOT / "tests" / "helpers"

# What the value of an example does to a running pool.
DOES: Mapping[Severity, str] = {
    Severity.NOTHING: "notice nothing",
    Severity.OTHER: "notice nothing",
    Severity.NEW_REPLICAS: "notice nothing: VMs that start from now on have it",
    Severity.SCALE_IN_KEEPING: "that are too many go, and their disks stay",
    Severity.RESTART_SOME: "restart, `rollout.maxUnavailable` at a time, with their disks",
    Severity.RESTART_ALL: "stop all at once, and keep their disks",
    Severity.STRANDED: "stay, and would not start again: refused until it is allowed",
    Severity.SCALE_IN: "that are too many are deleted, with their disks",
    Severity.REPLACED: "would be replaced, disks too: refused until it is allowed",
    Severity.DISK_LOSS: "would get new disks: refused until it is allowed",
}
# What an example takes from Pulumi.dev.yaml, which has it.
TAKEN_OUT = re.compile(r"\n(autoscaling|disk):$", re.MULTILINE)


def page(model: type[BaseModel] = PoolSpec) -> str:
    """Return the page's part that is written: a table, then each key with an example."""
    keys = declared(model)
    examples = _examples()
    sections = (_section(key, entry, *examples.get(key, ("", None))) for key, entry in keys.items())
    return "".join([*_table(keys), "\n", *sections])


def _table(keys: Mapping[str, Declared]) -> list[str]:
    rows = [
        f"| [`{key}`](#{key.lower()}) | {_default(entry)} "
        f"| {_first_sentence(entry.description)} |\n"
        for key, entry in keys.items()
    ]
    return ["| key | default | |\n", "| --- | --- | --- |\n", *rows]


def _section(key: str, entry: Declared, example: str, does: Severity | None) -> str:
    facts = [f"Default: {_default(entry)}." if _default(entry) else ""]
    # What more than this key says has an effect of its own.
    if does is not None and "\n" not in example:
        facts.append(f"When it becomes this, running VMs {DOES[does]}.")
    described = entry.description.rstrip(".").replace("<", r"\<")
    return "\n".join(
        [
            f"### {key}\n",
            f"{described}.\n",
            *([f"```yaml\n{TAKEN_OUT.sub('', example)}\n```\n"] if example else []),
            *([f"{' '.join(filter(None, facts))}\n"] if any(facts) else []),
            "",
        ]
    )


def _examples() -> dict[str, tuple[str, Severity]]:
    """Return an example for each key, as a stack file says it, and what it does to running VMs."""
    if str(HELPERS) not in sys.path:
        sys.path.insert(0, str(HELPERS))
    rows = import_module("examples").EXAMPLES
    return {row.key: (row.said, row.effect) for row in rows}


def _default(entry: Declared) -> str:
    if entry.optional:
        return ""
    text = entry.default if isinstance(entry.default, str) else json.dumps(entry.default)
    # As it stands in a stack file.
    plain = re.sub(r'"([A-Za-z][A-Za-z0-9]*)"', r"\1", text)
    return f"`{plain}`"


def _first_sentence(description: str) -> str:
    sentence = re.match(r".*?\.(?=\s|$)", description)
    text = (sentence[0] if sentence else description).replace("<", r"\<").replace("|", r"\|")
    return text.rstrip(".")
