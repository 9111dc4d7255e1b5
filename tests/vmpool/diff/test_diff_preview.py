"""What the engine's previews (Pulumi 3.260) tell of a stack, and how far to trust them."""

from __future__ import annotations

from pathlib import Path

import pytest
from cluster_fixtures import RunKubectl
from configurations import MARKER, specification
from engine_events import diagnostic, of_engine, step, summary
from kubevirt_vm_pool.cluster.kubectl import Kubectl
from kubevirt_vm_pool.manifests.objects import objects

from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster
from vmpool.diff.engine_preview import Digest, Step, digest, previewed
from vmpool.diff.live_preview import doubts
from vmpool.engine.events import Began, Event

SECRET, SERVICE = "kubernetes:core/v1:Secret", "kubernetes:core/v1:Service"
BEGUN = "resourcePreEvent"
ENDED = summary(preview=True)
FAILED = [diagnostic("preview failed\n", "error"), *summary("failed", preview=True)]
REFUSAL = "refused: 3 VMs of web are recreated. To allow it for one command, set A=web"
REFUSED = diagnostic(
    f'Preview failed: before hook "vms-pool-update" failed: {REFUSAL}\n', "error", urn="urn:pulumi"
)


# --- one preview ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("op", "what"),
    [
        ("create", "created"),
        ("update", "updated"),
        ("delete", "deleted"),
        ("import", "adopted"),
        ("create-replacement", "replaced"),
    ],
)
def test_a_step_is_told_by_name_and_paths(op: str, what: str) -> None:
    found = digest([step(op, SECRET, event=BEGUN, paths=["data.b", "data.a"]), *ENDED])
    assert found.steps == (Step(what, "Secret", "web", ("data.a", "data.b")),)
    assert str(found.steps[0]) == f"Secret web {what} (data.a, data.b)"


@pytest.mark.parametrize("op", ["same", "read", "replace", "delete-replaced"])
def test_a_step_that_changes_nothing_of_its_own_is_not_told(op: str) -> None:
    assert digest([step(op, event=BEGUN), step(op), *ENDED]) == Digest()


def test_of_an_update_only_what_was_done_is_told() -> None:
    """Of a step that fails nothing more is heard."""
    begun: list[Event] = [
        Began(preview=False),
        step("create", SECRET, event=BEGUN),
        step("create", event=BEGUN),
    ]
    found = digest([*begun, step("create", SECRET), *summary("failed")])
    assert found.steps == (Step("created", "Secret", "web"),)


def test_drift_is_what_a_refresh_finds_to_be_another() -> None:
    heard = [
        step("refresh", SECRET),
        step("refresh", SERVICE, paths=["spec.ports[0].port"]),
        step("refresh", gone=True),
        step("update", SERVICE, event=BEGUN, paths=["spec.ports[0].port"]),
        *ENDED,
    ]
    found = digest(heard)
    assert found.drift == (
        Step("changed", "Service", "web", ("spec.ports[0].port",)),
        Step("deleted", "VirtualMachinePool", "web"),
    )
    assert [one.what for one in found.steps] == ["updated"]


def test_the_programs_sentences_are_told_and_those_of_others_are_not() -> None:
    heard = [
        diagnostic("2 VMs of web restart one by one\n", "info"),
        diagnostic("2 VMs of web restart one by one\n", "info"),
        diagnostic("1 of 2 VMs of web is removed\n", "warning"),
        diagnostic(f"https://host/{MARKER} is unreachable", "warning", urn="urn:pulumi"),
        diagnostic(MARKER, "info#err"),
        diagnostic(MARKER, "debug"),
        diagnostic(MARKER, "info", ephemeral=True),
        *ENDED,
    ]
    assert digest(heard).sentences == (
        "2 VMs of web restart one by one",
        "1 of 2 VMs of web is removed",
    )


def test_a_refusal_is_no_failure_of_the_preview() -> None:
    trace = diagnostic("Traceback (most recent call last):", "info#err")
    shutdown = diagnostic("Resource monitor has terminated, shutting down\n", "error")
    found = digest([REFUSED, shutdown, *FAILED, trace])
    assert (found.sentences, found.refused, found.failed) == ((REFUSAL,), True, False)


@pytest.mark.parametrize(
    "heard",
    [
        [diagnostic(f"Preview failed: {MARKER} is forbidden", "error", urn="urn:pulumi"), *FAILED],
        [REFUSED, diagnostic(f"Preview failed: {MARKER}", "error", urn="urn:pulumi"), *FAILED],
        [diagnostic("The configuration has 1 problem", "error"), *FAILED],
        FAILED,
        [],
    ],
)
def test_a_preview_that_fails_is_known_to(heard: list[Event]) -> None:
    found = digest(heard)
    assert found.failed
    assert MARKER not in str(found)


def test_nothing_that_an_event_holds_comes_out() -> None:
    config = of_engine({"preludeEvent": {"config": {"kubevirt-vm-pool:password": MARKER}}})
    events = [step(op, SECRET, event=BEGUN) for op in ("create", "update", "delete")]
    found = digest([config, *events, step("refresh", SECRET, paths=["data.a"]), *ENDED])
    assert len(found.steps) == 3
    assert MARKER not in str(found)


# --- two of them ---------------------------------------------------------------------------------

CHANGE, DRIFT = Step("updated", "Secret", "web"), Step("changed", "Service", "web")


def test_change_is_what_shows_without_a_look_at_the_cluster() -> None:
    undone = Step("updated", "Service", "web")
    plain = Digest((CHANGE,), sentences=("2 VMs restart",))
    refreshed = Digest((CHANGE, undone), (DRIFT,), ("3 VMs restart",))
    found = previewed("alice", plain, refreshed)
    assert (found.changes, found.drift, found.sentences) == (
        (CHANGE,),
        (DRIFT,),
        ("3 VMs restart",),
    )
    assert found.label == "checked by the API server"


def test_what_allows_a_refusal_is_told_for_its_stack_alone() -> None:
    words = "refused: all is lost. To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS="
    refused = Digest(sentences=(f"{words}web",), refused=True)
    assert previewed("alice", refused, refused).sentences == (f"{words}alice/web",)


def test_a_preview_that_cannot_see_the_live_objects_is_weak() -> None:
    found = previewed("alice", Digest((CHANGE,)), Digest(failed=True))
    assert (found.label, found.changes) == ("weak", (CHANGE,))
    assert "could not be looked at" in found.weak[0]


def test_doubts_make_a_preview_weak_and_a_failure_is_worse() -> None:
    assert previewed("alice", Digest(), Digest(), ["no rights"]).label == "weak"
    assert previewed("alice", Digest(failed=True), Digest(), ["no rights"]).label == "failed"
    assert previewed("alice", Digest(refused=True), Digest(refused=True)).label == "refused"


# --- doubts --------------------------------------------------------------------------------------


@pytest.fixture
def administrator(cluster: Cluster) -> Kubectl:
    """kubectl that may do everything."""
    return Kubectl(binaries.kubectl(), cluster.kubeconfig)


def doubts_about(kubectl: Kubectl, namespace: str, changes: str = "") -> list[str]:
    """Return the doubts about the objects of a stack in some namespace."""
    return doubts(kubectl, objects(specification(f"namespace: {namespace}\n{changes}")))


def test_a_cluster_that_checks_everything_leaves_no_doubt(
    administrator: Kubectl, made_namespace: str, kubectl: RunKubectl
) -> None:
    assert doubts_about(administrator, made_namespace) == []
    assert kubectl("get", "service,vmpool", "-n", made_namespace, "-o", "name").stdout == ""


def test_a_namespace_that_is_not_there_leaves_doubt(administrator: Kubectl, namespace: str) -> None:
    assert doubts_about(administrator, namespace) == [f"namespace {namespace} does not exist"]


def test_missing_rights_leave_doubt(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> None:
    """Where the provider may not try a change, it makes one up without a word."""
    here = ("-n", made_namespace)
    kubectl("create", "serviceaccount", "reader", *here)
    kubectl(
        "create",
        "rolebinding",
        "reader",
        "--clusterrole=view",
        f"--serviceaccount={made_namespace}:reader",
        *here,
    )
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_bytes(cluster.kubeconfig.read_bytes())
    token = kubectl("create", "token", "reader", *here).stdout.strip()
    of_file = ("--kubeconfig", str(kubeconfig), "config")
    kubectl(*of_file, "set-credentials", "reader", f"--token={token}")
    kubectl(*of_file, "set-context", "--current", "--user=reader")
    assert doubts_about(Kubectl(binaries.kubectl(), kubeconfig), made_namespace) == [
        "this identity may not patch secrets there",
        "this identity may not patch virtualmachinepools there",
        "this identity may not patch services there",
        "this identity may not patch horizontalpodautoscalers there",
    ]


def test_a_kind_that_is_not_installed_leaves_doubt(
    administrator: Kubectl, made_namespace: str
) -> None:
    manifests = objects(specification(f"namespace: {made_namespace}"))
    manifests["pool"] = {**manifests["pool"], "apiVersion": "pool.kubevirt.io/v9"}
    assert doubts(administrator, manifests) == [
        "the cluster knows no VirtualMachinePool of pool.kubevirt.io/v9"
    ]


def test_an_object_that_is_refused_leaves_doubt(
    administrator: Kubectl, made_namespace: str
) -> None:
    manifests = objects(specification(f"namespace: {made_namespace}"))
    ports = [{"port": 80}, {"port": 81}]
    manifests["service"] = {**manifests["service"], "spec": {"ports": ports}}
    assert doubts(administrator, manifests) == [
        'the API server finds Service "lab05-webserver" invalid'
    ]


def test_a_cluster_that_is_away_leaves_doubt(
    cluster: Cluster, kubectl: RunKubectl, tmp_path: Path
) -> None:
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_bytes(cluster.kubeconfig.read_bytes())
    name = kubectl("config", "view", "-o", "jsonpath={.clusters[0].name}").stdout
    of_file = ("--kubeconfig", str(kubeconfig), "config")
    kubectl(*of_file, "set-cluster", name, "--server=https://127.0.0.1:1")
    kubectl_away = Kubectl(binaries.kubectl(), kubeconfig)
    assert doubts_about(kubectl_away, "dev") == ["the cluster does not answer"]
