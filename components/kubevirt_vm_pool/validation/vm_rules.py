"""Rules that span keys of the VMs: what KubeVirt's webhooks refuse, and what stops a pool.

The webhook that judges a pool sees its template alone, before instancetype and preference
(vmpool-admitter.go, vmi-create-admitter.go of KubeVirt 1.9). What it does not see keeps VMs from
starting, one by one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from ..spec import quantity
from ..spec.names import SUBDOMAIN
from ..spec.pool import PoolSpec
from ..spec.vm_settings import HOOK_SIDECARS, SERVICE_ACCOUNT_VOLUME
from .problems import Problem
from .rule import Rule

ARCHITECTURES = ("amd64", "arm64", "s390x")
ALSO_CALLED = {"x86_64": "amd64", "x86-64": "amd64", "x64": "amd64", "aarch64": "arm64"}
# KubeVirt's limits, which are lower than Kubernetes' (vmi-create-admitter.go).
MOST_NAMESERVERS, MOST_SEARCHES, LONGEST_SEARCHES = 3, 6, 256


def sizes(spec: PoolSpec) -> Iterator[str]:
    """Yield the keys that say what an instancetype always sets (pkg/instancetype/apply)."""
    for member in ("cores", "sockets", "threads"):
        if spec.cpu.get(member):
            yield f"cpu.{member}"
    if isinstance(spec.memory, dict) and spec.memory.get("guest") is not None:
        yield "memory.guest"
    for key, resources in (("requests", spec.requests), ("limits", spec.limits)):
        for name in ("cpu", "memory"):
            if resources.get(name) is not None:
                yield f"{key}.{name}"


def told_vcpus(spec: PoolSpec) -> str:
    """Return how many CPUs a VM has, in words."""
    several = spec.cpu.get("sockets") or spec.cpu.get("threads")
    return f"{spec.vcpus} CPUs: cores, sockets and threads" if several else f"cores: {spec.vcpus}"


def _amount(value: object) -> Any:
    return quantity.parse(str(value))


def _said_twice(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    pairs = (
        ("cpu.cores", spec.cpu.get("cores"), "cores", "cores" not in defaulted),
        ("requests.cpu", spec.requests.get("cpu"), "cpuRequest", spec.cpu_request is not None),
        (
            "updateStrategy",
            spec.update_strategy or None,
            "rollout.strategy",
            spec.rollout.strategy is not None,
        ),
        (
            "scaleInStrategy",
            spec.scale_in_strategy or None,
            "scaleIn",
            spec.scale_in.order is not None or spec.scale_in.keep_disks is not None,
        ),
        (
            "hookSidecars",
            spec.hook_sidecars or None,
            f"vmAnnotations.{HOOK_SIDECARS}",
            HOOK_SIDECARS in spec.vm_annotations,
        ),
    )
    for key, value, other, other_said in pairs:
        if value is not None and other_said:
            shown = value if isinstance(value, int | str) else None
            yield Problem(key, f"says the same as {other}", "keep one of them", shown)


def _runs_again(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.run_strategy in {None, "Always"}:
        return
    if spec.run_strategy == "Halted":
        if spec.wait_for_ready:
            yield Problem(
                "waitForReady",
                "waits for VMs that runStrategy Halted never starts",
                "set it to false, or runStrategy: Always",
                True,
            )
        return
    by_key = [name for name in ("opportunistic", "unmanaged") if name in spec.update_strategy]
    if spec.rollout.strategy not in {"opportunistic", "unmanaged"} and not by_key:
        yield Problem(
            "runStrategy",
            "leaves a VM stopped for good when a changed template stops it, and then "
            "rollout.maxUnavailable holds all others back",
            "use Always, or rollout.strategy: opportunistic, which stops no VM",
            spec.run_strategy,
        )


def _memory_of_the_guest(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    guest, key = spec.memory, "memory"
    if isinstance(spec.memory, dict):
        guest, key = spec.memory.get("guest") or "", "memory.guest"
        yield from _memory_object(spec, spec.memory)
    requested, limit = spec.requests.get("memory"), spec.limits.get("memory")
    if isinstance(guest, str) and guest and not spec.instancetype:
        if requested is not None and _amount(requested) > _amount(guest):
            yield Problem(
                "requests.memory",
                f"is more than the VM has ({key}: {guest})",
                f"set {key} to {requested}, or lower this",
                requested,
            )
        if limit is not None and _amount(limit) < _amount(guest):
            yield Problem(
                "limits.memory",
                f"is less than the VM has ({key}: {guest}), so its pod would be killed",
                f"raise it, or lower {key}",
                limit,
            )


def _memory_object(spec: PoolSpec, memory: dict[str, Any]) -> Iterator[Problem]:
    guest, most = memory.get("guest"), memory.get("maxGuest")
    anywhere = guest or spec.requests.get("memory") or spec.limits.get("memory")
    if not anywhere and not spec.instancetype:
        yield Problem(
            "memory",
            "says nowhere how much there is, so that no VM would start",
            "add guest, for instance guest: 4Gi",
        )
    if guest and most and _amount(most) < _amount(guest):
        yield Problem("memory.maxGuest", f"is less than guest ({guest})", "raise it", most)
    page = (memory.get("hugepages") or {}).get("pageSize")
    if page is None or not anywhere:
        return
    try:
        size = _amount(page)
    except ValueError:
        size = None
    if not size or size < 0:
        yield Problem(
            "memory.hugepages.pageSize", "is no size of a page", "write it like 2Mi or 1Gi", page
        )
    elif _amount(spec.requests.get("memory") or anywhere) % size:
        yield Problem(
            "memory.hugepages.pageSize",
            f"does not divide the VM's memory ({anywhere})",
            "take a multiple of it for the memory",
            page,
        )


def _cpu(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    cpu = spec.cpu
    dedicated = cpu.get("dedicatedCpuPlacement") is True
    numa = (cpu.get("numa") or {}).get("guestMappingPassthrough") is not None
    hugepages = isinstance(spec.memory, dict) and bool(spec.memory.get("hugepages"))
    for member, needs, has in (
        ("isolateEmulatorThread", "cpu.dedicatedCpuPlacement: true", dedicated),
        ("numa", "cpu.dedicatedCpuPlacement: true", dedicated),
        ("numa", "memory.hugepages", hugepages),
        ("realtime", "cpu.dedicatedCpuPlacement: true", dedicated),
        ("realtime", "cpu.numa.guestMappingPassthrough", numa),
    ):
        said = numa if member == "numa" else cpu.get(member) not in (None, False)
        # An instancetype may have what is needed.
        if said and not has and not spec.instancetype:
            yield Problem(f"cpu.{member}", f"needs {needs}", f"add {needs}, or remove {member}")
    most, sockets = cpu.get("maxSockets"), cpu.get("sockets") or 1
    if most and sockets > most:
        yield Problem("cpu.maxSockets", f"is less than sockets ({sockets})", "raise it", most)
    if (cpu.get("threads") or 0) > 2 and dedicated:
        rule = "is more than 2, the most that KubeVirt takes with dedicatedCpuPlacement"
        yield Problem("cpu.threads", rule, "lower it", cpu["threads"])
    if dedicated and not spec.instancetype:
        for key, value in (
            ("cpuRequest", spec.cpu_request),
            ("requests.cpu", spec.requests.get("cpu")),
            ("limits.cpu", spec.limits.get("cpu")),
        ):
            if value is not None and _amount(value) != spec.vcpus:
                yield Problem(
                    key,
                    f"is not what the VM has ({told_vcpus(spec)}), and with "
                    "cpu.dedicatedCpuPlacement it has whole CPUs of its own",
                    f"remove it, or set {spec.vcpus}",
                    value,
                )
        return
    requested, limit = spec.requests.get("cpu") or spec.requested_cpu, spec.limits.get("cpu")
    if limit is not None and requested is not None and _amount(requested) > _amount(limit):
        yield Problem(
            "limits.cpu",
            f"is less than what the VM's pod requests ({requested})",
            "raise it, or lower cpuRequest",
            limit,
        )


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


def _pods_dns(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    config = spec.dns_config
    if not config and spec.dns_policy != "None":
        return
    import ipaddress

    servers, searches = config.get("nameservers") or [], config.get("searches") or []
    if spec.dns_policy == "None" and not servers:
        yield Problem(
            "dnsPolicy",
            "leaves the VMs without a name server",
            "add dnsConfig: {nameservers: [...]}, or use another policy",
            "None",
        )
    if len(servers) > MOST_NAMESERVERS:
        rule = f"has {len(servers)}, and at most {MOST_NAMESERVERS} are possible"
        yield Problem("dnsConfig.nameservers", rule, "remove some")
    for index, server in enumerate(servers):
        try:
            ipaddress.ip_address(server)
        except ValueError:
            key = f"dnsConfig.nameservers[{index}]"
            yield Problem(key, "is no IP address", "for instance 10.96.0.10", server)
    if len(searches) > MOST_SEARCHES or len(" ".join(searches)) > LONGEST_SEARCHES:
        rule = f"has more than {MOST_SEARCHES} domains, or {LONGEST_SEARCHES} characters"
        yield Problem("dnsConfig.searches", rule, "remove some")
    for index, search in enumerate(searches):
        if not re.fullmatch(SUBDOMAIN, search):
            key = f"dnsConfig.searches[{index}]"
            yield Problem(key, "is no domain", "for instance example.com", search)


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


def _pool_heals(spec: PoolSpec, defaulted: Collection[str]) -> Iterator[Problem]:
    if spec.autohealing and spec.kubevirt < (1, 7):
        yield Problem(
            "autohealing",
            f"came with KubeVirt 1.7, and kubevirtVersion says {spec.kubevirt_version}",
            "remove it, or correct kubevirtVersion",
        )
    duration = spec.autohealing and spec.autohealing.min_failing_to_start_duration
    if duration and not re.fullmatch(r"(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ms|s|m|h))+", duration):
        key = "autohealing.minFailingToStartDuration"
        yield Problem(key, "is no duration", "write it like 5m or 1h30m", duration)


RULES = (
    Rule(
        ("cpu", "cores", "requests", "cpuRequest", "updateStrategy", "rollout")
        + ("scaleInStrategy", "scaleIn", "hookSidecars", "vmAnnotations"),
        _said_twice,
    ),
    Rule(("runStrategy", "waitForReady", "rollout", "updateStrategy"), _runs_again),
    Rule(("memory", "requests", "limits", "instancetype"), _memory_of_the_guest),
    Rule(
        ("cpu", "cores", "memory", "requests", "limits", "cpuRequest", "instancetype")
        + ("autoscaling",),
        _cpu,
    ),
    Rule(("firmware", "features", "launchSecurity"), _secure_boot),
    Rule(("dnsPolicy", "dnsConfig"), _pods_dns),
    Rule(("accessCredentials",), _credentials_reach_the_guest),
    Rule(("filesystems", "volumes", "serviceAccountName"), _filesystems_are_volumes),
    Rule(("volumes", "serviceAccountName"), _names_of_volumes_differ),
    Rule(("architecture",), _an_architecture),
    Rule(("video", "autoattachGraphicsDevice"), _something_to_show),
    Rule(("autohealing", "kubevirtVersion"), _pool_heals),
)
