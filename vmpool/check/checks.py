"""Every check, in the order of the report, and what one stack's come to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from . import cluster, disks, limits, namespace, neighbours, nodes, quotas, references, scaling
from .finding import Category, Finding, Severity
from .snapshot import UnseenError
from .subject import Subject

ASK_FOR_RIGHT = "ask for the right to look, or run it as somebody who has it"
LOOK_AGAIN = "see whether the cluster is well, and run it again"


class Check(NamedTuple):
    """A check. title: what it says where it finds nothing.

    before_up: whether an up runs it first; what the engine's preview tells by itself is left to it.
    new_vms: whether it is a matter of VMs to come only: it is no error while all of them are there.
    """

    id: str
    category: Category
    title: str
    look: Callable[[Subject], Iterator[Finding]]
    before_up: bool = True
    new_vms: bool = False


C = Category
CHECKS = (
    Check("kubevirt", C.CLUSTER, "KubeVirt is installed", cluster.kubevirt_is_there),
    Check(
        "kubevirt-version",
        C.CLUSTER,
        "KubeVirt has every field that is used",
        cluster.kubevirt_knows_what_is_used,
    ),
    Check("cdi", C.CLUSTER, "CDI is installed", cluster.cdi_is_there),
    Check("namespace", C.NAMESPACE, "the namespace is there", namespace.namespace_is_there),
    Check("rights", C.RIGHTS, "you may make every object", namespace.rights),
    Check("wait-rights", C.RIGHTS, "you may read what is waited for", namespace.rights_to_wait),
    Check(
        "dry-run", C.RIGHTS, "the API server takes every object", namespace.dry_run, before_up=False
    ),
    Check(
        "clone-right",
        C.RIGHTS,
        "golden images may be cloned",
        namespace.right_to_clone,
        new_vms=True,
    ),
    Check(
        "golden-images",
        C.DISKS,
        "golden images are there, finished and fit the disks",
        disks.golden_images,
        new_vms=True,
    ),
    Check(
        "storage-classes", C.DISKS, "storage classes are there", disks.storage_classes, new_vms=True
    ),
    Check("quota", C.CAPACITY, "quotas leave room for all VMs", quotas.quota),
    Check("limit-ranges", C.CAPACITY, "limits allow such VMs", limits.limit_ranges, new_vms=True),
    Check("nodes", C.CAPACITY, "a node takes such a VM", nodes.nodes, new_vms=True),
    Check(
        "instancetype",
        C.REFERENCES,
        "instancetype and preference are there",
        references.instancetype,
    ),
    Check("secrets", C.REFERENCES, "Secrets of others are there", references.secrets),
    Check("config-maps", C.REFERENCES, "ConfigMaps of others are there", references.config_maps),
    Check("claims", C.REFERENCES, "claims that VMs share are there", references.shared_claims),
    Check("service-account", C.REFERENCES, "ServiceAccounts are there", references.service_account),
    Check("priority-class", C.REFERENCES, "PriorityClass is there", references.priority_class),
    Check("networks", C.REFERENCES, "networks of Multus are there", references.networks),
    Check("metrics", C.AUTOSCALING, "metrics of autoscaling answer", scaling.metrics),
    Check("autoscalers", C.AUTOSCALING, "no other HPA scales the pool", scaling.other_autoscalers),
    Check("keda", C.AUTOSCALING, "no ScaledObject scales the pool", scaling.scaled_objects),
    Check("pools", C.NEIGHBOURS, "no other stack is for the pool", neighbours.same_pool),
    Check("selectors", C.NEIGHBOURS, "no other pool selects the VMs", neighbours.selectors),
    Check("disk-names", C.NEIGHBOURS, "no other pool has the disks' names", neighbours.disk_names),
    Check("disks", C.NEIGHBOURS, "no other VM has the disks", neighbours.disks_of_others),
)


def findings(check: Check, subject: Subject) -> list[Finding]:
    """Return what a check finds; what it may not look at is a finding, too.

    Raises NotAskedError if the snapshot lacks something.
    """
    found: list[Finding] = []
    try:
        for one in check.look(subject):
            settled = check.new_vms and one.severity == Severity.ERROR and not subject.to_come
            found.append(one._replace(severity=Severity.WARNING) if settled else one)
    except UnseenError as error:
        found.append(unseen(check, error))
    return list(dict.fromkeys(found))


def unseen(check: Check, error: UnseenError) -> Finding:
    """Return the finding that nobody knows."""
    return Finding(
        f"{check.id}-unseen",
        Severity.UNSEEN,
        f"{error}: whether {check.title} is not known",
        ASK_FOR_RIGHT if error.forbidden else LOOK_AGAIN,
    )
