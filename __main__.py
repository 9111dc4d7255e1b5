"""One stack: its configuration becomes a VmPool, and what the pool tells becomes its outputs."""

import pulumi

from components import VmPool
from components.configuration import from_engine
from components.kubernetes import Cluster

cluster = Cluster("cluster")
pool = VmPool("vms", from_engine(), pulumi.ResourceOptions(provider=cluster))
for key, value in pool.exports.items():
    pulumi.export(key, value)
