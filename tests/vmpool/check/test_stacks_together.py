"""What a check says of stacks that are fit alone, and not together."""

from __future__ import annotations

from cluster_fixtures import eventually
from faults import quota, scoped
from fit_cluster import plant
from looking import ids, look, stack

from vmpool.controlplane.client import Cluster
from vmpool.render import objects_of
from vmpool.stack.stack_files import Stack


def pair(place: str, changes: str = "", of_second: str = "name: other") -> tuple[Stack, Stack]:
    """Return two stacks of a namespace."""
    second = f"{changes}\n{of_second}"
    return stack(place, changes, name="ann"), stack(place, second, name="ben")


def test_two_pools_of_a_namespace_are_fit(fit: Cluster, place: str) -> None:
    plant(fit, quota(pods="4", memory="16Gi"), namespace=place)
    assert ids(look(fit, *pair(place))) == []


def test_two_stacks_for_one_pool_are_told_once(fit: Cluster, place: str) -> None:
    report = look(fit, *pair(place, of_second="replicas: 3"))
    (told,) = report.told
    assert told.finding.id == "pool-of-another-stack"
    assert told.finding.sentence == (
        "VirtualMachinePool web of the same namespace is that of several stacks: ann, ben"
    )
    assert told.stacks == ("ann", "ben")


def test_the_same_pool_in_two_namespaces_is_two_pools(
    fit: Cluster, place: str, namespace: str
) -> None:
    there = stack(f"{namespace}-too", "createNamespace: true")
    assert "pool-of-another-stack" not in ids(look(fit, stack(place), there))


def test_disks_of_the_same_name_as_those_to_come_are_told(fit: Cluster, place: str) -> None:
    further = """\
template:
  dataVolumeTemplates:
  - metadata: {name: web-x-disk}
    spec: {source: {blank: {}}, storage: {resources: {requests: {storage: 1Gi}}}}
  template: {spec: {volumes: [{name: x, dataVolume: {name: web-x-disk}}]}}
"""
    both = stack(place, further, name="ann"), stack(place, "name: web-x", name="ben")
    told = {one.finding.sentence: one.stacks for one in look(fit, *both).told}
    assert told == {
        "VirtualMachinePool web-x of stack ben has disks called web-x-disk, too: two VMs would "
        "write to one disk": ("ann",),
        "VirtualMachinePool web of stack ann has disks called web-x-disk, too: two VMs would "
        "write to one disk": ("ben",),
    }


def test_a_quota_is_for_all_stacks_of_a_namespace(fit: Cluster, place: str) -> None:
    plant(fit, quota(pods="3"), namespace=place)
    assert ids(look(fit, stack(place))) == []
    (told,) = look(fit, *pair(place)).told
    assert told.finding.id == "quota-exceeded-together"
    assert told.finding.sentence == (
        "ResourceQuota room has 3 of 3 pods left, and 4 are needed by these stacks together: "
        "ann, ben"
    )
    assert told.stacks == ("ann", "ben")


def test_what_is_up_counts_as_used_and_no_more(fit: Cluster, place: str) -> None:
    ann, ben = pair(place)
    plant(fit, dict(objects_of(ben)["pool"]))
    path = f"/apis/pool.kubevirt.io/v1alpha1/namespaces/{place}/virtualmachinepools/other"
    assert eventually(lambda: fit.request("GET", path)[1].get("status", {}).get("replicas") == 2)
    held = {"hard": {"pods": "4"}, "used": {"pods": "2"}}
    plant(fit, {**quota(pods="4"), "status": held}, namespace=place)
    assert ids(look(fit, ann, ben)) == []


def test_a_quota_of_a_priority_counts_only_stacks_that_have_it(fit: Cluster, place: str) -> None:
    high = "priorityClassName: system-cluster-critical"
    plant(fit, scoped("PriorityClass", "In", "system-cluster-critical", pods="3"), namespace=place)
    ann, ben = pair(place, of_second=f"name: other\n{high}")
    assert ids(look(fit, ann, ben)) == []
    cid = stack(place, f"name: third\n{high}", name="cid")
    (told,) = look(fit, ann, ben, cid).told
    assert told.stacks == ("ben", "cid")
    assert told.finding.sentence.endswith("4 are needed by these stacks together: ben, cid")


def test_a_stack_whose_size_nobody_knows_leaves_the_sum_unknown(fit: Cluster, place: str) -> None:
    plant(fit, quota(memory="6Gi"), namespace=place)
    by = "name: other\ninstancetype: {name: small, kind: VirtualMachineInstancetype}"
    report = look(fit, *pair(place, of_second=by))
    told = {one.finding.id: one.stacks for one in report.told if one.check.id == "quota"}
    assert told == {"quota-unseen": ("ann", "ben")}
