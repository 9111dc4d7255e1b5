"""Rules on the hardware that a guest sees, and on what comes to it by a device or an agent."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ..spec.pool import PoolSpec
from ..spec.vm_settings import SERVICE_ACCOUNT_VOLUME
from .problems import Problem
from .rule import Rule

ARCHITECTURES = ("amd64", "arm64", "s390x")
ALSO_CALLED = {"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64"}


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
            if method.get("configDrive") is not None:
                yield Problem(
                    f"{key}.propagationMethod.configDrive",
                    "needs a volume cloudInitConfigDrive, and the VMs of this pool have "
                    "cloudInitNoCloud",
                    "use noCloud: {}",
                )
            agent = method.get("qemuGuestAgent")
            if kind == "sshPublicKey" and agent is not None and not agent.get("users"):
                yield Problem(
                    f"{key}.propagationMethod.qemuGuestAgent.users",
                    "lists nobody who gets the keys",
                    "for instance users: [fedora]",
                )


def _filesystems_are_volumes(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    known = {volume.name for volume in spec.volumes}
    if spec.service_account_name:
        known.add(SERVICE_ACCOUNT_VOLUME)
    for index, one in enumerate(spec.filesystems):
        if one.get("name") not in known:
            yield Problem(
                f"filesystems[{index}].name",
                "names none of volumes, whose files the guest is to mount",
                f"one of {', '.join(sorted(known))}" if known else "add one to volumes",
                one.get("name"),
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
    Rule(("accessCredentials",), _credentials_reach_the_guest),
    Rule(("filesystems", "volumes", "serviceAccountName"), _filesystems_are_volumes),
    Rule(("volumes", "serviceAccountName"), _names_of_volumes_differ),
    Rule(("architecture",), _an_architecture),
    Rule(("video", "autoattachGraphicsDevice"), _something_to_show),
)
