"""docs/operator.md, walked as it stands, where an API server takes the place of the operator."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from checkout import Checkout, copied
from cluster_fixtures import control_plane, eventually, kubectl_of
from documentation import output_of, session, texts
from operator_definitions import ours

from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster

PAGE = "operator.md"
SHELL = ("bash", "-euo", "pipefail", "-c")
FILES = ("passphrase", "key-id", "key", "url")
Shell = Callable[[str], str]


@pytest.fixture(scope="module")
def own() -> Iterator[Cluster]:
    """A control plane that knows Stacks."""
    with control_plane() as made:
        kubectl = kubectl_of(made)
        kubectl("apply", "--server-side", "-f", "-", stdin=ours())
        assert eventually(lambda: kubectl("get", "stacks", "-A", check=False).returncode == 0)
        yield made


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A repository with the stacks ann and ben, and the files that Secrets are made of."""
    made = copied(tmp_path / "p", HOME=str(tmp_path))
    for name in ("ann", "ben"):
        made.vmpool("stack", "new", name)
    for name in FILES:
        (made.folder / name).write_text("x", encoding="utf-8")
    return made


@pytest.fixture
def shell(own: Cluster, checkout: Checkout) -> Shell:
    """Run a block of the page in the repository, and return what it prints."""
    programs = f"{binaries.kubectl().parent}{os.pathsep}{os.environ['PATH']}"

    def run(text: str) -> str:
        done = subprocess.run(
            [*SHELL, text],
            cwd=checkout.folder,
            env={**checkout.environment, "KUBECONFIG": str(own.kubeconfig), "PATH": programs},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}{done.stderr}"
        return done.stdout

    run("git init -qb main && git config user.email a@b && git config user.name a && git add -A")
    run("git commit -qm all")
    return run


def shown(part: str) -> str:
    """Return the page's one block of commands with a part."""
    (found,) = (text for text in texts(PAGE, "sh") if part in text)
    return found


def stack(shell: Shell, name: str) -> Any:
    return json.loads(shell(f"kubectl get stack {name} -n vmpool-fleet -o json"))


def test_from_nothing_to_a_canary_and_back(checkout: Checkout, shell: Shell) -> None:
    shell(shown("kubectl create namespace vmpool-fleet"))
    for block in [text for text in texts(PAGE, "sh") if "create secret" in text]:
        shell(block)
        shell("kubectl delete secret vmpool-state -n vmpool-fleet")
    (step,) = session(PAGE)
    command, output = step.command, step.printed
    assert output_of(checkout, command) == output

    apply = shown("kubectl apply --server-side -k fleet")
    shell(f"git add fleet && git commit -qm fleet\n{apply}")
    canaries = shown("kubectl get stacks -n vmpool-fleet -l kubevirt-vm-pool/ring=canary")
    assert [line.split()[0] for line in shell(canaries).splitlines()] == ["NAME", "ann"]
    assert stack(shell, "ann")["spec"]["branch"] == "next"

    # The canary is another one, and the change is taken back.
    changed = command.replace("--canary ann", "--canary ben")
    assert output_of(checkout, changed) == output
    shell(f"git commit -qam canary\n{apply}")
    assert [line.split()[0] for line in shell(canaries).splitlines()] == ["NAME", "ben"]
    shell("git revert --no-edit HEAD")
    assert output_of(checkout, command) == output
    assert shell("git status --porcelain -- fleet") == ""
    shell(apply)
    assert [line.split()[0] for line in shell(canaries).splitlines()] == ["NAME", "ann"]

    told_by_the_operator = (
        '{"status": {"lastUpdate": {"state": "failed", "message": "up failed: x"}}}'
    )
    shell(
        "kubectl patch stack ben -n vmpool-fleet --subresource status --type merge "
        f"-p '{told_by_the_operator}'"
    )
    assert shell(shown("kubectl get stack ben -n")) == "failed: up failed: x"

    _, *patches = shown("VMPOOL_ALLOW_DISK_LOSS").split("kubectl ")
    given, taken = (f"kubectl {patch}" for patch in patches)
    before = stack(shell, "ben")["spec"]
    shell(given)
    permission = stack(shell, "ben")["spec"]["envRefs"].pop("VMPOOL_ALLOW_DISK_LOSS")
    assert permission == {"type": "Literal", "literal": {"value": "web"}}
    shell(taken)
    assert stack(shell, "ben")["spec"] == before

    shell(shown("kubectl annotate stack ben"))
    assert "pulumi.com/reconciliation-request" in stack(shell, "ben")["metadata"]["annotations"]
    shell(shown("git rev-parse main"))
    held = stack(shell, "ben")["spec"]
    assert ("branch" in held, held["commit"]) == (False, shell("git rev-parse main").strip())


def test_the_kustomization_around_the_tree_says_who_a_workspace_is(
    checkout: Checkout, shell: Shell
) -> None:
    (step,) = session(PAGE)
    output_of(checkout, f"{step.command} --workload-identity")
    (checkout.folder / "identity").mkdir()
    (around,) = texts(PAGE, "yaml")
    (checkout.folder / "identity" / "kustomization.yaml").write_text(around, encoding="utf-8")
    built = list(yaml.safe_load_all(shell("kubectl kustomize identity")))
    accounts = [one["metadata"] for one in built if one["kind"] == "ServiceAccount"]
    role = {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/vmpool-state"}
    assert {one["name"]: one["annotations"] for one in accounts} == {"ann": role, "ben": role}
