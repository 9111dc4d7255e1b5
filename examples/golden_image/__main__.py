"""A namespace, the golden image in it and a pool that boots from it, in one program.

What the pool's objects are called and how they look must be known when VmPool is called: names are
plain texts here, from which both sides are made. `namespace.metadata.name` is an Output, and VmPool
refuses it, in a preview already:

    namespace is an Output, and the shape of the objects depends on it; give a plain value

That the namespace and the image come first is said by depends_on.
"""

import pulumi
import pulumi_kubernetes as kubernetes
from kubevirt_vm_pool import Cluster, VmPool, VmPoolArgs

NAMESPACE = pulumi.get_stack()
GOLDEN = "fedora"

config = pulumi.Config()
cluster = Cluster("cluster")
options = pulumi.ResourceOptions(provider=cluster)

namespace = kubernetes.core.v1.Namespace("namespace", metadata={"name": NAMESPACE}, opts=options)

golden = kubernetes.apiextensions.CustomResource(
    "golden",
    api_version="cdi.kubevirt.io/v1beta1",
    kind="DataVolume",
    metadata={"name": GOLDEN, "namespace": NAMESPACE},
    spec={
        "source": {"registry": {"url": config.require("image")}},
        "pvc": {
            "accessModes": ["ReadWriteOnce"],
            "resources": {"requests": {"storage": "6Gi"}},
        },
    },
    opts=pulumi.ResourceOptions(provider=cluster, depends_on=[namespace]),
)

args: VmPoolArgs = {
    "namespace": NAMESPACE,
    "replicas": 2,
    "disk": {"source": {"pvc": {"name": GOLDEN}}},
    "password": config.require_secret("password"),
}
pool = VmPool("web", args, pulumi.ResourceOptions(provider=cluster, depends_on=[namespace, golden]))

pulumi.export("url", pool.url)
