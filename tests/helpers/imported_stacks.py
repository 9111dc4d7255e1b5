"""What an import made, brought back to objects."""

from __future__ import annotations

import copy
from typing import Any

from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.validation import validate

from vmpool.imports.conversion import Imported

STACK = "user1"


def made_of(found: Imported) -> dict[str, Any]:
    """Return the objects of what was imported; raises ConfigurationError."""
    config = copy.deepcopy(found.config)
    return objects(validate.specify(config, stack=STACK, where=f"Pulumi.{STACK}.yaml"))
