"""Stack files, checked by the schema as an editor does."""

from __future__ import annotations

import copy
from typing import Any

import yaml
from configurations import DEV
from jsonschema import Draft7Validator

from vmpool.generate import json_schema

STACK_SCHEMA = json_schema.stack_schema()
VALIDATOR = Draft7Validator(STACK_SCHEMA)


def stack_file(changes: str) -> dict[str, Any]:
    """Return Pulumi.dev.yaml with some keys of its config replaced."""
    return {"config": {**copy.deepcopy(dict(DEV)), **yaml.safe_load(changes)}}


def refusals(document: object) -> list[str]:
    return [error.message for error in VALIDATOR.iter_errors(document)]
