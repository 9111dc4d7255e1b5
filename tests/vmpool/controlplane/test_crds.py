"""The resource definitions of the embedded control plane, and how KWOK plays the pool's status."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from typing import Any

import pytest
from cluster_fixtures import RunKubectl, eventually
from configurations import specification
from kubevirt_objects import random_object
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.controlplane.client import Cluster
from vmpool.controlplane.crds import manifests

Object = dict[str, Any]

LABELS = {"kubevirt.io/vmpool": "web"}
TERM = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": LABELS}}
ON_VM_NODES: Object = {
    "matchExpressions": [{"key": "pool", "operator": "In", "values": ["vms"]}],
    "matchFields": [{"key": "metadata.name", "operator": "NotIn", "values": ["n1"]}],
}
POOL: Object = {
    "apiVersion": "pool.kubevirt.io/v1beta1",
    "kind": "VirtualMachinePool",
    "metadata": {"name": "web"},
    "spec": {
        "replicas": 2,
        "maxUnavailable": "25%",
        "selector": {"matchLabels": LABELS},
        "nameGeneration": {"appendIndexToConfigMapRefs": False, "appendIndexToSecretRefs": True},
        "updateStrategy": {"proactive": {"selectionPolicy": {"sortPolicy": "Oldest"}}},
        "scaleInStrategy": {
            "proactive": {
                "selectionPolicy": {"sortPolicy": "DescendingOrder"},
                "statePreservation": "Offline",
            }
        },
        "autohealing": {"startUpFailureThreshold": 3, "minFailingToStartDuration": "5m"},
        "virtualMachineTemplate": {
            "metadata": {"labels": LABELS, "annotations": {"a": "b"}},
            "spec": {
                "runStrategy": "Always",
                "instancetype": {"name": "u1.small"},
                "preference": {"name": "fedora", "kind": "VirtualMachinePreference"},
                "dataVolumeTemplates": [
                    {
                        "metadata": {"name": "web-root"},
                        "spec": {
                            "source": {"pvc": {"name": "golden", "namespace": "images"}},
                            "pvc": {
                                "accessModes": ["ReadWriteOnce"],
                                "resources": {"requests": {"storage": "20Gi"}},
                                "storageClassName": "fast",
                            },
                        },
                    },
                    {
                        "metadata": {"name": "web-data"},
                        "spec": {
                            "sourceRef": {"kind": "DataSource", "name": "data"},
                            "storage": {"resources": {"requests": {"storage": 1000000}}},
                        },
                    },
                ],
                "template": {
                    "metadata": {"labels": LABELS},
                    "spec": {
                        "evictionStrategy": "LiveMigrateIfPossible",
                        "terminationGracePeriodSeconds": 60,
                        "hostname": "web",
                        "subdomain": "web",
                        "priorityClassName": "high",
                        "nodeSelector": {"pool": "vms"},
                        "tolerations": [
                            {"key": "vms", "operator": "Exists", "tolerationSeconds": 60}
                        ],
                        "topologySpreadConstraints": [
                            {
                                "maxSkew": 1,
                                "topologyKey": "zone",
                                "whenUnsatisfiable": "DoNotSchedule",
                                "labelSelector": {"matchLabels": LABELS},
                            }
                        ],
                        "affinity": {
                            "nodeAffinity": {
                                "requiredDuringSchedulingIgnoredDuringExecution": {
                                    "nodeSelectorTerms": [ON_VM_NODES]
                                },
                                "preferredDuringSchedulingIgnoredDuringExecution": [
                                    {"weight": 1, "preference": ON_VM_NODES}
                                ],
                            },
                            "podAffinity": {
                                "requiredDuringSchedulingIgnoredDuringExecution": [TERM]
                            },
                            "podAntiAffinity": {
                                "preferredDuringSchedulingIgnoredDuringExecution": [
                                    {"weight": 1, "podAffinityTerm": TERM}
                                ]
                            },
                        },
                        "networks": [{"name": "default", "pod": {}}],
                        "readinessProbe": {"tcpSocket": {"port": 80}, "periodSeconds": 10},
                        "livenessProbe": {"httpGet": {"port": "http", "path": "/"}},
                        "accessCredentials": [
                            {
                                "sshPublicKey": {
                                    "source": {"secret": {"secretName": "keys"}},
                                    "propagationMethod": {"noCloud": {}},
                                }
                            }
                        ],
                        "domain": {
                            "cpu": {"cores": 2},
                            "memory": {"guest": "4Gi"},
                            "resources": {"requests": {"cpu": "500m", "memory": "1.5Gi"}},
                            "firmware": {"bootloader": {"efi": {"secureBoot": False}}},
                            "devices": {
                                "interfaces": [
                                    {
                                        "name": "default",
                                        "masquerade": {},
                                        "ports": [{"name": "http", "port": 80, "protocol": "TCP"}],
                                    }
                                ],
                                "disks": [
                                    {"name": "root", "disk": {"bus": "virtio"}, "bootOrder": 1},
                                    {"name": "cloudinit", "cdrom": {"bus": "sata"}},
                                ],
                                "rng": {},
                            },
                        },
                        "volumes": [
                            {"name": "root", "dataVolume": {"name": "web-root"}},
                            {"name": "data", "persistentVolumeClaim": {"claimName": "web-data"}},
                            {
                                "name": "cloudinit",
                                "cloudInitNoCloud": {
                                    "secretRef": {"name": "web"},
                                    "networkDataSecretRef": {"name": "web"},
                                },
                            },
                            {"name": "scratch", "emptyDisk": {"capacity": "2Gi"}},
                            {"name": "image", "containerDisk": {"image": "quay.io/fedora"}},
                            {"name": "settings", "configMap": {"name": "settings"}},
                            {"name": "token", "secret": {"secretName": "token"}},
                            {"name": "windows", "sysprep": {"secret": {"name": "answers"}}},
                            {"name": "sa", "serviceAccount": {"serviceAccountName": "web"}},
                        ],
                    },
                },
            },
        },
    },
}

TEMPLATE = "spec.virtualMachineTemplate"
VM = f"{TEMPLATE}.spec"
VMI = f"{VM}.template.spec"

# Names that documents, older releases or habit suggest, and no release of KubeVirt knows.
NEVER_EXISTED = [
    "spec.template",
    "spec.nameGeneration.appendPostfixToSecretReferences",
    "spec.nameGeneration.appendPostfixToConfigMapReferences",
    "spec.nameGeneration.AppendIndexToSecretRefs",
    "spec.scaleInStrategy.proactive.selectionPolicy.basePolicy",
    "spec.scaleInStrategy.proactive.basePolicy",
    f"{VMI}.volumes.2.cloudInitNoCloud.userDataSecretRef",
]
MISSPELT = [
    "spec.replica",
    "spec.selector.matchLabel",
    "spec.updateStrategy.proactiv",
    f"{TEMPLATE}.metadata.lables",
    f"{VM}.runstrategy",
    f"{VM}.dataVolumeTemplates.0.metadata.label",
    f"{VM}.dataVolumeTemplates.0.spec.pvc.storageClass",
    f"{VM}.dataVolumeTemplates.0.spec.source.pvc.nameSpace",
    f"{VM}.template.metadata.lables",
    f"{VMI}.toleration",
    f"{VMI}.domain.cpu.core",
    f"{VMI}.domain.devices.disks.0.disk.buss",
    f"{VMI}.domain.devices.interfaces.0.ports.0.targetPort",
    f"{VMI}.networks.0.pod.cidr",
    f"{VMI}.readinessProbe.tcpSocket.ports",
    f"{VMI}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topology",
    f"{VMI}.affinity.nodeAffinity.requiredDuringScheduling",
    f"{VMI}.topologySpreadConstraints.0.skew",
    f"{VMI}.accessCredentials.0.sshPublicKey.source.secret.name",
]


@pytest.fixture
def pool() -> Object:
    return copy.deepcopy(POOL)


def url(namespace: str, version: str = "v1beta1", name: str = "") -> str:
    return f"/apis/pool.kubevirt.io/{version}/namespaces/{namespace}/virtualmachinepools/{name}"


def create(cluster: Cluster, namespace: str, pool: Object, *, dry_run: bool = True) -> Any:
    """Ask for a pool with strict validation; return the answer's status code and the answer."""
    version = pool["apiVersion"].rpartition("/")[2]
    asked = f"?fieldValidation=Strict{'&dryRun=All' if dry_run else ''}"
    return cluster.request("POST", url(namespace, version).rstrip("/") + asked, pool)


def at(manifest: Any, path: str) -> tuple[Any, Any]:
    """Return the object or list that holds what a dotted path names, and its key there."""
    *parents, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    for part in parents:
        manifest = manifest[part]
    return manifest, last


def status_of(cluster: Cluster, namespace: str) -> Object:
    _, answer = cluster.request("GET", url(namespace, name="web"))
    played: Object = answer.get("status", {})
    return played


def scale_to(cluster: Cluster, namespace: str, replicas: int) -> Any:
    return cluster.request(
        "PATCH",
        url(namespace, name="web/scale"),
        {"spec": {"replicas": replicas}},
        "application/merge-patch+json",
    )


def every_schema(schema: Object) -> Iterator[Object]:
    yield schema
    for inner in schema.get("properties", {}).values():
        yield from every_schema(inner)
    for key in ("items", "additionalProperties"):
        if key in schema:
            yield from every_schema(schema[key])


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_a_pool_with_every_kind_of_field_is_accepted_and_kept(
    cluster: Cluster, made_namespace: str, pool: Object, version: str
) -> None:
    pool["apiVersion"] = f"pool.kubevirt.io/{version}"
    status, answer = create(cluster, made_namespace, pool)
    assert status == 201, answer["message"]
    assert answer["spec"] == pool["spec"]


@pytest.mark.parametrize("seed", range(8))
def test_a_pool_with_any_of_kubevirts_fields_is_accepted_and_kept(
    cluster: Cluster, made_namespace: str, pool: Object, seed: int
) -> None:
    machine = _without_rules_of_kubevirt(random_object(random.Random(seed)))
    pool["spec"]["virtualMachineTemplate"]["spec"] = machine
    status, answer = create(cluster, made_namespace, pool)
    assert status == 201, answer["message"]
    assert answer["spec"] == pool["spec"]


def _without_rules_of_kubevirt(value: Any) -> Any:
    """Return an object without what it may not have for the rules of the definition."""
    if isinstance(value, dict):
        return {
            key: _without_rules_of_kubevirt(inner)
            for key, inner in value.items()
            if key not in {"managedFields", "containerPath"}
        }
    return (
        [_without_rules_of_kubevirt(inner) for inner in value] if isinstance(value, list) else value
    )


@pytest.mark.parametrize(
    ("path", "told"),
    [("etc", "must begin with /"), ("/a/../b", "must not contain .."), ("/etc/app", "")],
)
def test_a_path_of_the_container_is_held_to_kubevirts_rules(
    cluster: Cluster, made_namespace: str, pool: Object, path: str, told: str
) -> None:
    volumes = pool["spec"]["virtualMachineTemplate"]["spec"]["template"]["spec"]["volumes"]
    volumes.append({"name": "app", "containerPath": {"path": path, "readOnly": True}})
    status, answer = create(cluster, made_namespace, pool)
    assert status == (422 if told else 201)
    assert told in answer.get("message", "")


@pytest.mark.parametrize("path", [*NEVER_EXISTED, *MISSPELT])
def test_a_name_that_is_no_field_is_refused(
    cluster: Cluster, made_namespace: str, pool: Object, path: str
) -> None:
    holder, key = at(pool, path)
    holder[key] = {}
    status, answer = create(cluster, made_namespace, pool)
    assert status == 400
    assert f'unknown field "{readable(path)}"' in answer["message"]


def readable(path: str) -> str:
    """Return a path as the API server writes it."""
    text = ""
    for part in path.split("."):
        text += f"[{part}]" if part.isdigit() else f".{part}"
    return text.removeprefix(".")


def test_server_side_apply_refuses_a_misspelt_field_too(
    cluster: Cluster, made_namespace: str, pool: Object
) -> None:
    pool["spec"]["virtualMachineTemplate"]["metadata"]["lables"] = LABELS
    status, answer = cluster.request(
        "PATCH",
        url(made_namespace, name="web") + "?fieldManager=test",
        pool,
        "application/apply-patch+yaml",
    )
    assert status >= 400
    assert "lables: field not declared in schema" in answer["message"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("spec.replicas", -1),
        ("spec.replicas", "2"),
        ("spec.scaleInStrategy.proactive.statePreservation", "Memory"),
        ("spec.scaleInStrategy.proactive.selectionPolicy.sortPolicy", "Sideways"),
        ("spec.autohealing.startUpFailureThreshold", 0),
        (f"{VMI}.domain.memory.guest", "4 GB"),
        (f"{VMI}.domain.cpu.cores", "2"),
        (f"{VMI}.domain.devices.disks.0.disk.bus", "ide"),
        (f"{VMI}.tolerations.0.operator", "exists"),
        (f"{VM}.dataVolumeTemplates.0.spec.pvc.resources.requests.storage", "20 Gi"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    cluster: Cluster, made_namespace: str, pool: Object, path: str, value: object
) -> None:
    holder, key = at(pool, path)
    holder[key] = value
    status, answer = create(cluster, made_namespace, pool)
    assert status == 422
    assert readable(path) in answer["message"]


@pytest.mark.parametrize(
    "path",
    [
        "spec.selector",
        "spec.virtualMachineTemplate",
        f"{VM}.template",
        f"{VMI}.domain",
        f"{VMI}.domain.devices",
        f"{VMI}.domain.devices.disks.0.name",
        f"{VMI}.volumes.0.name",
        f"{VM}.dataVolumeTemplates.0.spec",
        f"{VM}.dataVolumeTemplates.0.spec.source.pvc.namespace",
    ],
)
def test_a_pool_without_a_required_field_is_refused(
    cluster: Cluster, made_namespace: str, pool: Object, path: str
) -> None:
    holder, key = at(pool, path)
    del holder[key]
    status, answer = create(cluster, made_namespace, pool)
    assert status == 422
    assert f"{readable(path)}: Required value" in answer["message"]


def test_both_versions_of_the_pool_differ_only_in_name_and_storage() -> None:
    beta, alpha = manifests()[0]["spec"]["versions"]
    assert (beta.pop("name"), alpha.pop("name")) == ("v1beta1", "v1alpha1")
    assert (beta.pop("storage"), alpha.pop("storage")) == (True, False)
    assert beta == alpha


@pytest.mark.parametrize("definition", manifests(), ids=lambda crd: crd["metadata"]["name"])
def test_no_definition_preserves_unknown_fields(definition: Object) -> None:
    for version in definition["spec"]["versions"]:
        for schema in every_schema(version["schema"]["openAPIV3Schema"]):
            assert "x-kubernetes-preserve-unknown-fields" not in schema


@pytest.mark.parametrize("definition", manifests(), ids=lambda crd: crd["metadata"]["name"])
def test_a_definition_is_established_and_structural(cluster: Cluster, definition: Object) -> None:
    name = definition["metadata"]["name"]
    _, answer = cluster.request(
        "GET", f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/{name}"
    )
    conditions = {one["type"]: one["status"] for one in answer["status"]["conditions"]}
    assert conditions == {"NamesAccepted": "True", "Established": "True"}


def test_kubectl_knows_pools_by_their_short_names(kubectl: RunKubectl, namespace: str) -> None:
    for name in ("vmpool", "vmpools", "virtualmachinepool", "dv", "das"):
        assert "No resources found" in kubectl("get", name, "-n", namespace).stderr


def test_kubectl_shows_what_is_wanted_and_what_is_there(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, pool: Object
) -> None:
    create(cluster, made_namespace, pool, dry_run=False)
    assert eventually(lambda: status_of(cluster, made_namespace).get("readyReplicas") == 2)
    heading, line = kubectl("get", "vmpool", "-n", made_namespace).stdout.splitlines()
    assert heading.split() == ["NAME", "DESIRED", "CURRENT", "READY", "AGE"]
    assert line.split()[:4] == ["web", "2", "2", "2"]


def test_the_status_follows_creation_and_scaling_and_is_left_out_at_zero(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, pool: Object
) -> None:
    create(cluster, made_namespace, pool, dry_run=False)
    selector = {"labelSelector": "kubevirt.io/vmpool=web"}
    full = {"replicas": 2, "readyReplicas": 2, **selector}
    assert eventually(lambda: status_of(cluster, made_namespace) == full)
    kubectl("scale", "vmpool", "web", "--replicas=4", "-n", made_namespace)
    more = {"replicas": 4, "readyReplicas": 4, **selector}
    assert eventually(lambda: status_of(cluster, made_namespace) == more)
    kubectl("scale", "vmpool", "web", "--replicas=0", "-n", made_namespace)
    assert eventually(lambda: status_of(cluster, made_namespace) == selector)
    kubectl("scale", "vmpool", "web", "--replicas=1", "-n", made_namespace)
    one = {"replicas": 1, "readyReplicas": 1, **selector}
    assert eventually(lambda: status_of(cluster, made_namespace) == one)


def test_kubectl_can_wait_for_a_pool_to_be_ready(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, pool: Object
) -> None:
    create(cluster, made_namespace, pool, dry_run=False)
    ready = "--for=jsonpath={.status.readyReplicas}=2"
    kubectl("wait", ready, "vmpool/web", "-n", made_namespace, "--timeout=10s")


def test_a_pool_of_v1alpha1_gets_its_status_too(
    cluster: Cluster, made_namespace: str, pool: Object
) -> None:
    pool["apiVersion"] = "pool.kubevirt.io/v1alpha1"
    create(cluster, made_namespace, pool, dry_run=False)
    assert eventually(lambda: status_of(cluster, made_namespace).get("readyReplicas") == 2)


def test_a_paused_pool_keeps_its_size(cluster: Cluster, made_namespace: str, pool: Object) -> None:
    create(cluster, made_namespace, pool, dry_run=False)
    assert eventually(lambda: status_of(cluster, made_namespace).get("replicas") == 2)
    merge = "application/merge-patch+json"
    paused = {"spec": {"paused": True, "replicas": 5}}
    cluster.request("PATCH", url(made_namespace, name="web"), paused, merge)
    assert not eventually(lambda: status_of(cluster, made_namespace).get("replicas") != 2, 1.5)
    resumed = {"spec": {"paused": False}}
    cluster.request("PATCH", url(made_namespace, name="web"), resumed, merge)
    assert eventually(lambda: status_of(cluster, made_namespace).get("replicas") == 5)


def test_a_halted_pool_never_gets_ready(
    cluster: Cluster, made_namespace: str, pool: Object
) -> None:
    pool["spec"]["virtualMachineTemplate"]["spec"]["runStrategy"] = "Halted"
    create(cluster, made_namespace, pool, dry_run=False)
    assert eventually(lambda: status_of(cluster, made_namespace).get("replicas") == 2)
    assert "readyReplicas" not in status_of(cluster, made_namespace)


def test_a_selector_of_expressions_is_written_as_kubernetes_does(
    cluster: Cluster, made_namespace: str, pool: Object
) -> None:
    pool["spec"]["selector"]["matchExpressions"] = [
        {"key": "tier", "operator": "In", "values": ["a", "b"]},
        {"key": "old", "operator": "DoesNotExist"},
        {"key": "new", "operator": "Exists"},
    ]
    create(cluster, made_namespace, pool, dry_run=False)
    told = "kubevirt.io/vmpool=web,tier in (a,b),!old,new"
    assert eventually(lambda: status_of(cluster, made_namespace).get("labelSelector") == told)


def test_the_scale_of_a_pool_says_what_an_autoscaler_asks(
    cluster: Cluster, made_namespace: str, pool: Object
) -> None:
    create(cluster, made_namespace, pool, dry_run=False)
    assert eventually(lambda: status_of(cluster, made_namespace).get("replicas") == 2)
    _, scale = cluster.request("GET", url(made_namespace, name="web/scale"))
    assert scale["spec"] == {"replicas": 2}
    assert scale["status"] == {"replicas": 2, "selector": "kubevirt.io/vmpool=web"}


def test_the_scale_of_a_pool_without_replicas_is_an_error(
    cluster: Cluster, made_namespace: str, pool: Object
) -> None:
    del pool["spec"]["replicas"]
    create(cluster, made_namespace, pool, dry_run=False)
    status, answer = cluster.request("GET", url(made_namespace, name="web/scale"))
    assert status == 500
    assert answer["message"].endswith('the spec replicas field ".spec.replicas" does not exist')
    # The pool itself has one VM, as the controller's default says.
    assert eventually(lambda: status_of(cluster, made_namespace).get("replicas") == 1)


def test_a_negative_scale_is_refused(cluster: Cluster, made_namespace: str, pool: Object) -> None:
    create(cluster, made_namespace, pool, dry_run=False)
    status, answer = scale_to(cluster, made_namespace, -1)
    assert status == 422
    assert "greater than or equal to 0" in answer["message"]


def test_a_data_volume_and_a_data_source_are_stored(
    kubectl: RunKubectl, made_namespace: str
) -> None:
    template = POOL["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"][0]
    objects = [
        {"apiVersion": "cdi.kubevirt.io/v1beta1", "kind": "DataVolume", **template},
        {
            "apiVersion": "cdi.kubevirt.io/v1beta1",
            "kind": "DataSource",
            "metadata": {"name": "fedora"},
            "spec": {"source": {"snapshot": {"name": "golden", "namespace": "images"}}},
        },
    ]
    for manifest in objects:
        said = json.dumps(manifest)
        kubectl("create", "--validate=strict", "-n", made_namespace, "-f", "-", stdin=said)
    names = kubectl("get", "dv,das", "-n", made_namespace, "-o", "name").stdout.split()
    assert names == ["datavolume.cdi.kubevirt.io/web-root", "datasource.cdi.kubevirt.io/fedora"]


@pytest.mark.parametrize(
    "disk",
    [
        "{source: {registry: {url: 'docker://a/b', pullMethod: node, certConfigMap: ca}}}",
        "{source: {registry: {url: 'docker://a/b', platform: {architecture: arm64}}}}",
        "{source: {http: {url: 'https://a/b', secretExtraHeaders: [token], extraHeaders: [a]}}}",
        "{source: {s3: {url: 'https://a/b', secretRef: s3, certConfigMap: ca}}}",
        "{source: {gcs: {url: 'gs://a/b', secretRef: gcs}}}",
        "{size: 1Gi, source: {blank: {}}, storage: true, volumeMode: Block}",
        "{source: {upload: {}}, storageClassName: fast, accessModes: [ReadWriteMany]}",
        "{source: {snapshot: {name: a, namespace: b}}, storage: true}",
        "{source: {dataSource: {name: a}}, storage: true}",
    ],
)
def test_the_disk_of_a_vm_is_a_data_volume_that_is_stored_as_it_is(
    kubectl: RunKubectl, made_namespace: str, disk: str
) -> None:
    pool = objects(specification(f"disk: {disk}"))["pool"]
    template = pool["spec"]["virtualMachineTemplate"]["spec"]["dataVolumeTemplates"][0]
    manifest = {"apiVersion": "cdi.kubevirt.io/v1beta1", "kind": "DataVolume", **template}
    options = ("--validate=strict", "-n", made_namespace, "-o", "json", "-f", "-")
    stored = json.loads(kubectl("create", *options, stdin=json.dumps(manifest)).stdout)
    assert stored["spec"] == manifest["spec"]


def test_a_misspelt_data_volume_is_refused(kubectl: RunKubectl, made_namespace: str) -> None:
    wrong = {
        "apiVersion": "cdi.kubevirt.io/v1beta1",
        "kind": "DataVolume",
        "metadata": {"name": "web"},
        "spec": {"source": {"blanc": {}}},
    }
    refused = kubectl(
        *("create", "--validate=strict", "-n", made_namespace, "-f", "-"),
        stdin=json.dumps(wrong),
        check=False,
    )
    assert refused.returncode != 0
    assert 'unknown field "spec.source.blanc"' in refused.stderr
