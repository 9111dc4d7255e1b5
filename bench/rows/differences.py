"""What changes in many stacks, one of which changed."""

from __future__ import annotations

from pathlib import Path

from vmpool.console import UserError
from vmpool.manifest_yaml import as_yaml

from ..measuring import Measured, faster, finished, in_turn, shared, timed
from ..row import Row
from ..row import faster as at_least
from ..workshop import Workshop, dev_file, installed, rendered, write_stack
from .rendering import names

STACKS = 500
CHANGED = names(STACKS)[STACKS // 2]
CHANGE = {"memory": "3Gi"}


def against_kubectl_diff(workshop: Workshop, rounds: int) -> Measured:
    """Measure per stack: one comparison with a revision, and a server-side diff for each stack.

    The rounds share the diffs among them, so that each stack's is made once.
    """
    checkout = repository(workshop)
    manifests = on_the_cluster(workshop)
    vmpool = [installed("vmpool", checkout), "diff", "--base", "HEAD"]
    kubectl = [str(workshop.kubectl.program), "diff", "--server-side", "-f"]

    def ours() -> float:
        took, printed = finished(vmpool, environment=workshop.environment, cwd=checkout)
        if CHANGED not in printed:
            raise UserError(f"vmpool diff does not name {CHANGED}, which changed")
        return took / STACKS

    def theirs(name: str) -> float:
        return timed(
            [*kubectl, f"{name}.yaml"],
            environment=workshop.with_cluster,
            cwd=manifests,
            # 1 is a difference.
            accept=(1,) if name == CHANGED else (0,),
        )

    runs = {
        "vmpool diff, per stack": ours,
        "kubectl diff, per stack": shared(names(STACKS), rounds, theirs),
    }
    return faster(in_turn(runs, rounds, warm_ups=0))


def repository(workshop: Workshop) -> Path:
    """Return a repository with all stacks in its last commit, and one of them changed since."""
    checkout = workshop.checkout(workshop.fresh("repository"))
    (checkout / ".gitignore").write_text("/.venv/\n__pycache__/\n/.vmpool/\n/.tools/\n")
    for file in checkout.glob("Pulumi.*.yaml"):
        file.unlink()
    for name in names(STACKS):
        write_stack(checkout, name, dev_file())
    who = ["-c", "user.name=benchmark", "-c", "user.email=benchmark@vmpool.invalid"]
    for command in (["init", "--quiet"], ["add", "--all"], [*who, "commit", "--quiet", "-m", "x"]):
        timed(["git", *command], environment=workshop.environment, cwd=checkout)
    write_stack(checkout, CHANGED, dev_file(**CHANGE))
    return checkout


def on_the_cluster(workshop: Workshop) -> Path:
    """Bring every stack's objects up as they were; return a folder with what is wanted now."""
    folder = workshop.place(workshop.fresh("manifests"))
    everything = []
    for name in names(STACKS):
        before = rendered(name, dev_file())
        everything.append({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        everything += before.values()
        now = rendered(name, dev_file(**CHANGE)) if name == CHANGED else before
        (folder / f"{name}.yaml").write_text(as_yaml(now.values(), show_secrets=True))
    workshop.kubectl.run(
        "apply", "--server-side", "-f", "-", stdin=as_yaml(everything, show_secrets=True)
    )
    return folder


ROWS = (
    Row(
        "diff",
        f"`vmpool diff` of {STACKS} stacks, one changed, per stack",
        f"{STACKS} `kubectl diff --server-side`",
        at_least(10),
        5,
        against_kubectl_diff,
        needs=("git", "diff"),
    ),
)
