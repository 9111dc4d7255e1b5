"""The VmPool component: a pool of identical KubeVirt virtual machines.

`from kubevirt_vm_pool import VmPool, VmPoolArgs`. The modules below it that need no engine can be
used without importing Pulumi, which costs a quarter of a second: that is what __getattr__ is for.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .resources.provider import Cluster
    from .vm_pool import VmPool, VmPoolArgs

__all__ = ["Cluster", "VmPool", "VmPoolArgs"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from . import vm_pool
        from .resources import hooks, kubernetes_object

        # Also for a program that imports VmPool and has none any more.
        hooks.guard_deletions()
        return getattr(kubernetes_object if name == "Cluster" else vm_pool, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
