"""Secrets inside of a pool: the documents and headers that `template` may hold.

They alone become secret Outputs: with the whole pool encrypted, nobody would see in a preview what
else changes in it.
"""

from __future__ import annotations

from typing import Any

import pulumi

from ..kubevirt.secret_fields import with_secrets_changed
from ..manifests.metadata import Object
from ..manifests.virtual_machine_pool import virtual_machine_pool
from ..spec.pool import PoolSpec
from ..text.paths import Path, at


def sealed(pool: Object, spec: pulumi.Output[PoolSpec]) -> Object:
    """Return a pool with an Output in place of each secret. spec: with all values known."""

    def secret(path: Path, _: Any) -> pulumi.Output[Any]:
        return pulumi.Output.secret(
            spec.apply(lambda known: at(virtual_machine_pool(known), *path))
        )

    sealed_pool: Object = with_secrets_changed(pool, secret)
    return sealed_pool
