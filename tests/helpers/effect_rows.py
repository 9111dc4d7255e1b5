"""A pool to change, and rows that say what a change of it does."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from kubevirt_vm_pool.effects import Effect, pool_effects, worst

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
RUN = f"{VM}.spec.runStrategy"
KEEP_DISKS = {"proactive": {"statePreservation": "Offline"}}
DATA_VOLUMES = f"{VM}.spec.dataVolumeTemplates"

Changes = Mapping[str, Any]
Told = list[tuple[str, str]]


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


def told(found: Iterable[Effect]) -> Told:
    """Return how bad effects are and what they say."""
    return [(effect.severity.label, effect.text) for effect in found]


# The pool before, the change, what is told, a word of the rule that the first one cites.
Row = tuple[Changes, Changes, Told, str]


def assert_follows(row: Row) -> None:
    """Assert that the change of a row has the effects that it says, told as all effects are."""
    before, change, expected, rule = row
    found = pool_effects(pool(before), pool({**before, **change}))
    assert told(found) == expected
    assert rule in found[0].rule
    assert all(effect.rule and effect.changed for effect in found)
    severities = [effect.severity for effect in found]
    assert severities == sorted(severities, reverse=True)
    assert worst(found) == severities[0]
    for effect in found:
        assert effect.loses_disks == _speaks_of_loss(effect.text)


def _speaks_of_loss(text: str) -> bool:
    return any(words in text for words in ("is lost", "lose", "and their disks"))
