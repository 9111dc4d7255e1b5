"""The Namespace."""

from __future__ import annotations

from ..spec.pool import PoolSpec
from .metadata import Object, metadata


def namespace(spec: PoolSpec) -> Object:
    """Return the Namespace."""
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": metadata(spec, spec.namespace, namespace=None),
    }
