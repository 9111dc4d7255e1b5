"""The pool that a manifest is to become, with what every pool of this program has; all is noted.

A pool stays as it is wherever a pool may be so. A VM gets the names that a pool's disks have, since
nobody else's are at stake.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from kubevirt_vm_pool.spec.disk import CLOUD_INIT_DISK, SYSTEM_DISK
from kubevirt_vm_pool.spec.disks import template_name
from kubevirt_vm_pool.spec.names import POOL_LABEL, pool_name, suggested_label
from kubevirt_vm_pool.text.paths import at, dotted
from kubevirt_vm_pool.validation.problems import shown_value
from kubevirt_vm_pool.validation.template_vms import SIZES
from pydantic_core import PydanticCustomError

from .manifests import Note, Object, told
from .volumes import CLOUD_INIT, boots_from, claim_of, device_of, may_be_shared, own_templates

STARTING_AGAIN = ("Always", "Halted")
CLAIMS = ("persistentVolumeClaim", "dataVolume")


def as_pool(workload: Object, stack: str) -> tuple[Object, list[Note]]:
    """Return the VirtualMachinePool that a VM or pool is to become, and what is changed for that.

    stack: the stack's name, the namespace of a manifest that says none.
    """
    made = copy.deepcopy(workload)
    change = _Change(made)
    if made["kind"] == "VirtualMachine":
        change.vm_becomes_a_pool()
    change.has_names_and_label(stack)
    change.vms_have_no_identity()
    change.runs()
    change.an_instancetype_sets_the_size()
    change.claims_are_cloned()
    if workload["kind"] == "VirtualMachine":
        change.volumes_have_a_pools_names()
        change.disks_stand_in_order()
        change.has_cores_and_network()
    change.disk_templates_carry_the_pool(all_of_them=workload["kind"] == "VirtualMachine")
    if workload["kind"] == "VirtualMachine":
        change.disk_templates_stand_in_order()
    return change.pool, change.notes


class _Change:
    """A pool under way. Its methods change it, and note what is another thing then."""

    def __init__(self, workload: Object) -> None:
        self.pool = workload
        self.notes: list[Note] = []
        self._of = told(workload)

    def note(self, place: str, text: str, *, lost: bool = False) -> None:
        self.notes.append(Note(f"{self._of}: {place}" if place else self._of, text, lost))

    @property
    def vm(self) -> dict[str, Any]:
        """The spec of each VM."""
        template = self.pool["spec"].setdefault("virtualMachineTemplate", {})
        found: dict[str, Any] = template.setdefault("spec", {})
        return found

    @property
    def guest(self) -> dict[str, Any]:
        found: dict[str, Any] = self.vm.setdefault("template", {}).setdefault("spec", {})
        return found

    @property
    def domain(self) -> dict[str, Any]:
        found: dict[str, Any] = self.guest.setdefault("domain", {})
        return found

    @property
    def devices(self) -> dict[str, Any]:
        found: dict[str, Any] = self.domain.setdefault("devices", {})
        return found

    def vm_becomes_a_pool(self) -> None:
        vm, name = self.pool, str(self.pool["metadata"].get("name"))
        said = vm["metadata"]
        of_vms = {key: dict(said[key]) for key in ("labels", "annotations") if said.get(key)}
        of_pods = vm["spec"].setdefault("template", {}).setdefault("metadata", {})
        labels, inner = of_vms.get("labels", {}), of_pods.get("labels", {})
        if labels != inner and (labels or inner):
            # A pool's Service looks for pods.
            both = {**labels, **inner}
            of_vms["labels"] = both
            of_pods["labels"] = dict(both)
            if more := sorted({key for key in both if labels.get(key) != inner.get(key)}):
                self.note("metadata.labels", f"{', '.join(more)}: of VMs and their pods alike")
        notes, inner_notes = of_vms.get("annotations", {}), of_pods.get("annotations", {})
        if notes and any(inner_notes.get(key) != value for key, value in notes.items()):
            of_pods["annotations"] = {**notes, **inner_notes}
            self.note("metadata.annotations", "of VMs and their pods alike")
        self.pool = {
            "apiVersion": "pool.kubevirt.io/v1alpha1",
            "kind": "VirtualMachinePool",
            "metadata": {
                key: one for key, one in said.items() if key not in ("labels", "annotations")
            },
            "spec": {
                "replicas": 1,
                "maxUnavailable": 1,
                "selector": {"matchLabels": {POOL_LABEL: name}},
                "virtualMachineTemplate": {"metadata": of_vms, "spec": vm["spec"]},
            },
        }
        self.note("", f"becomes a pool of one VM, which has the label {POOL_LABEL}, too")

    def has_names_and_label(self, stack: str) -> None:
        metadata, spec = self.pool["metadata"], self.pool["spec"]
        name = str(metadata.get("name") or metadata.pop("generateName", "") or stack)
        fits = _fitting(name)
        if fits != name or "name" not in metadata:
            self.note("metadata.name", f"is {fits}, since a pool's Service has this name, too")
        metadata["name"] = fits
        if "namespace" not in metadata:
            self.note("metadata.namespace", f"is the stack's name, {stack}: none is said")
            metadata["namespace"] = stack
        label = {"matchLabels": {POOL_LABEL: fits}}
        if spec.get("selector") != label:
            if self._of.startswith("VirtualMachinePool"):
                self.note(
                    "spec.selector",
                    f"is {POOL_LABEL}: {fits}. It cannot be changed in a pool that exists: that "
                    "one must go first, with its VMs",
                )
            spec["selector"] = label
        template = spec.setdefault("virtualMachineTemplate", {})
        vmi = self.vm.setdefault("template", {})
        for where, one in (
            ("spec.virtualMachineTemplate.metadata", template),
            ("spec.virtualMachineTemplate.spec.template.metadata", vmi),
        ):
            own = one.setdefault("metadata", {})
            labels = own.get("labels") or {}
            if labels.get(POOL_LABEL) != fits and self._of.startswith("VirtualMachinePool"):
                self.note(f"{where}.labels", f"have {POOL_LABEL}: {fits}")
            own["labels"] = {**labels, POOL_LABEL: fits}
        spec.setdefault("replicas", 1)

    def vms_have_no_identity(self) -> None:
        where = "spec.template.spec"
        if self.guest.pop("hostname", None):
            name = self.pool["metadata"]["name"]
            self.note(
                f"{where}.hostname",
                f"would be the same for all VMs: they are called {name}-<index>, perReplica."
                "hostname gives each another name",
                lost=True,
            )
        firmware = self.domain.get("firmware") or {}
        for key in ("uuid", "serial"):
            if firmware.pop(key, None):
                self.note(
                    f"{where}.domain.firmware.{key}",
                    "would be the same for all VMs: KubeVirt gives each its own",
                    lost=True,
                )
        if not firmware:
            self.domain.pop("firmware", None)
        for one in self.devices.get("interfaces") or ():
            if one.pop("macAddress", None):
                self.note(
                    f"{where}.domain.devices.interfaces.{one.get('name')}.macAddress",
                    "would be the same for all VMs: each gets its own. For a pool that never has "
                    "more than one, write it into networks",
                    lost=True,
                )

    def runs(self) -> None:
        running = self.vm.pop("running", None)
        if running is not None:
            self.vm["runStrategy"] = "Always" if running else "Halted"
            self.note(
                "spec.running", f"is runStrategy: {self.vm['runStrategy']}, which is the same"
            )
        if "runStrategy" not in self.vm:
            self.vm["runStrategy"] = "Always"
            self.note("spec.runStrategy", "is Always: none is said")
        strategy = self.vm["runStrategy"]
        if strategy not in STARTING_AGAIN and self._of.startswith("VirtualMachine "):
            self.pool["spec"]["updateStrategy"] = {"opportunistic": {}}
            self.note(
                "spec.runStrategy",
                f"stays {strategy}: the pool's rollout is opportunistic, since nobody would start "
                "a VM again that an update has stopped",
            )

    def an_instancetype_sets_the_size(self) -> None:
        """Leave out what KubeVirt refuses beside an instancetype, whichever it is."""
        said = self.vm.get("instancetype")
        if not said:
            return
        for path in SIZES:
            *above, last = path
            holder = at(self.vm, *above)
            kept = said.get("inferFromVolumeFailurePolicy") == "Ignore" and last == "guest"
            if not isinstance(holder, dict) or last not in holder or kept:
                continue
            text = f"is {shown_value(holder.pop(last))}, which KubeVirt refuses: the instancetype"
            self.note(f"spec.{dotted(path)}", f"{text} sets it", lost=True)

    def claims_are_cloned(self) -> None:
        """Give each VM a disk of its own in place of one that all would write to."""
        own, root = own_templates(self.vm), boots_from(self.vm)
        pool = self.pool["metadata"]["name"]
        for volume in self.guest.get("volumes") or ():
            claim = claim_of(volume)
            name = str(volume.get("name"))
            if claim is None or claim in own or may_be_shared(device_of(self.vm, name)):
                continue
            template = f"{pool}-disk" if name == root else template_name(pool, name)
            for kind in CLAIMS:
                volume.pop(kind, None)
            volume |= self.own_disk(name, template)
            namespace = self.pool["metadata"]["namespace"]
            self.vm.setdefault("dataVolumeTemplates", []).append(
                {
                    "metadata": {"name": template},
                    "spec": {
                        "source": {"pvc": {"name": claim, "namespace": namespace}},
                        "storage": {},
                    },
                }
            )
            self.note(
                f"spec.template.spec.volumes.{name}",
                f"is the claim {claim}, which all VMs would write to: each gets a clone of it in "
                "its place, as it is then. Write another source for a golden image, or "
                "source: {blank: {}} for an empty disk",
                lost=True,
            )

    def matchers(self) -> list[dict[str, Any]]:
        """Return instancetype and preference, as far as a volume's image says which they are."""
        said = (self.vm.get(key) or {} for key in ("instancetype", "preference"))
        return [one for one in said if one.get("inferFromVolume")]

    def own_disk(self, name: str, template: str) -> dict[str, Any]:
        """Return what is behind a volume with a dataVolumeTemplate, as the keys make it."""
        if name in {one["inferFromVolume"] for one in self.matchers()}:
            return {"dataVolume": {"name": template}}
        return {"persistentVolumeClaim": {"claimName": template}}

    def volumes_have_a_pools_names(self) -> None:
        root = boots_from(self.vm)
        documents = [
            str(one.get("name")) for one in self.guest.get("volumes") or () if CLOUD_INIT & {*one}
        ]
        for old, new in ((root, SYSTEM_DISK), (next(iter(documents), None), CLOUD_INIT_DISK)):
            if old is None or old == new:
                continue
            swap: dict[Any, str] = {old: new, new: old}
            for one in self._named_like_volumes():
                one["name"] = swap.get(one.get("name"), one.get("name"))
            for one in self.matchers():
                one["inferFromVolume"] = swap.get(one["inferFromVolume"], one["inferFromVolume"])
            self.note(f"spec.template.spec.volumes.{old}", f"is called {new}, as in every pool")
        for volume in self.guest.get("volumes") or ():
            if "dataVolume" in volume and volume["dataVolume"].get("name") in own_templates(
                self.vm
            ):
                name = volume.pop("dataVolume")["name"]
                volume |= self.own_disk(volume["name"], name)
                if "dataVolume" in volume:
                    continue
                self.note(
                    f"spec.template.spec.volumes.{volume['name']}",
                    "is a persistentVolumeClaim in place of a dataVolume, which is the same",
                )
        missing = [
            volume["name"]
            for volume in self.guest.get("volumes") or ()
            if CLOUD_INIT & {*volume} and device_of(self.vm, volume["name"]) is None
        ]
        for name in missing:
            bus = {} if self.vm.get("preference") else {"bus": "virtio"}
            self.devices.setdefault("disks", []).append({"name": name, "disk": bus})
            self.note(
                f"spec.template.spec.domain.devices.disks.{name}", "is said: KubeVirt would add it"
            )

    def _named_like_volumes(self) -> Iterator[dict[str, Any]]:
        yield from self.guest.get("volumes") or ()
        yield from self.devices.get("disks") or ()
        yield from self.devices.get("filesystems") or ()

    def disks_stand_in_order(self) -> None:
        """First what is booted, then cloud-init's, then the others by name, as disks has them."""

        def place(one: dict[str, Any]) -> tuple[int, str]:
            name = str(one.get("name"))
            first = {SYSTEM_DISK: 0, CLOUD_INIT_DISK: 1}
            return (first.get(name, 2), name)

        for holder, key in ((self.devices, "disks"), (self.guest, "volumes")):
            there = holder.get(key) or []
            ordered = sorted(there, key=place)
            if ordered != there:
                holder[key] = ordered
                # Of volumes the order has no meaning.
                if key == "disks":
                    self.note(
                        "spec.template.spec.domain.devices.disks",
                        "stand in the order of their names, after what is booted and cloud-init's: "
                        "the guest may count them otherwise",
                    )

    def has_cores_and_network(self) -> None:
        cpu, resources = self.domain.get("cpu") or {}, self.domain.get("resources") or {}
        by_resources = any("cpu" in (resources.get(key) or {}) for key in ("requests", "limits"))
        counted = {"sockets", "threads"} & cpu.keys() or not by_resources
        if "cores" not in cpu and counted and not self.vm.get("instancetype"):
            self.domain["cpu"] = {**cpu, "cores": 1}
            self.note("spec.template.spec.domain.cpu.cores", "is 1, KubeVirt's own")
        said = self.guest.get("networks") or self.devices.get("interfaces")
        if not said and self.devices.get("autoattachPodInterface") is not False:
            self.guest["networks"] = [{"name": "default", "pod": {}}]
            self.devices["interfaces"] = [{"name": "default", "masquerade": {}}]
            self.devices.pop("autoattachPodInterface", None)
            self.note(
                "spec.template.spec.networks",
                "is the pod network by masquerade: none is said, and KubeVirt takes the cluster's",
            )

    def disk_templates_carry_the_pool(self, *, all_of_them: bool) -> None:
        pool, root = self.pool["metadata"]["name"], boots_from(self.vm)
        for volume in self.guest.get("volumes") or ():
            name, claim = str(volume.get("name")), claim_of(volume)
            template = own_templates(self.vm).get(str(claim))
            if claim is None or template is None:
                continue
            if (claim == pool or claim.startswith(f"{pool}-")) and not all_of_them:
                continue
            new = f"{pool}-disk" if name == root else template_name(pool, name)
            if new == claim:
                continue
            template["metadata"] = {**template["metadata"], "name": new}
            if "dataVolume" in volume:
                volume["dataVolume"]["name"] = new
            else:
                volume["persistentVolumeClaim"]["claimName"] = new
            self.note(
                f"spec.dataVolumeTemplates.{claim}",
                f"is called {new}, and the disk of a VM {new}-<index>: each VM gets a new one, and "
                "what is on the old one stays there",
            )

    def disk_templates_stand_in_order(self) -> None:
        """In the order of the disks: to KubeVirt it has no meaning."""
        used = [claim_of(one) for one in self.guest.get("volumes") or ()]
        if templates := own_templates(self.vm):
            known = [name for name in used if name in templates]
            rest = [name for name in templates if name not in known]
            self.vm["dataVolumeTemplates"] = [templates[name] for name in (*known, *rest) if name]


def _fitting(name: str) -> str:
    """Return the name of a pool that a name comes nearest to."""
    try:
        return pool_name(name)
    except PydanticCustomError:
        near = suggested_label(name)
        return near if near[:1].isalpha() else f"vm-{near}"[:55].strip("-")
