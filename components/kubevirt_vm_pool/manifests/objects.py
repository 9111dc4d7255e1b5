"""The Kubernetes objects of a pool, as plain data from pure functions.

They hold exactly what an API server stores, in its spelling: custom resources are compared as they
are, so 1024Mi for 1Gi would be a change for ever.
"""

from __future__ import annotations

from collections.abc import Callable

from ..guest.per_replica import Generated
from ..spec.pool import PoolSpec
from . import disruption_budget, network_policy, rbac
from .autoscaler import autoscaler
from .metadata import Object
from .namespace import namespace
from .replica_objects import of_replicas
from .roles import Role
from .secret import cloud_init_secret
from .service import services
from .virtual_machine_pool import virtual_machine_pool

# Roles of the objects in the golden image's namespace.
CLONING = frozenset({Role.CLONE_ROLE, Role.CLONE_ROLE_BINDING})


def objects(spec: PoolSpec, generated: Generated | None = None) -> dict[str, Object]:
    """Return every object of a pool by its role, in the order of their creation.

    All are in the pool's namespace but for those of CLONING, which are in the golden image's.
    generated: see per_replica.replicas.
    """
    made: list[tuple[bool, str, Callable[[PoolSpec], Object]]] = [
        (spec.create_namespace, Role.NAMESPACE, namespace),
        (spec.makes_cloud_init, Role.CLOUD_INIT, cloud_init_secret),
        # Before the first VM: without the right to clone no disk is made, and a VM that runs
        # before its NetworkPolicy can be reached by everybody.
        (spec.clone_access, Role.CLONE_ROLE, rbac.clone_role),
        (spec.clone_access, Role.CLONE_ROLE_BINDING, rbac.clone_role_binding),
        (spec.network_policy is not None, Role.NETWORK_POLICY, network_policy.network_policy),
        (True, Role.POOL, virtual_machine_pool),
        (spec.has_autoscaler, Role.AUTOSCALER, autoscaler),
        (spec.budgeted, Role.DISRUPTION_BUDGET, disruption_budget.disruption_budget),
        (spec.scale_role is not None, Role.SCALE_ROLE, rbac.scale_role),
        (spec.scale_role is not None, Role.SCALE_ROLE_BINDING, rbac.scale_role_binding),
    ]
    found: dict[str, Object] = {}
    for wanted, role, make in made:
        if role == Role.POOL:
            # Before the pool: a VM looks for its own as soon as it is there.
            found |= of_replicas(spec, generated)
        if wanted:
            found[role] = make(spec)
        if role == Role.POOL:
            found |= services(spec)
    return found
