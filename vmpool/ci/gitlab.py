"""The stacks of a push as a child pipeline of GitLab; .gitlab/up.yml has what its jobs do."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from . import gate
from .plan import Plan

PLAN = "VMPOOL_PLAN"


def jobs(plans: Mapping[str, Plan | None]) -> str:
    """Return the child pipeline for stacks by name.

    None is a stack that could not be planned: its job says why, since it brings up nothing that
    takes disks.
    """
    found = {f"up {stack}": _job(stack, plan) for stack, plan in plans.items()}
    # A pipeline without jobs is an error. JSON is YAML.
    document = found or {"nothing to bring up": {"script": ["true"]}}
    return json.dumps({"include": [{"local": ".gitlab/up.yml"}], **document}, indent=2) + "\n"


def _job(stack: str, plan: Plan | None) -> dict[str, Any]:
    job: dict[str, Any] = {
        "extends": ".up",
        "resource_group": f"up/{stack}",
        "variables": {"STACK": stack, **({PLAN: _as_variable(plan)} if plan else {})},
    }
    if plan and plan.losses:
        job |= {"environment": gate.ENVIRONMENT, "when": "manual", "allow_failure": False}
    return job


def _as_variable(plan: Plan) -> str:
    """Return a plan as a variable that GitLab hands on as it is: after a $ it looks for a name."""
    return plan.as_json().replace("$", "$$")
