"""A namespace with a pool for each of thirty users, all from one golden image.

Where users come and go by themselves, one stack for each (README.md) is the better way. This one is
for a class: it begins and ends for all at once.
"""

import pulumi
from kubevirt_vm_pool import Cluster, VmPool, VmPoolArgs

config = pulumi.Config()
options = pulumi.ResourceOptions(provider=Cluster("cluster"))

urls = {}
for number in range(1, config.require_int("users") + 1):
    user = f"user{number:02}"
    args: VmPoolArgs = {
        "name": "web",
        "namespace": user,
        "createNamespace": True,
        "replicas": 2,
        "disk": {"source": {"pvc": {"name": "golden-image", "namespace": "images"}}},
        # Whoever makes disks in a user's namespace may clone the image.
        "cloneAccess": True,
        "password": config.require_secret("password"),
    }
    urls[user] = VmPool(user, args, options).url

pulumi.export("urls", urls)
