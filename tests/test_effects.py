"""What a change does to running VMs and disks: each rule of KubeVirt's as one row."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import yaml
from configurations import MARKER, specification

from components.effects import (
    PULUMI_MARK,
    Effect,
    Severity,
    _differences,
    disks,
    effects,
    pool_effects,
    worst,
)
from components.objects import objects

POOL: Mapping[str, Any] = yaml.safe_load("""
apiVersion: pool.kubevirt.io/v1beta1
kind: VirtualMachinePool
metadata: {name: web, namespace: user1, labels: {team: lab}}
spec:
  replicas: 4
  selector: {matchLabels: {pool: web}}
  maxUnavailable: 1
  virtualMachineTemplate:
    metadata: {labels: {pool: web}}
    spec:
      runStrategy: Always
      instancetype: {name: small}
      preference: {name: fedora}
      dataVolumeTemplates:
      - metadata: {name: web-disk}
        spec:
          pvc: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 6Gi}}}
          source: {pvc: {name: golden, namespace: images}}
      template:
        metadata: {labels: {pool: web}}
        spec:
          domain:
            cpu: {cores: 2}
            resources: {requests: {memory: 1Gi}}
            devices: {disks: [{name: root, disk: {bus: virtio}}]}
          tolerations: [{key: baremetal, operator: Exists}]
          readinessProbe: {tcpSocket: {port: 80}}
          volumes:
          - {name: root, persistentVolumeClaim: {claimName: web-disk}}
          - {name: init, cloudInitNoCloud: {secretRef: {name: web-cloudinit}}}
""")

VM = "spec.virtualMachineTemplate"
CORES = f"{VM}.spec.template.spec.domain.cpu.cores"
MEMORY = f"{VM}.spec.template.spec.domain.resources.requests.memory"
DISK_SIZE = f"{VM}.spec.dataVolumeTemplates.0.spec.pvc.resources.requests.storage"
DISK_NAME = f"{VM}.spec.dataVolumeTemplates.0.metadata.name"
GUEST_MEMORY = f"{VM}.spec.template.spec.domain.memory.guest"
CPU_LIMIT = f"{VM}.spec.template.spec.domain.resources.limits.cpu"
SECRET_NAME = f"{VM}.spec.template.spec.volumes.1.cloudInitNoCloud.secretRef.name"
RUN = f"{VM}.spec.runStrategy"
KEEP_DISKS = {"proactive": {"statePreservation": "Offline"}}
DATA_VOLUMES = f"{VM}.spec.dataVolumeTemplates"

SELECTORS = "spec.updateStrategy.proactive.selectionPolicy.selectors"
SELECTIVE = {
    "proactive": {"selectionPolicy": {"selectors": {"labelSelector": {"matchLabels": {"a": "b"}}}}}
}
LET_LOOSE = (
    "The updateStrategy of web holds nothing back any more: if changes have waited, its VMs "
    "restart one by one, or where dataVolumeTemplates changed, are recreated "
    "and everything on 4 disks (web-disk-*) is lost"
)

Changes = Mapping[str, Any]


def pool(changes: Changes | None = None) -> dict[str, Any]:
    """Return the pool with values put at dotted paths; None removes what is there."""
    made = copy.deepcopy(dict(POOL))
    for path, value in (changes or {}).items():
        put(made, path.split("."), value)
    return made


def put(target: Any, path: list[str], value: Any) -> None:
    *steps, last = [int(step) if step.isdigit() else step for step in path]
    for step in steps:
        target = target.setdefault(step, {}) if isinstance(step, str) else target[step]
    if value is None and isinstance(target, dict):
        target.pop(last, None)
    elif value is None:
        del target[last]
    else:
        target[last] = copy.deepcopy(value)


def told(found: list[Effect]) -> list[tuple[str, str]]:
    return [(effect.severity.label, effect.text) for effect in found]


Told = list[tuple[str, str]]

# Sentence: the pool before, the change, what is told, a word of the rule that it cites.
ROWS: dict[str, tuple[Changes, Changes, Told, str]] = {
    "a changed template restarts VMs as maxUnavailable says": (
        {},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart one by one; their disks stay")],
        "pool.go:1296",
    ),
    "without maxUnavailable, as before KubeVirt 1.6, all restart at once": (
        {"spec.maxUnavailable": None},
        {CORES: 4},
        [("restart all", "All 4 VMs of web restart at once; their disks stay")],
        "1118-1145",
    ),
    "the new maxUnavailable holds for the update that it comes with": (
        {},
        {CORES: 4, "spec.maxUnavailable": "100%"},
        [
            ("restart all", "All 4 VMs of web restart at once; their disks stay"),
            ("nothing", "From now on updates of web reach its VMs at once"),
        ],
        "1118",
    ),
    "half of four are two": (
        {"spec.maxUnavailable": "50%"},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart 2 at a time; their disks stay")],
        "1118",
    ),
    "a percentage is rounded down": (
        {"spec.maxUnavailable": "74%"},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart 2 at a time; their disks stay")],
        "1118",
    ),
    "a percentage is one VM at least": (
        {"spec.maxUnavailable": "1%"},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart one by one; their disks stay")],
        "1118",
    ),
    "as many at a time as there are VMs is all at once": (
        {"spec.maxUnavailable": 4},
        {CORES: 4},
        [("restart all", "All 4 VMs of web restart at once; their disks stay")],
        "1118",
    ),
    "a percentage is one of the replicas after the change, and only old VMs restart": (
        {"spec.maxUnavailable": "25%"},
        {CORES: 4, "spec.replicas": 12},
        [
            ("restart n at a time", "4 VMs of web restart 3 at a time; their disks stay"),
            ("new replicas only", "8 VMs are added to web"),
        ],
        "1118",
    ),
    "the only VM restarts": (
        {"spec.replicas": 1},
        {CORES: 4},
        [("restart all", "The only VM of web restarts; their disks stay")],
        "1296",
    ),
    "labels of the pods are part of the template": (
        {},
        {f"{VM}.spec.template.metadata.labels.team": "lab"},
        [("restart n at a time", "4 VMs of web restart one by one; their disks stay")],
        "1296",
    ),
    "a renamed cloud-init Secret restarts VMs for nothing": (
        {},
        {SECRET_NAME: "other"},
        [
            (
                "restart n at a time",
                "4 VMs of web restart one by one; their disks stay; "
                "cloud-init does not run again on them",
            )
        ],
        "1296",
    ),
    "the same quantity in other words changes nothing": (
        {},
        {MEMORY: "1024Mi", DISK_SIZE: "6144Mi"},
        [("nothing", "web means the same as before")],
        "semantic.go",
    ),
    "the guest's memory and limits are quantities too": (
        {GUEST_MEMORY: "1Gi", CPU_LIMIT: "2"},
        {GUEST_MEMORY: "1024Mi", CPU_LIMIT: "2000m"},
        [("nothing", "web means the same as before")],
        "semantic.go",
    ),
    "without VMs nothing restarts": (
        {"spec.replicas": 0},
        {CORES: 4, DISK_SIZE: "9Gi"},
        [("new replicas only", "web has no VMs: those created from now on get the change")],
        "951",
    ),
    "VMs without disks of their own lose none": (
        {DATA_VOLUMES: None},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart one by one")],
        "1296",
    ),
    "changed disks are lost": (
        {},
        {DISK_SIZE: "9Gi"},
        [
            (
                "disk loss",
                "4 VMs of web are recreated one by one with new disks: "
                "everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "even a label on them is enough": (
        {},
        {f"{VM}.spec.dataVolumeTemplates.0.metadata.labels": {"a": "b"}},
        [
            (
                "disk loss",
                "4 VMs of web are recreated one by one with new disks: "
                "everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "keeping disks at scale-in keeps none of them": (
        {"spec.scaleInStrategy": KEEP_DISKS, "spec.maxUnavailable": None},
        {DISK_SIZE: "9Gi"},
        [
            (
                "disk loss",
                "All 4 VMs of web are recreated at once with new disks: everything on 4 disks "
                "(web-disk-*) is lost, though scale-in keeps disks",
            )
        ],
        "1638",
    ),
    "renamed disks are lost under their old name, and the restart is a part of it": (
        {},
        {DISK_NAME: "new", CORES: 4},
        [
            (
                "disk loss",
                "4 VMs of web are recreated one by one with new disks: "
                "everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "removed disks are lost": (
        {"spec.replicas": 1},
        {DATA_VOLUMES: None},
        [
            (
                "disk loss",
                "The only VM of web is recreated with new disks: "
                "everything on 1 disk (web-disk-*) is lost",
            )
        ],
        "1287-1291",
    ),
    "first disks recreate VMs, and nothing is lost": (
        {DATA_VOLUMES: None},
        {DATA_VOLUMES: [{"metadata": {"name": "web-disk"}}]},
        [("restart n at a time", "4 VMs of web are recreated one by one")],
        "1287-1291",
    ),
    "labels of the VM objects restart nothing": (
        {},
        {f"{VM}.metadata.labels.team": "lab"},
        [("nothing", "Nothing restarts: only the VM objects of web change")],
        "1296",
    ),
    "an instancetype waits for the next restart": (
        {},
        {f"{VM}.spec.instancetype.name": "large"},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            )
        ],
        "1296",
    ),
    "a preference waits for the next restart": (
        {},
        {f"{VM}.spec.preference": None},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            )
        ],
        "1296",
    ),
    "a restart takes the instancetype along": (
        {},
        {f"{VM}.spec.instancetype": None, CORES: 4},
        [("restart n at a time", "4 VMs of web restart one by one; their disks stay")],
        "1296",
    ),
    "running: true becomes Always": (
        {f"{VM}.spec.running": True, RUN: None},
        {f"{VM}.spec.running": None, RUN: "Always"},
        [("nothing", "Nothing restarts: the VMs of web run as before")],
        "running: true is Always",
    ),
    "Halted stops all VMs at once, whatever maxUnavailable": (
        {},
        {RUN: "Halted"},
        [
            (
                "restart all",
                "All 4 VMs of web stop at once and do not start again; their disks stay",
            )
        ],
        "vm.go:1114",
    ),
    "Always starts stopped VMs": (
        {RUN: "Halted"},
        {RUN: "Always"},
        [("new replicas only", "Stopped VMs of web start")],
        "vm.go",
    ),
    "another runStrategy waits until VMs stop": (
        {},
        {RUN: "RerunOnFailure"},
        [
            (
                "nothing",
                "Nothing restarts: when VMs of web stop, the new runStrategy decides what follows",
            )
        ],
        "1296",
    ),
    "VMs with RerunOnFailure do not survive a changed template": (
        {RUN: "RerunOnFailure"},
        {CORES: 4},
        [
            (
                "restart all",
                "4 VMs of web stop one by one, and by their runStrategy nothing starts them again; "
                "their disks stay",
            )
        ],
        "RerunOnFailure",
    ),
    "stopped VMs do not restart": (
        {RUN: "Halted"},
        {CORES: 4},
        [
            (
                "new replicas only",
                "VMs of web are stopped: they take the change when they start",
            )
        ],
        "1184",
    ),
    "opportunistic: a changed template waits for the next restart": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {CORES: 4},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            )
        ],
        "1424",
    ),
    "opportunistic: disks of the same name stay": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {DISK_SIZE: "9Gi"},
        [
            (
                "new replicas only",
                "Disks of web stay as they are; only those created from now on get the change",
            )
        ],
        "vm.go:518",
    ),
    "opportunistic: disks of another name take the place of the old ones": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {DISK_NAME: "new"},
        [
            (
                "disk loss",
                "VMs of web lose 4 disks (web-disk-*) at their next restart: "
                "they start without them, and the disks go with their VM",
            )
        ],
        "vm.go:518",
    ),
    "opportunistic: disks whose name is not known yet may be other disks": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {DATA_VOLUMES: [{"metadata": {"name": "web-disk"}}, {"metadata": {}}]},
        [
            (
                "disk loss",
                "VMs of web lose 4 disks (web-disk-*) at their next restart: "
                "they start without them, and the disks go with their VM",
            )
        ],
        "vm.go:518",
    ),
    "a field of the VM that is none of the above": (
        {},
        {f"{VM}.spec.updateVolumesStrategy": "Replacement"},
        [("nothing", "Nothing restarts: only the VM objects of web change")],
        "1296",
    ),
    "selectors that no longer hold VMs back let loose what they did": (
        {"spec.updateStrategy": SELECTIVE},
        {"spec.updateStrategy": {"proactive": {}}},
        [
            ("disk loss", LET_LOOSE),
            ("nothing", "From now on updates of web reach running VMs, which restart"),
        ],
        "1241-1303",
    ),
    "other selectors let loose what the old ones held back": (
        {"spec.updateStrategy": SELECTIVE},
        {f"{SELECTORS}.labelSelector.matchLabels.pool": "web"},
        [
            ("disk loss", LET_LOOSE),
            ("nothing", "From now on updates of web reach running VMs, which restart"),
        ],
        "1241-1303",
    ),
    "first selectors let loose nothing": (
        {},
        {"spec.updateStrategy": SELECTIVE},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "another order leaves VMs that the selectors hold back where they are": (
        {"spec.updateStrategy": SELECTIVE},
        {"spec.updateStrategy.proactive.selectionPolicy.sortPolicy": "Newest"},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "another order of updates holds nothing back": (
        {"spec.updateStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Oldest"}}}},
        {"spec.updateStrategy.proactive.selectionPolicy.sortPolicy": "Newest"},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "unmanaged: only new VMs are different, disks or not": (
        {"spec.updateStrategy": {"unmanaged": {}}},
        {CORES: 4, DISK_SIZE: "9Gi"},
        [
            (
                "new replicas only",
                "VMs of web stay as they are; only those created from now on get the change",
            )
        ],
        "1386",
    ),
    "an explicit proactive strategy is the default": (
        {"spec.updateStrategy": {"proactive": {}}},
        {CORES: 4},
        [("restart n at a time", "4 VMs of web restart one by one; their disks stay")],
        "1296",
    ),
    "saying the default strategy changes nothing": (
        {},
        {"spec.updateStrategy": {"proactive": {}}},
        [("nothing", "From now on updates of web reach running VMs, which restart")],
        "1327",
    ),
    "the new strategy holds for the update that it comes with": (
        {},
        {DISK_SIZE: "9Gi", "spec.updateStrategy": {"unmanaged": {}}},
        [
            (
                "new replicas only",
                "VMs of web stay as they are; only those created from now on get the change",
            ),
            ("nothing", "From now on updates of web reach new VMs only"),
        ],
        "1386",
    ),
    "a strategy that ends lets loose what it held back": (
        {"spec.updateStrategy": {"opportunistic": {}}},
        {"spec.updateStrategy": None},
        [
            (
                "disk loss",
                "The updateStrategy of web holds nothing back any more: if changes have waited, "
                "its VMs restart one by one, or where dataVolumeTemplates changed, are recreated "
                "and everything on 4 disks (web-disk-*) is lost",
            ),
            ("nothing", "From now on updates of web reach running VMs, which restart"),
        ],
        "1241-1303",
    ),
    "from unmanaged to opportunistic, it is let loose at the next restart": (
        {"spec.updateStrategy": {"unmanaged": {}}},
        {"spec.updateStrategy": {"opportunistic": {}}},
        [
            (
                "new replicas only",
                "Nothing restarts: VMs of web take the change at their next restart",
            ),
            ("nothing", "From now on updates of web reach VMs at their next restart"),
        ],
        "1419",
    ),
    "more replicas": (
        {},
        {"spec.replicas": 5},
        [("new replicas only", "1 VM is added to web")],
        "pool.go:915",
    ),
    "fewer replicas lose the disks of those that go": (
        {},
        {"spec.replicas": 1},
        [
            (
                "scale-in",
                "3 of 4 VMs of web, chosen at random, are removed: "
                "everything on 3 disks (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "scale-in says which VMs go": (
        {
            "spec.scaleInStrategy": {
                "proactive": {"selectionPolicy": {"sortPolicy": "DescendingOrder"}}
            }
        },
        {"spec.replicas": 3},
        [
            (
                "scale-in",
                "1 of 4 VMs of web, the highest index first, is removed: "
                "everything on 1 disk (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "scale-in keeps disks where it shall, by the new strategy": (
        {},
        {"spec.replicas": 1, "spec.scaleInStrategy": KEEP_DISKS},
        [
            (
                "scale-in, disks kept",
                "3 of 4 VMs of web, chosen at random, are removed; "
                "their disks stay, for the next VMs of the same index",
            ),
            (
                "nothing",
                "From now on scale-in of web removes VMs chosen at random, and keeps their disks",
            ),
        ],
        "1801-1929",
    ),
    "no replicas": (
        {},
        {"spec.replicas": 0},
        [
            (
                "scale-in",
                "All 4 VMs of web are removed: everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "replicas that are not said are one": (
        {},
        {"spec.replicas": None},
        [
            (
                "scale-in",
                "3 of 4 VMs of web, chosen at random, are removed: "
                "everything on 3 disks (web-disk-*) is lost",
            )
        ],
        "628-674",
    ),
    "scale-in by hand removes nothing": (
        {"spec.scaleInStrategy": {"opportunistic": {}}},
        {"spec.replicas": 1},
        [("nothing", "No VM of web is removed: its scaleInStrategy leaves that to others")],
        "616",
    ),
    "scale-in no longer by hand removes what is too much": (
        {"spec.scaleInStrategy": {"unmanaged": {}}},
        {"spec.scaleInStrategy": None},
        [
            (
                "scale-in",
                "VMs of web may be removed: everything on every disk (web-disk-*) is lost",
            ),
            (
                "nothing",
                "From now on scale-in of web removes VMs chosen at random, and deletes their disks",
            ),
        ],
        "628-674",
    ),
    "VMs that go do not restart": (
        {},
        {"spec.replicas": 1, CORES: 4},
        [
            (
                "scale-in",
                "3 of 4 VMs of web, chosen at random, are removed: "
                "everything on 3 disks (web-disk-*) is lost",
            ),
            ("restart all", "The only VM of web restarts; their disks stay"),
        ],
        "628-674",
    ),
    "maxUnavailable alone": (
        {},
        {"spec.maxUnavailable": "50%"},
        [("nothing", "From now on updates of web reach its VMs 2 at a time")],
        "1327",
    ),
    "scaleInStrategy alone": (
        {"spec.scaleInStrategy": KEEP_DISKS},
        {"spec.scaleInStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Newest"}}}},
        [
            (
                "nothing",
                "From now on scale-in of web removes VMs the newest first, and deletes their disks",
            )
        ],
        "1327",
    ),
    "nameGeneration alone": (
        {},
        {"spec.nameGeneration": {"appendIndexToSecretRefs": True}},
        [
            (
                "nothing",
                "VMs of web keep the Secrets and ConfigMaps that they have; "
                "those created or updated from now on take the new names",
            )
        ],
        "1327",
    ),
    "paused": (
        {},
        {"spec.paused": True},
        [("nothing", "web is paused: its VMs stay as they are")],
        "1593",
    ),
    "what is changed while the pool is paused happens later and is as bad": (
        {"spec.paused": True},
        {DISK_SIZE: "9Gi", "spec.replicas": 5},
        [
            (
                "disk loss",
                "Nothing while web is paused; then: 4 VMs of web are recreated one by one "
                "with new disks: everything on 4 disks (web-disk-*) is lost",
            ),
            ("new replicas only", "Nothing while web is paused; then: 1 VM is added to web"),
        ],
        "1593",
    ),
    "no longer paused": (
        {"spec.paused": True},
        {"spec.paused": None},
        [
            (
                "disk loss",
                "web is no longer paused: if changes have waited, its VMs restart, or are removed, "
                "or where dataVolumeTemplates changed, are recreated "
                "and everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "1593",
    ),
    "autohealing deletes VMs, disks, and what is not its own": (
        {},
        {"spec.autohealing": {"startUpFailureThreshold": 3}},
        [
            (
                "disk loss",
                "web deletes VMs that fail to start, and their disks, in the whole namespace: "
                "other people's VMs too",
            )
        ],
        "1554-1565",
    ),
    "autohealing keeps disks where scale-in does": (
        {"spec.scaleInStrategy": KEEP_DISKS},
        {"spec.autohealing": {}},
        [
            (
                "scale-in, disks kept",
                "web deletes VMs that fail to start, but not their disks, in the whole namespace: "
                "other people's VMs too",
            )
        ],
        "1554-1565",
    ),
    "no autohealing any more": (
        {"spec.autohealing": {}},
        {"spec.autohealing": None},
        [("nothing", "web no longer deletes VMs that fail to start")],
        "1554-1565",
    ),
    "another version of the API is the same pool": (
        {},
        {"apiVersion": "pool.kubevirt.io/v1alpha1"},
        [("nothing", "web means the same as before")],
        "same fields",
    ),
    "labels of the pool object": (
        {},
        {"metadata.labels.team": "other"},
        [("other objects only", "Only the pool object web changes; no VM restarts for that")],
        "1327",
    ),
    "another name is another pool": (
        {},
        {"metadata.name": "shop", CORES: 4},
        [
            (
                "replace",
                "web is replaced by shop: all 4 VMs are deleted "
                "and everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "immutable",
    ),
    "another namespace is another pool": (
        {"spec.replicas": 1},
        {"metadata.namespace": "user2"},
        [
            (
                "replace",
                "web is replaced by a new pool: its only VM is deleted "
                "and everything on 1 disk (web-disk-*) is lost",
            )
        ],
        "immutable",
    ),
    "another selector is another pool": (
        {},
        {"spec.selector.matchLabels": {"pool": "shop"}},
        [
            (
                "replace",
                "web is replaced by a new pool: all 4 VMs are deleted "
                "and everything on 4 disks (web-disk-*) is lost",
            )
        ],
        "vmpool-admitter.go:189",
    ),
    "a pool of another API group is another pool": (
        {DATA_VOLUMES: None},
        {"apiVersion": "example.com/v1"},
        [("restart all", "web is replaced by a new pool: all 4 VMs are deleted")],
        "immutable",
    ),
}


@pytest.mark.parametrize(("before", "change", "expected", "rule"), ROWS.values(), ids=ROWS.keys())
def test_a_change_of_a_pool(before: Changes, change: Changes, expected: Told, rule: str) -> None:
    found = pool_effects(pool(before), pool({**before, **change}))
    assert told(found) == expected
    assert rule in found[0].rule
    assert all(effect.rule and effect.changed for effect in found)


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_the_worst_comes_first(row: tuple[Changes, Changes, Told, str]) -> None:
    before, change, *_ = row
    found = pool_effects(pool(before), pool({**before, **change}))
    severities = [effect.severity for effect in found]
    assert severities == sorted(severities, reverse=True)
    assert worst(found) == severities[0]


def test_what_loses_disks_is_worse_than_all_that_does_not() -> None:
    losing = {severity for severity in Severity if Effect(severity, "", "").loses_disks}
    assert {severity.label for severity in losing} == {"disk loss", "replace", "scale-in"}
    assert min(losing) > max(set(Severity) - losing)
    assert worst([]) is Severity.NOTHING


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS.keys())
def test_only_what_is_named_as_losing_disks_speaks_of_loss(
    row: tuple[Changes, Changes, Told, str],
) -> None:
    before, change, *_ = row
    for effect in pool_effects(pool(before), pool({**before, **change})):
        speaks = (
            "is lost" in effect.text or "lose" in effect.text or "and their disks" in effect.text
        )
        assert effect.loses_disks == speaks


# --- creation and removal ------------------------------------------------------------------------


def test_a_new_pool_creates_its_vms() -> None:
    assert told(pool_effects(None, pool())) == [("new replicas only", "4 VMs of web are created")]
    assert pool_effects(None, None) == []


def test_a_pool_goes_with_its_vms_and_disks() -> None:
    assert told(pool_effects(pool(), None)) == [
        (
            "disk loss",
            "web is deleted with all 4 VMs: everything on 4 disks (web-disk-*) is lost",
        )
    ]


def test_disks_that_a_scale_in_has_kept_outlive_the_pool() -> None:
    assert told(pool_effects(pool({"spec.scaleInStrategy": KEEP_DISKS}), None, replicas=1)) == [
        (
            "disk loss",
            "web is deleted with its only VM: everything on 1 disk (web-disk-*) is lost; "
            "disks that a scale-in has kept stay behind",
        )
    ]


def test_a_pool_without_vms_has_no_disk_to_lose() -> None:
    assert told(pool_effects(pool(), None, replicas=0)) == [
        ("other objects only", "web is deleted with no VM")
    ]
    assert told(pool_effects(pool(), pool({"metadata.name": "shop"}), replicas=0)) == [
        ("new replicas only", "web is replaced by shop: it has no VMs")
    ]


# --- the number of VMs in the cluster ------------------------------------------------------------


def test_the_number_of_vms_in_the_cluster_counts_where_it_is_known() -> None:
    assert told(pool_effects(pool(), pool({"spec.replicas": 3}), replicas=7)) == [
        (
            "scale-in",
            "4 of 7 VMs of web, chosen at random, are removed: "
            "everything on 4 disks (web-disk-*) is lost",
        )
    ]


def test_replicas_that_the_cluster_has_already_change_nothing() -> None:
    assert told(pool_effects(pool(), pool({"spec.replicas": 3}), replicas=3)) == [
        ("nothing", "web has this number of VMs already")
    ]


def test_what_was_scaled_by_hand_goes_back_with_the_next_change() -> None:
    assert told(pool_effects(pool(), pool({"metadata.labels.team": "x"}), replicas=5)) == [
        (
            "scale-in",
            "1 of 5 VMs of web, chosen at random, is removed: "
            "everything on 1 disk (web-disk-*) is lost",
        ),
        ("other objects only", "Only the pool object web changes; no VM restarts for that"),
    ]
    assert pool_effects(pool(), pool(), replicas=5) == []


# --- numbers and values that are not plain -------------------------------------------------------


def test_numbers_from_pulumi_are_the_numbers_that_they_stand_for() -> None:
    floats = pool({"spec.replicas": 4.0, "spec.maxUnavailable": 1.0, CORES: 2.0})
    assert pool_effects(pool(), floats) == []
    fewer = pool({"spec.replicas": 3.0, "spec.maxUnavailable": 2.0, CORES: 4.0})
    assert "2.0" not in str(told(pool_effects(floats, fewer)))
    assert told(pool_effects(floats, fewer))[1] == (
        "restart n at a time",
        "3 VMs of web restart 2 at a time; their disks stay",
    )


def test_true_is_not_one() -> None:
    assert pool_effects(pool({"spec.paused": True}), pool({"spec.paused": 1})) != []


class Unknown:
    """Stands for a value that the engine does not know yet."""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "spec.replicas",
            "VMs of web may be removed: everything on every disk (web-disk-*) is lost",
        ),
        (
            "spec.maxUnavailable",
            "From now on updates of web reach its VMs as maxUnavailable allows",
        ),
        (CORES, "4 VMs of web restart one by one; their disks stay"),
        (
            DATA_VOLUMES,
            "4 VMs of web are recreated one by one with new disks: "
            "everything on 4 disks (web-disk-*) is lost",
        ),
        (
            VM,
            "4 VMs of web are recreated one by one with new disks: "
            "everything on 4 disks (web-disk-*) is lost",
        ),
        (RUN, "All 4 VMs of web may stop at once and do not start again; their disks stay"),
        (
            "metadata.name",
            "web is replaced by an object without a known name: all 4 VMs are deleted "
            "and everything on 4 disks (web-disk-*) is lost",
        ),
    ],
)
@pytest.mark.parametrize("value", [Unknown(), {PULUMI_MARK: "d0e6a833031e9bbcd3f4e8bde6ca49a4"}])
def test_of_what_is_not_known_the_worst_is_told(path: str, expected: str, value: object) -> None:
    assert pool_effects(pool(), pool({path: value}))[0].text == expected


def test_a_secret_that_the_engine_has_wrapped_is_what_it_holds() -> None:
    wrapped = {PULUMI_MARK: "1b47061264138c4ac30d75fd1eb44270", "value": 2}
    assert pool_effects(pool(), pool({CORES: wrapped})) == []
    assert pool_effects(pool(), pool({CORES: {**wrapped, "value": 3}})) != []


def test_what_pulumi_notes_on_an_object_for_itself_is_no_change() -> None:
    assert pool_effects(pool(), pool({"__initialApiVersion": "pool.kubevirt.io/v1beta1"})) == []
    assert pool_effects(pool(), pool({f"{VM}.spec.template.metadata.labels.__a": "b"})) != []


# --- nothing goes unnamed ------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    members = (
        value.items()
        if isinstance(value, dict)
        else enumerate(value)
        if isinstance(value, list)
        else ()
    )
    for key, member in members:
        yield (*path, key)
        yield from leaves(member, (*path, key))


RICH = pool(
    {
        "spec.paused": False,
        "spec.autohealing": {"startUpFailureThreshold": 3},
        "spec.nameGeneration": {"appendIndexToSecretRefs": True},
        "spec.updateStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Oldest"}}},
        "spec.scaleInStrategy": {"proactive": {"statePreservation": "Offline"}},
        "spec.somethingNew": {"a": 1},
        f"{VM}.spec.updateVolumesStrategy": "Replacement",
    }
)


@pytest.mark.parametrize("path", list(leaves(RICH)), ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("value", [None, "something-else", 17, True, {}, Unknown()])
def test_no_change_goes_unnamed(path: tuple[Any, ...], value: Any) -> None:
    other = copy.deepcopy(RICH)
    put(other, [str(step) for step in path], value)
    for before, after in ((RICH, other), (other, RICH)):
        if before == after:
            continue
        found = pool_effects(before, after)
        named = {path for effect in found for path in effect.changed}
        assert named
        assert len(named) == len(list(_differences(before, after)))
    assert pool_effects(other, copy.copy(other)) == []


# --- all objects ---------------------------------------------------------------------------------

LAB = objects(specification())


def lab(changes: str) -> dict[str, dict[str, Any]]:
    return objects(specification(changes))


def told_of(
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
    replicas: int | None = None,
) -> Told:
    return told(effects(before, after, replicas=replicas))


def autoscaled(least: int, most: int, target: int = 50) -> dict[str, dict[str, Any]]:
    scaling = {
        "minReplicas": least,
        "maxReplicas": most,
        "targetCPUUtilizationPercentage": target,
    }
    return lab(f"{{replicas: {least}, autoscaling: {json.dumps(scaling)}}}")


DISKS = "(lab05-webserver-disk-*)"


def test_the_same_objects_have_no_effect() -> None:
    assert effects(LAB, copy.deepcopy(LAB)) == []
    assert effects({}, {}) == []
    assert effects(LAB, LAB, replicas=4) == []


def test_a_new_stack_creates_vms_and_other_objects() -> None:
    assert told_of({}, LAB) == [
        ("new replicas only", "2 VMs of lab05-webserver are created"),
        ("other objects only", "HPA lab05-webserver is created"),
        ("other objects only", "Secret lab05-cloudinit is created"),
        ("other objects only", "Service lab05-webserver is created"),
    ]


def test_a_stack_that_goes_loses_every_disk() -> None:
    assert told_of(LAB, {})[0] == (
        "disk loss",
        "lab05-webserver is deleted with all its VMs, up to 5: "
        f"everything on up to 5 disks {DISKS} is lost",
    )
    assert [label for label, _ in told_of(LAB, {})[1:]] == ["other objects only"] * 3


def test_an_hpa_makes_the_number_of_vms_a_range() -> None:
    assert told_of(LAB, lab("cores: 2")) == [
        (
            "restart n at a time",
            "Up to 5 VMs of lab05-webserver restart one by one; their disks stay",
        )
    ]
    assert told_of(LAB, lab('{cores: 2, rollout: {maxUnavailable: "50%"}}'))[0] == (
        "restart n at a time",
        "Up to 5 VMs of lab05-webserver restart up to 2 at a time; their disks stay",
    )
    assert told_of(LAB, lab("cores: 2"), replicas=3) == [
        ("restart n at a time", "3 VMs of lab05-webserver restart one by one; their disks stay")
    ]


def test_new_cloud_init_documents_reach_new_vms_only_and_are_not_shown() -> None:
    found = effects(LAB, lab(f"password: {MARKER}"))
    assert told(found) == [
        (
            "new replicas only",
            "Only VMs created from now on get the new cloud-init documents of lab05-cloudinit: "
            "cloud-init runs once per instance",
        )
    ]
    assert found[0].changed == ("data.userdata",)


def test_a_renamed_cloud_init_secret_restarts_vms_and_runs_in_new_ones_only() -> None:
    assert told_of(LAB, lab("cloudInit: {secretName: other, timezone: Europe/Zurich}")) == [
        (
            "restart n at a time",
            "Up to 5 VMs of lab05-webserver restart one by one; their disks stay; "
            "cloud-init does not run again on them",
        ),
        (
            "new replicas only",
            "Secret lab05-cloudinit becomes other: "
            "cloud-init runs from it only in VMs created from now on",
        ),
    ]


def test_a_cloud_init_secret_that_vms_still_need() -> None:
    without = {role: manifest for role, manifest in LAB.items() if role != "cloud-init"}
    assert told_of(LAB, without) == [
        (
            "restart all",
            "Secret lab05-cloudinit is deleted: VMs of lab05-webserver that start without it hang",
        )
    ]
    without["pool"] = pool()
    assert ("other objects only", "Secret lab05-cloudinit is removed") in told_of(LAB, without)


def test_labels_on_every_object_leave_the_vms_alone() -> None:
    found = told_of(LAB, lab("labels: {team: blue}"))
    assert {label for label, _ in found} == {"other objects only"}
    assert len(found) == len(LAB)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        ("{type: ClusterIP, ports: [{port: 8080, targetPort: 80}]}", "is reached in another way"),
        ("{type: NodePort, ports: [{port: 80, name: http}]}", "may get another address"),
    ],
)
def test_a_service_only_leads_to_vms(service: str, expected: str) -> None:
    before = lab("{service: {type: ClusterIP, ports: [{port: 80, name: http}]}}")
    assert told_of(before, lab(f"service: {service}")) == [
        (
            "other objects only",
            f"Service lab05-webserver {expected}; no VM restarts for that",
        )
    ]


def test_a_service_with_another_selector_leads_to_other_pods() -> None:
    service = copy.deepcopy(LAB["service"])
    service["spec"]["selector"] = {"app": "other"}
    assert told_of(LAB, {**LAB, "service": service}) == [
        (
            "other objects only",
            "Service lab05-webserver leads to other pods; no VM restarts for that",
        )
    ]


def test_an_object_that_nobody_knows_is_another_object() -> None:
    budget = {"kind": "PodDisruptionBudget", "metadata": {"name": "pdb"}, "spec": {"a": 1}}
    assert told_of(LAB, {**LAB, "pdb": budget}) == [
        ("other objects only", "PodDisruptionBudget pdb is created")
    ]
    assert told_of({"pdb": budget}, {"pdb": {**budget, "spec": {"a": 2}}}) == [
        ("other objects only", "PodDisruptionBudget pdb changes; no VM restarts for that")
    ]
    assert told_of({"pdb": budget}, {"pdb": {**budget, "metadata": {"name": "b"}}}) == [
        ("other objects only", "PodDisruptionBudget pdb becomes b")
    ]


# --- the HPA -------------------------------------------------------------------------------------

KEEPS = "HPA lab05-webserver is changed: it keeps between {} VMs of lab05-webserver"


def test_replicas_are_the_hpas_to_say() -> None:
    other = copy.deepcopy(LAB)
    other["pool"]["spec"]["replicas"] = 1
    assert told_of(LAB, other) == [
        (
            "nothing",
            "The number of VMs of lab05-webserver stays: it is the HPA's to say",
        )
    ]


def test_another_target_of_the_hpa() -> None:
    assert told_of(LAB, autoscaled(2, 5, 80)) == [("other objects only", KEEPS.format("2 and 5"))]


def test_an_hpa_with_a_lower_maximum_removes_what_is_above_it() -> None:
    assert told_of(LAB, autoscaled(2, 3)) == [
        (
            "scale-in",
            "Up to 2 VMs of lab05-webserver, chosen at random, are removed: "
            f"everything on up to 2 disks {DISKS} is lost",
        ),
        ("other objects only", KEEPS.format("2 and 3")),
    ]
    assert told_of(LAB, autoscaled(2, 3), 4)[0] == (
        "scale-in",
        "1 of 4 VMs of lab05-webserver, chosen at random, is removed: "
        f"everything on 1 disk {DISKS} is lost",
    )
    assert told_of(LAB, autoscaled(2, 3), 2) == [("other objects only", KEEPS.format("2 and 3"))]


def test_an_hpa_with_a_higher_minimum_adds_vms() -> None:
    before, after = autoscaled(2, 5), autoscaled(4, 5)
    assert told_of(before, after, 2)[0] == (
        "new replicas only",
        "2 VMs are added to lab05-webserver",
    )
    assert told_of(before, after)[0] == (
        "new replicas only",
        "Up to 2 VMs are added to lab05-webserver",
    )


def test_an_hpa_with_a_lower_minimum_may_remove_vms() -> None:
    assert told_of(autoscaled(2, 5), autoscaled(1, 5), 4)[0] == (
        "scale-in",
        "Under little load the HPA may now shrink lab05-webserver to 1 VM, "
        "and what it removes loses its disks",
    )


def test_an_hpa_with_a_higher_maximum_may_add_vms() -> None:
    assert told_of(LAB, autoscaled(2, 8))[0] == (
        "new replicas only",
        "Under load the HPA may now grow lab05-webserver to 8 VMs",
    )


def test_an_hpa_keeps_disks_where_scale_in_does() -> None:
    keeping = "scaleIn: {keepDisks: true}"
    before = lab(f"{{{keeping}}}")
    scaling = {"minReplicas": 1, "maxReplicas": 3, "targetCPUUtilizationPercentage": 50}
    after = lab(f"{{{keeping}, autoscaling: {json.dumps(scaling)}}}")
    assert not any(effect.loses_disks for effect in effects(before, after))
    assert worst(effects(before, after)) is Severity.SCALE_IN_KEEPING


def test_an_hpa_that_comes_takes_over_from_replicas() -> None:
    before = lab("{autoscaling: , replicas: 2, cpuRequest: '1'}")
    assert told_of(before, lab("{cpuRequest: '1'}")) == [
        (
            "new replicas only",
            "Under load the HPA may now grow lab05-webserver to 5 VMs",
        ),
        (
            "other objects only",
            "HPA lab05-webserver is created: it keeps between 2 and 5 VMs of lab05-webserver",
        ),
    ]


def test_an_hpa_that_comes_may_remove_vms() -> None:
    before = lab("{autoscaling: , replicas: 7, cpuRequest: '1'}")
    assert told_of(before, lab("{cpuRequest: '1'}"))[:2] == [
        (
            "scale-in",
            "2 of 7 VMs of lab05-webserver, chosen at random, are removed: "
            f"everything on 2 disks {DISKS} is lost",
        ),
        (
            "scale-in",
            "Under little load the HPA may now shrink lab05-webserver to 2 VMs, "
            "and what it removes loses its disks",
        ),
    ]


def test_an_hpa_that_goes_leaves_the_replicas_of_the_configuration() -> None:
    before, after = lab("{cpuRequest: '1'}"), lab("{autoscaling: , cpuRequest: '1'}")
    assert told_of(before, after) == [
        (
            "scale-in",
            "Up to 3 VMs of lab05-webserver, chosen at random, are removed: "
            f"everything on up to 3 disks {DISKS} is lost",
        ),
        ("other objects only", "HPA lab05-webserver is removed"),
    ]
    assert told_of(before, after, 5)[0] == (
        "scale-in",
        "3 of 5 VMs of lab05-webserver, chosen at random, are removed: "
        f"everything on 3 disks {DISKS} is lost",
    )
    assert worst(effects(before, after, replicas=2)) is Severity.OTHER


def test_a_parked_pool_has_neither_hpa_nor_vms() -> None:
    assert told_of(LAB, lab("replicas: 0"), 3) == [
        (
            "scale-in",
            f"All 3 VMs of lab05-webserver are removed: everything on 3 disks {DISKS} is lost",
        ),
        ("other objects only", "HPA lab05-webserver is removed"),
    ]


def test_a_renamed_stack_is_a_new_pool() -> None:
    found = told_of(LAB, lab("name: shop"), 2)
    assert found[0] == (
        "replace",
        "lab05-webserver is replaced by shop: all 2 VMs are deleted "
        f"and everything on 2 disks {DISKS} is lost",
    )
    assert ("other objects only", "HPA lab05-webserver becomes shop") in found


# --- names of disks ------------------------------------------------------------------------------


def test_disks_are_counted_and_their_indices_left_open() -> None:
    assert disks(POOL, 1) == "1 disk (web-disk-*)"
    assert disks(POOL, 5, at_most=True) == "up to 5 disks (web-disk-*)"
    assert disks(POOL, None) == "every disk (web-disk-*)"
    two = pool({DATA_VOLUMES: [{"metadata": {"name": name}} for name in ("a", "b")]})
    assert disks(two, 3) == "6 disks (a-*, b-*)"
    assert disks(pool({DATA_VOLUMES: None}), 3) == ""


def test_a_change_names_its_paths() -> None:
    found = pool_effects(pool(), pool({DISK_SIZE: "9Gi", "spec.maxUnavailable": 2}))
    assert [effect.changed for effect in found] == [
        (f"{VM}.spec.dataVolumeTemplates[0].spec.pvc.resources.requests.storage",),
        ("spec.maxUnavailable",),
    ]


@pytest.mark.parametrize("key", ["data", "stringData"])
def test_no_value_of_a_secret_is_shown(key: str) -> None:
    secret = {**LAB["cloud-init"], key: {"userdata": MARKER}}
    others = [{**secret, key: {"userdata": f"{MARKER}2"}}, {**secret, "type": MARKER}, None]
    for other in others:
        after = {**LAB, "cloud-init": other} if other else {}
        assert MARKER not in repr(effects({**LAB, "cloud-init": secret}, after))
