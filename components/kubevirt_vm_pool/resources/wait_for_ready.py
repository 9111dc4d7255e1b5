"""An update that ends only when a pool's VMs are ready, and fails if they are not in time.

Neither hooks nor the provider's annotation `pulumi.com/waitFor` can do that: where nothing changes
the engine runs no hook, and the annotation waits for one exact number and gives no reasons.
"""

from __future__ import annotations

from collections.abc import Callable

import pulumi

from ..cluster import wait
from ..effects.disk_guard import disks_may_go
from ..spec.pool import PoolSpec
from . import run_environment
from .cluster_access import configured
from .provider import knows_cluster


def waiter(
    component: pulumi.ComponentResource, spec: PoolSpec
) -> Callable[[pulumi.CustomResource], object]:
    """Return what makes the update wait for the VMs of a pool, once the pool is registered.

    component: the pool's, whose provider says which cluster it is in. Raises pulumi.RunError where
    nobody could look; the update fails with one if the VMs are not ready in time.
    """
    environment = run_environment.current()
    # A destroy runs the program too, and only this permission tells it apart.
    if pulumi.runtime.is_dry_run() or disks_may_go(spec.name, environment):
        return lambda pool: None
    _require_known_cluster(component)
    access = configured()
    with access.kubectl() as found:
        if found is None:
            raise pulumi.RunError(
                "waitForReady: kubectl, which looks whether the VMs are ready, is not on PATH; "
                "install it, or set waitForReady to false"
            )

    def tell(state: str) -> None:
        pulumi.log.info(state, component, ephemeral=True)

    async def until_ready(_: str) -> None:
        with access.kubectl() as kubectl:
            assert kubectl
            try:
                await wait.wait(kubectl, spec, spec.wait_for_ready_minutes * 60, tell)
            except wait.NotReadyError as error:
                raise pulumi.RunError(str(error)) from None

    def start(pool: pulumi.CustomResource) -> pulumi.Output[None]:
        return pool.id.apply(until_ready)

    return start


def _require_known_cluster(component: pulumi.ComponentResource) -> None:
    """Raise pulumi.RunError if a pool's provider may mean another cluster than kubectl would."""
    if not knows_cluster(component):
        raise pulumi.RunError(
            "waitForReady: nothing tells kubectl which cluster this pool's provider means; give "
            "the VmPool a Cluster of kubevirt_vm_pool, or set waitForReady to false"
        )
