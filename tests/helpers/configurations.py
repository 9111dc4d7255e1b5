"""Configurations for tests: those of Pulumi.dev.yaml with some keys changed."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Mapping
from typing import Any

import yaml
from kubevirt_vm_pool import stack_config
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.validation import validate
from kubevirt_vm_pool.validation.problems import ConfigurationError, Problem

from vmpool.stack.project import PROJECT_FILE

STACK_FILE = PROJECT_FILE.with_name("Pulumi.dev.yaml")

# What a secret is called in tests that look for it where it must not be.
MARKER = "hunter2-do-not-show"

# What Pulumi.dev.yaml's stack tells about itself as the stack dev.
DEV_OUTPUTS = {
    "namespace": "dev",
    "pool": "lab05-webserver",
    "service": "lab05-webserver",
    "host": "lab05-webserver.dev.svc.cluster.local",
    "url": "http://lab05-webserver.dev.svc.cluster.local",
    "replicas": {"min": 2, "max": 5},
}

ED25519_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ann@lab"
)

DEV: Mapping[str, Any] = yaml.safe_load(STACK_FILE.read_text(encoding="utf-8"))["config"]


def given(changes: str | Mapping[str, Any] = "") -> dict[str, Any]:
    """Return what the engine gives of Pulumi.dev.yaml with some top-level keys replaced.

    changes: keys and values, as YAML or as they are; a key with nothing behind it is not set.
    """
    changed = (yaml.safe_load(changes) or {}) if isinstance(changes, str) else changes
    stack = {**copy.deepcopy(dict(DEV)), **changed}
    return {
        str(key): stack_config.decoded(
            str(key), value if isinstance(value, str) else json.dumps(value)
        )
        for key, value in stack.items()
        if value is not None
    }


def specification(
    changes: str | Mapping[str, Any] = "", *, stack: str = "user1", where: str = "Pulumi.user1.yaml"
) -> PoolSpec:
    """Return the specification of a changed Pulumi.dev.yaml; raises ConfigurationError."""
    return validate.specify(given(changes), stack=stack, where=where)


def problems(changes: str | Mapping[str, Any], *, stack: str = "user1") -> tuple[Problem, ...]:
    """Return what is wrong with a changed Pulumi.dev.yaml: nothing, if it is sound."""
    try:
        specification(changes, stack=stack)
    except ConfigurationError as error:
        return error.problems
    return ()


def said_in(text: str, secret: str) -> bool:
    """Tell whether a text holds a secret, as it is or in base64, wherever that may begin."""
    raw = secret.encode()
    encoded = [base64.b64encode(b"-" * shift + raw).decode() for shift in range(3)]
    # The first and last signs depend on what stands around the secret.
    return secret in text or any(part[4:-4] in text for part in encoded)
