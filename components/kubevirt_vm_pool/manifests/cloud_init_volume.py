"""The volume by which a VM gets to see cloud-init's documents."""

from __future__ import annotations

from ..spec.cloud_init import VOLUMES
from ..spec.disk import CLOUD_INIT_DISK
from ..spec.pool import PoolSpec
from .metadata import Object, without_none


def volumes(spec: PoolSpec) -> list[Object]:
    """Return the volume, if there is one."""
    if not spec.has_cloud_init:
        return []
    network_data = spec.cloud_init.existing_network_data_secret
    if network_data is None and spec.has_network_data:
        network_data = spec.secret_name
    source = without_none(
        secretRef={"name": spec.secret_name},
        networkDataSecretRef={"name": network_data} if network_data else None,
    )
    return [{"name": CLOUD_INIT_DISK, VOLUMES[spec.cloud_init.type or "noCloud"]: source}]
