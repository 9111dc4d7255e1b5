"""A stack's objects as YAML: what an up would make, with neither engine, cluster nor network."""

from __future__ import annotations

from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects

from .console import UserError
from .stack.stack_files import Stack


def objects_of(stack: Stack, *, show_secrets: bool = False) -> dict[str, Object]:
    """Return the objects of a stack by role; raises UserError with every problem of its file.

    show_secrets: whether their secret values must be known, too.
    """
    stack.require_known()
    spec = stack.specification()
    if show_secrets:
        stack.require_decrypted()
        if spec.per_replica.generate:
            raise UserError(
                f"perReplica.generate in {stack.file.name} has values that an up makes, and nobody "
                "knows them here; render without --show-secrets"
            )
    return objects(spec)
