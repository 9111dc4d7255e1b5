"""The Kubernetes objects: the lab's own, and what no configuration may make of them."""

from __future__ import annotations

import base64
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from cluster_fixtures import RunKubectl
from configurations import MARKER, specification
from good_configurations import GOOD
from kubevirt_vm_pool.manifests.autoscaler import autoscaler
from kubevirt_vm_pool.manifests.objects import CLONING, objects
from varied_pools import VARIED

from vmpool.cli import main
from vmpool.controlplane.client import Cluster

Object = dict[str, Any]
Path = tuple[str | int, ...]

# --- the lab -------------------------------------------------------------------------------------

# The objects of the lab "VirtualMachine Pools", as an API server holds them.
LAB = """
apiVersion: v1
kind: Secret
metadata:
  name: lab05-cloudinit
type: Opaque
stringData:
  userdata: |
    #cloud-config
    password: kubevirt
    chpasswd: { expire: False }
    timezone: Europe/Zurich
---
apiVersion: pool.kubevirt.io/v1alpha1
kind: VirtualMachinePool
metadata:
  name: lab05-webserver
spec:
  replicas: 2
  selector:
    matchLabels:
      kubevirt.io/vmpool: lab05-webserver
  virtualMachineTemplate:
    metadata:
      labels:
        kubevirt.io/vmpool: lab05-webserver
    spec:
      running: true
      template:
        metadata:
          labels:
            kubevirt.io/vmpool: lab05-webserver
        spec:
          domain:
            cpu:
              cores: 1
            resources:
              requests:
                memory: 2Gi
            devices:
              disks:
                - name: datavolumedisk
                  disk:
                    bus: virtio
                - name: cloudinitdisk
                  disk:
                    bus: virtio
              interfaces:
                - name: default
                  masquerade: {}
          networks:
            - name: default
              pod: {}
          tolerations:
            - effect: NoSchedule
              key: baremetal
              operator: Equal
              value: "true"
          volumes:
            - name: datavolumedisk
              persistentVolumeClaim:
                claimName: lab05-webserver-disk
            - name: cloudinitdisk
              cloudInitNoCloud:
                secretRef:
                  name: lab05-cloudinit
      dataVolumeTemplates:
        - metadata:
            name: lab05-webserver-disk
          spec:
            pvc:
              accessModes:
                - ReadWriteOnce
              resources:
                requests:
                  storage: 6Gi
            source:
              pvc:
                name: fedora-cloud-nginx-base
                namespace: dev
---
apiVersion: v1
kind: Service
metadata:
  name: lab05-webserver
spec:
  type: ClusterIP
  selector:
    kubevirt.io/vmpool: lab05-webserver
  ports:
    - port: 80
      protocol: TCP
      targetPort: 80
---
apiVersion: autoscaling/v1
kind: HorizontalPodAutoscaler
metadata:
  name: lab05-webserver
spec:
  minReplicas: 2
  maxReplicas: 5
  targetCPUUtilizationPercentage: 50
  scaleTargetRef:
    apiVersion: pool.kubevirt.io/v1alpha1
    kind: VirtualMachinePool
    name: lab05-webserver
"""

GONE = object()
VM: Path = ("spec", "virtualMachineTemplate", "spec")
VMI: Path = (*VM, "template", "spec")

# Every difference from the lab: kind, place and value.
DIFFERENCES: list[tuple[str, Path, Any]] = [
    # Nothing depends on the namespace that kubectl happens to be in.
    ("Secret", ("metadata", "namespace"), "dev"),
    ("VirtualMachinePool", ("metadata", "namespace"), "dev"),
    ("Service", ("metadata", "namespace"), "dev"),
    ("HorizontalPodAutoscaler", ("metadata", "namespace"), "dev"),
    # `running` is deprecated, and means the same.
    ("VirtualMachinePool", (*VM, "running"), GONE),
    ("VirtualMachinePool", (*VM, "runStrategy"), "Always"),
    # 50 % of KubeVirt's 100m is load that an idle VM has.
    ("VirtualMachinePool", (*VMI, "domain", "resources", "requests", "cpu"), "1"),
    # One VM after the other, where the default restarts all at once.
    ("VirtualMachinePool", ("spec", "maxUnavailable"), 1),
    # No request for a VM whose web server does not answer yet.
    (
        "VirtualMachinePool",
        (*VMI, "readinessProbe"),
        {"tcpSocket": {"port": 80}, "periodSeconds": 10, "failureThreshold": 3},
    ),
    # The version that autoscaling/v1 is stored as.
    ("HorizontalPodAutoscaler", ("apiVersion",), "autoscaling/v2"),
    ("HorizontalPodAutoscaler", ("spec", "targetCPUUtilizationPercentage"), GONE),
    (
        "HorizontalPodAutoscaler",
        ("spec", "metrics"),
        [
            {
                "type": "Resource",
                "resource": {
                    "name": "cpu",
                    "target": {"type": "Utilization", "averageUtilization": 50},
                },
            }
        ],
    ),
]


def by_kind(text: str) -> dict[str, Object]:
    """Return the objects of a stream of YAML documents, their cloud-init as data."""
    return {manifest["kind"]: legible(manifest) for manifest in yaml.safe_load_all(text)}


def legible(manifest: Object) -> Object:
    """Return an object; of a Secret the documents, headers apart, as cloud-init reads them."""
    if manifest["kind"] != "Secret":
        return manifest
    documents = dict(manifest.get("stringData", {}))
    for key, encoded in manifest.get("data", {}).items():
        documents[key] = base64.b64decode(encoded).decode()
    shown = {
        key: {"header": text.splitlines()[0], "document": yaml.safe_load(text)}
        for key, text in documents.items()
    }
    rest = {key: value for key, value in manifest.items() if key not in {"data", "stringData"}}
    return {**rest, "documents": shown}


def edited(lab: dict[str, Object], differences: list[tuple[str, Path, Any]]) -> dict[str, Object]:
    """Return objects with each difference made; one that makes none is a mistake of this file."""
    result = copy.deepcopy(lab)
    for kind, (*above, last), value in differences:
        place: Any = result[kind]
        for step in above:
            place = place[step]
        if value is GONE:
            del place[last]
        else:
            assert place.get(last) != value, f"{kind} has {last} already"
            place[last] = value
    return result


def test_the_dev_stack_is_the_lab_but_for_the_listed_differences() -> None:
    done = CliRunner().invoke(main, ["render", "--stack", "dev", "--show-secrets"])
    assert done.exit_code == 0, done.output
    assert by_kind(done.stdout) == edited(by_kind(LAB), DIFFERENCES)


def test_the_dev_stack_has_each_of_the_labs_objects_once() -> None:
    done = CliRunner().invoke(main, ["render", "--stack", "dev"])
    kinds = [manifest["kind"] for manifest in yaml.safe_load_all(done.stdout)]
    assert sorted(kinds) == sorted(by_kind(LAB))


every = pytest.mark.parametrize("changes", VARIED.values(), ids=VARIED)
AUTOSCALED = {name: said for name, said in VARIED.items() if specification(said).autoscaled}
every_autoscaled = pytest.mark.parametrize("changes", AUTOSCALED.values(), ids=AUTOSCALED)


def pool_of(changes: str) -> Object:
    """Return the VirtualMachinePool of a changed Pulumi.dev.yaml."""
    return objects(specification(changes))["pool"]


def vm_of(changes: str) -> Object:
    """Return the VirtualMachine in the pool's template."""
    vm: Object = pool_of(changes)["spec"]["virtualMachineTemplate"]
    return vm


def vmi_of(changes: str) -> Object:
    """Return what describes the running VM."""
    vmi: Object = vm_of(changes)["spec"]["template"]["spec"]
    return vmi


def keys_in(value: object) -> Iterator[str]:
    """Yield every key at any depth."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from keys_in(member)
    if isinstance(value, list):
        for item in value:
            yield from keys_in(item)


@every
def test_the_objects_are_data_that_json_holds_as_it_is(changes: str) -> None:
    made = objects(specification(changes))
    assert json.loads(json.dumps(made, allow_nan=False)) == made


@every
def test_the_label_of_pod_vm_pool_and_service_is_one_fact(changes: str) -> None:
    made = objects(specification(changes))
    pool = made["pool"]
    vm = pool["spec"]["virtualMachineTemplate"]
    label = {"kubevirt.io/vmpool": pool["metadata"]["name"]}
    assert [
        pool["spec"]["selector"],
        vm["metadata"]["labels"],
        vm["spec"]["template"]["metadata"]["labels"],
        made["service"]["spec"]["selector"],
    ] == [{"matchLabels": label}, label, label, label]


def test_two_pools_have_different_selectors() -> None:
    selectors = [pool_of(f"name: {name}")["spec"]["selector"] for name in ("web", "web2")]
    assert selectors[0] != selectors[1]


@every
def test_the_number_of_replicas_is_always_said(changes: str) -> None:
    assert type(pool_of(changes)["spec"]["replicas"]) is int


@every
def test_every_network_has_its_interface(changes: str) -> None:
    vmi = vmi_of(changes)
    interfaces = [interface["name"] for interface in vmi["domain"]["devices"]["interfaces"]]
    assert interfaces == [network["name"] for network in vmi["networks"]]


@every
def test_the_pod_network_is_spelt_out_for_the_probe(changes: str) -> None:
    assert vmi_of(changes)["networks"] == [{"name": "default", "pod": {}}]


@every
def test_no_interface_lists_ports_of_which_one_could_be_missing(changes: str) -> None:
    interfaces = vmi_of(changes)["domain"]["devices"]["interfaces"]
    assert [interface for interface in interfaces if "ports" in interface] == []


@every
def test_the_vms_run_by_the_one_strategy_that_survives_an_update(changes: str) -> None:
    said = {key: value for key, value in vm_of(changes)["spec"].items() if key.startswith("run")}
    assert said == {"runStrategy": "Always"}


NEVER = {
    "hostname",
    "subdomain",
    "macAddress",
    "firmware",  # the identity of one VM in a template of many
    "nameGeneration",  # waits for a Secret per VM
    "autohealing",  # deletes other people's VMs
    "selectors",
    "dataVolume",
    "userData",
    "userDataBase64",
    "running",
}


@every
def test_the_pool_says_nothing_that_is_known_for_trouble(changes: str) -> None:
    assert NEVER.intersection(keys_in(pool_of(changes))) == set()


def test_what_a_drain_does_is_the_clusters_choice_where_nobody_said_it() -> None:
    said = {name for name in VARIED if "evictionStrategy" in vmi_of(VARIED[name])}
    assert said == {"eviction"}


@pytest.mark.parametrize("kind", ["pvc", "snapshot"])
def test_a_source_without_a_namespace_is_in_the_pools_own(kind: str) -> None:
    (template,) = vm_of(f"namespace: user9\ndisk: {{source: {{{kind}: {{name: golden}}}}}}")[
        "spec"
    ]["dataVolumeTemplates"]
    assert template["spec"]["source"] == {kind: {"name": "golden", "namespace": "user9"}}


def test_the_labels_of_the_disk_are_not_said_since_a_change_of_them_destroys_disks() -> None:
    (template,) = vm_of("labels: {team: web}\nannotations: {a: b}")["spec"]["dataVolumeTemplates"]
    assert template["metadata"].keys() == {"name"}


@every
def test_a_vm_has_memory_or_an_instancetype_and_not_both(changes: str) -> None:
    requests = vmi_of(changes)["domain"].get("resources", {}).get("requests", {})
    assert ("memory" in requests) != ("instancetype" in vm_of(changes)["spec"])


@every
def test_a_target_in_percent_has_a_cpu_request_to_be_measured_against(changes: str) -> None:
    spec = specification(changes)
    percent = spec.autoscaling and spec.autoscaling.target_cpu_utilization_percentage
    requests = vmi_of(changes)["domain"].get("resources", {}).get("requests", {})
    assert not percent or "cpu" in requests


def test_an_instancetype_leaves_no_size_in_the_template() -> None:
    domain = vmi_of(VARIED["instancetype of the namespace, autoscaled"])["domain"]
    assert domain.keys() == {"devices"}


@every_autoscaled
def test_the_autoscaler_is_about_the_pool(changes: str) -> None:
    made = objects(specification(changes))
    pool = made["pool"]
    assert made["autoscaler"]["spec"]["scaleTargetRef"] == {
        "apiVersion": pool["apiVersion"],
        "kind": pool["kind"],
        "name": pool["metadata"]["name"],
    }


@every_autoscaled
def test_the_pool_begins_where_the_autoscaler_does(changes: str) -> None:
    made = objects(specification(changes))
    assert made["pool"]["spec"]["replicas"] == made["autoscaler"]["spec"]["minReplicas"]


@pytest.mark.parametrize("name", ["parked", "parked with autoscaling"])
def test_a_parked_pool_has_no_autoscaler_that_would_wake_it(name: str) -> None:
    made = objects(specification(VARIED[name]))
    assert ("autoscaler" in made, made["pool"]["spec"]["replicas"]) == (False, 0)


def test_parking_a_pool_leaves_the_template_of_its_vms() -> None:
    assert vm_of("replicas: 0") == vm_of("")


def test_no_autoscaler_is_made_without_autoscaling() -> None:
    with pytest.raises(ValueError, match="without autoscaling"):
        autoscaler(specification("autoscaling:"))


def test_an_average_value_is_a_target_of_its_own_type() -> None:
    made = objects(specification(VARIED["instancetype of the namespace, autoscaled"]))
    (metric,) = made["autoscaler"]["spec"]["metrics"]
    assert metric["resource"]["target"] == {"type": "AverageValue", "averageValue": "500m"}


@every
def test_the_documents_are_in_the_secret_that_the_vms_read(changes: str) -> None:
    made = objects(specification(changes))
    (volume,) = [v for v in vmi_of(changes)["volumes"] if "cloudInitNoCloud" in v]
    names = {reference["name"] for reference in volume["cloudInitNoCloud"].values()}
    assert names == {made["cloud-init"]["metadata"]["name"]}


@every
def test_the_vms_read_network_data_where_there_is_some(changes: str) -> None:
    data = objects(specification(changes))["cloud-init"]["data"]
    (volume,) = [v for v in vmi_of(changes)["volumes"] if "cloudInitNoCloud" in v]
    assert ("networkDataSecretRef" in volume["cloudInitNoCloud"]) == ("networkdata" in data)


def test_new_content_of_the_secret_changes_nothing_that_restarts_vms() -> None:
    before, after = (objects(specification({"password": text})) for text in ("one", "two"))
    changed = {role for role in before if before[role] != after[role]}
    assert changed == {"cloud-init"}
    assert before["cloud-init"]["metadata"] == after["cloud-init"]["metadata"]


def test_a_password_is_in_the_secret_alone() -> None:
    made = objects(specification({"password": MARKER}))
    userdata = base64.b64decode(made["cloud-init"]["data"]["userdata"]).decode()
    rest = json.dumps([manifest for role, manifest in made.items() if role != "cloud-init"])
    assert (MARKER in userdata, MARKER in rest) == (True, False)


@every
def test_every_object_of_the_pool_is_in_its_namespace(changes: str) -> None:
    spec = specification(changes)
    places = {
        role: manifest["metadata"].get("namespace")
        for role, manifest in objects(spec).items()
        if role not in {"namespace", *CLONING}
    }
    assert places == dict.fromkeys(places, spec.namespace)


@pytest.mark.parametrize("name", ["clone access", "clone access to a data source"])
def test_what_allows_cloning_is_in_the_namespace_of_the_golden_image(name: str) -> None:
    made = objects(specification(VARIED[name]))
    assert {role: made[role]["metadata"]["namespace"] for role in CLONING} == dict.fromkeys(
        CLONING, "images"
    )


@every
def test_only_the_pools_own_pods_are_meant_by_what_selects_pods(changes: str) -> None:
    made = objects(specification(changes))
    selectors = [
        made[role]["spec"][key]
        for role, key in {"disruption-budget": "selector", "network-policy": "podSelector"}.items()
        if role in made
    ]
    assert selectors == [made["pool"]["spec"]["selector"]] * len(selectors)


def test_a_network_policy_lets_in_what_the_service_sends() -> None:
    made = objects(specification(VARIED["network policy with peers"]))
    (rule,) = made["network-policy"]["spec"]["ingress"]
    sent = [
        {"protocol": port["protocol"], "port": port["targetPort"]}
        for port in made["service"]["spec"]["ports"]
    ]
    assert rule["ports"] == sent


def test_a_network_policy_without_peers_lets_everybody_in() -> None:
    (rule,) = objects(specification(VARIED["network policy"]))["network-policy"]["spec"]["ingress"]
    assert "from" not in rule


def test_a_parked_pool_has_no_disruption_budget() -> None:
    assert "disruption-budget" not in objects(
        specification(VARIED["parked with disruption budget"])
    )


def test_the_scale_role_is_about_this_pool_alone() -> None:
    made = objects(specification(VARIED["scale role"]))
    names = {name for rule in made["scale-role"]["rules"] for name in rule["resourceNames"]}
    assert names == {made["pool"]["metadata"]["name"]}


@every
def test_a_role_binding_binds_the_role_beside_it(changes: str) -> None:
    made = objects(specification(changes))
    bound = {
        role: (manifest["roleRef"]["kind"], manifest["roleRef"]["name"])
        for role, manifest in made.items()
        if manifest["kind"] == "RoleBinding"
    }
    beside = {
        role: ("Role", made[role.removesuffix("-binding")]["metadata"]["name"]) for role in bound
    }
    assert bound == beside


def test_the_namespace_is_in_none() -> None:
    made = objects(specification(VARIED["own namespace"]))
    assert made["namespace"]["metadata"] == {"name": "web-of-ann"}


@every
def test_there_is_a_namespace_only_where_it_is_to_be_created(changes: str) -> None:
    spec = specification(changes)
    assert ("namespace" in objects(spec)) == spec.create_namespace


def test_labels_and_annotations_are_on_every_object() -> None:
    made = objects(specification(VARIED["labels and annotations"]))
    said = {
        role: (manifest["metadata"].get("labels"), manifest["metadata"].get("annotations"))
        for role, manifest in made.items()
    }
    assert said == dict.fromkeys(made, ({"team": "web"}, {"example.com/note": "any: text"}))
    assert made.keys() == {"namespace", "cloud-init", "pool", "service", "autoscaler"}


def test_labels_and_annotations_change_nothing_that_restarts_vms() -> None:
    assert vm_of(VARIED["labels and annotations"]) == vm_of("")


@every
def test_a_change_of_the_template_reaches_the_vms_as_the_rollout_says(changes: str) -> None:
    spec = specification(changes)
    said = pool_of(changes)["spec"].get("maxUnavailable")
    assert said == (spec.rollout.max_unavailable if spec.kubevirt >= (1, 6) else None)


def test_a_pool_of_an_old_kubevirt_has_nothing_that_it_does_not_know() -> None:
    assert pool_of(VARIED["1.5"])["spec"].keys() == {
        "replicas",
        "selector",
        "virtualMachineTemplate",
    }


def test_disks_stay_only_where_that_is_said() -> None:
    said = {name for name in VARIED if "statePreservation" in keys_in(pool_of(VARIED[name]))}
    assert said == {"disks that stay", "1.7"}


@every
def test_vms_are_deleted_by_no_strategy_that_can_hang(changes: str) -> None:
    strategy = pool_of(changes)["spec"].get("scaleInStrategy", {})
    assert strategy.keys() <= {"proactive"}


@pytest.mark.parametrize("version", ["v1alpha1", "v1beta1"])
def test_the_version_of_the_pool_is_a_choice(version: str) -> None:
    assert pool_of(f"poolApiVersion: {version}")["apiVersion"] == f"pool.kubevirt.io/{version}"


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (
            "dataSource: {name: fedora, namespace: images}",
            {"sourceRef": {"kind": "DataSource", "name": "fedora", "namespace": "images"}},
        ),
        ("dataSource: {name: fedora}", {"sourceRef": {"kind": "DataSource", "name": "fedora"}}),
        (
            'registry: {url: "docker://quay.io/a", secretRef: pull}',
            {"source": {"registry": {"url": "docker://quay.io/a", "secretRef": "pull"}}},
        ),
        ('http: {url: "http://a/b"}', {"source": {"http": {"url": "http://a/b"}}}),
        (
            "pvc: {name: golden, namespace: images}",
            {"source": {"pvc": {"name": "golden", "namespace": "images"}}},
        ),
    ],
)
def test_a_disk_is_made_from_the_source_that_is_said(source: str, expected: Object) -> None:
    (template,) = vm_of(f"disk: {{source: {{{source}}}}}")["spec"]["dataVolumeTemplates"]
    said = {key: value for key, value in template["spec"].items() if key != "pvc"}
    assert said == expected


def test_the_probe_asks_the_first_tcp_port_inside_the_vm() -> None:
    probe = vmi_of(VARIED["udp and tcp"] + "\nreadinessProbe: {enabled: true, periodSeconds: 5}")[
        "readinessProbe"
    ]
    assert probe == {"tcpSocket": {"port": 8080}, "periodSeconds": 5, "failureThreshold": 3}


def test_a_probe_of_its_own_is_the_only_one() -> None:
    probe = vmi_of(VARIED["agent as probe"])["readinessProbe"]
    assert probe == {"guestAgentPing": {}, "periodSeconds": 10, "failureThreshold": 3}


def test_without_a_probe_none_is_said() -> None:
    assert "readinessProbe" not in vmi_of(VARIED["no probe"])


def test_a_port_is_written_as_the_api_server_stores_it() -> None:
    made = objects(specification(VARIED["udp and tcp"]))
    assert made["service"]["spec"]["ports"] == [
        {"name": "dns", "port": 53, "protocol": "UDP", "targetPort": 53},
        {"name": "web", "port": 80, "protocol": "TCP", "targetPort": 8080, "nodePort": 30080},
    ]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("nodeSelector", {"disk": "ssd"}),
        ("tolerations", [{"operator": "Exists"}]),
        ("affinity", {"nodeAffinity": {}}),
        (
            "topologySpreadConstraints",
            [{"maxSkew": 1, "topologyKey": "zone", "whenUnsatisfiable": "DoNotSchedule"}],
        ),
    ],
)
def test_what_kubernetes_schedules_by_is_passed_on_as_it_is(key: str, value: Any) -> None:
    assert vmi_of(yaml.safe_dump({key: value}))[key] == value


def test_what_kubernetes_schedules_by_is_not_said_where_nobody_said_it() -> None:
    said = vmi_of("tolerations:").keys()
    keys = {"nodeSelector", "tolerations", "affinity", "topologySpreadConstraints"}
    assert keys.intersection(said) == set()


# --- what a real API server says -----------------------------------------------------------------

PLURALS = {
    "Secret": "secrets",
    "Service": "services",
    "VirtualMachinePool": "virtualmachinepools",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers",
    "PodDisruptionBudget": "poddisruptionbudgets",
    "NetworkPolicy": "networkpolicies",
    "Role": "roles",
    "RoleBinding": "rolebindings",
}


def url(manifest: Object) -> str:
    """Return where an object is created, asked with strict validation and without effect."""
    group = manifest["apiVersion"]
    above = f"/apis/{group}" if "/" in group else f"/api/{group}"
    place = "/namespaces"
    if manifest["kind"] != "Namespace":
        place += f"/{manifest['metadata']['namespace']}/{PLURALS[manifest['kind']]}"
    return f"{above}{place}?fieldValidation=Strict&dryRun=All"


@pytest.fixture(scope="session")
def namespace_of_all(cluster: Cluster) -> str:
    """A namespace for objects that are not stored."""
    status, answer = cluster.request(
        "POST", "/api/v1/namespaces", {"metadata": {"name": "test-objects"}}
    )
    assert status == 201, answer
    return "test-objects"


@pytest.mark.parametrize("changes", [*VARIED.values(), *GOOD], ids=[*VARIED, *GOOD])
def test_the_api_server_takes_every_object(
    cluster: Cluster, namespace_of_all: str, changes: str
) -> None:
    refusals = []
    for manifest in objects(specification(changes)).values():
        if manifest["kind"] != "Namespace":
            manifest["metadata"]["namespace"] = namespace_of_all
        status, answer = cluster.request("POST", url(manifest), manifest)
        if status != 201:
            refusals.append(answer)
    assert refusals == []


@pytest.mark.parametrize("changes", VARIED.values(), ids=VARIED)
def test_the_api_server_stores_the_pool_as_it_is(
    cluster: Cluster, namespace_of_all: str, changes: str
) -> None:
    """Pulumi compares custom resources as they are: any default would be a change for ever."""
    pool = pool_of(changes)
    pool["metadata"]["namespace"] = namespace_of_all
    _, stored = cluster.request("POST", url(pool), pool)
    assert stored["spec"] == pool["spec"]


def test_kubectl_takes_what_render_prints(kubectl: RunKubectl, made_namespace: str) -> None:
    printed = CliRunner().invoke(main, ["render"]).stdout.replace("'[secret]'", "aGVsbG8=")
    text = printed.replace("namespace: dev", f"namespace: {made_namespace}")
    done = kubectl(
        *("create", "--dry-run=server", "--validate=strict", "-o", "name", "-f", "-"), stdin=text
    )
    assert done.stdout.split() == [
        "secret/lab05-cloudinit",
        "virtualmachinepool.pool.kubevirt.io/lab05-webserver",
        "service/lab05-webserver",
        "horizontalpodautoscaler.autoscaling/lab05-webserver",
    ]


def test_kubectl_refuses_a_field_that_nobody_knows(
    kubectl: RunKubectl, made_namespace: str
) -> None:
    pool = pool_of("")
    pool["metadata"]["namespace"] = made_namespace
    pool["spec"]["replica"] = 1
    done = kubectl(
        *("create", "--dry-run=server", "--validate=strict", "-f", "-"),
        stdin=json.dumps(pool),
        check=False,
    )
    assert 'unknown field "spec.replica"' in done.stderr
