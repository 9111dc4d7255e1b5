"""What is found of stacks in a cluster, and what every form of it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from class_of_stacks import NO_METRICS, STATES, TAINT, Class
from configurations import MARKER, said_in
from kubevirt_cluster import condition, delete, make_namespace, patch, put, vm, volume
from kubevirt_vm_pool.cluster.kubectl import Kubectl

from vmpool.status import command, looking
from vmpool.status.facts import (
    Disk,
    Door,
    Drift,
    Report,
    StackStatus,
    State,
    Vm,
    age,
    exit_status,
)

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
CPU = "spec.virtualMachineTemplate.spec.template.spec.domain.cpu.cores"


def of(report: Report, name: str) -> StackStatus:
    """Return what a report says of a stack."""
    (found,) = (stack for stack in report.stacks if stack.name == name)
    return found


@pytest.fixture
def own(named: Class, namespace: str) -> Iterator[str]:
    """The name of a stack of the test's own, whose file is gone afterwards."""
    name = f"own-{namespace}"
    make_namespace(named.cluster, name)
    yield name
    (named.root / f"Pulumi.{name}.yaml").unlink(missing_ok=True)


def looked(named: Class, *names: str) -> StackStatus:
    """Return what is found of the first of some stacks."""
    return of(command.report(names, named.root), names[0])


# --- the states ----------------------------------------------------------------------------------


def test_stacks_are_told_by_their_states_and_the_worst_comes_first(report: Report) -> None:
    assert {stack.name: stack.state for stack in report.stacks} == STATES
    assert [stack.name for stack in report.stacks] == list(STATES)
    assert report.headline == "1 of 6 stacks is ready"


def test_a_vm_is_told_with_node_and_address(report: Report) -> None:
    first, second = of(report, "alice").vms
    assert first == Vm("web-0", True, "Running", "node-1", "10.244.1.17", first.created)
    assert age(second.created, report.at).endswith((" s", " min"))


def test_a_vm_that_is_not_ready_is_told_with_the_reason_and_the_way_out(report: Report) -> None:
    bob = of(report, "bob")
    assert (bob.ready, bob.wanted) == (1, 2)
    assert bob.vms[1].why == (f"FailedScheduling: {TAINT}",)
    assert bob.why == (
        f"web-1: FailedScheduling: {TAINT}\n"
        "add the taint {baremetal: true} to tolerations, if the VMs are meant for such nodes",
    )


def test_disks_are_told_with_size_and_phase(report: Report) -> None:
    assert of(report, "bob").disks == (
        Disk("web-disk-0", "web-0", "6Gi", "Succeeded"),
        Disk("web-disk-1", "web-1", "6Gi", "CloneInProgress 41.5%"),
    )


def test_a_disk_whose_vm_is_gone_has_none(named: Class, own: str) -> None:
    named.write(own)
    pool = named.bring_up(own)
    put(named.cluster, vm(pool, 0))
    for index in (0, 7):
        put(named.cluster, volume(pool, index, "Succeeded"))
    other = {**volume(pool, 1, "Succeeded")}
    other["metadata"] = {**other["metadata"], "name": "web-disk-more-1"}
    put(named.cluster, other)
    disks = looked(named, own).disks
    assert [(disk.name, disk.vm) for disk in disks] == [("web-disk-0", "web-0"), ("web-disk-7", "")]


def test_the_autoscaler_is_told_with_its_load(report: Report) -> None:
    scaling = of(report, "alice").scaling
    assert scaling is not None
    assert (scaling.current, scaling.wanted, scaling.least, scaling.most) == (2, 2, 2, 5)
    assert scaling.load == ("cpu 31 % of 50 %",)
    assert scaling.cannot == ""


def test_an_autoscaler_that_cannot_work_says_why(report: Report) -> None:
    scaling = of(report, "frank").scaling
    assert scaling is not None
    assert scaling.load == ("cpu not measured of 50 %",)
    assert scaling.cannot == f"FailedGetResourceMetric: {NO_METRICS}"


def test_the_ways_in_are_told(report: Report) -> None:
    alice = of(report, "alice")
    assert alice.doors == (
        Door("web", "ClusterIP", ("http://web.alice.svc.cluster.local (inside the cluster)",)),
    )
    assert alice.log_in == (
        "virtctl console web-0 -n alice",
        "virtctl ssh student@vm/web-0 -n alice",
    )


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("cloudInit: {}", ["console", "# USER: the image's own"]),
        (
            "cloudInit: {config: {users: [{name: ann, passwd: h}]}}\npassword:",
            ["console", "ssh ann@vm/web-0"],
        ),
        ("cloudInit: {user: {secure: 'v1:a:b'}}", ["console"]),
        ("cloudInit: {userDataBase64: eA==}\npassword:", ["console"]),
        ("autoattachSerialConsole: false\ncloudInit: {userData: '#!/bin/sh'}\npassword:", ["vnc"]),
    ],
)
def test_how_to_log_in_is_what_plain_text_says(
    named: Class, own: str, more: str, told: list[str]
) -> None:
    named.write(own)
    named.bring_up(own)
    file = named.root / f"Pulumi.{own}.yaml"
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["config"] |= yaml.safe_load(more)
    kept = {key: value for key, value in document["config"].items() if value is not None}
    file.write_text(yaml.safe_dump({"config": kept}), encoding="utf-8")
    lines = looked(named, own).log_in
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))


@pytest.mark.parametrize(
    ("service", "status", "outside"),
    [
        (
            "{type: LoadBalancer, ports: [{port: 80}]}",
            {"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}},
            "192.0.2.7:80",
        ),
        (
            "{type: LoadBalancer, ports: [{port: 80}]}",
            {},
            "no address from the load balancer yet",
        ),
        (
            "{type: NodePort, ports: [{port: 80, nodePort: 30123}]}",
            {},
            "port 30123 of every node",
        ),
    ],
)
def test_a_service_is_told_with_its_address(
    named: Class, own: str, service: str, status: dict[str, Any], outside: str
) -> None:
    named.write(own, f"service: {service}")
    named.bring_up(own)
    path = f"/api/v1/namespaces/{own}/services/web"
    live = named.cluster.request("GET", path)[1]
    assert named.cluster.request("PUT", f"{path}/status", {**live, "status": status})[0] == 200
    (door,) = looked(named, own).doors
    assert door.addresses[1] == outside
    # A port of a node can be had once.
    delete(named.cluster, "Service", own, "web")


# --- drift ---------------------------------------------------------------------------------------


def test_what_differs_is_told_by_path_and_with_what_an_up_would_do(report: Report) -> None:
    carol = of(report, "carol")
    assert carol.drift == (
        Drift("VirtualMachinePool", "web", missing=False, paths=(CPU,)),
        Drift("Service", "web", missing=True),
    )
    assert carol.undone == ("2 VMs of web restart one by one; their disks stay",)


EVERYTHING = """\
createNamespace: true
labels: {team: a}
networkPolicy: {from: []}
disruptionBudget: {minAvailable: 1}
scaleRole: {subjects: [{kind: User, name: ann}]}
networks:
  - {name: default, pod: {}, masquerade: {}}
  - {name: lab, multus: {networkName: lab}, bridge: {}}
volumes: [{name: conf, configMap: {name: conf}}]
services: {inner: {type: ClusterIP, clusterIP: None, ports: [{port: 80, name: http}]}}
readinessProbe: {enabled: true}
perReplica: {hostname: "h{{ index }}", configMaps: {conf: {a: "{{ index }}"}}}
memory: 2048Mi
autoscaling: {maxReplicas: 4, targetCPUAverageValue: 500m}
"""


def test_objects_as_the_stack_makes_them_have_not_drifted(named: Class, own: str) -> None:
    """What the API server adds to them is no difference, nor are 2Gi and 2048Mi."""
    named.write(own, EVERYTHING)
    named.bring_up(own)
    found = looked(named, own)
    assert found.drift == ()
    assert found.state is State.READY


@pytest.mark.parametrize(
    ("more", "state"), [("autoscaling: {maxReplicas: 5}", State.READY), ("", State.DRIFTED)]
)
def test_the_number_of_replicas_is_drift_unless_an_autoscaler_has_it(
    named: Class, own: str, more: str, state: State
) -> None:
    named.write(own, more.replace("5}", "5, targetCPUUtilizationPercentage: 50}"))
    named.bring_up(own, ready=2)
    patch(named.cluster, "VirtualMachinePool", own, "web", {"spec": {"replicas": 1}})
    assert looked(named, own).state is state


def test_a_further_item_of_a_list_is_drift(named: Class, own: str) -> None:
    named.write(own)
    named.bring_up(own)
    ports = [{"port": 80, "name": "a"}, {"port": 81, "name": "b"}]
    patch(named.cluster, "Service", own, "web", {"spec": {"ports": ports}})
    (drift,) = looked(named, own).drift
    assert str(drift) == "Service web differs: spec.ports[1]"


def test_a_value_that_may_be_secret_is_never_drift(named: Class, own: str) -> None:
    """Nobody may be able to decrypt it here."""
    named.write(own, "template: {template: {spec: {livenessProbe: " + PROBE % "one" + "}}}")
    named.bring_up(own)
    named.write(own, "template: {template: {spec: {livenessProbe: " + PROBE % MARKER + "}}}")
    assert looked(named, own).drift == ()


PROBE = "{httpGet: {port: 80, httpHeaders: [{name: token, value: %s}]}}"


def test_a_deleted_pool_is_told_from_one_that_never_was(named: Class, own: str) -> None:
    named.write(own)
    named.bring_up(own)
    delete(named.cluster, "VirtualMachinePool", own, "web")
    found = looked(named, own)
    assert found.state is State.NOT_UP
    (why,) = found.why
    assert why.startswith("the pool is not there, and Service web is: somebody deleted it, or")


# --- what cannot be seen -------------------------------------------------------------------------


def kubeconfig(named: Class, folder: Path, **changes: Any) -> Path:
    """Return a kubeconfig like the cluster's own; changes: of its cluster and of its user."""
    document = json.loads(named.cluster.kubeconfig.read_text(encoding="utf-8"))
    for part in ("cluster", "user"):
        document[f"{part}s"][0][part] |= changes.get(part, {})
    file = folder / "kubeconfig"
    file.write_text(json.dumps(document), encoding="utf-8")
    return file


def test_a_cluster_that_does_not_answer_is_told_of_every_stack(
    named: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = kubeconfig(named, tmp_path, cluster={"server": "https://127.0.0.1:1"})
    monkeypatch.setenv("KUBECONFIG", str(away))
    found = command.report(["alice", "bob"], named.root)
    assert found.counts == {State.UNSEEN: 2}
    assert "127.0.0.1:1" in found.stacks[0].why[0]
    assert exit_status(found, by_state=False) == 3


def test_a_stack_that_names_no_kubeconfig_that_is_there_is_told_by_its_file(named: Class) -> None:
    for name in ("gone-1", "gone-2"):
        named.write(name, "kubernetes:kubeconfig: /nowhere")
    found = command.report(["gone-1", "gone-2", "alice"], named.root)
    assert [stack.state for stack in found.stacks] == [State.UNSEEN, State.UNSEEN, State.READY]
    assert all(f"Pulumi.{one.name}.yaml" in one.why[0] for one in found.stacks[:2])


RULES = [
    {"apiGroups": ["pool.kubevirt.io"], "resources": ["*"], "verbs": ["get", "list"]},
    {"apiGroups": ["kubevirt.io", "cdi.kubevirt.io"], "resources": ["*"], "verbs": ["list"]},
    {"apiGroups": [""], "resources": ["persistentvolumeclaims", "events"], "verbs": ["list"]},
]


def allow(named: Class, namespace: str) -> None:
    """Let the user "student" see pools, VMs and disks of a namespace, and no more."""
    metadata = {"name": "student", "namespace": namespace}
    rbac = "rbac.authorization.k8s.io"
    put(named.cluster, {"kind": "Role", "metadata": metadata, "rules": RULES})
    role = {"apiGroup": rbac, "kind": "Role", "name": "student"}
    subjects = [{"apiGroup": rbac, "kind": "User", "name": "student"}]
    binding = {"kind": "RoleBinding", "metadata": metadata, "roleRef": role, "subjects": subjects}
    put(named.cluster, binding)


def test_what_the_caller_may_not_see_is_told_and_the_rest_is_shown(
    named: Class, own: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named.write(own)
    named.bring_up(own)
    allow(named, own)
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(named, tmp_path, user={"as": "student"})))
    found = looked(named, own, "alice")
    assert found.state is State.READY
    assert found.doors == ()
    assert any(
        note.startswith("Service web is not compared: services is forbidden")
        for note in found.notes
    )
    denied = looked(named, "alice", own)
    assert denied.state is State.UNSEEN
    assert 'User "student" cannot list resource' in denied.why[0]


def test_many_namespaces_are_asked_for_at_once_where_that_is_allowed(
    named: Class, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "ONE_BY_ONE", 1)
    asked: list[str] = []
    run = Kubectl.run

    def counted(kubectl: Kubectl, *args: str, **more: Any) -> Any:
        if args[0] == "get":
            asked.append("all" if "-A" in args else args[args.index("-n") + 1])
        return run(kubectl, *args, **more)

    monkeypatch.setattr(Kubectl, "run", counted)
    names = ["alice", "carol", "frank"]
    at_once = command.report(names, named.root)
    assert asked == ["all"]
    monkeypatch.setenv("KUBECONFIG", str(kubeconfig(named, tmp_path, user={"as": "nobody"})))
    assert command.report(names, named.root).counts == {State.UNSEEN: 3}
    assert sorted(asked) == ["alice", "all", "all", "carol", "frank"]
    assert {stack.name: stack.state for stack in at_once.stacks} == {
        name: STATES[name] for name in names
    }


def test_a_control_plane_without_kubevirt_says_so(
    cluster: Any, made_namespace: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    bare = Class(tmp_path, cluster)
    bare.write(made_namespace)
    bare.bring_up(made_namespace, ready=2)
    assert looked(bare, made_namespace).notes == (
        "this cluster has no KubeVirt: no VM runs there, and nothing but numbers is to be seen",
    )


# --- all forms -----------------------------------------------------------------------------------


@pytest.mark.parametrize("form", command.FORMS)
def test_every_stack_and_what_is_wrong_is_in_every_form(report: Report, form: str) -> None:
    shown = command.FORMS[form](report)
    for part in (*STATES, *STATES.values(), "node-2", "10.244.2.17", "web-disk-1", "41.5%"):
        assert part in shown
    assert "taint {baremetal: true}" in shown
    assert "2 VMs of web restart one by one" in shown


@pytest.mark.parametrize("form", command.FORMS)
def test_no_secret_is_in_any_form(report: Report, form: str) -> None:
    assert not said_in(command.FORMS[form](report), MARKER)


def test_the_document_has_the_shape_that_is_documented(report: Report) -> None:
    document = json.loads(command.FORMS["json"](report))
    stacks = {stack["stack"]: stack for stack in document["stacks"]}
    assert document["version"] == 1
    assert document["counts"] == dict.fromkeys(STATES.values(), 1)
    bob = stacks["bob"]
    assert bob["wayOut"][0].startswith("add the taint")
    assert bob["vms"][1]["why"] == [f"FailedScheduling: {TAINT}"]
    assert bob["vms"][0]["ageSeconds"] >= 0
    assert bob["scaling"] is None
    assert stacks["carol"]["drift"][1] == {
        "kind": "Service",
        "name": "web",
        "missing": True,
        "paths": [],
    }


@pytest.mark.parametrize(
    ("states", "by_state", "code"),
    [
        ([State.READY], True, 0),
        ([State.NOT_READY, State.DRIFTED], False, 0),
        ([State.READY, State.DRIFTED], True, 1),
        ([State.NOT_UP], True, 1),
        ([State.UNSEEN, State.READY], False, 3),
        ([State.UNSEEN, State.NOT_READY], True, 3),
    ],
)
def test_the_exit_code_tells_of_the_state_where_that_is_asked_for(
    states: list[State], by_state: bool, code: int
) -> None:
    found = Report.of([StackStatus("a", state) for state in states], NOW)
    assert exit_status(found, by_state=by_state) == code


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (59, "59 s"), (61, "1 min"), (7199, "119 min"), (7200, "2 h"), (172_800, "2 d")],
)
def test_an_age_is_told_in_its_largest_unit(seconds: int, told: str) -> None:
    assert age((NOW - timedelta(seconds=seconds)).isoformat(), NOW) == told


def test_an_autoscaler_that_rests_is_no_trouble(named: Class, own: str) -> None:
    named.write(own, "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50}")
    rests = condition("ScalingActive", "False", "the replica count is zero", "ScalingDisabled")
    named.bring_up(own, scaled={"desiredReplicas": 0, "conditions": [rests]})
    found = looked(named, own)
    assert found.state is State.READY
    shown = command.FORMS["text"](Report.of([found], NOW))
    assert "scaling   at rest, 2 to 5 allowed; cpu not measured of 50 %\n" in shown


def test_what_a_cluster_says_does_not_steer_a_terminal() -> None:
    said = StackStatus("a", State.NOT_READY, why=("web-0: \x1b[2J\rMartian\x9b1m\nmove",))
    shown = command.FORMS["text"](Report.of([said], NOW))
    assert "web-0:  [2J Martian 1m\n" in shown


def test_a_condition_without_a_reason_is_told_by_its_type(named: Class, own: str) -> None:
    named.write(own, "autoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50}")
    status = {"desiredReplicas": 2, "conditions": [condition("AbleToScale", "False")]}
    named.bring_up(own, scaled=status)
    found = looked(named, own)
    assert found.state is State.NOT_SCALING
    assert found.scaling is not None
    assert found.scaling.cannot == "AbleToScale"
