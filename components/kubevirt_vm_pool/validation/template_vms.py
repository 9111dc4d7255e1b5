"""Rules on what `template` says of a VM itself: what the pool owns, its identity, its size."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import prod

from pydantic_core import PydanticCustomError

from ..spec import quantity
from ..spec.cloud_init import VOLUMES as CLOUD_INIT_VOLUMES
from ..spec.names import POOL_LABEL, label_key, label_value
from ..text.paths import dotted
from .device_rules import DO_NOT_MIGRATE, stays_on_its_node
from .problems import Problem
from .size_rules import cpus_by_template
from .template_whole import DEVICES, GUEST, INTERFACES, VOLUMES, Whole

LABELS = ("template", "metadata", "labels")
ANNOTATIONS = ("template", "metadata", "annotations")
# Those that only KubeVirt may set (vmi-create-admitter.go).
RESERVED = frozenset(
    f"kubevirt.io/{name}"
    for name in (
        *("created-by", "install-strategy", "migrationJobUID", "migrationTargetNodeName"),
        *("nodeName", "schedulable"),
    )
)
SIDECARS = "hooks.kubevirt.io/hookSidecars"
DOMAIN = (*GUEST, "domain")
REQUESTED_CPU = (*DOMAIN, "resources", "requests", "cpu")
# What an instancetype sets, whichever it is (pkg/instancetype/apply, cpu.go and memory.go).
SIZES = (
    *((*DOMAIN, "cpu", name) for name in ("cores", "sockets", "threads")),
    (*DOMAIN, "memory", "guest"),
    *(
        (*DOMAIN, "resources", kind, name)
        for kind in ("requests", "limits")
        for name in ("cpu", "memory")
    ),
)
# KubeVirt looks for memory in these (vmi-create-admitter.go).
MEMORY = (
    (*DOMAIN, "memory", "guest"),
    (*DOMAIN, "memory", "hugepages"),
    (*DOMAIN, "resources", "requests", "memory"),
    (*DOMAIN, "resources", "limits", "memory"),
)
# What spec.rollout.strategy says of an update that restarts VMs.
PROACTIVE = (None, "proactive")
ONE_FOR_ALL = "would be the same for all VMs"


def the_pool_label_stays(whole: Whole) -> Iterator[Problem]:
    if (whole.at(*LABELS) or {}).get(POOL_LABEL) != whole.spec.name:
        said = whole.says((*LABELS, POOL_LABEL))
        yield whole.problem(
            (*LABELS, POOL_LABEL),
            "is the label by which the pool, its Service and its HPA know their VMs"
            if said
            else f"leaves out {POOL_LABEL}, by which the pool, its Service and its HPA know their "
            "VMs",
            "remove it" if said else "remove null or $patch: replace there",
        )


def labels_are_labels(whole: Whole) -> Iterator[Problem]:
    for key, value in (whole.at(*LABELS) or {}).items():
        path = (*LABELS, key)
        if key in RESERVED:
            yield whole.problem(path, "is a label that only KubeVirt may set", "remove it")
            continue
        try:
            label_key(key)
            label_value(value)
        except PydanticCustomError as wrong:
            context = wrong.context or {}
            yield whole.problem(path, context["rule"], context["fix"])


def vms_have_names_of_their_own(whole: Whole) -> Iterator[Problem]:
    path = (*GUEST, "hostname")
    if whole.at(*path):
        fix = "remove it (a VM's host name is <pool>-<index>), or use perReplica.hostname"
        yield whole.problem(path, ONE_FOR_ALL, fix)
    for name, what in (("uuid", "the id"), ("serial", "the serial number")):
        path = (*DOMAIN, "firmware", name)
        if whole.at(*path):
            rule = f"{ONE_FOR_ALL}, and is {what} by which cloud-init and licences know a VM"
            yield whole.problem(path, rule, "remove it: KubeVirt gives each VM its own")
    for place, interface in whole.elements(INTERFACES):
        if interface.get("macAddress"):
            fix = "remove it: each VM gets one of its own"
            yield whole.problem((*place, "macAddress"), ONE_FOR_ALL, fix)


def vms_start_again(whole: Whole) -> Iterator[Problem]:
    """An update deletes the VMI; by these strategies nobody makes a new one (vm.go:1039-1112)."""
    strategy, path = whole.at("runStrategy"), ("runStrategy",)
    if whole.at("running") is not None:
        strategy, path = "Always" if whole.at("running") else "Halted", ("running",)
    if not whole.says(path):
        return
    if strategy == "Halted" and whole.spec.wait_for_ready:
        yield whole.problem(
            path,
            "starts no VM, and waitForReady would wait in vain",
            "remove it, or remove waitForReady",
        )
    elif strategy not in {"Always", "Halted"} and whole.spec.rollout.strategy in PROACTIVE:
        yield whole.problem(
            path,
            "leaves VMs stopped that an update of the pool has stopped: KubeVirt deletes the "
            "running VM, and nothing starts it again",
            "use Always, or set rollout.strategy to opportunistic, which restarts no VM",
        )


def there_is_memory(whole: Whole) -> Iterator[Problem]:
    if not whole.at("instancetype") and not any(whole.at(*path) for path in MEMORY):
        yield whole.problem(
            max(MEMORY, key=lambda path: len(whole.typed(path))),
            "leaves the VMs without memory, so that none would start",
            "set domain.memory.guest, or keep what the key memory makes",
        )
    for path in (MEMORY[0], *MEMORY[2:]):
        size = whole.at(*path)
        if size is not None and whole.says(path) and quantity.parse(str(size)) < 10**6:
            yield whole.problem(
                path, "is less than 1M, which KubeVirt refuses", "write it like 2Gi"
            )


def an_instancetype_sets_the_size(whole: Whole) -> Iterator[Problem]:
    if not whole.at("instancetype"):
        return
    if not whole.spec.instancetype:
        yield whole.problem(
            ("instancetype",),
            "stands beside cores and memory, which KubeVirt refuses",
            "use the key instancetype, which takes their place",
        )
        return
    for path in SIZES:
        if whole.at(*path) is not None and whole.says(path):
            yield whole.problem(
                path,
                f"conflicts with instancetype ({whole.spec.instancetype.told}), which sets it",
                "remove it, or remove instancetype",
            )


def dedicated_cpus_are_counted_once(whole: Whole) -> Iterator[Problem]:
    """KubeVirt takes one number of whole CPUs, wherever it is said (vmi-create-admitter.go)."""
    cpu = whole.at(*DOMAIN, "cpu") or {}
    if not cpu.get("dedicatedCpuPlacement") or whole.at("instancetype"):
        return
    if not cpus_by_template(whole.spec):
        return
    counted = [cpu[name] for name in ("cores", "sockets", "threads") if cpu.get(name)]
    said = [whole.at(*DOMAIN, "resources", kind, "cpu") for kind in ("requests", "limits")]
    amounts = {quantity.parse(str(one)) for one in said if one is not None}
    amounts |= {quantity.parse(str(prod(counted)))} if counted else set()
    if len(amounts) == 1 and not any(amount % 1 for amount in amounts):
        return
    yield whole.problem(
        (*DOMAIN, "cpu", "dedicatedCpuPlacement"),
        "gives VMs whole CPUs of their own, and cores, requests.cpu and limits.cpu say "
        + ("several numbers" if len(amounts) > 1 else "no whole number"),
        "say one whole number, in one of them",
        show=False,
    )


def the_autoscaler_can_measure(whole: Whole) -> Iterator[Problem]:
    scaling = whole.spec.autoscaling
    if scaling is None or not scaling.target_cpu_utilization_percentage:
        return
    requested = whole.at(*REQUESTED_CPU) is not None or not whole.says(DOMAIN)
    key = "autoscaling.targetCPUUtilizationPercentage"
    if not requested and not whole.at(*DOMAIN, "cpu", "dedicatedCpuPlacement"):
        yield whole.problem(
            REQUESTED_CPU,
            f"leaves out the CPU request, against which {key} is measured: KubeVirt's own is a "
            "tenth of each vCPU",
            "keep a request, or use autoscaling.targetCPUAverageValue",
        )
    if SIDECARS in (whole.at(*ANNOTATIONS) or {}):
        yield whole.problem(
            (*ANNOTATIONS, SIDECARS),
            f"adds a container without a CPU request, and {key} is measured against the requests "
            "of all",
            "use autoscaling.targetCPUAverageValue",
            show=False,
        )


def credentials_reach_the_guest(whole: Whole) -> Iterator[Problem]:
    """KubeVirt hands keys on in a cloud-init volume of the kind that is named."""
    path = (*GUEST, "accessCredentials")
    volumes = {name for _, volume in whole.elements(VOLUMES) for name in volume}
    for place, credential in whole.elements(path):
        if not (whole.says(place) or whole.says(VOLUMES)):
            continue
        method = (credential.get("sshPublicKey") or {}).get("propagationMethod") or {}
        for name, needed in CLOUD_INIT_VOLUMES.items():
            if name not in method or needed in volumes:
                continue
            below = ("sshPublicKey", "propagationMethod", name)
            rule = f"needs a {needed} volume, and the VMs have none"
            fix = "use the method of the cloud-init volume that they have, or qemuGuestAgent"
            if whole.says(place):
                yield whole.problem((*place, *below), rule, fix)
            else:
                # The list is that of the key, whose elements template cannot name.
                yield Problem(dotted((path[-1], place[-1], *below)), rule, fix)


def devices_can_migrate(whole: Whole) -> Iterator[Problem]:
    path = (*GUEST, "evictionStrategy")
    places = [(*DEVICES, "hostDevices"), (*DEVICES, "gpus")]
    said = [one for one in (path, *places) if whole.says(one)]
    if whole.at(*path) != "LiveMigrate" or not said:
        return
    if why := stays_on_its_node(whole.spec, *(whole.at(*place) or () for place in places)):
        yield whole.problem(said[0], why, DO_NOT_MIGRATE)


def one_service_account(whole: Whole) -> Iterator[Problem]:
    """KubeVirt's webhook takes one at most: it decides whose rights the pod has."""
    every = [place for place, one in whole.elements(VOLUMES) if "serviceAccount" in one]
    said = [place for place in every if whole.says(place)]
    if len(every) > 1 and said:
        rule = "is a second ServiceAccount, and a VM's pod runs as one"
        yield whole.problem((*said[-1], "serviceAccount"), rule, "keep one of them")


RULES: tuple[Callable[[Whole], Iterator[Problem]], ...] = (
    the_pool_label_stays,
    labels_are_labels,
    vms_have_names_of_their_own,
    vms_start_again,
    there_is_memory,
    an_instancetype_sets_the_size,
    dedicated_cpus_are_counted_once,
    the_autoscaler_can_measure,
    credentials_reach_the_guest,
    devices_can_migrate,
    one_service_account,
)
