"""A value for every key of the configuration, and what becomes of it: the table that gives a key to
every test of all keys.

A key that the models have and this table lacks fails a test.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import yaml
from kubevirt_vm_pool.effects import Severity
from vm_examples import ROWS as VM_ROWS

VMS = "pool.spec.virtualMachineTemplate"
VM = f"{VMS}.spec"
VMI = f"{VM}.template"
GUEST = f"{VMI}.spec"


@dataclass(frozen=True)
class Example:
    """A key with a value that is not its default.

    said: the key and the value as a stack file says them, and below it what must be said besides;
        over Pulumi.dev.yaml it is sound.
    at: where the value comes out: the role of an object and a path in it; "" where in none.
    is_: what stands there.
    effect: the worst that the value does to the running VMs of Pulumi.dev.yaml.
    """

    said: str
    at: str = ""
    is_: Any = None
    effect: Severity = Severity.NOTHING

    @property
    def key(self) -> str:
        """The key that it is an example of."""
        return self.said.partition(":")[0]

    @property
    def value(self) -> Any:
        """The value of the key."""
        return yaml.safe_load(self.said)[self.key]


def at(objects: Any, place: str) -> Any:
    """Return what stands at a place: "pool.spec.replicas", "service.spec.ports[0].port".

    Keys with dots in them are in quotes: metadata.labels."example.com/team".
    """
    found = objects
    for quoted, name, index in re.findall(r'"([^"]+)"|([^.\[\]"]+)|\[([0-9]+)\]', place):
        found = found[int(index)] if index else found[quoted or name]
    return found


ONE_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA ann@lab"

EXAMPLES = (
    Example("name: web", "pool.metadata.name", "web", Severity.REPLACED),
    Example("namespace: user7", "pool.metadata.namespace", "user7", Severity.REPLACED),
    Example("createNamespace: true", "namespace.metadata.name", "user1", Severity.OTHER),
    Example("replicas: 3\nautoscaling:", "pool.spec.replicas", 3, Severity.SCALE_IN),
    Example("cores: 2", f"{GUEST}.domain.cpu.cores", 2, Severity.RESTART_SOME),
    Example(
        "memory: 4Gi", f"{GUEST}.domain.resources.requests.memory", "4Gi", Severity.RESTART_SOME
    ),
    Example(
        "cpuRequest: 500m", f"{GUEST}.domain.resources.requests.cpu", "500m", Severity.RESTART_SOME
    ),
    Example(
        "instancetype: {name: u1.small}\nautoscaling:",
        f"{VM}.instancetype.name",
        "u1.small",
        Severity.SCALE_IN,
    ),
    Example(
        "preference: {name: fedora, kind: VirtualMachinePreference}",
        f"{VM}.preference.name",
        "fedora",
        Severity.RESTART_SOME,
    ),
    Example(
        "disk: {size: 8Gi, source: {pvc: {name: golden}}}",
        f"{VM}.dataVolumeTemplates[0].spec.pvc.resources.requests.storage",
        "8Gi",
        Severity.DISK_LOSS,
    ),
    Example(
        "containerDisk: {image: quay.io/containerdisks/fedora:42}\ndisk:",
        f"{GUEST}.volumes[0].containerDisk.image",
        "quay.io/containerdisks/fedora:42",
        Severity.DISK_LOSS,
    ),
    Example(
        "ephemeral: {claimName: golden}\ndisk:",
        f"{GUEST}.volumes[0].ephemeral.persistentVolumeClaim.claimName",
        "golden",
        Severity.DISK_LOSS,
    ),
    Example(
        "disks: {data: {size: 20Gi, source: {blank: {}}, cache: none}}",
        f"{VM}.dataVolumeTemplates[1].metadata.name",
        "lab05-webserver-data",
        Severity.DISK_LOSS,
    ),
    Example('password: "0123"', effect=Severity.NEW_REPLICAS),
    Example(
        f"cloudInit: {{timezone: UTC, sshAuthorizedKeys: ['{ONE_KEY}'], "
        "runCommands: [[systemctl, enable, --now, nginx]]}",
        effect=Severity.RESTART_SOME,
    ),
    Example(
        'perReplica: {spare: 0, hostname: "web{{ index }}"}',
        "pool.spec.nameGeneration.appendIndexToSecretRefs",
        True,
        Severity.OTHER,
    ),
    Example(
        "volumes: [{name: site, configMap: {name: site}}]",
        f"{GUEST}.volumes[2].configMap.name",
        "site",
        Severity.RESTART_SOME,
    ),
    Example(
        "tolerations: [{key: baremetal, operator: Exists}]",
        f"{GUEST}.tolerations",
        [{"key": "baremetal", "operator": "Exists"}],
        Severity.RESTART_SOME,
    ),
    Example(
        'nodeSelector: {baremetal: "true"}',
        f"{GUEST}.nodeSelector",
        {"baremetal": "true"},
        Severity.RESTART_SOME,
    ),
    Example(
        "affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: "
        "[{topologyKey: topology.kubernetes.io/zone}]}}",
        f"{GUEST}.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution",
        [{"topologyKey": "topology.kubernetes.io/zone"}],
        Severity.RESTART_SOME,
    ),
    Example(
        "topologySpreadConstraints: "
        "[{maxSkew: 1, topologyKey: topology.kubernetes.io/zone, "
        "whenUnsatisfiable: DoNotSchedule}]",
        f"{GUEST}.topologySpreadConstraints[0].maxSkew",
        1,
        Severity.RESTART_SOME,
    ),
    Example(
        "service: {ports: [{port: 8080}]}",
        "service.spec.ports[0].targetPort",
        8080,
        Severity.RESTART_SOME,
    ),
    Example(
        "services: {public: {type: LoadBalancer, ports: [{port: 443, targetPort: 8443}]}}",
        "service-public.spec.ports[0].targetPort",
        8443,
        Severity.OTHER,
    ),
    Example(
        "networks: [{name: default, pod: {}, masquerade: {}}, "
        "{name: storage, multus: {networkName: networks/storage}, bridge: {}, model: e1000}]",
        f"{GUEST}.domain.devices.interfaces[1]",
        {"name": "storage", "bridge": {}, "model": "e1000"},
        Severity.RESTART_SOME,
    ),
    Example(
        "autoscaling: {maxReplicas: 6, targetCPUUtilizationPercentage: 50}",
        "autoscaler.spec.maxReplicas",
        6,
        Severity.NEW_REPLICAS,
    ),
    Example("rollout: {maxUnavailable: 25%}", "pool.spec.maxUnavailable", "25%"),
    Example(
        "scaleIn: {keepDisks: true}",
        "pool.spec.scaleInStrategy.proactive.statePreservation",
        "Offline",
    ),
    Example(
        "readinessProbe: {periodSeconds: 5}",
        f"{GUEST}.readinessProbe.periodSeconds",
        5,
        Severity.RESTART_SOME,
    ),
    Example('evictionStrategy: "None"', f"{GUEST}.evictionStrategy", "None", Severity.RESTART_SOME),
    Example(
        "terminationGracePeriodSeconds: 60",
        f"{GUEST}.terminationGracePeriodSeconds",
        60,
        Severity.RESTART_SOME,
    ),
    *(Example(*row) for row in VM_ROWS),
    Example(
        "disruptionBudget: {minAvailable: 1}",
        "disruption-budget.spec.minAvailable",
        1,
        Severity.OTHER,
    ),
    Example(
        "networkPolicy: {from: []}",
        "network-policy.spec.ingress[0].ports[0].port",
        80,
        Severity.OTHER,
    ),
    Example(
        "scaleRole: {subjects: [{kind: User, name: ann}]}",
        "scale-role-binding.subjects[0].name",
        "ann",
        Severity.OTHER,
    ),
    Example(
        "cloneAccess: true\ndisk: {source: {pvc: {name: golden, namespace: images}}}",
        "clone-role.rules[0].resourceNames",
        ["golden"],
        Severity.DISK_LOSS,
    ),
    Example("protect: true"),
    Example("adopt: true"),
    Example("waitForReady: true"),
    Example("waitForReadyMinutes: 20"),
    Example("labels: {team: web}", "service.metadata.labels", {"team": "web"}, Severity.OTHER),
    Example(
        'annotations: {example.com/about: "für: # alle"}',
        "service.metadata.annotations",
        {"example.com/about": "für: # alle"},
        Severity.OTHER,
    ),
    Example(
        "vmLabels: {example.com/team: web}",
        f"{VMI}.metadata.labels",
        {"example.com/team": "web", "kubevirt.io/vmpool": "lab05-webserver"},
        Severity.RESTART_SOME,
    ),
    Example(
        "vmAnnotations: {example.com/owner: ann}",
        f"{VMI}.metadata.annotations",
        {"example.com/owner": "ann"},
        Severity.RESTART_SOME,
    ),
    Example(
        "template: {template: {spec: {domain: {cpu: {model: host-model}}, tolerations: []}}}",
        f"{GUEST}.domain.cpu",
        {"cores": 1, "model": "host-model"},
        Severity.RESTART_SOME,
    ),
    Example('kubevirtVersion: "1.10"'),
    Example(
        "poolApiVersion: v1beta1", "pool.apiVersion", "pool.kubevirt.io/v1beta1", Severity.OTHER
    ),
)
