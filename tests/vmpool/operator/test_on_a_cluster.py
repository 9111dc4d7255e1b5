"""What `vmpool operator render` writes, on an API server: it is taken, and its rights suffice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import copied, needs
from cluster_fixtures import RunKubectl, control_plane, eventually, kubectl_of
from operator_definitions import NotAtHandError, ours, schema_of, theirs
from plain_updates import run_stack
from stacks_folder import DEV, folder, run

from vmpool.controlplane.client import Cluster

__all__ = ["folder"]

FLEET = ("--repo", "https://git.example.org/team/pools.git", "--branch", "main")
IMAGES = "source: {pvc: {name: golden, namespace: images}}"
STACK = (
    DEV.replace("  namespace: images\n", "").replace("source: {pvc: {name: golden}}", IMAGES)
    + "  password: x\n"
    "  cloneAccess: true\n"
    "  scaleRole: {subjects: [{kind: User, name: ann}]}\n"
    "  networkPolicy: {from: [{podSelector: {}}]}\n"
    "  disruptionBudget: {minAvailable: 1}\n"
    "  autoscaling: {minReplicas: 2, maxReplicas: 3, targetCPUUtilizationPercentage: 50}\n"
)


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A control plane that one of the definitions is put into."""
    with control_plane() as made:
        yield made


@pytest.fixture(params=["ours", "theirs"])
def kubectl(own: Cluster, request: pytest.FixtureRequest) -> RunKubectl:
    """Run kubectl where Stacks are known by a definition."""
    try:
        definition = {"ours": ours, "theirs": theirs}[request.param]()
    except NotAtHandError as reason:
        pytest.skip(str(reason))
    run_kubectl = kubectl_of(own)
    run_kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", stdin=definition)
    assert eventually(lambda: run_kubectl("get", "stacks", "-A", check=False).returncode == 0)
    for namespace in ("vmpool-fleet", "ann", "bob", "images"):
        run_kubectl("create", "namespace", namespace, check=False)
    return run_kubectl


@pytest.fixture
def tree(folder: Path) -> Path:
    """The tree of two stacks, with everything that may be asked for."""
    (folder / "Pulumi.dev.yaml").unlink()
    for name in ("ann", "bob"):
        (folder / f"Pulumi.{name}.yaml").write_text(STACK)
    more = "--git-secret git --backend s3://state --secret password=login/password --dir pools"
    canary = "--canary ann --canary-branch next --destroy-on-finalize"
    done = run(
        *f"operator render --out {folder / 'fleet'}".split(), *FLEET, *more.split(), *canary.split()
    )
    assert done.exit_code == 0, done.output
    return folder / "fleet"


def test_the_api_server_takes_the_tree_and_knows_every_field(
    kubectl: RunKubectl, tree: Path
) -> None:
    kubectl("apply", "--server-side", "--force-conflicts", "--validate=strict", "-k", str(tree))
    stacks = json.loads(kubectl("get", "stacks", "-n", "vmpool-fleet", "-o", "json").stdout)[
        "items"
    ]
    wanted = [
        one
        for name in ("ann", "bob")
        for one in yaml.safe_load_all((tree / "stacks" / f"{name}.yaml").read_text())
        if one["kind"] == "Stack"
    ]
    assert [one["spec"] for one in stacks] == [one["spec"] for one in wanted]
    assert [one["spec"]["branch"] for one in stacks] == ["next", "main"]


def test_what_is_written_by_other_options_is_known_too(kubectl: RunKubectl, tree: Path) -> None:
    options = "--stacks ann --git-secret git --backend s3://state --workload-identity"
    by_ssh = "--repo git@git.example.org:team/pools.git --branch main --keep-workspaces"
    stream = run("operator", "render", *options.split(), *by_ssh.split()).stdout
    assert "sshPrivateKey" in stream
    tried = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-")
    kubectl(*tried, stdin=stream)


def test_a_workspace_may_do_what_its_stack_needs_and_nothing_to_another(
    kubectl: RunKubectl, tree: Path
) -> None:
    kubectl("apply", "--server-side", "--force-conflicts", "-k", str(tree))
    workspace = "--as=system:serviceaccount:vmpool-fleet:ann"
    groups = ("--as-group=system:serviceaccounts:vmpool-fleet", "--as-group=system:authenticated")
    objects = run("render", "--stack", "ann", "--show-secrets").stdout
    assert {one["kind"] for one in yaml.safe_load_all(objects)} >= {"Role", "NetworkPolicy"}
    asked = ("apply", "--server-side", "-f", "-", workspace)
    kubectl(*asked, stdin=objects)
    kubectl("delete", "-f", "-", "--wait=false", workspace, stdin=objects)
    kubectl("get", "namespace", "kube-system", workspace, *groups)

    others = run("render", "--stack", "bob", "--show-secrets").stdout
    refused = kubectl(*asked, stdin=others, check=False)
    assert refused.returncode != 0
    created = [line for line in refused.stdout.splitlines() if "applied" in line]
    # The golden image's namespace is that of both, and a new Role there has any name.
    assert [line for line in created if "clone-for" not in line] == []
    for what, answer in {
        "get secrets -n vmpool-fleet": "no",
        "get secrets -n bob": "no",
        "delete roles -n images": "no",
        "delete secret/theirs -n ann": "no",
        "patch secret/theirs -n ann": "no",
        "delete secret/web-cloudinit -n ann": "yes",
    }.items():
        may = kubectl("auth", "can-i", *what.split(), workspace, *groups, check=False)
        assert (what, may.stdout.strip()) == (what, answer)


@needs("pulumi")
def test_the_engine_brings_a_stack_up_with_no_more_rights_than_these(
    own: Cluster, tree: Path, tmp_path: Path
) -> None:
    kubectl = kubectl_of(own)
    for one in ("vmpool-fleet", "ann", "images"):
        kubectl("create", "namespace", one, check=False)
    for file in ("fleet.yaml", "stacks/ann.yaml"):
        everything = yaml.safe_load_all((tree / file).read_text())
        rights = [one for one in everything if one["kind"] != "Stack"]
        kubectl(
            "apply",
            "--server-side",
            "--force-conflicts",
            "-f",
            "-",
            stdin=yaml.safe_dump_all(rights),
        )
    config = json.loads(own.kubeconfig.read_text())
    token = kubectl("create", "token", "ann", "-n", "vmpool-fleet").stdout.strip()
    config["users"] = [{"name": one["name"], "user": {"token": token}} for one in config["users"]]
    workspace = tmp_path / "kubeconfig"
    workspace.write_text(json.dumps(config))

    checkout = copied(tmp_path / "p")
    checkout.write("ann", STACK)
    state, as_workspace = tmp_path / "state", {"KUBECONFIG": str(workspace)}

    def run_as_workspace(what: str) -> tuple[int, str]:
        done = run_stack(f"{what} --stack ann", checkout.folder, own, state, as_workspace)
        assert "forbidden" not in done.stdout
        return done.returncode, " ".join(done.stdout.split())

    assert run_as_workspace("up")[0] == 0
    assert run_as_workspace("preview --expect-no-changes")[0] == 0
    # The engine runs as a Stack lets it, without a preview before: the guard refuses all the same.
    checkout.edit("ann", "size: 6Gi", "size: 9Gi")
    code, told = run_as_workspace("up")
    assert (code, "VMPOOL_ALLOW_DISK_LOSS=web" in told) == (1, True)
    # Of what goes the provider watches that it goes.
    as_workspace["VMPOOL_ALLOW_DISK_LOSS"] = "web"
    assert run_as_workspace("destroy --run-program")[0] == 0


def test_a_field_or_a_type_that_the_operator_does_not_know_is_refused(kubectl: RunKubectl) -> None:
    for changes, told in (
        ({"projectRepository": "x"}, 'unknown field "spec.projectRepository"'),
        ({"gitAuth": {"token": {"type": "Secret"}}}, 'unknown field "spec.gitAuth.token"'),
        ({"gitAuth": {"sshAuth": {}}}, "spec.gitAuth.sshAuth.sshPrivateKey: Required value"),
        ({"workspaceReclaimPolicy": "Keep"}, 'supported values: "'),
        ({"resyncFrequencySeconds": "900"}, "must be of type integer"),
        ({"envRefs": {"A": {"secret": {}}}}, "spec.envRefs.A.type: Required value"),
        ({"workspaceTemplate": {"spec": {"img": "x"}}}, 'field "spec.workspaceTemplate.spec.img"'),
    ):
        stack = {
            "apiVersion": "pulumi.com/v1",
            "kind": "Stack",
            "metadata": {"name": "a", "namespace": "vmpool-fleet"},
            "spec": {"stack": "a", **changes},
        }
        tried = ("create", "--dry-run=server", "--validate=strict", "-f", "-")
        done = kubectl(*tried, stdin=json.dumps(stack), check=False)
        assert (done.returncode, told in done.stderr) == (1, True), done.stderr


def test_the_table_of_the_documented_fields_says_what_the_operators_own_definition_says() -> None:
    try:
        definition = yaml.safe_load(theirs())
    except NotAtHandError as reason:
        pytest.skip(str(reason))
    (v1,) = (one for one in definition["spec"]["versions"] if one["name"] == "v1")
    own = v1["schema"]["openAPIV3Schema"]["properties"]["spec"]
    assert list(differences(schema_of("Spec"), own, "spec")) == []


def differences(table: Any, own: Any, place: str) -> Iterator[str]:
    """Yield where two schemas differ; what is any in the table has no type to compare."""
    if "x-kubernetes-preserve-unknown-fields" in table:
        return
    for member in ("type", "required", "enum"):
        said, there = table.get(member) or [], own.get(member) or []
        if sorted(said) != sorted(there):
            yield f"{place}: {member} {said}, not {there}"
    fields, others = table.get("properties", {}), own.get("properties", {})
    yield from (f"{place}.{name}: one has it" for name in sorted(fields.keys() ^ others.keys()))
    for name in fields.keys() & others.keys():
        yield from differences(fields[name], others[name], f"{place}.{name}")
    for member in ("items", "additionalProperties"):
        if member in table:
            yield from differences(table[member], own.get(member, {}), f"{place}.{member}")


def test_a_longer_name_than_is_taken_here_is_refused_there_too(kubectl: RunKubectl) -> None:
    for length, taken in ((42, True), (43, False)):
        stack = {
            "apiVersion": "pulumi.com/v1",
            "kind": "Stack",
            "metadata": {"name": "a" * length, "namespace": "vmpool-fleet"},
            "spec": {"stack": "a"},
        }
        done = kubectl(
            "create", "--dry-run=server", "-f", "-", stdin=json.dumps(stack), check=False
        )
        assert (done.returncode == 0) == taken, done.stderr
