"""Every key, said and taken back: what is told follows from the places that it changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from configurations import specification
from effect_rules import BY_STRATEGY, OF_A_POOL
from kubevirt_vm_pool.effects import Severity, effects, worst
from kubevirt_vm_pool.effects.differences import differences
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.spec.names import SCALED_BY
from kubevirt_vm_pool.text.paths import Path, dotted
from template_examples import TEMPLATE_EXAMPLES

from examples import EXAMPLES

Objects = Mapping[str, Mapping[str, Any]]

# A number of VMs that nobody else changes, and that no example has.
BASE = "autoscaling:\nreplicas: 4\n"
IN_PLACE = "disk:\ncontainerDisk: {image: quay.io/containerdisks/fedora:42}"
LAYER = "disk:\nephemeral: {claimName: golden}"
EXISTING = "password:\ncloudInit: {existingSecret: theirs}"
TWO = (
    "networks: [{name: default, pod: {}, masquerade: {}}, "
    "{name: b, multus: {networkName: b}, bridge: {}}]"
)
BALANCED = "services: {public: {type: LoadBalancer, ports: [{port: 443}]}}"
# What one example per key does not show: from one value to another one.
OTHER_CHANGES = (
    (IN_PLACE, LAYER),
    (IN_PLACE, IN_PLACE.replace("42", "43")),
    (LAYER, LAYER.replace("golden", "silver")),
    (EXISTING, EXISTING.replace("theirs", "others")),
    (EXISTING, "password:\ncloudInit: false"),
    ("", EXISTING),
    ("", "password:\ncloudInit: false"),
    ("", "cloudInit: {type: configDrive}"),
    (TWO, "networks: false\nservice: false"),
    ("", "service: false"),
    (BALANCED, BALANCED.replace("443", "8443")),
    (BALANCED, BALANCED.replace("LoadBalancer", "NodePort")),
    ("", "autoscaling: {external: true}"),
    (
        "autoscaling: {external: true}",
        "autoscaling: {maxReplicas: 6, targetCPUUtilizationPercentage: 50}",
    ),
    ("disks: {a: {emptyDisk: {capacity: 1Gi}}}", "disks: {a: {emptyDisk: {capacity: 2Gi}}}"),
    ("disks: {a: {size: 1Gi, source: {blank: {}}}}", "disks: {a: {emptyDisk: {capacity: 2Gi}}}"),
    (f"{IN_PLACE}\ndisks: {{a: {{size: 1Gi, source: {{blank: {{}}}}}}}}", IN_PLACE),
)


def made_of(said: str) -> Objects:
    return objects(specification({**yaml.safe_load(BASE), **(yaml.safe_load(said) or {})}))


def rules(before: Objects, after: Objects) -> Iterator[tuple[str, Severity]]:
    """Yield every place that differs, with what a change there does."""
    old, new = before["pool"], after["pool"]
    for path in differences(old, new):
        yield dotted(path), of_the_pool(path, old, new)
    for role in (before.keys() | after.keys()) - {"pool"}:
        one, other = before.get(role), after.get(role)
        if one != other:
            # Of the others VMs are made from this one alone.
            documents = role == "cloud-init" and one and other and one["data"] != other["data"]
            yield role, Severity.NEW_REPLICAS if documents else Severity.OTHER
    if before.get("autoscaler") != after.get("autoscaler"):
        yield "the number of VMs", of_the_autoscaler(before, after)


def of_the_pool(path: Path, old: Any, new: Any) -> Severity:
    if path[0] == "apiVersion":
        return Severity.NOTHING
    if path[0] == "metadata" and path[1] in {"name", "namespace"}:
        return Severity.REPLACED
    if path[0] == "metadata":
        # Whose the number is stands in an annotation: from others' hands it may become any smaller.
        taken_back = is_others(old) and not is_others(new)
        return Severity.SCALE_IN if taken_back else Severity.OTHER
    if path[:3] == ("spec", "virtualMachineTemplate", "spec"):
        return of_the_vms(str(path[3]), old["spec"], new["spec"])
    part, before, after = str(path[1]), old["spec"].get(path[1]), new["spec"].get(path[1])
    if part == "replicas":
        return Severity.SCALE_IN if after < before else Severity.NEW_REPLICAS
    if part == "autohealing" and after is None:
        return Severity.NOTHING
    if part == "updateStrategy" and strategy_of(new["spec"]) == "":
        # What it held back comes, and nobody knows what that was.
        return Severity.DISK_LOSS
    if part == "nameGeneration" and after is None:
        return Severity.STRANDED
    return OF_A_POOL[part][0]


def of_the_vms(part: str, old: Any, new: Any) -> Severity:
    before, after = (one["virtualMachineTemplate"]["spec"] for one in (old, new))
    if part == "dataVolumeTemplates" and part not in before:
        # Recreated as with other disks, and there are none to lose.
        return Severity.RESTART_SOME
    if part == "runStrategy" and after[part] == "Halted":
        return Severity.RESTART_ALL
    if part == "runStrategy" and before[part] == "Halted":
        return Severity.NEW_REPLICAS
    return BY_STRATEGY[strategy_of(new)][part][0]


def strategy_of(spec: Any) -> str:
    return str(next(iter(spec.get("updateStrategy") or {"": {}})))


def is_others(pool: Any) -> bool:
    return SCALED_BY in (pool["metadata"].get("annotations") or {})


def of_the_autoscaler(before: Objects, after: Objects) -> Severity:
    if "autoscaler" in after:
        return Severity.NEW_REPLICAS
    # It may have made more than there are to be, but not where others go on from there.
    return Severity.OTHER if is_others(after["pool"]) else Severity.SCALE_IN


def assert_follows(before: Objects, after: Objects) -> None:
    expected = dict(rules(before, after))
    if any(severity == Severity.REPLACED for severity in expected.values()):
        expected = {"": Severity.REPLACED}
    found = effects(before, after)
    told = {path for effect in found for path in effect.paths}
    assert told.issuperset(differences(before["pool"], after["pool"]))
    assert worst(found) == max(expected.values(), default=Severity.NOTHING), (expected, found)


@pytest.mark.parametrize(
    "said",
    [example.said for example in (*EXAMPLES, *TEMPLATE_EXAMPLES)],
    ids=lambda said: " ".join(said.split())[:50],
)
def test_a_key_that_is_said_or_taken_back_does_what_the_places_do_that_it_changes(
    said: str,
) -> None:
    before, after = made_of(""), made_of(said)
    assert_follows(before, after)
    assert_follows(after, before)


@pytest.mark.parametrize(("one", "other"), OTHER_CHANGES)
def test_another_value_of_a_key_does_what_the_places_do_that_it_changes(
    one: str, other: str
) -> None:
    before, after = made_of(one), made_of(other)
    assert_follows(before, after)
    assert_follows(after, before)
