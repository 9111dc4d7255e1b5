"""A stack that uses all that a check looks for, and all of that as a cluster has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from faults import IMAGES, data_source, limit, made, quota, scoped, snapshot
from fit_cluster import Object, claim

TAINT: Object = {"key": "metal", "value": "true", "effect": "NoSchedule"}
HIGH = made("scheduling.k8s.io/v1", "PriorityClass", "high", value=1000)
USED = f"""\
instancetype: {{name: small, kind: VirtualMachineInstancetype}}
preference: {{name: fedora, kind: VirtualMachinePreference}}
disk: {{size: 7Gi, source: {{dataSource: {{name: newest}}}}, storage: true}}
disks:
  data: {{size: 8Gi, source: {{snapshot: {{name: new}}}}}}
  base: {{ephemeral: {{claimName: base}}}}
  answers: {{sysprep: {{configMap: {{name: answers}}}}}}
volumes:
- {{name: keys, secret: {{secretName: keys}}}}
- {{name: notes, configMap: {{name: notes}}}}
serviceAccountName: robot
priorityClassName: high
nodeSelector: {{zone: a}}
tolerations: [{{key: metal, operator: Equal, value: "true", effect: NoSchedule}}]
affinity:
  nodeAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      nodeSelectorTerms:
      - matchExpressions: [{{key: zone, operator: In, values: [a, b]}}]
networks:
- {{name: default, pod: {{}}, masquerade: {{}}}}
- {{name: lan, multus: {{networkName: lan}}, bridge: {{}}}}
- {{name: wan, multus: {{networkName: {IMAGES}/wan}}, bridge: {{}}}}
waitForReady: true
scaleRole: {{subjects: [{{kind: User, name: ann}}]}}
autoscaling:
  maxReplicas: 4
  targetCPUAverageValue: 500m
  metrics:
  - type: Pods
    pods: {{metric: {{name: requests}}, target: {{type: AverageValue, averageValue: "3"}}}}
  - type: External
    external: {{metric: {{name: queue}}, target: {{type: Value, value: "3"}}}}
"""
INSTANCETYPES = "instancetype.kubevirt.io/v1beta1"
MULTUS = "k8s.cni.cncf.io/v1"


def used_by(objects: Mapping[str, Any], namespace: str) -> list[Object]:
    """Return what the stack refers to, with room for it and its own HPA. objects: the stack's."""
    wan = made(MULTUS, "NetworkAttachmentDefinition", "wan")
    small = {"cpu": {"guest": 1}, "memory": {"guest": "2Gi"}}
    ten, least = {"cpu": "10"}, {"cpu": "10m"}
    none = {"hard": {"pods": "0"}, "scopes": ["BestEffort"]}
    room = {
        "requests_cpu": "4",
        "requests_memory": "16Gi",
        "limits_cpu": "8",
        "requests_storage": "64Gi",
        "pods": "4",
        "count/services": "5",
        "fast.storageclass.storage.k8s.io/persistentvolumeclaims": "8",
    }
    return [
        made(INSTANCETYPES, "VirtualMachineInstancetype", "small", spec=small),
        made(INSTANCETYPES, "VirtualMachinePreference", "fedora", spec={}),
        data_source(True),
        snapshot(),
        claim("base"),
        made("v1", "ConfigMap", "answers"),
        made("v1", "ConfigMap", "notes"),
        made("v1", "Secret", "keys"),
        made("v1", "ServiceAccount", "robot"),
        made(MULTUS, "NetworkAttachmentDefinition", "lan"),
        {**wan, "metadata": {"name": "wan", "namespace": IMAGES}},
        quota(**room),
        renamed(scoped("PriorityClass", "In", "high", pods="4"), "of-high"),
        renamed(scoped("PriorityClass", "NotIn", "high", pods="0"), "of-others"),
        made("v1", "ResourceQuota", "of-none", spec=none),
        limit(
            type="Container", max={"memory": "4Gi"}, default={"cpu": "1"}, maxLimitRequestRatio=ten
        ),
        renamed(limit(type="Pod", max={"memory": "8Gi", "cpu": "4"}, min=least), "of-pods"),
        renamed(limit(type="PersistentVolumeClaim", max={"storage": "8Gi"}), "of-claims"),
        dict(objects["autoscaler"]),
    ]


def renamed(manifest: Object, name: str) -> Object:
    """Return an object with another name."""
    return {**manifest, "metadata": {**manifest["metadata"], "name": name}}
