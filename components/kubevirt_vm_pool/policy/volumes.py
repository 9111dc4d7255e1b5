"""What the volumes of a pool's VMs hold: disks that are there, and documents for cloud-init."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ..spec.cloud_init import VOLUMES
from ..text.paths import Path, at
from .stack_objects import Object

GUEST = ("spec", "virtualMachineTemplate", "spec", "template", "spec")


def claims(pool: Object) -> Iterator[str]:
    """Yield the PersistentVolumeClaims and DataVolumes that VMs share, by name.

    They are in the pool's namespace, and no dataVolumeTemplate made them.
    """
    templates = at(pool, "spec", "virtualMachineTemplate", "spec", "dataVolumeTemplates") or ()
    own = {at(template, "metadata", "name") for template in templates}
    for volume in at(pool, *GUEST, "volumes") or ():
        for name in (
            at(volume, "persistentVolumeClaim", "claimName"),
            at(volume, "dataVolume", "name"),
        ):
            if name and name not in own:
                yield str(name)


def user_data(volumes: Any) -> Iterator[tuple[Path, str]]:
    """Yield the user data that stands inside of a VM's volumes, each with its path."""
    for index, volume in enumerate(volumes or ()):
        for kind in VOLUMES.values():
            if isinstance(text := at(volume, kind, "userData"), str):
                yield (index, kind, "userData"), text
            if isinstance(encoded := at(volume, kind, "userDataBase64"), str):
                with suppress(binascii.Error):
                    text = base64.b64decode(encoded).decode("utf-8", "replace")
                    yield (index, kind, "userDataBase64"), text
