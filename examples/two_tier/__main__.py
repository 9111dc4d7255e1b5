"""A web tier that grows with its load, and workers in a fixed number.

Both stand in one namespace, which has the stack's name. Their VMs know each other by the Service's
name, which is known before anything is made.
"""

import pulumi
from kubevirt_vm_pool import Cluster, VmPool, VmPoolArgs
from kubevirt_vm_pool.args import DiskArgs

config = pulumi.Config()
namespace = pulumi.get_stack()
disk: DiskArgs = {"source": {"pvc": {"name": config.require("goldenImage")}}}
options = pulumi.ResourceOptions(provider=Cluster("cluster"))

web_args: VmPoolArgs = {
    "namespace": namespace,
    "disk": disk,
    "password": config.require_secret("password"),
    "cores": 2,
    "autoscaling": {"minReplicas": 2, "maxReplicas": 5, "targetCPUUtilizationPercentage": 60},
    "service": {"ports": [{"port": 80, "targetPort": 8080}]},
    "cloudInit": {"packages": ["nginx"], "runCommands": ["systemctl enable --now nginx"]},
}
web = VmPool("web", web_args, options)

worker_args: VmPoolArgs = {
    "namespace": namespace,
    "disk": disk,
    "password": config.require_secret("password"),
    "replicas": 3,
    "memory": "4Gi",
    # Nobody sends to the workers: no Service, and so no probe of its port.
    "service": False,
    "cloudInit": {
        "config": {
            "write_files": [
                {
                    "path": "/etc/worker.conf",
                    "content": f"jobs=http://web.{namespace}.svc.cluster.local\n",
                }
            ]
        }
    },
}
worker = VmPool("worker", worker_args, options)

pulumi.export("url", web.url)
pulumi.export("pools", [web.pool, worker.pool])
