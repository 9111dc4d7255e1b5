"""The VmPool component: registers the objects of a pool, and decides nothing about them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from .guest.per_replica import replica, retained_indices
from .manifests.metadata import Object
from .manifests.objects import objects
from .manifests.replica_objects import empty_of_replicas, of_replica
from .manifests.roles import Role, is_replica_object
from .manifests.secret import cloud_init_secret
from .outputs import exports
from .resources import hooks, name_conflicts, options, previous_outputs
from .resources.kubernetes_object import KubernetesObject
from .resources.provider import knows_cluster
from .resources.surroundings import surroundings
from .spec.pool import PoolSpec
from .stack_config import StackConfig
from .text.paths import Path, dotted
from .validation import validate
from .validation.problems import ConfigurationError
from .validation.warnings import warnings

if TYPE_CHECKING:
    # Its types take a preview milliseconds to build.
    from .args import VmPoolArgs

TYPE = "kubevirt-vm-pool:index:VmPool"


class VmPool(pulumi.ComponentResource):
    """A pool of identical KubeVirt virtual machines, its Service and its autoscaler.

    name: logical name of the component; the pool's own name where args have none.
    args: see VmPoolArgs; disk.source is demanded. What is an Input there may be an Output, all else
    is plain.

    Raises pulumi.RunError with every problem of the arguments; nothing is registered then.
    """

    namespace: pulumi.Output[str]
    """Namespace of every object."""
    pool: pulumi.Output[str]
    """Name of the VirtualMachinePool."""
    service: pulumi.Output[str | None]
    """Name of the Service; None where there is none."""
    host: pulumi.Output[str | None]
    """DNS name of the Service in the cluster."""
    url: pulumi.Output[str | None]
    """Where the Service's first port is reached in the cluster."""
    replicas: pulumi.Output[Any]
    """Number of VMs, or with autoscaling {"min": number, "max": number}."""
    cluster: pulumi.Output[Mapping[str, str] | None]
    """UID of the cluster's kube-system, context and server; None where nobody can tell."""

    def __init__(
        self, name: str, args: VmPoolArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        given: dict[str, Any] = {"name": name, **args}
        plain = _with_placeholders(given)
        where = None if isinstance(args, StackConfig) else f"VmPool {name}"
        spec = _specification(plain, where)
        name_conflicts.require_apart(name, spec)
        super().__init__(TYPE, name, {}, opts)
        wait = self._waiter(spec)
        for note in warnings(spec):
            pulumi.log.info(note, self)
        manifests = self._with_outputs(name, given, plain, spec, where)
        pool = self._register(name, spec, manifests)[Role.POOL]
        self.exports = exports(spec)
        if spec.per_replica.on:
            self.exports["indices"] = self._keep(name, spec)
        self.exports["cluster"] = self._cluster()
        for key, value in self.exports.items():
            setattr(self, key, pulumi.Output.from_input(value))
        self.register_outputs(self.exports)
        wait(pool)

    def _with_outputs(
        self,
        name: str,
        given: Mapping[str, Any],
        plain: Mapping[str, Any],
        spec: PoolSpec,
        where: str | None,
    ) -> dict[str, Object]:
        """Return every object; what depends on values that are not known yet is an Output."""
        manifests = objects(spec)
        later = {key: value for key, value in given.items() if plain[key] != value}
        whole = pulumi.Output.from_input(later).apply(
            lambda known: _specification({**given, **known}, where) if known else spec
        )
        if later and Role.CLOUD_INIT in manifests:
            manifests[Role.CLOUD_INIT]["data"] = whole.apply(lambda s: cloud_init_secret(s)["data"])
        if later or spec.per_replica.generate:
            from .resources.random_password import generated

            # Each waits for its own values only: one that is new makes no other one uncertain.
            for index, values in generated(name, spec, spec.indices, self).items():
                data = pulumi.Output.all(whole, values).apply(_data_of_replica(index))
                for role in empty_of_replicas(spec, [index]):
                    manifests[role]["data"] = data[role]
        if spec.template:
            from .resources import pool_secrets

            manifests[Role.POOL] = pool_secrets.sealed(manifests[Role.POOL], whole)
        for manifest in manifests.values():
            if manifest["kind"] == "ConfigMap":
                # The engine does not tell which parts of the configuration are encrypted.
                manifest["data"] = pulumi.Output.secret(manifest["data"])
        return manifests

    def _cluster(self) -> pulumi.Output[Mapping[str, str] | None]:
        """Return the cluster as identity.py tells it; None where a provider may mean another."""
        if not knows_cluster(self):
            return pulumi.Output.from_input(None)
        return pulumi.Output.from_input(surroundings.get().cluster())

    def _waiter(self, spec: PoolSpec) -> Callable[[KubernetesObject], object]:
        """Return what makes the update wait for the VMs, if it should."""
        if not spec.wait_for_ready:
            return lambda pool: None
        # Not every preview should pay for what few stacks need.
        from .resources import wait_for_ready

        return wait_for_ready.waiter(self, spec)

    def _register(
        self, name: str, spec: PoolSpec, manifests: Mapping[str, Object]
    ) -> dict[str, KubernetesObject]:
        registered: dict[str, KubernetesObject] = {}
        own = hooks.replica_hooks(name, spec) if spec.per_replica.on else None
        for role in sorted(manifests, key=_turn):
            manifest, child = manifests[role], f"{name}-{role}"
            earlier = [done for other, done in registered.items() if _turn(other) < _turn(role)]
            place = pulumi.ResourceOptions(
                parent=self, depends_on=earlier, hooks=hooks.creation_hooks()
            )
            further = options.of(child, role, spec, manifest)
            if is_replica_object(role):
                further = pulumi.ResourceOptions.merge(further, pulumi.ResourceOptions(hooks=own))
            registered[role] = KubernetesObject(
                child,
                options.annotated(role, spec, manifest),
                pulumi.ResourceOptions.merge(place, further),
                # A namespace may be there already, and may hold what others put into it.
                shared=role == Role.NAMESPACE,
            )
        return registered

    def _keep(self, name: str, spec: PoolSpec) -> pulumi.Output[int]:
        """Keep the objects of replicas that a smaller pool may still have, as they are.

        Return how many indices have objects now. Names alone are registered: the engine leaves the
        rest as it was, since what the templates made of them may be no longer in the configuration.
        """
        needed = len(spec.indices)

        def keep(before: Mapping[str, Any]) -> int:
            was_empty = before.get("replicas") == 0
            # The engine's numbers have no integers among them.
            indices = retained_indices(spec, int(before.get("indices") or 0), was_empty=was_empty)
            if indices and spec.per_replica.generate:
                from .resources.random_password import generated

                generated(name, spec, indices, self)
            for role, manifest in empty_of_replicas(spec, indices).items():
                KubernetesObject(
                    f"{name}-{role}",
                    manifest,
                    pulumi.ResourceOptions(
                        parent=self,
                        ignore_changes=["data", "metadata"],
                        hooks=hooks.creation_hooks(),
                    ),
                )
            return needed + len(indices)

        return previous_outputs.of_pool(spec).apply(keep)


def _data_of_replica(index: int) -> Callable[[Any], dict[str, Any]]:
    """Return a function from a specification and generated values to a replica's data by role."""

    def data(known: tuple[PoolSpec, Mapping[str, str]]) -> dict[str, Any]:
        own = of_replica(replica(known[0], index, known[1]))
        return {role: manifest["data"] for role, manifest in own.items()}

    return data


def _specification(given: Mapping[str, Any], where: str | None) -> PoolSpec:
    """Return the checked specification; raises pulumi.RunError.

    where: what the report calls the arguments; None where they are a stack's configuration.
    """
    stack = pulumi.get_stack()
    try:
        return validate.specify(
            given, stack=stack, where=where or f"The configuration of stack {stack}"
        )
    except ConfigurationError as error:
        raise pulumi.RunError(str(error.of_arguments(where) if where else error)) from None


def _turn(role: str) -> int:
    """Return when an object's turn comes: namespace, then everything else, then the pool.

    Its VMs need their Secret. And what is created last is deleted first: when the guard refuses
    that the pool goes, everything else is still there.
    """
    turns: dict[str, int] = {Role.NAMESPACE: 0, Role.POOL: 2}
    return turns.get(role, 1)


def _with_placeholders(value: Any, path: Path = ()) -> Any:
    """Return arguments with something sound in place of every Output that they may hold."""
    if isinstance(value, pulumi.Output) or inspect.isawaitable(value):
        from .spec.placeholders import placeholder

        try:
            return placeholder(path)
        except KeyError:
            raise pulumi.RunError(
                f"{dotted(path)} is an Output, and the shape of the objects depends on it; "
                "give a plain value"
            ) from None
    if isinstance(value, Mapping):
        return {key: _with_placeholders(member, (*path, key)) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_placeholders(item, (*path, index)) for index, item in enumerate(value)]
    return value
