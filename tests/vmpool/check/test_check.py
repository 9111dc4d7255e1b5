"""What `vmpool check` finds in a cluster, every fault planted on a real API server."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from cluster_fixtures import eventually
from configurations import MARKER, said_in
from everything import HIGH, TAINT, USED, used_by
from faults import AUTOSCALING, FAULTS, IMAGES, Fault, content, disk, made, quota
from fit_cluster import MERGE, NODE, as_robot, changed, merged, plant, served, there
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from looking import ids, look, stack

from vmpool.check import api, as_text
from vmpool.check.checks import CHECKS
from vmpool.check.cluster import KUBEVIRT_VERSION
from vmpool.check.finding import Severity
from vmpool.check.reading import Reader, judged
from vmpool.check.report import Report, exit_status
from vmpool.check.snapshot import Answer, Question, Resource
from vmpool.check.subject import Subject
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster, finalize_namespace
from vmpool.render import objects_of


@pytest.mark.parametrize("changes", ["", AUTOSCALING], ids=["fixed", "autoscaled"])
def test_nothing_is_found_where_all_is_well(changes: str, fit: Cluster, place: str) -> None:
    report = look(fit, stack(place, changes))
    assert ids(report) == []
    assert exit_status(Report((report,)), strict=True) == 0


def test_nothing_is_found_where_all_that_is_used_is_there(fit: Cluster, place: str) -> None:
    everything = stack(place, USED)
    plant(fit, *used_by(objects_of(everything), place), namespace=place)
    node = {"metadata": {"labels": {"zone": "a"}}, "spec": {"taints": [TAINT]}}
    with ExitStack() as undone:
        undone.enter_context(changed(fit, NODE, node))
        undone.enter_context(there(fit, content(), HIGH))
        for group in ("custom.metrics.k8s.io", "external.metrics.k8s.io"):
            undone.enter_context(served(fit, group))
        report = look(fit, everything)
    assert report.told == ()
    assert exit_status(Report((report,)), strict=True) == 0


@pytest.mark.parametrize("fault", FAULTS, ids=[one.test for one in FAULTS])
def test_what_is_found_is(fault: Fault, fit: Cluster, place: str) -> None:
    with ExitStack() as undone:
        plant(fit, *fault.planted, namespace=place)
        undone.enter_context(there(fit, *fault.around))
        if fault.other:
            undone.enter_context(changed(fit, *fault.other))
        report = look(fit, stack(place, fault.stack))
    assert ids(report) == [fault.found]
    (told,) = report.told
    assert fault.says in f"{told.finding.sentence}; {told.finding.way_out}"


def test_an_instancetype_that_does_not_exist_leaves_the_size_unknown(
    fit: Cluster, place: str
) -> None:
    by = "instancetype: {name: small, kind: VirtualMachineInstancetype}"
    report = look(fit, stack(place, by))
    assert ids(report) == ["nodes-unseen", "instancetype-missing"]
    small = made(
        "instancetype.kubevirt.io/v1beta1",
        "VirtualMachineInstancetype",
        "small",
        spec={"cpu": {"guest": 2}, "memory": {"guest": "4Gi"}},
    )
    plant(fit, small, quota(memory="8Gi"), namespace=place)
    assert ids(look(fit, stack(place, by))) == ["quota-exceeded"]


def test_vms_that_are_there_are_no_more_to_come(fit: Cluster, place: str) -> None:
    held = {"hard": {"pods": "2"}, "used": {"pods": "2"}}
    plant(fit, {**quota(pods="2"), "status": held}, namespace=place)
    assert ids(look(fit, stack(place))) == ["quota-exceeded"]
    plant(fit, _live(place))
    path = f"/apis/pool.kubevirt.io/v1alpha1/namespaces/{place}/virtualmachinepools/web"
    assert eventually(lambda: fit.request("GET", path)[1].get("status", {}).get("replicas", 0) == 2)
    assert ids(look(fit, stack(place))) == []
    # Nor is a golden image that is gone in their way.
    report = look(fit, stack(place, disk("pvc: {name: gone}")))
    assert ids(report) == ["image-missing"]
    assert exit_status(Report((report,)), strict=False) == 0


def _live(namespace: str) -> dict[str, Any]:
    return dict(objects_of(stack(namespace))["pool"])


def test_a_namespace_is_there_or_is_made(fit: Cluster, namespace: str) -> None:
    usual = f"{disk(f'pvc: {{name: golden, namespace: {IMAGES}}}')}\ncloneAccess: true"
    assert ids(look(fit, stack(namespace, usual))) == ["namespace-missing"]
    assert ids(look(fit, stack(namespace, f"{usual}\ncreateNamespace: true"))) == []


def test_a_namespace_that_is_being_deleted_is_told(fit: Cluster, place: str) -> None:
    fit.request("DELETE", f"/api/v1/namespaces/{place}")
    assert "namespace-terminating" in ids(look(fit, stack(place)))
    finalize_namespace(fit, place)


def test_a_right_to_clone_that_is_there_or_is_made_is_not_missed(fit: Cluster, place: str) -> None:
    elsewhere = disk(f"pvc: {{name: golden, namespace: {IMAGES}}}")
    assert ids(look(fit, stack(place, f"{elsewhere}\ncloneAccess: true"))) == []
    role = objects_of(stack(place, f"{elsewhere}\ncloneAccess: true"))
    with there(fit, dict(role["clone-role"]), dict(role["clone-role-binding"])):
        assert ids(look(fit, stack(place, elsewhere))) == []


def test_a_version_of_pools_that_is_not_served_is_told(fit: Cluster, place: str) -> None:
    path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/"
    path += "virtualmachinepools.pool.kubevirt.io"

    def serve(served: bool) -> None:
        versions = fit.request("GET", path)[1]["spec"]["versions"]
        for one in versions:
            one["served"] = one["served"] if one["name"] != "v1alpha1" else served
        fit.request("PATCH", path, {"spec": {"versions": versions}}, MERGE)
        own = "/apis/pool.kubevirt.io/v1alpha1"
        assert eventually(lambda: (fit.request("GET", own)[0] == 200) == served)

    serve(False)
    try:
        report = look(fit, stack(place))
    finally:
        serve(True)
    assert ids(report) == ["pool-version-not-served"]
    assert report.told[0].finding.way_out == "set poolApiVersion: v1beta1"


EVERYTHING = {"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}


def test_what_somebody_may_not_look_at_is_never_clean(
    fit: Cluster, place: str, tmp_path: Path
) -> None:
    robot = as_robot(fit, place, EVERYTHING, folder=tmp_path)
    report = look(fit, stack(place), kubeconfig=robot)
    unseen = [one for one in report.told if one.finding.id != "right-missing-identity"]
    assert {one.finding.severity for one in unseen} == {Severity.UNSEEN}
    assert {"nodes-unseen", "storage-classes-unseen", "cdi-unseen"} <= set(ids(report))
    assert exit_status(Report((report,)), strict=False) == 3
    said = {one.finding.sentence for one in report.told}
    assert "you may not list nodes: whether a node takes such a VM is not known" in said


def test_what_can_be_seen_is_told_beside_what_cannot(
    fit: Cluster, place: str, tmp_path: Path
) -> None:
    kinds = ["persistentvolumeclaims", "resourcequotas", "virtualmachinepools"]
    robot = as_robot(fit, place, {**EVERYTHING, "resources": kinds}, folder=tmp_path)
    plant(fit, quota(memory="1Gi"), namespace=place)
    report = look(fit, stack(place, disk("pvc: {name: golden}", "5Gi")), kubeconfig=robot)
    told = [
        one.finding.id
        for one in report.told
        if one.check.id in {"golden-images", "quota"} and one.finding.severity == Severity.ERROR
    ]
    assert told == ["image-larger-than-disk", "quota-exceeded"]


def test_why_nodes_do_not_fit_is_counted(fit: Cluster, place: str) -> None:
    taints = [{"key": "gpu", "effect": "NoExecute"}]
    further = merged(NODE, {"metadata": {"name": "far"}, "spec": {"taints": taints}})
    with there(fit, further):
        report = look(fit, stack(place, "nodeSelector: {zone: b}"))
    assert [one.finding.sentence for one in report.told] == [
        "none of 2 nodes takes a VM: 1 with taint gpu:NoExecute; 1 without zone=b"
    ]


def test_rights_that_are_missing_are_told_by_kind(fit: Cluster, place: str, tmp_path: Path) -> None:
    most = ["get", "list", "watch", "create", "patch", "update"]
    robot = as_robot(
        fit,
        place,
        {"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]},
        {**EVERYTHING, "resources": ["secrets", "events"]},
        {**EVERYTHING, "resources": ["virtualmachinepools"], "verbs": most},
        folder=tmp_path,
    )
    report = look(fit, stack(place), kubeconfig=robot)
    told = {one.finding.id: one.finding.sentence for one in report.told if one.check.id == "rights"}
    assert told == {
        "right-missing-down": "you may not delete virtualmachinepools: a down will fail",
        "right-missing": "you may not watch, create, patch, update, delete services",
        "right-missing-identity": "you may not get namespace kube-system, by whose UID a stack "
        "knows its cluster again: an up on a wrong one is not refused",
    }
    assert exit_status(Report((report,)), strict=False) == 2


def test_what_waiting_reads_must_be_readable(fit: Cluster, place: str, tmp_path: Path) -> None:
    kinds = ["virtualmachinepools", "secrets", "services"]
    robot = as_robot(fit, place, {**EVERYTHING, "resources": kinds}, folder=tmp_path)
    report = look(fit, stack(place, "waitForReady: true"), kubeconfig=robot)
    told = [one.finding for one in report.told if one.check.id == "wait-rights"]
    assert {one.id for one in told} == {"right-missing-wait"}
    assert [one.sentence for one in told] == [
        "you may not get, list events, which waitForReady reads",
        "you may not get, list datavolumes, which waitForReady reads",
        "you may not get, list virtualmachines, which waitForReady reads",
        "you may not get, list virtualmachineinstances, which waitForReady reads",
    ]


def test_a_dry_run_tells_what_rights_alone_do_not(fit: Cluster, place: str, tmp_path: Path) -> None:
    kinds = ["virtualmachinepools", "secrets", "services", "roles", "rolebindings"]
    verbs = ["get", "list", "create", "patch", "delete"]
    robot = as_robot(
        fit,
        place,
        {"apiGroups": ["*"], "resources": kinds, "verbs": verbs},
        folder=tmp_path,
    )
    subjects = "scaleRole: {subjects: [{kind: User, name: ann}]}"
    report = look(fit, stack(place, subjects), kubeconfig=robot)
    refused = [one.finding.sentence for one in report.told if one.finding.id == "refused"]
    assert refused[0].startswith("the API server would refuse Role web-scale: ")
    assert "not currently held" in refused[0]


def test_a_check_makes_nothing_and_asks_for_no_secret_values(fit: Cluster, place: str) -> None:
    keys = made("v1", "Secret", "keys", stringData={"key": MARKER})
    plant(fit, keys, namespace=place)
    asked: dict[Question, Answer] = {}
    used = stack(place, "volumes: [{name: keys, secret: {secretName: keys}}]")
    with api.opened(Kubectl(binaries.kubectl(), fit.kubeconfig)) as ask:

        def remembered(question: Question) -> Answer:
            asked[question] = ask(question)
            return asked[question]

        reader = Reader(remembered)
        subjects = {"one": Subject(used.specification(), objects_of(used), reader.snapshot)}
        found = judged(reader, subjects)
    assert not any(found.values())
    answers = [one for question, one in asked.items() if question.path.endswith("/secrets/keys")]
    assert [one.status for one in answers] == [200]
    assert not said_in(repr(asked), MARKER)
    for kind in ("services", "horizontalpodautoscalers.autoscaling"):
        plural, _, group = kind.partition(".")
        resource = Resource(group, "v2" if group else "v1", plural)
        assert fit.request("GET", resource.path(place))[1]["items"] == []


def test_each_question_is_asked_once_for_all_stacks(fit: Cluster, place: str) -> None:
    asked: list[Question] = []
    with api.opened(Kubectl(binaries.kubectl(), fit.kubeconfig)) as ask:

        def heard(question: Question) -> Answer:
            asked.append(question)
            return ask(question)

        reader = Reader(heard)
        subjects = {
            name: Subject(one.specification(), objects_of(one), reader.snapshot)
            for name in ("one", "two")
            for one in [stack(place, name=name)]
        }
        judged(reader, subjects)
    assert len(asked) == len(set(asked))
    assert [one.path for one in asked].count("/api/v1/nodes") == 1


def test_a_bare_cluster_lacks_all_that_nobody_has_installed(
    cluster: Cluster, made_namespace: str
) -> None:
    networks = "networks: [{name: lan, multus: {networkName: lan}, bridge: {}}]\nservice: false"
    report = look(cluster, stack(made_namespace, f"{AUTOSCALING}\n{networks}"))
    found = set(ids(report))
    assert found >= {"kubevirt-missing", "cdi-missing", "multus-missing", "metrics-missing"}


def test_a_cluster_that_knows_no_kind_at_all_lacks_kubevirt_and_cdi() -> None:
    reader = Reader(lambda question: Answer(404, "404 page not found"))
    one = stack("a")
    found = judged(reader, {"a": Subject(one.specification(), objects_of(one), reader.snapshot)})
    told = {finding.sentence for those in found.values() for finding in those}
    lacking = {"KubeVirt is not installed", "CDI is not installed, and it makes the VMs' disks"}
    assert lacking <= told


def test_a_version_that_only_everybody_may_read_will_do() -> None:
    def answer(question: Question) -> Answer:
        if question == KUBEVIRT_VERSION:
            return Answer(200, {"gitVersion": "v1.5.0"})
        if question.path == "/apis/pool.kubevirt.io":
            return Answer(200, {"versions": [{"version": "v1alpha1"}]})
        return Answer(403, {"message": "no"})

    reader = Reader(answer)
    one = stack("a")
    subject = Subject(one.specification(), objects_of(one), reader.snapshot)
    found = judged(reader, {"a": subject}, CHECKS[:2])
    assert [finding.id for those in found.values() for finding in those] == ["kubevirt-lacks-field"]


def test_a_cluster_that_does_not_answer_is_not_clean(cluster: Cluster, tmp_path: Path) -> None:
    content = json.loads(cluster.kubeconfig.read_text(encoding="utf-8"))
    content["clusters"][0]["cluster"]["server"] = "https://127.0.0.1:1"
    away = tmp_path / "kubeconfig"
    away.write_text(json.dumps(content), encoding="utf-8")
    report = look(cluster, stack("a"), kubeconfig=away)
    assert report.unseen.startswith("the API server does not answer: ")
    assert "connection refused" in report.unseen
    assert exit_status(Report((report,)), strict=False) == 3


def test_many_stacks_are_told_in_few_lines_of_80_columns(fit: Cluster, place: str) -> None:
    lacking = "cloudInit: {existingSecret: users}\npassword:"
    names = [f"class-{index:02}" for index in range(30)]
    class_ = [stack(place, f"name: {one}\n{lacking}", name=one) for one in names]
    report = look(fit, *class_, stack(place, name="other"))
    text = as_text.as_text(Report((report,)))
    assert max(map(len, text.splitlines())) <= 80
    assert len(text.splitlines()) < 50
    assert "  error     class-00, class-01, class-02 and 27 more: Secret users" in text
    assert text.endswith("\n31 stacks: 1 error\n")
