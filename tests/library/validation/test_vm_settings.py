"""The keys of the VMs that are KubeVirt's own: what is wrong, what is sound, what is warned of."""

from __future__ import annotations

import pytest
from configurations import problems, specification
from kubevirt_vm_pool.kubevirt.fields import Field, field_at
from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.spec.kubevirt_keys import KEYS
from kubevirt_vm_pool.validation.warnings import warnings

GOOD = [
    "cpu: {dedicatedCpuPlacement: true}",
    "cpu: {dedicatedCpuPlacement: true}\ncpuRequest: 1",
    "cpu: {sockets: 2, threads: 2}\ncpuRequest: 4",
    "cpu: {cores: 4}\ncpuRequest: 4",
    "cpu: {model: host-model}\ninstancetype: {name: u1.small}\nautoscaling:",
    "memory: {hugepages: {pageSize: 2Mi}}\nrequests: {memory: 2Gi}",
    "memory: {hugepages: {pageSize: 1Gi}}\ninstancetype: {name: u1.small}\nautoscaling:",
    "memory: 2048Mi\nrequests: {memory: 2Gi}\nlimits: {memory: 2Gi}",
    "firmware: {bootloader: {efi: {}}}\nfeatures: {smm: {}}",
    "firmware: {bootloader: {efi: {}}}\nlaunchSecurity: {tdx: {}}",
    "firmware: {bootloader: {bios: {useSerial: true}}}",
    "features: {acpi: null, apic: {endOfInterrupt: true}}",
    'video: {type: virtio}\nkubevirtVersion: "1.6"',
    "runStrategy: Always",
    "runStrategy: Manual\nrollout: {strategy: opportunistic}",
    "runStrategy: RerunOnFailure\nupdateStrategy: {unmanaged: {}}",
    "updateStrategy: {proactive: {selectionPolicy: {sortPolicy: Oldest}}}",
    'scaleInStrategy: {proactive: {selectionPolicy: {basePolicy: Random}}}\nkubevirtVersion: "1.6"',
    "livenessProbe: {guestAgentPing: {}}",
    "accessCredentials: [{sshPublicKey: {source: {secret: {secretName: keys}},"
    " propagationMethod: {qemuGuestAgent: {users: [fedora]}}}}]",
    "serviceAccountName: web\nfilesystems: [{name: serviceaccount, virtiofs: {}}]",
    "hookSidecars: [{configMap: {name: a, key: b.sh, hookPath: /usr/bin/onDefineDomain}}]\n"
    "autoscaling: {maxReplicas: 5, targetCPUAverageValue: 500m}",
    "hookSidecars: [{image: a}]\nautoscaling: {maxReplicas: 5, metrics: [{type: ContainerResource,"
    " containerResource: {name: cpu, container: compute,"
    " target: {type: Utilization, averageUtilization: 50}}}]}",
    "autoscaling: {external: true}",
    "autoscaling: {external: true, maxReplicas: 3}\nperReplica: {hostname: 'w{{ index }}'}",
    "autoscaling: {external: true}\nreplicas: 0",
    "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50, metrics: [{type: Resource,"
    " resource: {name: memory, target: {type: AverageValue, averageValue: 3Gi}}}]}",
    "autoscaling: {maxReplicas: 5, metrics: [{type: Object, object: {describedObject:"
    " {apiVersion: networking.k8s.io/v1, kind: Ingress, name: web}, metric: {name: rps},"
    " target: {type: Value, value: 2k}}}]}",
    "autoscaling: {maxReplicas: 5, metrics: [{type: External, external: {metric: {name: queue,"
    " selector: {matchLabels: {queue: jobs}}}, target: {type: AverageValue, averageValue: 30}}}],"
    " behavior: {scaleDown: {stabilizationWindowSeconds: 0, selectPolicy: Min,"
    " policies: [{type: Percent, value: 10, periodSeconds: 60}]}, scaleUp: {tolerance: 0.05}}}",
]


@pytest.mark.parametrize("written", GOOD)
def test_what_kubevirt_takes_is_sound(written: str) -> None:
    assert problems(written) == ()


def test_everything_that_an_instancetype_sets_is_a_conflict() -> None:
    found = problems(
        "instancetype: {name: u1.small}\nautoscaling:\ncpu: {cores: 2, sockets: 2, threads: 2}\n"
        'memory: {guest: 2Gi}\nrequests: {cpu: 1}\nlimits: {cpu: "2", memory: 4Gi}'
    )
    assert [problem.key for problem in found] == [
        *("memory.guest", "cpu.cores", "cpu.sockets", "cpu.threads"),
        *("requests.cpu", "limits.cpu", "limits.memory"),
    ]


# --- the table of keys ---------------------------------------------------------------------------

KINDS = {"string": "string", "boolean": "boolean"}


def kind_of(field: Field) -> str:
    return "array" if field.is_list else KINDS.get(field.type, "object")


@pytest.mark.parametrize("key", KEYS)
def test_a_key_has_the_name_and_the_kind_of_the_field_at_its_place(key: str) -> None:
    place = KEYS[key].place
    assert (key, declared()[key].kind) == (place[-1], kind_of(field_at(place)[1]))


# --- what is told ---------------------------------------------------------------------------------


def test_scaling_by_memory_is_warned_of() -> None:
    metric = "{type: Resource, resource: {name: %s, target: {type: AverageValue, averageValue: 1}}}"
    scaling = f"autoscaling: {{maxReplicas: 5, metrics: [{metric}]}}"
    (told,) = warnings(specification(scaling % "memory"))
    assert told.startswith("autoscaling by memory adds VMs and hardly ever removes one")
    assert warnings(specification(scaling % "cpu")) == []


def test_a_parked_pool_that_others_scale_is_warned_of() -> None:
    assert warnings(specification("autoscaling: {external: true}")) == []
    (told,) = warnings(specification("autoscaling: {external: true}\nreplicas: 0"))
    assert "is set to 0 by every update, and whoever scales it may set another number" in told


def test_vms_that_never_run_and_disks_that_stay_are_warned_of() -> None:
    (halted,) = warnings(specification("runStrategy: Halted"))
    assert halted.endswith("runStrategy is Halted")
    kept = "scaleInStrategy: {proactive: {statePreservation: Offline}}"
    assert warnings(specification(kept)) == warnings(specification("scaleIn: {keepDisks: true}"))
