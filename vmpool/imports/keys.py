"""The keys of the VMs and of the pool, read from a VirtualMachinePool."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from kubevirt_vm_pool.spec.kubevirt_keys import DEVICES, DOMAIN, GUEST, KEYS, VM
from kubevirt_vm_pool.spec.names import OTHERS, POOL_LABEL, SCALED_BY
from kubevirt_vm_pool.spec.vm_settings import HOOK_SIDECARS, SERVICE_ACCOUNT_VOLUME
from kubevirt_vm_pool.text.paths import Path, at

from .disks import keys_of_disks
from .volumes import filesystems_of, volumes_of

Object = dict[str, Any]
GUESTS = ("evictionStrategy", "terminationGracePeriodSeconds", "tolerations", "nodeSelector")
SPREAD = ("affinity", "topologySpreadConstraints")
STRATEGIES = ("proactive", "opportunistic", "unmanaged")


def keys_of_pool(pool: Object) -> Object:
    """Return what a stack file says of a pool, but for cloud-init and the objects beside it.

    Values may be ones that a key does not take: whoever builds objects from them leaves those out.
    """
    spec = pool["spec"]
    vm = spec["virtualMachineTemplate"]["spec"]
    metadata = pool["metadata"]
    said: Object = {
        "name": metadata["name"],
        "namespace": metadata["namespace"],
        "poolApiVersion": str(pool.get("apiVersion")).rpartition("/")[2],
        "replicas": spec.get("replicas"),
        **_memory_and_cpu(at(vm, *_inner(DOMAIN)) or {}, bool(vm.get("instancetype"))),
        **{key: vm[key] for key in ("instancetype", "preference") if key in vm},
        **keys_of_disks(vm),
        **_guest(at(vm, *_inner(GUEST)) or {}),
        **_networks(vm),
        **_strategies(spec),
        **_kubevirts(pool),
        **_labels(spec["virtualMachineTemplate"]),
    }
    if vm.get("runStrategy") != "Always":
        said["runStrategy"] = vm.get("runStrategy")
    if at(vm, *_inner(DEVICES), "rng") == {}:
        said["rng"] = True
    account = volumes_of(vm).get(SERVICE_ACCOUNT_VOLUME, {}).get("serviceAccount")
    if account and set(account) == {"serviceAccountName"}:
        said["serviceAccountName"] = account["serviceAccountName"]
        said["disks"] = {
            name: disk
            for name, disk in said.get("disks", {}).items()
            if name != SERVICE_ACCOUNT_VOLUME
        }
    known = {one["name"] for one in said.get("volumes", ())} | {SERVICE_ACCOUNT_VOLUME}
    if not {one.get("name") for one in filesystems_of(vm)} <= known:
        # template says them with the volumes that they mount.
        said["filesystems"] = None
    if at(metadata, "annotations", SCALED_BY) == OTHERS:
        said["autoscaling"] = {"external": True, "minReplicas": spec.get("replicas")}
        del said["replicas"]
    return {key: value for key, value in said.items() if value not in (None, {}, [])}


def _inner(place: Path) -> list[str]:
    """Return a place of a pool's spec as one of a VM's spec."""
    return [str(step) for step in place[len(VM) :]]


def _memory_and_cpu(domain: Object, instancetype: bool) -> Object:
    requests = dict(at(domain, "resources", "requests") or {})
    memory = domain.get("memory")
    cpu = dict(domain.get("cpu") or {})
    said: Object = {"cores": cpu.pop("cores", None), "cpu": cpu}
    if "cpu" in requests:
        said["cpuRequest"] = str(requests.pop("cpu"))
    if memory and set(memory) == {"guest"} and "memory" in requests and not instancetype:
        said["memory"] = str(memory["guest"])
    elif memory:
        said["memory"] = memory
    elif "memory" in requests and not instancetype:
        said["memory"] = str(requests.pop("memory"))
    return {**said, "requests": requests, "limits": at(domain, "resources", "limits")}


def _guest(guest: Object) -> Object:
    probe = guest.get("readinessProbe")
    unsaid = dict.fromkeys(("periodSeconds", "failureThreshold"))
    return {
        **{key: guest[key] for key in (*GUESTS, *SPREAD) if key in guest},
        "readinessProbe": {"enabled": False} if probe is None else {**unsaid, **probe},
    }


def _networks(vm: Object) -> Object:
    networks = at(vm, *_inner((*GUEST, "networks"))) or []
    devices = at(vm, *_inner(DEVICES)) or {}
    interfaces = devices.get("interfaces") or []
    if not networks and not interfaces:
        return {"networks": False} if devices.get("autoattachPodInterface") is False else {}
    by_name = {one.get("name"): one for one in interfaces}
    return {"networks": [{**one, **by_name.get(one.get("name"), {})} for one in networks]}


def _strategies(spec: Object) -> Object:
    rollout: Object = {"maxUnavailable": spec.get("maxUnavailable")}
    said: Object = {"rollout": rollout, "autohealing": _autohealing(spec)}
    update = spec.get("updateStrategy")
    if update and [*update] and update == {next(iter(update)): {}}:
        rollout["strategy"] = next(iter(update))
    elif update:
        said["updateStrategy"] = update
    scale_in = spec.get("scaleInStrategy")
    proactive = at(scale_in, "proactive")
    order = at(proactive, "selectionPolicy", "sortPolicy")
    kept = at(proactive, "statePreservation")
    known = {
        **({"selectionPolicy": {"sortPolicy": order}} if order else {}),
        **({"statePreservation": "Offline"} if kept else {}),
    }
    if scale_in == {"proactive": known} and known:
        said["scaleIn"] = {
            **({"order": order} if order else {}),
            **({"keepDisks": True} if kept else {}),
        }
    elif scale_in:
        said["scaleInStrategy"] = scale_in
    return said


def _autohealing(spec: Object) -> Object | None:
    if spec.get("autohealing") is None:
        return None
    return {"aloneInNamespace": True, **spec["autohealing"]}


def _kubevirts(pool: Object) -> Object:
    """Return the keys whose values are KubeVirt's own, by their places."""
    elsewhere = {"cpu", "requests", "limits", "updateStrategy", "scaleInStrategy"}
    return {
        key: at(pool["spec"], *map(str, one.place))
        for key, one in KEYS.items()
        if key not in elsewhere
    }


def _labels(template: Object) -> Object:
    metadata = template.get("metadata") or {}
    of_pods = at(template, "spec", "template", "metadata") or {}
    labels = {key: one for key, one in (metadata.get("labels") or {}).items() if key != POOL_LABEL}
    said: Object = {"vmLabels": labels, "vmAnnotations": metadata.get("annotations")}
    if sidecars := at(of_pods, "annotations", HOOK_SIDECARS):
        # What is no JSON stays in template as it is.
        with suppress(ValueError):
            said["hookSidecars"] = json.loads(sidecars)
    return said
