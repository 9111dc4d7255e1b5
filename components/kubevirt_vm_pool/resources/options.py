"""What only the engine needs to know about an object: options, and annotations for its provider."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from ..manifests.metadata import Object
from ..manifests.roles import Role, is_service
from ..spec.pool import PoolSpec
from . import hooks, replica_ownership, service_fields

# A pool is gone when its VMs are: each may take its terminationGracePeriodSeconds to stop, and the
# provider gives up after ten minutes.
LONG_DELETE = pulumi.CustomTimeouts(delete="60m")

# VMs take minutes to boot; waiting for them fails the update after ten.
DO_NOT_WAIT = {"pulumi.com/skipAwait": "true"}


def annotated(role: str, spec: PoolSpec, manifest: Object) -> Object:
    """Return an object with the annotations that the engine's provider needs."""
    return with_annotations(manifest, _annotations(role, spec))


def with_annotations(manifest: Object, more: Mapping[str, Any]) -> Object:
    """Return an object with further annotations, if there are any."""
    if not more:
        return manifest
    metadata = manifest["metadata"]
    annotations = {**metadata.get("annotations", {}), **more}
    return {**manifest, "metadata": {**metadata, "annotations": annotations}}


def of(child: str, role: str, spec: PoolSpec, manifest: Object) -> pulumi.ResourceOptions:
    """Return the options of an object.

    child: its logical name, unique in the program. role: its key in objects.objects().
    """
    options = []
    if is_service(role):
        options.append(service_fields.options(manifest))
    if role == Role.CLOUD_INIT:
        options.append(pulumi.ResourceOptions(hooks=hooks.cloud_init_hooks(child, spec)))
    if role == Role.AUTOSCALER:
        options.append(pulumi.ResourceOptions(hooks=hooks.autoscaler_hooks(child, spec)))
    if role == Role.POOL:
        options.append(replica_ownership.options(spec))
        options.append(
            pulumi.ResourceOptions(
                hooks=hooks.pool_hooks(child, spec),
                protect=spec.protect or None,
                custom_timeouts=LONG_DELETE,
            )
        )
    if _adopts(role, spec):
        from . import adoption

        options.append(adoption.options(child, role, spec, manifest))
    merged = pulumi.ResourceOptions()
    for option in options:
        merged = pulumi.ResourceOptions.merge(merged, option)
    return merged


def _annotations(role: str, spec: PoolSpec) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    if role == Role.POOL:
        found |= replica_ownership.engine_annotations(spec)
    if is_service(role):
        found |= DO_NOT_WAIT
    if _adopts(role, spec):
        # Few stacks adopt.
        from . import adoption

        found |= adoption.own_annotations(role, spec)
    return found


def _adopts(role: str, spec: PoolSpec) -> bool:
    """Tell whether an object is taken over; a shared namespace is taken as it is, by whomever."""
    return spec.adopt and role != Role.NAMESPACE
