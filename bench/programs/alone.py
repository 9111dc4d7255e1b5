"""The stack's program from its imports to its last registration, with the SDK's mocks as engine.

Run in the project's folder, with the configuration in PULUMI_CONFIG as the engine gives it. Prints
how many Kubernetes objects were registered.
"""

import asyncio
import runpy
from typing import Any

from pulumi.runtime import mocks, stack


class Engine(mocks.Mocks):
    """An engine that gives back what it gets; no update came before this one."""

    objects = 0

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        """Refuse: the program needs no function of a provider."""
        raise AssertionError(args.token)

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Return an id and the properties of a new resource."""
        self.objects += args.typ.startswith("kubernetes:")
        if args.typ == "pulumi:pulumi:StackReference":
            return args.name, {**args.inputs, "outputs": {}}
        return args.name, args.inputs


async def program() -> None:
    """Run the program until everything that it registers is registered."""
    engine = Engine()
    mocks.set_mocks(engine, "kubevirt-vm-pool", "dev", preview=True, organization="organization")
    await stack.run_pulumi_func(
        lambda: (runpy.run_path("__main__.py", run_name="__main__"), None)[1]
    )
    print(engine.objects)


asyncio.run(program())
