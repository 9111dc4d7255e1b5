"""A pool whose replicas have Secrets of their own, brought up."""

from __future__ import annotations

from collections.abc import Mapping

from vmpool.check.command import ALLOWED
from vmpool.console import UserError
from vmpool.manifest_yaml import as_yaml

from ..measuring import Measured, in_turn, slower, timed
from ..row import Row, at_most
from ..workshop import Workshop, dev_file, installed, rendered, write_stack

REPLICAS = 200
AGAINST = "`kubectl apply --server-side` of the same objects"


def with_the_engine(workshop: Workshop, rounds: int) -> Measured:
    """Measure an up by Pulumi."""
    return _against_kubectl_apply(workshop, rounds, workshop.with_cluster)


def _against_kubectl_apply(
    workshop: Workshop, rounds: int, environment: Mapping[str, str]
) -> Measured:
    """Measure `vmpool up` against kubectl: in a new stack and namespace every time."""
    checkout = workshop.checkout("project")
    manifests = workshop.place(workshop.fresh("replicas"))

    def ours() -> float:
        stack = workshop.namespace(workshop.fresh("pool"))
        write_stack(checkout, stack, stack_file())
        vmpool = [installed("vmpool", checkout), "up", "--stack", stack]
        # That control plane has neither nodes nor KubeVirt.
        allowed = {**environment, ALLOWED: stack}
        return timed(vmpool, environment=allowed, cwd=checkout)

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
        AGAINST,
        at_most(3),
        3,
        with_the_engine,
        needs=("pulumi",),
    ),
)
