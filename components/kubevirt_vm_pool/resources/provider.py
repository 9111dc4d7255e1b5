"""The one provider of a stack: its cluster, and how that is reached."""

from __future__ import annotations

import pulumi

from . import hooks
from .cluster_access import configured
from .provider_version import provider_version


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


def knows_cluster(component: pulumi.Resource) -> bool:
    """Tell whether a component's provider reaches the cluster that kubectl would, too."""
    provider = component.get_provider("kubernetes:core/v1:Namespace")
    return provider is None or isinstance(provider, Cluster)
