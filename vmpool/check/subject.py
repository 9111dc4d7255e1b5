"""What is checked: a stack's objects, and the cluster that they are for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, TypeVar

from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.spec.pool import PoolSpec
from kubevirt_vm_pool.text.paths import at

from ..needed_rights import by_up
from .snapshot import Access, Object, Resource, Snapshot

T = TypeVar("T")

POOLS = Resource("pool.kubevirt.io", "v1alpha1", "virtualmachinepools")
VMS = Resource("kubevirt.io", "v1", "virtualmachines")
NAMESPACES = Resource("", "v1", "namespaces")
CLAIMS = Resource("", "v1", "persistentvolumeclaims")
SECRETS = Resource("", "v1", "secrets")
CONFIG_MAPS = Resource("", "v1", "configmaps")
DATA_VOLUMES = Resource("cdi.kubevirt.io", "v1beta1", "datavolumes")


@dataclass(frozen=True)
class Subject:
    """A stack and its cluster's snapshot.

    objects: by role, as `vmpool render` has them; Secrets may have placeholders for their values.
    companions: the stacks that are checked and have the same namespace, by name, this one too.
    computed: what is known of it by now, as answers of a snapshot do not change.
    """

    spec: PoolSpec
    objects: Mapping[str, Object]
    cluster: Snapshot
    companions: Mapping[str, Subject] = field(default_factory=dict)
    computed: dict[Hashable, Any] = field(default_factory=dict, repr=False, compare=False)

    @property
    def namespace(self) -> str:
        """The namespace of the pool."""
        return self.spec.namespace

    def once(self, key: Hashable, compute: Callable[[Subject], T]) -> T:
        """Return what is computed of this stack, which several checks and stacks ask for."""
        if key not in self.computed:
            self.computed[key] = compute(self)
        found: T = self.computed[key]
        return found

    @property
    def others(self) -> dict[str, Subject]:
        """The companions but this one."""
        return {
            name: one for name, one in self.companions.items() if one.objects is not self.objects
        }

    @property
    def pool(self) -> Object:
        """The VirtualMachinePool."""
        return self.objects[Role.POOL]

    @property
    def machine(self) -> Object:
        """What each VM is made from: the spec of a VirtualMachine."""
        found: Object = at(self.pool, "spec", "virtualMachineTemplate", "spec")
        return found

    @property
    def guest(self) -> Object:
        """The spec of each VirtualMachineInstance."""
        found: Object = at(self.machine, "template", "spec")
        return found

    @property
    def disks(self) -> list[Object]:
        """The dataVolumeTemplates."""
        return list(self.machine.get("dataVolumeTemplates") or [])

    @cached_property
    def live_pool(self) -> Object | None:
        """The pool as the cluster has it, None if it has none."""
        return self.cluster.get(self.pools, self.namespace, self.spec.name)

    @property
    def to_come(self) -> int:
        """How many VMs more there can be than there are."""
        now = at(self.live_pool, "status", "replicas") or 0
        return max(0, self.spec.most_replicas - int(now))

    @property
    def pools(self) -> Resource:
        """Pools, in the version that the stack uses: not every KubeVirt serves all."""
        return POOLS._replace(version=self.spec.pool_api_version)

    def listed(self, resource: Resource) -> list[Object]:
        """Return the objects of a kind in the pool's namespace."""
        return self.cluster.list(resource, self.namespace)

    def each(self, *steps: str) -> Iterator[Any]:
        """Yield what stands at a path below each VM's volumes, where something does."""
        for volume in self.guest.get("volumes") or ():
            if (found := at(volume, *steps)) is not None:
                yield found


def acquainted(subjects: Mapping[str, Subject]) -> dict[str, Subject]:
    """Return subjects of one cluster that know their companions. subjects: by stack."""
    by_namespace: dict[str, dict[str, Subject]] = {}
    for name, one in subjects.items():
        by_namespace.setdefault(one.namespace, {})[name] = one
    return {
        name: replace(one, companions=by_namespace[one.namespace]) for name, one in subjects.items()
    }


def named(manifest: Object) -> str:
    """Return what an object is called: "Service web"."""
    return f"{manifest['kind']} {manifest['metadata']['name']}"


def accesses(resource: Resource, namespace: str) -> list[Access]:
    """Return what an up and a down do with an object."""
    return [Access(verb, resource, namespace) for verb in by_up(resource.group, resource.plural)]
