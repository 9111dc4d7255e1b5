"""Kubernetes objects and their cluster as Pulumi resources, without the typed SDK's import time.

Every resource has the type token, version, aliases and secret outputs that `pulumi_kubernetes`
gives it, so that state, URNs and diffs are the same and a program may switch either way.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from .provider_version import provider_version

# Older names under which a state may hold an object: the typed SDK's own lists; it has none for
# custom resources, where a new version would plan to delete the pool.
OTHER_TYPES: Mapping[str, tuple[str, ...]] = {
    "autoscaling/v2:HorizontalPodAutoscaler": (
        "autoscaling/v1:HorizontalPodAutoscaler",
        "autoscaling/v2beta1:HorizontalPodAutoscaler",
        "autoscaling/v2beta2:HorizontalPodAutoscaler",
    ),
    "networking.k8s.io/v1:NetworkPolicy": ("extensions/v1beta1:NetworkPolicy",),
    "policy/v1:PodDisruptionBudget": ("policy/v1beta1:PodDisruptionBudget",),
    "rbac.authorization.k8s.io/v1:Role": (
        "rbac.authorization.k8s.io/v1alpha1:Role",
        "rbac.authorization.k8s.io/v1beta1:Role",
    ),
    "rbac.authorization.k8s.io/v1:RoleBinding": (
        "rbac.authorization.k8s.io/v1alpha1:RoleBinding",
        "rbac.authorization.k8s.io/v1beta1:RoleBinding",
    ),
    "pool.kubevirt.io/v1alpha1:VirtualMachinePool": (
        "pool.kubevirt.io/v1beta1:VirtualMachinePool",
    ),
    "pool.kubevirt.io/v1beta1:VirtualMachinePool": (
        "pool.kubevirt.io/v1alpha1:VirtualMachinePool",
    ),
}

# Members of a Secret that state and diffs must hold encrypted.
SECRET_MEMBERS = ("data", "stringData")


class KubernetesObject(pulumi.CustomResource):
    """One Kubernetes object, registered as it is written.

    manifest: the object as plain data or Outputs, with apiVersion and kind plain.
    shared: whether it may exist already and must outlive the stack (the typed SDK's <Kind>Patch);
        then only the fields in the manifest are the stack's.
    """

    def __init__(
        self,
        name: str,
        manifest: Mapping[str, Any],
        opts: pulumi.ResourceOptions | None = None,
        *,
        shared: bool = False,
    ) -> None:
        kind = f"{manifest['kind']}Patch" if shared else manifest["kind"]
        group_and_kind = f"{api_group(manifest['apiVersion'])}:{kind}"
        props = dict(manifest)
        own = pulumi.ResourceOptions(
            version=provider_version(),
            aliases=[
                pulumi.Alias(type_=f"kubernetes:{other}")
                for other in OTHER_TYPES.get(group_and_kind, ())
            ],
        )
        if manifest["kind"] == "Secret":
            own.additional_secret_outputs = list(SECRET_MEMBERS)
            for member in SECRET_MEMBERS:
                if member in props:
                    props[member] = pulumi.Output.secret(props[member])
        super().__init__(
            f"kubernetes:{group_and_kind}", name, props, pulumi.ResourceOptions.merge(own, opts)
        )


def api_group(api_version: str) -> str:
    """Return an apiVersion as type tokens spell it: the core group has a name there."""
    return api_version if "/" in api_version else f"core/{api_version}"
