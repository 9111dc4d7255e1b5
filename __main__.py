"""One stack: its configuration becomes a VmPool, and what the pool tells becomes its outputs."""

# ruff: noqa: E402
import gc

# What imports and registrations make lives until the end. Not looking for garbage in it, now or at
# the exit, saves a preview a tenth of its time.
gc.disable()

import pulumi
from kubevirt_vm_pool.resources.engine_config import from_engine
from kubevirt_vm_pool.resources.provider import Cluster

from components import VmPool

cluster = Cluster("cluster")
pool = VmPool("vms", from_engine(), pulumi.ResourceOptions(provider=cluster))
for key, value in pool.exports.items():
    pulumi.export(key, value)

# Talking to the engine, which begins here, may leave garbage.
gc.freeze()
gc.enable()
