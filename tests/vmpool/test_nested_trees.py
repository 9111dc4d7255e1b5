"""Trees of `vmpool render --out` and `vmpool operator render --out`, one in the other."""

from __future__ import annotations

from pathlib import Path

import pytest
from stacks_folder import DEV, folder, run

__all__ = ["folder"]

PLAIN = ("render",)
OPERATOR = (
    *("operator", "render", "--branch", "main"),
    *("--repo", "https://git.example.org/team/pools.git"),
)


@pytest.fixture
def gitops(folder: Path) -> Path:
    """The folder of both trees; there are the stacks ann and bob."""
    (folder / "Pulumi.dev.yaml").unlink()
    for name in ("ann", "bob"):
        (folder / f"Pulumi.{name}.yaml").write_text(DEV.replace("  namespace: images\n", ""))
    return folder / "gitops"


def texts(folder: Path) -> dict[Path, str]:
    return {file: file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.mark.parametrize(
    ("inner", "outer", "name"),
    [(OPERATOR, PLAIN, "operator"), (PLAIN, OPERATOR, "manifests"), (PLAIN, OPERATOR, "stacks")],
    ids=["operator in render", "render in operator", "render where the operator's stacks are"],
)
def test_each_leaves_the_tree_of_the_other_alone(
    gitops: Path, folder: Path, inner: tuple[str, ...], outer: tuple[str, ...], name: str
) -> None:
    (folder / "Pulumi.cid.yaml").write_text((folder / "Pulumi.ann.yaml").read_text())
    assert run(*inner, "--out", str(gitops / name)).exit_code == 0
    before = texts(gitops)
    first = run(*outer, "--out", str(gitops))
    (folder / "Pulumi.cid.yaml").unlink()
    second = run(*outer, "--out", str(gitops))
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "removed" not in first.stderr
    removed = [line for line in second.stderr.splitlines() if line.startswith("removed")]
    assert removed, "what is its own goes with its stack"
    assert all("cid" in line for line in removed)
    assert texts(gitops).items() >= before.items()


def test_a_file_of_the_other_is_not_replaced(gitops: Path, folder: Path) -> None:
    (folder / "Pulumi.operator.yaml").write_text((folder / "Pulumi.ann.yaml").read_text())
    run(*OPERATOR, "--out", str(gitops / "operator"))
    before = texts(gitops)
    done = run(*PLAIN, "--out", str(gitops))
    assert (done.exit_code, texts(gitops)) == (1, before)
    assert "kustomization.yaml was not written by vmpool render, and is not" in done.stderr
