"""`vmpool operator render`: the Stack objects, what is refused, and what stays of a tree."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import ROOT
from click.testing import Result
from cluster_fixtures import RunKubectl
from configurations import MARKER
from stacks_folder import DEV, folder, run

__all__ = ["folder"]

STACK = DEV.replace("  namespace: images\n", f"  password: {MARKER}\n")


@pytest.fixture
def stacks(folder: Path) -> Path:
    """A folder with the stacks ann and bob."""
    (folder / "Pulumi.dev.yaml").unlink()
    for name in ("ann", "bob"):
        (folder / f"Pulumi.{name}.yaml").write_text(STACK)
    return folder


def rendered(*options: str) -> Result:
    """Run the verb; the last of the same options counts."""
    fleet = ("--repo", "https://git.example.org/team/pools.git", "--branch", "main")
    return run("operator", "render", *fleet, *options)


def objects(*options: str) -> list[Any]:
    """Return what is printed."""
    done = rendered(*options)
    assert done.exit_code == 0, done.output
    return list(yaml.safe_load_all(done.stdout))


def spec_of(name: str, *options: str) -> Any:
    """Return the spec of a Stack."""
    every = [one for one in objects(*options) if one["kind"] == "Stack"]
    return next(one["spec"] for one in every if one["metadata"]["name"] == name)


def test_a_stack_is_this_object(stacks: Path) -> None:
    options = "--dir pools --git-secret git --image mirror.example.org/pulumi:1 --resync 1200"
    backend = ("--backend", "s3://state?region=eu-central-1")
    found = objects(*options.split(), *backend, "--stacks", "ann")
    stack = """\
apiVersion: pulumi.com/v1
kind: Stack
metadata:
  name: ann
  namespace: vmpool-fleet
  labels: {kubevirt-vm-pool/ring: fleet}
spec:
  stack: ann
  projectRepo: https://git.example.org/team/pools.git
  branch: main
  repoDir: pools
  shallow: true
  gitAuth: {accessToken: {type: Secret, secret: {name: git, key: accessToken}}}
  backend: s3://state?region=eu-central-1
  envRefs:
    PULUMI_CONFIG_PASSPHRASE:
      {type: Secret, secret: {name: vmpool-state, key: PULUMI_CONFIG_PASSPHRASE}}
    AWS_ACCESS_KEY_ID: {type: Secret, secret: {name: vmpool-state, key: AWS_ACCESS_KEY_ID}}
    AWS_SECRET_ACCESS_KEY: {type: Secret, secret: {name: vmpool-state, key: AWS_SECRET_ACCESS_KEY}}
  serviceAccountName: ann
  refresh: true
  continueResyncOnCommitMatch: true
  resyncFrequencySeconds: 1200
  destroyOnFinalize: false
  workspaceReclaimPolicy: Delete
  workspaceTemplate:
    spec: {image: "mirror.example.org/pulumi:1", securityProfile: restricted}
"""
    assert [one for one in found if one["kind"] == "Stack"] == [yaml.safe_load(stack)]


def test_what_is_not_said_has_a_value_all_the_same(stacks: Path) -> None:
    spec = spec_of("ann")
    assert (spec["resyncFrequencySeconds"], spec["workspaceReclaimPolicy"]) == (900, "Delete")
    # The engine that the project is written for, and the packages' tests run with.
    packages = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    (version,) = (one["version"] for one in packages if one["name"] == "pulumi")
    assert spec["workspaceTemplate"]["spec"]["image"] == f"pulumi/pulumi:{version}-nonroot"
    assert not {"repoDir", "gitAuth", "backend", "secretsRef"} & spec.keys()
    assert spec_of("ann", "--keep-workspaces")["workspaceReclaimPolicy"] == "Retain"


@pytest.mark.parametrize(
    "url",
    [
        "git@git.example.org:team/pools.git",
        "ssh://git@git.example.org:2222/team/pools.git",
        "git.example.org:team/pools.git",
    ],
)
def test_a_repository_by_ssh_is_opened_by_a_key(stacks: Path, url: str) -> None:
    spec = spec_of("ann", "--repo", url, "--git-secret", "git")
    key = {"type": "Secret", "secret": {"name": "git", "key": "sshPrivateKey"}}
    assert (spec["projectRepo"], spec["gitAuth"]) == (url, {"sshAuth": {"sshPrivateKey": key}})


def test_a_stack_is_from_git_and_never_destroyed_unless_asked(stacks: Path) -> None:
    spec = spec_of("ann")
    assert (spec["stack"], spec["branch"], spec["serviceAccountName"]) == ("ann", "main", "ann")
    assert (spec["refresh"], spec["continueResyncOnCommitMatch"]) == (True, True)
    assert (spec["destroyOnFinalize"], "config" in spec, "runProgram" in spec) == (False,) * 3
    asked = spec_of("ann", "--destroy-on-finalize")
    assert (asked["destroyOnFinalize"], asked["runProgram"]) == (True, True)


@pytest.mark.parametrize(
    ("options", "variables"),
    [
        ((), {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_BACKEND_URL"}),
        (
            ("--backend", "s3://state?endpoint=minio:9000"),
            {"PULUMI_CONFIG_PASSPHRASE", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"},
        ),
        (("--backend", "s3://state", "--workload-identity"), {"PULUMI_CONFIG_PASSPHRASE"}),
        (("--backend", "gs://state"), {"PULUMI_CONFIG_PASSPHRASE"}),
    ],
)
def test_what_opens_the_state_is_in_one_secret(
    stacks: Path, options: tuple[str, ...], variables: set[str]
) -> None:
    assert spec_of("ann", *options)["envRefs"] == {
        name: {"type": "Secret", "secret": {"name": "vmpool-state", "key": name}}
        for name in variables
    }


def test_the_secrets_that_somebody_must_make_are_named_with_their_keys(stacks: Path) -> None:
    out = stacks / "fleet"
    more = "--git-secret git --secret password=login/text --backend s3://state --workload-identity"
    rendered("--out", str(out), *more.split())
    lines = (out / "kustomization.yaml").read_text().splitlines()[1:4]
    place = "in namespace vmpool-fleet must have:"
    assert lines == [
        f"# Secret vmpool-state {place} PULUMI_CONFIG_PASSPHRASE",
        f"# Secret git {place} accessToken",
        f"# Secret login {place} text",
    ]


def test_a_secret_of_the_configuration_comes_from_a_secret(stacks: Path) -> None:
    spec = spec_of("ann", "--secret", "password=login/text")
    reference = {"type": "Secret", "secret": {"name": "login", "key": "text"}}
    assert spec["secretsRef"] == {"kubevirt-vm-pool:password": reference}


def test_canaries_follow_a_branch_of_their_own_and_have_a_label(stacks: Path) -> None:
    found = objects("--canary", "a*", "--canary-branch", "next")
    stacks_ = [one for one in found if one["kind"] == "Stack"]
    rings = [one["metadata"]["labels"]["kubevirt-vm-pool/ring"] for one in stacks_]
    assert (rings, [one["spec"]["branch"] for one in stacks_]) == (
        ["canary", "fleet"],
        ["next", "main"],
    )


def test_no_secret_of_a_stack_is_in_it(stacks: Path) -> None:
    assert MARKER not in rendered().output


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("a" * 43, "has 43 characters, and a Stack at most 42: the operator labels the pods"),
        ("1st", "is no name of a Stack, whose workspace has a Service called after it (RFC 1035)"),
        ("a.b", "is no name of a Stack"),
    ],
)
def test_a_name_that_the_operator_cannot_have_is_refused(
    stacks: Path, name: str, told: str
) -> None:
    (stacks / f"Pulumi.{name}.yaml").write_text(f"{STACK}  namespace: x\n")
    done = rendered()
    assert (done.exit_code, done.stdout) == (1, "")
    assert told in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("createNamespace: true", "createNamespace in Pulumi.bob.yaml: the Role that lets"),
        ("kubernetes:context: prod", "a workspace of the operator has no kubeconfig"),
        ("kubernetes:kubeconfig: ./kc", "kubernetes:kubeconfig in Pulumi.bob.yaml is a path of"),
        ("namespace: vmpool-fleet", "where the secrets of the whole fleet are"),
        ("memory: 2GB", "did you mean 2Gi?"),
    ],
)
def test_a_stack_that_could_not_work_there_keeps_all_from_being_written(
    stacks: Path, more: str, told: str
) -> None:
    text = STACK.replace("  kubevirt-vm-pool:memory: 2Gi\n", "")
    (stacks / "Pulumi.bob.yaml").write_text(f"{text}  {more}\n")
    done = rendered("--out", str(stacks / "fleet"))
    assert (done.exit_code, (stacks / "fleet").exists()) == (1, False)
    assert told in " ".join(done.stderr.split())


def test_the_way_out_of_a_clusters_name_is_one_that_a_workspace_can_go(stacks: Path) -> None:
    for key in ("context: prod", "kubeconfig: /home/ann/.kube/config"):
        (stacks / "Pulumi.bob.yaml").write_text(f"{STACK}  kubernetes:{key}\n")
        told = " ".join(rendered().stderr.split())
        assert "give the content of a kubeconfig in place of it: pulumi config set --secret" in told


@pytest.mark.parametrize(
    "kubeconfig", ['\'{"kind": "Config"}\'', "{secure: 'v1:AAAAAAAAAAAAAAAA:AAAA'}"]
)
def test_where_a_stack_brings_a_kubeconfig_no_rights_are_given_here(
    stacks: Path, kubeconfig: str
) -> None:
    more = f"  kubernetes:context: prod\n  kubernetes:kubeconfig: {kubeconfig}\n"
    (stacks / "Pulumi.bob.yaml").write_text(f"{STACK}{more}encryptionsalt: v1:AAAA:v1:AAAA:AAAA\n")
    kinds = {one["kind"] for one in objects("--stacks", "bob")}
    assert kinds == {"Stack", "ServiceAccount", "ClusterRole", "ClusterRoleBinding"}


@pytest.mark.parametrize(
    ("options", "code", "told"),
    [
        ("--resync 10", 1, "the operator looks every 60 seconds at most"),
        ("--backend postgres://user:hunter2@db/x", 1, "--backend holds a password"),
        ("--backend postgres://u@h/db?password=hunter2", 1, "--backend holds a password"),
        ("--backend postgres://u@h/db?sslmode=require&SSLPassword=hunter2", 1, "holds a password"),
        ("--backend s3://b?access_key=hunter2", 1, "--backend holds a password"),
        ("--backend postgres://u:hunter2[@h/db", 1, "--backend is no URL"),
        ("--backend file:///srv/state", 1, "a folder of the pod that works on a stack"),
        ("--backend gs://b --workload-identity", 2, "--workload-identity goes with --backend s3:"),
        ("--repo https://git.example.org/a/b.git?private_token=hunter2", 1, "holds a password"),
        ("--repo https://git.example.org/pools.git", 1, "no repository without an owner"),
        ("--repo https://git.example.org/a/b/c", 1, "would take a/b for the repository: let it"),
        ("--repo /srv/git/pools", 1, "the operator fetches by https and SSH alone"),
        ("--repo http://hunter2@git.example.org/a/b.git", 1, "--repo holds a password"),
        ("--repo http://git.example.org/a/b.git", 1, "fetches by https and SSH alone"),
        ("--repo https://hunter2@git.example.org/x", 1, "--repo holds a password"),
        ("--canary ann", 2, "--canary and --canary-branch go together"),
        ("--secret password=login", 2, "--secret takes KEY=SECRET/KEY"),
    ],
)
def test_options_that_cannot_be_are_refused(
    stacks: Path, options: str, code: int, told: str
) -> None:
    done = rendered(*options.split())
    assert (done.exit_code, told in " ".join(done.stderr.split())) == (code, True)
    assert "hunter2" not in done.output


def test_a_tree_is_what_is_printed_and_kustomize_takes_it(
    stacks: Path, kubectl: RunKubectl
) -> None:
    rendered("--out", str(stacks / "fleet"))
    built = list(yaml.safe_load_all(kubectl("kustomize", str(stacks / "fleet")).stdout))
    assert sorted(built, key=str) == sorted(objects(), key=str)


def listed(fleet: Path) -> list[str]:
    """Return what a tree's kustomization names, after what is of all stacks."""
    kustomization = yaml.safe_load((fleet / "kustomization.yaml").read_text())
    names: list[str] = kustomization["resources"]
    assert names[0] == "fleet.yaml"
    return names[1:]


def files(fleet: Path) -> set[str]:
    """Return what there is, but for folders."""
    return {str(file.relative_to(fleet)) for file in fleet.rglob("*") if file.is_file()}


def test_files_of_stacks_that_are_gone_are_removed_and_others_stay(stacks: Path) -> None:
    fleet = stacks / "fleet"
    rendered("--out", str(fleet))
    (fleet / "mine.yaml").write_text("kind: Mine\n")
    (fleet / "stacks" / "mine.yaml").write_text("kind: Mine\n")
    (stacks / "Pulumi.bob.yaml").unlink()
    (stacks / "Pulumi.cid.yaml").write_text(STACK)
    done = rendered("--out", str(fleet), "--stacks", "cid")
    assert done.stderr.startswith("removed stacks/bob.yaml\n")
    assert listed(fleet) == ["stacks/ann.yaml", "stacks/cid.yaml"]
    mine = {"mine.yaml", "stacks/mine.yaml"}
    assert files(fleet) == {"fleet.yaml", "kustomization.yaml", *listed(fleet), *mine}


def test_no_name_of_a_stack_is_that_of_another_file(stacks: Path, kubectl: RunKubectl) -> None:
    for name in ("fleet", "kustomization", "stacks"):
        (stacks / f"Pulumi.{name}.yaml").write_text(STACK)
    rendered("--out", str(stacks / "tree"))
    built = list(yaml.safe_load_all(kubectl("kustomize", str(stacks / "tree")).stdout))
    assert sorted(built, key=str) == sorted(objects(), key=str)
    names = {one["metadata"]["name"] for one in built if one["kind"] == "Stack"}
    assert names == {"ann", "bob", "fleet", "kustomization", "stacks"}


@pytest.mark.parametrize("patterns", [(), ("--stacks", "bob")], ids=["all", "one"])
def test_a_tree_of_the_former_layout_is_moved_over(stacks: Path, patterns: tuple[str, ...]) -> None:
    for name in ("old", "new"):
        rendered("--out", str(stacks / name))
    old, new = stacks / "old", stacks / "new"
    # Stacks lay beside what is of all, and so they could not be called as that is.
    (old / "stacks" / "ann.yaml").rename(old / "ann.yaml")
    # Somebody has rendered bob since, and then taken back a part of it.
    (old / "bob.yaml").write_text((old / "stacks" / "bob.yaml").read_text())
    (old / "gone.yaml").write_text((old / "ann.yaml").read_text())
    (old / "mine.yaml").write_text("kind: Mine\n")
    done = rendered("--out", str(old), *patterns)
    assert done.stderr.startswith("removed ann.yaml\nremoved bob.yaml\nremoved gone.yaml\nwrote ")
    assert files(old) == {*files(new), "mine.yaml"}
    assert all((old / file).read_text() == (new / file).read_text() for file in files(new))
