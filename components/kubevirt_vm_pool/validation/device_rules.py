"""Rules on the hardware that a guest sees, and on what comes to it by a device or an agent."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from ..spec.cloud_init import VOLUMES
from ..spec.pool import PoolSpec
from ..spec.vm_settings import SERVICE_ACCOUNT_VOLUME
from .problems import Problem
from .rule import Rule

ARCHITECTURES = ("amd64", "arm64", "s390x")
ALSO_CALLED = {"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64"}
# What virtiofs can bring to a guest (vmi-create-admitter.go).
AS_FILESYSTEM = ("source", "config_map", "secret", "downward_api", "service_account")
AS_FILESYSTEM_TOLD = "source, configMap, secret, downwardAPI or serviceAccount"
VIRTUAL_GPUS_MIGRATE = (1, 8)
DO_NOT_MIGRATE = "use LiveMigrateIfPossible, which restarts these VMs on another node"


def _secure_boot(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    efi = (spec.firmware.get("bootloader") or {}).get("efi")
    if efi is None or efi.get("secureBoot") is False or "tdx" in spec.launch_security:
        return
    smm = spec.features.get("smm")
    if smm is None or smm.get("enabled") is False:
        default = "" if efi.get("secureBoot") else " KubeVirt's default,"
        yield Problem(
            "firmware.bootloader.efi",
            f"has secureBoot,{default} which needs features.smm",
            "add features: {smm: {enabled: true}}, or say secureBoot: false",
        )


def _credentials_reach_the_guest(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    for index, credential in enumerate(spec.access_credentials):
        for kind in ("sshPublicKey", "userPassword"):
            said = credential.get(kind)
            if not said:
                continue
            key = f"accessCredentials[{index}].{kind}"
            method = said.get("propagationMethod") or {}
            if not (said.get("source") or {}).get("secret"):
                yield Problem(f"{key}.source", "names no Secret", "add secret: {secretName: ...}")
            if kind == "userPassword" and method.get("qemuGuestAgent") is None:
                yield Problem(
                    f"{key}.propagationMethod",
                    "has none of qemuGuestAgent, the only way",
                    "add qemuGuestAgent: {}",
                )
            if not _has_cloud_init_by_template(spec):
                yield from _volume_hands_it_on(spec, f"{key}.propagationMethod", method)
            agent = method.get("qemuGuestAgent")
            if kind == "sshPublicKey" and agent is not None and not agent.get("users"):
                yield Problem(
                    f"{key}.propagationMethod.qemuGuestAgent.users",
                    "lists nobody who gets the keys",
                    "for instance users: [fedora]",
                )


def _volume_hands_it_on(spec: PoolSpec, key: str, method: Mapping[str, Any]) -> Iterator[Problem]:
    """KubeVirt hands keys on in a cloud-init volume of the kind that is named."""
    own = (spec.cloud_init.type or "noCloud") if spec.has_cloud_init else None
    for name, volume in VOLUMES.items():
        if method.get(name) is None or name == own:
            continue
        if own:
            rule = f"needs a volume {volume}, and the VMs of this pool have {VOLUMES[own]}"
            yield Problem(f"{key}.{name}", rule, f"use {own}: {{}}, or cloudInit.type: {name}")
        else:
            rule = f"needs a volume {volume}, and cloudInit is false"
            yield Problem(f"{key}.{name}", rule, "use qemuGuestAgent, or remove cloudInit: false")


def _has_cloud_init_by_template(spec: PoolSpec) -> bool:
    """Tell whether `template` says something of volumes: template_vms.py judges the whole then."""
    guest = (spec.template.get("template") or {}).get("spec") or {}
    return bool(guest.get("volumes"))


def _filesystems_are_volumes(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    known = {volume.name for volume in spec.volumes}
    if spec.service_account_name:
        known.add(SERVICE_ACCOUNT_VOLUME)
    disks = dict(spec.further_disks)
    known |= {name for name, disk in disks.items() if disk.kind in AS_FILESYSTEM}
    for index, one in enumerate(spec.filesystems):
        key, name = f"filesystems[{index}].name", one.get("name")
        if name in disks and name not in known:
            kind = str(type(disks[name]).model_fields[disks[name].kind].alias)
            yield Problem(
                key,
                f"is disks.{name}, and a {kind} is a disk and no file system",
                f"remove it, or use {AS_FILESYSTEM_TOLD}",
                name,
            )
        elif name not in known:
            yield Problem(
                key,
                "names none of volumes and disks, whose files the guest is to mount",
                f"one of {', '.join(sorted(known))}" if known else "add one to volumes or disks",
                name,
            )
        elif name in disks:
            for member in disks[name].settings:
                yield Problem(
                    f"disks.{name}.{member}",
                    f"is for a disk, and {key} makes a file system of it",
                    "remove one of them",
                )


def _names_of_volumes_differ(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    for index, volume in enumerate(spec.volumes):
        if spec.service_account_name and volume.name == SERVICE_ACCOUNT_VOLUME:
            yield Problem(
                f"volumes[{index}].name",
                "is the name of the volume that serviceAccountName makes",
                "give it another name",
                volume.name,
            )


def _devices_can_migrate(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    """KubeVirt's webhook denies the eviction of a VM that must migrate and cannot."""
    if spec.eviction_strategy != "LiveMigrate":
        return
    if why := stays_on_its_node(spec, spec.host_devices, spec.gpus):
        yield Problem("evictionStrategy", why, DO_NOT_MIGRATE, spec.eviction_strategy)


def stays_on_its_node(
    spec: PoolSpec, host_devices: Sequence[object], gpus: Sequence[object]
) -> str | None:
    """Return why VMs with these devices cannot migrate, None where they can (virt-handler/vm.go).

    A single GPU may be a virtual one, which can with a feature gate of 1.8.
    """
    said = "hostDevices" if host_devices else "gpus"
    if host_devices or len(gpus) > 1 or (gpus and spec.kubevirt < VIRTUAL_GPUS_MIGRATE):
        return (
            f"needs VMs that can migrate, and those with {said} stay on their node, so that the "
            "drain of a node would wait for ever"
        )
    return None


def _an_architecture(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.architecture is not None and spec.architecture not in ARCHITECTURES:
        near = ALSO_CALLED.get(spec.architecture)
        yield Problem(
            "architecture",
            "must be amd64, arm64 or s390x",
            f"did you mean {near}?" if near else "pick one",
            spec.architecture,
        )


def _something_to_show(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.video and spec.autoattach_graphics_device is False:
        yield Problem(
            "video",
            "needs a graphics device, and autoattachGraphicsDevice is false",
            "remove one of them",
        )


RULES = (
    Rule(("firmware", "features", "launchSecurity"), _secure_boot),
    Rule(("accessCredentials", "cloudInit", "template"), _credentials_reach_the_guest),
    Rule(("filesystems", "volumes", "disks", "serviceAccountName"), _filesystems_are_volumes),
    Rule(
        ("evictionStrategy", "hostDevices", "gpus", "kubevirtVersion"),
        _devices_can_migrate,
    ),
    Rule(("volumes", "serviceAccountName"), _names_of_volumes_differ),
    Rule(("architecture",), _an_architecture),
    Rule(("video", "autoattachGraphicsDevice"), _something_to_show),
)
