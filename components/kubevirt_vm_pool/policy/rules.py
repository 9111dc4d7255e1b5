"""The rules. Each is a function of one stack and its own parameters, and yields what breaks it."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Any

from ..spec import quantity
from ..spec.names import OTHERS, SCALED_BY
from ..text.paths import at
from . import passwords, volumes
from .parameters import (
    AllowedToleration,
    GoldenImages,
    Level,
    Parameters,
    ReplicaCeiling,
    SizeCeiling,
    Tolerations,
)
from .pool_disks import TEMPLATE, Image, images, sizes
from .stack_objects import Object, Stack, Violation, named

GUEST = (*TEMPLATE, "template", "spec")
# Under either of them KubeVirt finds user data in a Secret.
USER_DATA = ("userdata", "userData")


class Sight(StrEnum):
    """What a rule must see at once: one object, all objects of a stack, or the stack's file."""

    OBJECT = "object"
    STACK = "stack"
    FILE = "file"


@dataclass(frozen=True)
class Rule:
    """A rule. level: where nothing else is said. broken: yields what breaks it."""

    name: str
    description: str
    level: Level
    sight: Sight
    parameters: type[Parameters]
    broken: Callable[[Stack, Any], Iterator[Violation]]


# --- ceilings ------------------------------------------------------------------------------------


def above_the_replica_ceiling(stack: Stack, ceiling: ReplicaCeiling) -> Iterator[Violation]:
    """More VMs than allowed: now, or when the autoscaler wants them."""
    for kind, path, keys in (
        (stack.pools(), ("spec", "replicas"), "replicas (with autoscaling, minReplicas)"),
        (stack.autoscalers(), ("spec", "maxReplicas"), "autoscaling.maxReplicas"),
    ):
        for one in kind:
            number = at(one, *path)
            if ceiling.maximum is not None and number is not None and number > ceiling.maximum:
                yield Violation(
                    named(one),
                    f"has {'.'.join(path)} {int(number)}, above the maximum of {ceiling.maximum}",
                    f"set {keys} to {ceiling.maximum} or less",
                )
    for pool in stack.pools():
        others = at(pool, "metadata", "annotations", SCALED_BY) == OTHERS
        if others and ceiling.maximum is not None:
            yield Violation(
                named(pool),
                "is scaled by others, whose largest number nobody sees here, above the maximum of "
                f"{ceiling.maximum} or not",
                "use autoscaling with maxReplicas and metrics, without external",
            )


def above_the_size_ceiling(stack: Stack, ceiling: SizeCeiling) -> Iterator[Violation]:
    """VMs with more cores, memory or disk than allowed, or of a size that nobody sees here."""
    for pool in stack.pools():
        matcher = at(pool, *TEMPLATE, "instancetype") or {}
        name = matcher.get("name")
        if matcher and (ceiling.cores or ceiling.memory):
            instancetype = name or f"(whichever volume {matcher.get('inferFromVolume')} names)"
            if not (name and _matches(name, ceiling.instancetypes)):
                yield Violation(
                    named(pool),
                    f"takes its size from instancetype {instancetype}, which is not among those "
                    f"allowed ({_listed(ceiling.instancetypes)})",
                    "use another instancetype, or cores and memory",
                )
        else:
            yield from _too_large(pool, ceiling)
        for size, key in sizes(pool):
            if _exceeds(size, ceiling.disk):
                yield Violation(
                    named(pool),
                    f"has disks of {size}, above the maximum of {ceiling.disk}",
                    f"set {key} to {ceiling.disk} or less",
                )


def _too_large(pool: Object, ceiling: SizeCeiling) -> Iterator[Violation]:
    domain = at(pool, *GUEST, "domain")
    cpu = at(domain, "cpu")
    cores = 1
    for part in ("cores", "sockets", "threads"):
        cores *= int(at(cpu, part) or 1)
    if ceiling.cores is not None and cores > ceiling.cores:
        yield Violation(
            named(pool),
            f"has {cores} cores per VM, above the maximum of {ceiling.cores}",
            f"set cores to {ceiling.cores} or less",
        )
    guest, requested, limit = (
        at(domain, "memory", "guest"),
        at(domain, "resources", "requests", "memory"),
        at(domain, "resources", "limits", "memory"),
    )
    said = (guest, requested, limit, at(domain, "memory", "maxGuest"))
    for memory in dict.fromkeys(said):
        if _exceeds(memory, ceiling.memory):
            yield Violation(
                named(pool),
                f"has {memory} of memory per VM, above the maximum of {ceiling.memory}",
                f"set memory to {ceiling.memory} or less",
            )


def _exceeds(amount: object, maximum: str | None) -> bool:
    if amount is None or maximum is None:
        return False
    return quantity.parse(str(amount)) > quantity.parse(maximum)


# --- golden images -------------------------------------------------------------------------------


def from_another_image(stack: Stack, allowed: GoldenImages) -> Iterator[Violation]:
    """Disks made from an image, or from a namespace, that is not on the list."""
    for pool in stack.pools():
        for image in images(pool):
            yield from _not_allowed(pool, image, allowed)
        own = at(pool, "metadata", "namespace")
        for claim in volumes.claims(pool):
            in_template = f"the volume of {claim} in template"
            yield from _not_allowed(pool, Image(claim, own, in_template), allowed)


def _not_allowed(pool: Object, image: Image, allowed: GoldenImages) -> Iterator[Violation]:
    name, namespace, key = image
    if allowed.namespaces is not None:
        outside = namespace is None and allowed.images is None
        if outside or (namespace and not _matches(namespace, allowed.namespaces)):
            where = f"namespace {namespace}" if namespace else "outside of the cluster"
            yield Violation(
                named(pool),
                f"has disks made from {name} in {where}"
                if namespace
                else f"has disks made from {name}, {where}",
                f"set {key} to an image in one of the allowed namespaces "
                f"({_listed(allowed.namespaces)})",
            )
    if allowed.images is not None and not _matches(name, allowed.images):
        yield Violation(
            named(pool),
            f"has disks made from {name}, which is not among the allowed images",
            f"set {key} to one of them ({_listed(allowed.images)})",
        )


# --- tolerations ---------------------------------------------------------------------------------


def tolerates_more(stack: Stack, tolerations: Tolerations) -> Iterator[Violation]:
    """VMs that may run on nodes which are kept free of them."""
    if tolerations.allowed is None:
        return
    for pool in stack.pools():
        for index, toleration in enumerate(at(pool, *GUEST, "tolerations") or ()):
            if not any(_permits(one, toleration) for one in tolerations.allowed):
                key = at(toleration, "key")
                yield Violation(
                    named(pool),
                    f"tolerates the taint {key}" if key else "tolerates every taint",
                    f"remove tolerations[{index}], or make it one that is allowed",
                )


def _permits(allowed: AllowedToleration, toleration: Object) -> bool:
    # Kubernetes takes no operator, and "", for Equal.
    said = {**toleration, "operator": at(toleration, "operator") or "Equal"}
    members = {
        "operator": allowed.operator,
        "value": allowed.value,
        "effect": allowed.effect,
    }
    return (said.get("key") or None) == allowed.key and all(
        wanted is None or said.get(member) == wanted for member, wanted in members.items()
    )


# --- passwords -----------------------------------------------------------------------------------


def in_plain_text(stack: Stack, _: Parameters) -> Iterator[Violation]:
    """User data that gives the guest a password as it is, and not its hash.

    Who may read the Secret, or the disk that the guest sees it on, could log in everywhere where
    that password is used.
    """
    documents = [(secret, text) for secret in stack.secrets() for text in _user_data(secret)]
    documents += [
        (pool, text)
        for pool in stack.pools()
        for _, text in volumes.user_data(at(pool, *GUEST, "volumes"))
    ]
    for one, text in documents:
        places = passwords.in_user_data(text)
        if places:
            yield Violation(
                named(one),
                f"holds user data with a password in plain text ({', '.join(places)})",
                "give its hash, as `openssl passwd -6` prints it, or SSH keys",
            )


def _user_data(secret: Object) -> Iterator[str]:
    for key in USER_DATA:
        if encoded := at(secret, "data", key):
            yield base64.b64decode(encoded).decode("utf-8", "replace")
        if text := at(secret, "stringData", key):
            yield text


def in_the_open(stack: Stack, _: Parameters) -> Iterator[Violation]:
    """A password that whoever reads the repository can read."""
    for key in stack.in_the_open:
        yield Violation(
            key,
            "holds a password in plain text in the stack's file, for all who read the repository",
            f"run `pulumi config set --secret --path '{key}'` with a new password: the old one "
            "stays in the history",
        )


# --- readiness and autoscaling -------------------------------------------------------------------


def without_probe(stack: Stack, _: Parameters) -> Iterator[Violation]:
    """VMs that are sent requests as soon as they run, booted or not; without a Service none are."""
    services = list(stack.services())
    for pool in stack.pools():
        led_to = any(_leads_to(service, pool) for service in services)
        if led_to and not at(pool, *GUEST, "readinessProbe"):
            yield Violation(
                named(pool),
                "has no readiness probe, so the Service sends requests to VMs that still boot",
                "remove readinessProbe.enabled: false",
            )


def _leads_to(service: Object, pool: Object) -> bool:
    """Tell whether a Service sends requests to a pool's VMs."""
    wanted = at(service, "spec", "selector")
    labels = at(pool, *TEMPLATE, "template", "metadata", "labels") or {}
    here = at(service, "metadata", "namespace") == at(pool, "metadata", "namespace")
    return bool(wanted) and here and wanted.items() <= labels.items()


def without_request(stack: Stack, _: Parameters) -> Iterator[Violation]:
    """Pools that are scaled by a share of a CPU request that nobody made."""
    pools = {_place(pool): pool for pool in stack.pools()}
    for autoscaler in stack.autoscalers():
        target = at(autoscaler, "spec", "scaleTargetRef")
        place = (at(autoscaler, "metadata", "namespace"), at(target, "name"))
        pool = pools.get(place) if at(target, "kind") == "VirtualMachinePool" else None
        if pool is None or not _by_share_of_cpu(autoscaler):
            continue
        domain = at(pool, *GUEST, "domain")
        # KubeVirt requests dedicated CPUs itself, all of them.
        dedicated = at(domain, "cpu", "dedicatedCpuPlacement") is True
        if not dedicated and not at(domain, "resources", "requests", "cpu"):
            yield Violation(
                named(pool),
                "requests no CPU, and its autoscaler measures against the request: KubeVirt's is "
                "a tenth of each core",
                "set cpuRequest",
            )


def _place(one: Object) -> tuple[Any, Any]:
    return at(one, "metadata", "namespace"), at(one, "metadata", "name")


def _by_share_of_cpu(autoscaler: Object) -> bool:
    return any(
        at(metric, kind, "name") == "cpu" and at(metric, kind, "target", "type") == "Utilization"
        for metric in at(autoscaler, "spec", "metrics") or ()
        for kind in ("resource", "containerResource")
    )


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _listed(patterns: Iterable[str]) -> str:
    return ", ".join(patterns) or "none"


# --- all of them ---------------------------------------------------------------------------------

# What has parameters limits nothing until one is set, and then refuses.
RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule(
            "replica-ceiling",
            "A pool has no more VMs than allowed, and its autoscaler makes no more.",
            Level.MANDATORY,
            Sight.OBJECT,
            ReplicaCeiling,
            above_the_replica_ceiling,
        ),
        Rule(
            "size-ceiling",
            "A VM has no more cores, memory and disk than allowed.",
            Level.MANDATORY,
            Sight.OBJECT,
            SizeCeiling,
            above_the_size_ceiling,
        ),
        Rule(
            "golden-images",
            "Disks are made from allowed golden images, in allowed namespaces.",
            Level.MANDATORY,
            Sight.OBJECT,
            GoldenImages,
            from_another_image,
        ),
        Rule(
            "tolerations",
            "VMs tolerate no taints but those allowed.",
            Level.MANDATORY,
            Sight.OBJECT,
            Tolerations,
            tolerates_more,
        ),
        Rule(
            "hashed-password",
            "User data holds hashes of passwords, no passwords.",
            Level.ADVISORY,
            Sight.OBJECT,
            Parameters,
            in_plain_text,
        ),
        Rule(
            "encrypted-password",
            "The stack's file holds passwords encrypted, or as hashes.",
            Level.ADVISORY,
            Sight.FILE,
            Parameters,
            in_the_open,
        ),
        Rule(
            "readiness-probe",
            "VMs are sent requests only when they can answer.",
            Level.ADVISORY,
            Sight.STACK,
            Parameters,
            without_probe,
        ),
        Rule(
            "autoscaling-requests",
            "A pool that is scaled by CPU utilization requests CPU.",
            Level.MANDATORY,
            Sight.STACK,
            Parameters,
            without_request,
        ),
    )
}
