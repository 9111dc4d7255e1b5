"""An update that ends only when a pool's VMs are ready, and fails if they are not in time.

Neither hooks nor the provider's annotation `pulumi.com/waitFor` can do that: where nothing changes
the engine runs no hook, and the annotation waits for one exact number and gives no reasons.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pulumi

from ..cluster import wait
from ..cluster.kubectl import Kubectl
from ..effects.disk_guard import disks_may_go
from ..spec.pool import PoolSpec
from . import run_environment
from .provider import Cluster, configured


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
    program = _program(environment)

    def tell(state: str) -> None:
        pulumi.log.info(state, component, ephemeral=True)

    async def until_ready(_: str) -> None:
        access = configured()
        with _file(access.kubeconfig) as kubeconfig:
            kubectl = Kubectl(program, kubeconfig, access.context, environment)
            try:
                await wait.wait(kubectl, spec, spec.wait_for_ready_minutes * 60, tell)
            except wait.NotReadyError as error:
                raise pulumi.RunError(str(error)) from None

    def start(pool: pulumi.CustomResource) -> pulumi.Output[None]:
        return pool.id.apply(until_ready)

    return start


def _require_known_cluster(component: pulumi.ComponentResource) -> None:
    """Raise pulumi.RunError if a pool's provider may mean another cluster than kubectl would."""
    provider = component.get_provider("kubernetes:core/v1:Namespace")
    if not (provider is None or isinstance(provider, Cluster)):
        raise pulumi.RunError(
            "waitForReady: nothing tells kubectl which cluster this pool's provider means; give "
            "the VmPool a Cluster of kubevirt_vm_pool, or set waitForReady to false"
        )


def _program(environment: Mapping[str, str]) -> Path:
    """Return kubectl as PATH has it; raises pulumi.RunError if it has none."""
    found = shutil.which("kubectl", path=environment.get("PATH"))
    if found is None:
        raise pulumi.RunError(
            "waitForReady: kubectl, which looks whether the VMs are ready, is not on PATH; install "
            "it, or set waitForReady to false"
        )
    return Path(found)


@contextmanager
def _file(kubeconfig: str | None) -> Iterator[Path | None]:
    """Yield the file of a kubeconfig, which the provider takes as a path or as the content."""
    if not kubeconfig or os.path.isfile(os.path.expanduser(kubeconfig)):
        yield Path(kubeconfig).expanduser() if kubeconfig else None
        return
    # Readable for nobody else.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="kubeconfig-") as file:
        file.write(kubeconfig)
        file.flush()
        yield Path(file.name)
