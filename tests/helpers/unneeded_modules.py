"""Modules that rendering must not load."""

from __future__ import annotations

UNNEEDED = {
    "pulumi",
    "pulumi_kubernetes",
    "grpc",
    "ssl",
    "http.client",
    "urllib.request",
    "asyncio",
    "subprocess",
    "cryptography",
    "rich",
    "kubevirt_vm_pool.vm_pool",
    "kubevirt_vm_pool.resources.kubernetes_object",
    "kubevirt_vm_pool.spec.affinity",
    "kubevirt_vm_pool.kubevirt.fields",
    "vmpool.controlplane.plane",
    "vmpool.engine.pulumi_cli",
}
