"""The VmPool component: a pool of identical KubeVirt virtual machines.

`from kubevirt_vm_pool import VmPool, VmPoolArgs`. The modules below it that need no engine can be
used without importing Pulumi, which costs a quarter of a second: that is what __getattr__ is for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .args import VmPoolArgs
    from .resources.provider import Cluster
    from .vm_pool import VmPool

__all__ = ["Cluster", "VmPool", "VmPoolArgs"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from .resources import hooks

        # Also for a program that imports VmPool and has none any more.
        hooks.guard_deletions()
        home = {"Cluster": "resources.provider", "VmPoolArgs": "args"}.get(name, "vm_pool")
        return getattr(import_module(f"{__name__}.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
