"""`vmpool render --out`: a folder a stack, which Kustomize takes; nothing of others is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import Result
from cluster_fixtures import RunKubectl
from configurations import MARKER
from stacks_folder import folder, run

__all__ = ["folder"]

STACK = f"""\
config:
  name: web
  password: {MARKER}
  disk: {{source: {{pvc: {{name: golden, namespace: images}}}}}}
  scaleRole: {{subjects: [{{kind: User, name: ann}}]}}
  autoscaling: {{minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 50}}
"""


@pytest.fixture
def out(folder: Path) -> Path:
    """Where it is written; there are the stacks ann and bob."""
    (folder / "Pulumi.dev.yaml").unlink()
    for name in ("ann", "bob"):
        (folder / f"Pulumi.{name}.yaml").write_text(STACK)
    return folder / "out"


def written(out: Path, *options: str) -> Result:
    """Write the tree."""
    done = run("render", "--out", str(out), *options)
    assert done.exit_code == 0, done.output
    return done


def files(out: Path) -> set[str]:
    """Return what there is, but for folders."""
    return {str(file.relative_to(out)) for file in out.rglob("*") if file.is_file()}


def by_name(text: str) -> dict[Any, Any]:
    """Return objects by kind and name."""
    found = (one for one in yaml.safe_load_all(text) if one)
    return {(one["kind"], one["metadata"]["name"]): one for one in found}


def test_kustomize_makes_of_it_what_render_prints(out: Path, kubectl: RunKubectl) -> None:
    written(out, "--show-secrets")
    for name in ("ann", "bob"):
        built = by_name(kubectl("kustomize", str(out / name)).stdout)
        printed = by_name(run("render", "--stack", name, "--show-secrets").stdout)
        assert built == printed
        assert len(built) >= 6


def test_secrets_are_left_out_and_named(out: Path, kubectl: RunKubectl) -> None:
    written(out)
    text = (out / "ann" / "kustomization.yaml").read_text()
    assert "# Secrets are left out: let the External Secrets Operator make them" in text
    assert "#   Secret web-cloudinit in namespace ann (userdata)\n" in text
    built = by_name(kubectl("kustomize", str(out / "ann")).stdout)
    printed = by_name(run("render", "--stack", "ann").stdout)
    assert printed.keys() - built.keys() == {("Secret", "web-cloudinit")}
    assert MARKER not in "".join(file.read_text() for file in out.rglob("*.yaml"))


def test_names_of_files_follow_from_roles_and_stay(out: Path) -> None:
    written(out)
    before = files(out)
    assert {"ann/pool.yaml", "ann/kustomization.yaml", "bob/scale-role.yaml"} <= before
    texts = {file: (out / file).read_text() for file in before}
    written(out)
    assert {file: (out / file).read_text() for file in files(out)} == texts


def test_what_is_gone_is_removed_and_what_is_others_stays(out: Path, folder: Path) -> None:
    written(out)
    (out / "ann" / "mine.yaml").write_text("kind: Mine\n")
    (out / "README").write_text("mine\n")
    (folder / "Pulumi.bob.yaml").unlink()
    text = (folder / "Pulumi.ann.yaml").read_text()
    (folder / "Pulumi.ann.yaml").write_text(text.replace("  autoscaling", "  # autoscaling"))
    done = written(out)
    assert "removed ann/autoscaler.yaml\nremoved bob/" in done.stderr
    assert {"README", "ann/mine.yaml", "ann/pool.yaml"} <= files(out)
    assert not (out / "bob").exists()


def test_some_stacks_are_written_and_the_others_left(out: Path) -> None:
    written(out)
    before = files(out)
    (out / "bob" / "pool.yaml").write_text("# written by vmpool: earlier\n")
    written(out, "--stacks", "a*")
    assert files(out) == before
    assert (out / "bob" / "pool.yaml").read_text() == "# written by vmpool: earlier\n"


def test_a_mistake_in_one_keeps_all_from_being_written(out: Path, folder: Path) -> None:
    (folder / "Pulumi.bob.yaml").write_text(f"{STACK}  memory: 2GB\n")
    done = run("render", "--out", str(out))
    assert (done.exit_code, out.exists()) == (1, False)
    assert "did you mean 2Gi?" in done.stderr
    assert done.stderr.endswith("nothing is written\n")


def test_a_file_of_somebody_elses_is_not_replaced(out: Path) -> None:
    (out / "ann").mkdir(parents=True)
    (out / "ann" / "pool.yaml").write_text("mine\n")
    done = run("render", "--out", str(out))
    assert (done.exit_code, files(out)) == (1, {"ann/pool.yaml"})
    assert "was not written by vmpool render, and is not replaced" in done.stderr


@pytest.mark.parametrize("name", [".", ".."])
def test_a_stack_whose_folder_would_be_another_is_refused(
    out: Path, folder: Path, name: str
) -> None:
    (folder / f"Pulumi.{name}.yaml").write_text(f"{STACK}  namespace: x\n")
    done = run("render", "--out", str(out))
    assert (done.exit_code, out.exists()) == (1, False)
    assert f"stack {name} has no folder of its own: rename it" in " ".join(done.stderr.split())


def test_a_secret_inside_of_the_pool_is_refused(out: Path, folder: Path) -> None:
    volume = f"{{name: more, cloudInitNoCloud: {{userData: {MARKER}}}}}"
    more = f"  template: {{template: {{spec: {{volumes: [{volume}]}}}}}}\n"
    (folder / "Pulumi.bob.yaml").write_text(STACK + more)
    done = run("render", "--out", str(out))
    assert (done.exit_code, out.exists()) == (1, False)
    assert "VirtualMachinePool web of Pulumi.bob.yaml holds a secret itself" in done.stderr
    assert MARKER not in done.output


def test_several_stacks_are_printed_one_after_the_other(out: Path) -> None:
    printed = run("render", "--stacks", "*").stdout
    ann, bob = (run("render", "--stack", name).stdout for name in ("ann", "bob"))
    assert printed == ann + bob
