"""The generic resources ask the engine for exactly what the typed SDK asks for."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from importlib import metadata
from typing import Any

import pulumi
import pytest
from configurations import specification
from engine_mocks import Request, Run, run
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.resources.kubernetes_object import OTHER_TYPES, KubernetesObject, api_group
from kubevirt_vm_pool.resources.provider import Cluster
from pulumi_kubernetes import Provider
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.autoscaling.v2 import HorizontalPodAutoscaler
from pulumi_kubernetes.core.v1 import NamespacePatch, Secret, Service
from pulumi_kubernetes.networking.v1 import NetworkPolicy
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding
from varied_pools import VARIED

Register = Callable[..., None]

# The one thing that the typed SDK has no word for.
POOLS_OWN_ALIASES = {
    f"kubernetes:{token}": [f"kubernetes:{other}" for other in others]
    for token, others in OTHER_TYPES.items()
    if token.endswith(":VirtualMachinePool")
}


def generic(name: str, manifest: Object, opts: pulumi.ResourceOptions | None = None) -> None:
    """Register an object by this project's class."""
    KubernetesObject(name, manifest, opts, shared=manifest["kind"] == "Namespace")


TYPED: dict[str, Callable[..., object]] = {
    "Namespace": NamespacePatch,
    "Secret": Secret,
    "Service": Service,
    "HorizontalPodAutoscaler": HorizontalPodAutoscaler,
    "PodDisruptionBudget": PodDisruptionBudget,
    "NetworkPolicy": NetworkPolicy,
    "Role": Role,
    "RoleBinding": RoleBinding,
}


def typed(name: str, manifest: Object, opts: pulumi.ResourceOptions | None = None) -> None:
    """Register an object by the typed SDK's class for it."""
    said: dict[str, Any] = copy.deepcopy(manifest)
    version, kind = said.pop("apiVersion"), said.pop("kind")
    if kind in TYPED:
        # Python's way to spell the members of the object itself.
        TYPED[kind](name, opts, **{key.replace("roleRef", "role_ref"): said[key] for key in said})
    else:
        CustomResource(name, version, kind, opts=opts, **said)


def requested(done: Run) -> dict[str, dict[str, Any]]:
    """Return all that was asked for, by resource; aliases as their types."""
    return {name: everything_in(request) for name, request in done.resources.items()}


def everything_in(request: Request) -> dict[str, Any]:
    """Return a request with its properties; their order means nothing."""
    options = request.options
    aliases = [alias["spec"]["type"] for alias in options.pop("aliases", [])]
    return {**options, "aliases": aliases, "object": request.marked}


def both_ways(program: Callable[[Register], None], *, preview: bool = False) -> list[Any]:
    """Return what a program asks for with this project's class, and with the typed SDK's."""
    return [requested(run(partial(program, way), preview=preview)) for way in (generic, typed)]


@pytest.mark.parametrize("changes", VARIED.values(), ids=VARIED)
def test_every_object_is_registered_as_the_typed_sdk_registers_it(changes: str) -> None:
    """But for the aliases: the next test."""
    made = objects(specification(changes))

    def program(register: Register) -> None:
        for role, manifest in made.items():
            register(f"vms-{role}", manifest)

    own, sdk = both_ways(program)
    for request in (*own.values(), *sdk.values()):
        del request["aliases"]
    assert own == sdk


KINDS = {
    f"{manifest['apiVersion']}:{manifest['kind']}": manifest
    for changes in VARIED.values()
    for manifest in objects(specification(changes)).values()
}


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_an_object_has_the_aliases_of_the_typed_sdk(kind: str) -> None:
    own, sdk = both_ways(lambda register: register("object", KINDS[kind]))
    aliases = own["object"]["aliases"]
    if own["object"]["type"] in POOLS_OWN_ALIASES:
        assert (aliases, sdk["object"]["aliases"]) == (
            POOLS_OWN_ALIASES[own["object"]["type"]],
            [],
        )
    else:
        assert aliases == sdk["object"]["aliases"]


def test_options_are_passed_on_as_the_typed_sdk_passes_them_on() -> None:
    made = objects(specification("createNamespace: true"))

    def program(register: Register) -> None:
        cluster = Cluster("cluster")
        for role, manifest in made.items():
            options = pulumi.ResourceOptions(
                provider=cluster,
                depends_on=[cluster],
                ignore_changes=["spec.replicas"],
                protect=True,
                retain_on_delete=True,
                aliases=[pulumi.Alias(type_="kubernetes:old:Kind")],
                additional_secret_outputs=["status"],
                custom_timeouts=pulumi.CustomTimeouts(delete="20m"),
            )
            register(f"vms-{role}", manifest, options)

    own, sdk = both_ways(program)
    for request in (*own.values(), *sdk.values()):
        # Own aliases and those of the class come in either order.
        request["aliases"] = set(request["aliases"]) - set(
            POOLS_OWN_ALIASES.get(request["type"], [])
        )
        request["additionalSecretOutputs"] = set(request.get("additionalSecretOutputs", []))
    assert own == sdk


def test_a_later_value_in_a_secret_is_registered_as_by_the_typed_sdk() -> None:
    def program(register: Register) -> None:
        manifest = objects(specification())["cloud-init"]
        manifest["data"] = pulumi.Output.from_input({"userdata": pulumi.Output.secret("eA==")})
        if register is typed:
            Secret("secret", metadata=manifest["metadata"], type="Opaque", data=manifest["data"])
        else:
            generic("secret", manifest)

    own, sdk = both_ways(program, preview=True)
    assert own == sdk


@pytest.mark.parametrize("kind", ["data", "stringData"])
def test_both_members_of_a_secret_are_secret(kind: str) -> None:
    manifest = {"apiVersion": "v1", "kind": "Secret", kind: {"a": "eA=="}}
    request = run(lambda: KubernetesObject("secret", manifest)).resources["secret"]
    assert (request.public[kind], request.properties[kind]) == ("[secret]", {"a": "eA=="})


def test_registering_an_object_changes_nothing_in_it() -> None:
    manifest = objects(specification())["cloud-init"]
    before = copy.deepcopy(manifest)
    run(lambda: generic("secret", manifest))
    assert manifest == before


def test_the_pool_has_aliases_for_every_other_version() -> None:
    versions = {"v1alpha1", "v1beta1"}
    for version in versions:
        (other,) = versions - {version}
        token = f"kubernetes:pool.kubevirt.io/{version}:VirtualMachinePool"
        assert POOLS_OWN_ALIASES[token] == [
            f"kubernetes:pool.kubevirt.io/{other}:VirtualMachinePool"
        ]


@pytest.mark.parametrize(
    ("api_version", "group"),
    [("v1", "core/v1"), ("autoscaling/v2", "autoscaling/v2"), ("a.io/v1beta1", "a.io/v1beta1")],
)
def test_the_core_group_has_a_name_in_type_tokens(api_version: str, group: str) -> None:
    assert api_group(api_version) == group


# --- the provider --------------------------------------------------------------------------------

PROVIDER_CONFIG = {
    "kubernetes:context": "lab",
    "kubernetes:kubeconfig": "apiVersion: v1\nkind: Config\n",
    "kubernetes:clusterIdentifier": "lab-1",
}


@pytest.fixture(autouse=True)
def _no_kubeconfig_of_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KUBECONFIG", raising=False)


def typed_provider() -> None:
    """Register by the typed SDK what Cluster registers."""
    config = pulumi.Config("kubernetes")
    Provider(
        "cluster",
        context=config.get("context"),
        kubeconfig=config.get_secret("kubeconfig"),
        cluster_identifier=config.get("clusterIdentifier") or "kubevirt-vm-pool/user1",
        enable_secret_mutable=True,
        enable_config_map_mutable=True,
    )


@pytest.mark.parametrize("config", [{}, PROVIDER_CONFIG], ids=["nothing said", "all said"])
def test_the_provider_is_registered_as_the_typed_sdk_registers_it(config: dict[str, str]) -> None:
    own = requested(run(lambda: Cluster("cluster"), config))
    assert own == requested(run(typed_provider, config))


def test_the_path_of_a_kubeconfig_stays_out_of_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUBECONFIG", "/home/ann/.kube/config")
    done = run(lambda: Cluster("cluster"))
    assert "/home/ann" not in done.plain_text


def test_the_provider_has_the_version_of_the_installed_package() -> None:
    done = run(lambda: Cluster("cluster"))
    assert done.resources["cluster"].raw.version == metadata.version("pulumi-kubernetes")
