"""The one provider of a stack: its cluster, and how that is reached."""

from __future__ import annotations

from dataclasses import dataclass, field

import pulumi

from . import hooks
from .provider_version import provider_version


@dataclass(frozen=True)
class Access:
    """How a stack's configuration says that its cluster is reached; None leaves it to KUBECONFIG.

    kubeconfig: a path or the content.
    """

    context: str | None
    kubeconfig: str | None = field(repr=False)


def configured() -> Access:
    """Return how the cluster is reached, for a Cluster and for the engine's default provider."""
    config = pulumi.Config("kubernetes")
    return Access(config.get("context"), config.get("kubeconfig"))


class Cluster(pulumi.ProviderResource):
    """The one provider of a stack: a cluster, as `kubernetes:context` and KUBECONFIG name it."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        config = pulumi.Config("kubernetes")
        access = configured()
        props = {
            "context": access.context,
            # KUBECONFIG itself stays out of the state: it is another path on every machine, and
            # the provider finds it by itself.
            "kubeconfig": access.kubeconfig and pulumi.Output.secret(access.kubeconfig),
            # Without it a moved kubeconfig or a renamed context would replace every object.
            "clusterIdentifier": config.get("clusterIdentifier")
            or f"{pulumi.get_project()}/{pulumi.get_stack()}",
            # In place: replacing deletes first, and VMs that start in between would not boot.
            "enableSecretMutable": "true",
            "enableConfigMapMutable": "true",
        }
        own = pulumi.ResourceOptions(version=provider_version())
        # A pool that leaves the program may leave its cluster behind.
        hooks.guard_deletions()
        super().__init__("kubernetes", name, props, pulumi.ResourceOptions.merge(own, opts))
