"""Programs of others that use the installed library, each as its file's text.

Run by a Python that has nothing but the library, with the SDK's mocks as engine: each prints what
it registered, {logical name: properties}, as JSON.
"""

from __future__ import annotations

HARNESS = """
import asyncio, json
from typing import Any
import pulumi
from pulumi.runtime import mocks, stack


class Engine(mocks.Mocks):
    def __init__(self) -> None:
        self.registered: dict[str, Any] = {}

    def call(self, args: mocks.MockCallArgs) -> Any:
        raise AssertionError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> Any:
        if args.typ.startswith("kubernetes:"):
            self.registered[args.name] = args.inputs
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": {}}
        return args.name, args.inputs


async def main() -> None:
    engine = Engine()
    mocks.set_mocks(engine, "elsewhere", "prod", preview=True, organization="organization")
    await stack.run_pulumi_func(program)
    print(json.dumps(engine.registered))


asyncio.run(main())
"""

OUTPUTS = """
import pulumi
from kubevirt_vm_pool import VmPool, VmPoolArgs


def program() -> None:
    args: VmPoolArgs = {
        "namespace": "team-a",
        "replicas": 2,
        "disk": {"source": {"pvc": {"name": "golden"}}},
        "password": pulumi.Output.secret("known later"),
        "cloudInit": {"timezone": "Europe/Zurich"},
    }
    pool = VmPool("web", args)
    pulumi.export("url", pool.url)
"""

TWO_POOLS = """
from kubevirt_vm_pool import VmPool, VmPoolArgs


def program() -> None:
    web: VmPoolArgs = {"password": "x", "disk": {"source": {"pvc": {"name": "golden"}}}}
    VmPool("web", web)
    VmPool("worker", {**web, "service": {"ports": [{"port": 8080}]}})
"""

A_CLASS = """
from kubevirt_vm_pool import VmPool


def program() -> None:
    for number in range(30):
        VmPool(
            f"user{number}",
            {
                "name": "web",
                "namespace": f"user{number}",
                "password": "x",
                "disk": {"source": {"pvc": {"name": "golden", "namespace": "images"}}},
            },
        )
"""
