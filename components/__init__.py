"""The component in this checkout: `from components import VmPool, VmPoolArgs`.

Everywhere else it is installed, and called `kubevirt_vm_pool`.
"""

from typing import TYPE_CHECKING

import kubevirt_vm_pool

if TYPE_CHECKING:
    from kubevirt_vm_pool import VmPool, VmPoolArgs

__all__ = ["VmPool", "VmPoolArgs"]


def __getattr__(name: str) -> object:
    # One by one: the types of the arguments take a preview milliseconds to build.
    if name in __all__:
        return getattr(kubevirt_vm_pool, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
