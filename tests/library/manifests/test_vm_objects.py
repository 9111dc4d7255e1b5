"""What a stack says in KubeVirt's own words, in the objects."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cluster_fixtures import RunKubectl
from configurations import specification
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.outputs import exports

from vmpool.summary import got
from vmpool.target import Target

SECOND_METRIC = (
    "{type: ContainerResource, containerResource: {name: cpu, container: compute,"
    " target: {type: AverageValue, averageValue: 2}}}"
)


def made(changes: str) -> dict[str, Any]:
    return objects(specification(changes))


def domain(changes: str) -> dict[str, Any]:
    template = made(changes)["pool"]["spec"]["virtualMachineTemplate"]["spec"]["template"]
    found: dict[str, Any] = template["spec"]["domain"]
    return found


# --- CPU and memory ------------------------------------------------------------------------------


def test_memory_as_an_object_is_kubevirts_and_requests_nothing_by_itself() -> None:
    said = domain("memory: {guest: 4Gi, maxGuest: 8Gi}\nautoscaling:")
    assert (said["memory"], "resources" in said) == ({"guest": "4Gi", "maxGuest": "8Gi"}, False)


def test_the_guests_memory_is_said_apart_where_its_pod_requests_another_one() -> None:
    said = domain("memory: 4Gi\nrequests: {memory: 2Gi}\nautoscaling:")
    assert said["memory"] == {"guest": "4Gi"}
    assert said["resources"]["requests"] == {"memory": "2Gi"}


@pytest.mark.parametrize(
    ("changes", "requested"),
    [
        ("cores: 2", "2"),
        ("cpu: {cores: 2, sockets: 2, threads: 2}", "8"),
        ("cores: 2\ncpu: {sockets: 3}", "6"),
        ("requests: {cpu: 700m}", "700m"),
        ("cpu: {dedicatedCpuPlacement: true}", None),
        ("autoscaling: {external: true}", None),
        (f"autoscaling: {{maxReplicas: 5, metrics: [{SECOND_METRIC}]}}", None),
        (
            "autoscaling: {maxReplicas: 5, metrics: [{type: Resource, resource: {name: cpu,"
            " target: {type: Utilization, averageUtilization: 50}}}]}",
            "1",
        ),
    ],
)
def test_an_hpa_that_measures_a_share_of_the_cpu_has_all_cpus_to_measure_against(
    changes: str, requested: str | None
) -> None:
    assert domain(changes)["resources"]["requests"].get("cpu") == requested


# --- further disks and names ---------------------------------------------------------------------


def test_a_volume_that_is_a_file_system_is_no_disk() -> None:
    said = domain(
        "volumes: [{name: site, configMap: {name: site}}]\nserviceAccountName: web\n"
        "disks: {tls: {secret: {secretName: tls}}}\nfilesystems: [{name: site, virtiofs: {}}, "
        "{name: serviceaccount, virtiofs: {}}, {name: tls, virtiofs: {}}]"
    )["devices"]
    assert [disk["name"] for disk in said["disks"]] == ["datavolumedisk", "cloudinitdisk"]
    assert [one["name"] for one in said["filesystems"]] == ["site", "serviceaccount", "tls"]


def test_a_preference_chooses_the_bus_of_the_service_accounts_disk() -> None:
    disks = [
        domain(f"serviceAccountName: web\n{more}")["devices"]["disks"][2]["disk"]
        for more in ("", "preference: {name: fedora}")
    ]
    assert disks == [{"bus": "virtio"}, {}]


def test_the_golden_image_is_cloned_on_behalf_of_the_vms_service_account() -> None:
    images = "cloneAccess: true\ndisk: {source: {pvc: {name: golden, namespace: images}}}"
    for more, name in (("", "default"), ("\nserviceAccountName: web", "web")):
        (subject,) = made(images + more)["clone-role-binding"]["subjects"]
        assert subject == {"kind": "ServiceAccount", "name": name, "namespace": "user1"}


def test_only_the_pod_asks_for_sidecars_and_keeps_other_annotations() -> None:
    template = made("hookSidecars: [{image: a}]\nvmAnnotations: {a: b}\nautoscaling:")["pool"][
        "spec"
    ]["virtualMachineTemplate"]
    assert template["metadata"]["annotations"] == {"a": "b"}
    assert template["spec"]["template"]["metadata"]["annotations"] == {
        "a": "b",
        "hooks.kubevirt.io/hookSidecars": '[{"image": "a"}]',
    }


def test_a_null_is_as_if_nothing_were_said() -> None:
    assert domain("features: {acpi: null, apic: {}}")["features"] == {"apic": {}}


def test_autohealing_with_kubevirts_own_numbers_is_on() -> None:
    assert made("autohealing: {aloneInNamespace: true}")["pool"]["spec"]["autohealing"] == {}


# --- autoscaling ---------------------------------------------------------------------------------


def test_metrics_stand_behind_the_cpu_target_and_numbers_are_quantities() -> None:
    hpa = made(
        "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50,"
        f" metrics: [{SECOND_METRIC}], behavior: {{scaleDown: {{selectPolicy: Disabled}}}}}}"
    )["autoscaler"]["spec"]
    assert [metric["type"] for metric in hpa["metrics"]] == ["Resource", "ContainerResource"]
    assert hpa["metrics"][1]["containerResource"]["target"]["averageValue"] == "2"
    assert hpa["behavior"] == {"scaleDown": {"selectPolicy": "Disabled"}}


def test_a_pool_that_others_scale_has_no_hpa_and_begins_at_its_number() -> None:
    for said, number in (("", 2), (", minReplicas: 1", 1)):
        found = made(f"autoscaling: {{external: true{said}}}")
        assert "autoscaler" not in found
        assert found["pool"]["spec"]["replicas"] == number
        assert found["pool"]["metadata"]["annotations"] == {"kubevirt-vm-pool/scaled-by": "others"}


def test_a_parked_pool_is_nobodys_to_scale() -> None:
    pool = made("autoscaling: {external: true}\nreplicas: 0")["pool"]
    assert (pool["spec"]["replicas"], "annotations" in pool["metadata"]) == (0, False)


def test_the_outputs_say_that_others_scale_the_pool() -> None:
    said = "autoscaling: {external: true, maxReplicas: 9}"
    spec = specification(said)
    assert exports(spec)["replicas"] == {"scaledBy": "others", "max": 9}
    lines = got(spec, exports(spec), Target(None)).splitlines()
    assert "  replicas  as whoever scales it says" in lines
    assert "  scale     by whoever scales it (autoscaling.external)" in lines


METRICS = [
    "{type: Resource, resource: {name: memory, target: {type: Utilization,"
    " averageUtilization: 70}}}",
    SECOND_METRIC,
    "{type: Pods, pods: {metric: {name: rps}, target: {type: AverageValue, averageValue: 1k}}}",
    "{type: Object, object: {describedObject: {apiVersion: networking.k8s.io/v1, kind: Ingress,"
    " name: web}, metric: {name: rps}, target: {type: Value, value: 2k}}}",
    "{type: External, external: {metric: {name: queue, selector: {matchLabels: {queue: jobs}}},"
    " target: {type: AverageValue, averageValue: 30}}}",
]
BEHAVIOR = (
    "{scaleUp: {tolerance: 100m, stabilizationWindowSeconds: 0, selectPolicy: Max,"
    " policies: [{type: Pods, value: 2, periodSeconds: 60}]},"
    " scaleDown: {stabilizationWindowSeconds: 600, selectPolicy: Min,"
    " policies: [{type: Percent, value: 10, periodSeconds: 1800}]}}"
)


def test_metrics_and_behavior_are_stored_by_the_api_server_as_they_are(
    kubectl: RunKubectl, made_namespace: str
) -> None:
    scaling = f"{{maxReplicas: 5, metrics: [{', '.join(METRICS)}], behavior: {BEHAVIOR}}}"
    hpa = made(f"autoscaling: {scaling}\nnamespace: {made_namespace}")["autoscaler"]
    applied = kubectl(
        *("apply", "--server-side", "--dry-run=server", "-o", "json", "-f", "-"),
        stdin=json.dumps(hpa),
    )
    stored = json.loads(applied.stdout)["spec"]
    assert stored["metrics"] == hpa["spec"]["metrics"]
    assert stored["behavior"] == hpa["spec"]["behavior"]
