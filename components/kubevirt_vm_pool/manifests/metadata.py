"""What every manifest is made of: an object of what is said, and its metadata."""

from __future__ import annotations

from typing import Any

from ..spec.pool import PoolSpec

Object = dict[str, Any]


def without_none(**members: Any) -> Object:
    """Return an object without the members that are None."""
    return {key: value for key, value in members.items() if value is not None}


def to_manifest(model: Any) -> Object:
    """Return what somebody said of a model, in Kubernetes' spelling."""
    spelt: Object = model.model_dump(by_alias=True, exclude_none=True)
    return spelt


def metadata(spec: PoolSpec, name: str, namespace: str | None) -> Object:
    """Return the metadata of an object; namespace: None for one that is in none."""
    return without_none(
        name=name,
        namespace=namespace,
        labels=spec.labels or None,
        annotations=spec.annotations or None,
    )
