"""The component in this checkout: `from components import VmPool, VmPoolArgs`.

Everywhere else it is installed, and called `kubevirt_vm_pool`.
"""

from kubevirt_vm_pool import VmPool, VmPoolArgs

__all__ = ["VmPool", "VmPoolArgs"]
