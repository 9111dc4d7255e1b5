"""A pool whose replicas have Secrets of their own, brought up."""

from __future__ import annotations

from vmpool.console import UserError
from vmpool.manifest_yaml import as_yaml

from ..measuring import Measured, in_turn, slower, timed
from ..row import Row, at_most
from ..scale import environment
from ..workshop import Workshop, dev_file, installed, rendered, write_stack

REPLICAS = 200


def against_kubectl_apply(workshop: Workshop, rounds: int) -> Measured:
    """Measure `vmpool up` by Pulumi: in a new stack and namespace every time."""
    checkout = workshop.checkout("project")
    manifests = workshop.place(workshop.fresh("replicas"))

    def ours() -> float:
        stack = workshop.namespace(workshop.fresh("pool"))
        write_stack(checkout, stack, stack_file())
        vmpool = [installed("vmpool", checkout), "up", "--stack", stack]
        return timed(vmpool, environment=environment(workshop, [stack]), cwd=checkout)

    def theirs() -> float:
        namespace = workshop.namespace(workshop.fresh("pool"))
        objects = rendered(namespace, stack_file()).values()
        if sum(one["kind"] == "Secret" for one in objects) < REPLICAS:
            raise UserError(f"the stack has fewer than {REPLICAS} Secrets")
        file = manifests / f"{namespace}.yaml"
        file.write_text(as_yaml(objects, show_secrets=True), encoding="utf-8")
        apply = [str(workshop.kubectl.program), "apply", "--server-side", "-f", str(file)]
        return timed(apply, environment=workshop.with_cluster, cwd=manifests)

    return slower(in_turn({"vmpool up": ours, "kubectl apply": theirs}, rounds))


def stack_file() -> str:
    """Return a stack's file: the dev stack's, with a Secret for each of many replicas."""
    own = {"hostname": "web{{ index }}", "spare": 0}
    return dev_file(replicas=REPLICAS, autoscaling=None, perReplica=own)


ROWS = (
    Row(
        "replicas",
        f"up of a pool with {REPLICAS} Secrets, one per replica, by Pulumi",
        "`kubectl apply --server-side` of the same objects",
        at_most(3),
        3,
        against_kubectl_apply,
        needs=("pulumi",),
    ),
)
