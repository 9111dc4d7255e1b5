"""The stack dev of a checkout, up or previewed by the checkout's own program inside this process.

Run in the checkout: `run_stack.py up` brings it up, `run_stack.py preview` fails if an up would
change anything. All revisions have the program in __main__.py.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys
from importlib import metadata

from pulumi import automation

# Older revisions ask for the plugin of the version of the package, and there is another one.
there, version_of = os.environ.get("KUBEVIRT_VM_POOL_PROVIDER_VERSION"), metadata.version


def version(distribution_name: str) -> str:
    """Return the version of a package; of the provider's that of the plugin that is there."""
    of_the_provider = distribution_name == "pulumi-kubernetes"
    return there if there and of_the_provider else version_of(distribution_name)


metadata.version = version


def program() -> None:
    """Run the checkout's program."""
    runpy.run_path("__main__.py", run_name="__main__")
    gc.unfreeze()


stack = automation.create_or_select_stack(
    "dev",
    project_name="kubevirt-vm-pool",
    program=program,
    opts=automation.LocalWorkspaceOptions(work_dir=os.getcwd(), env_vars=dict(os.environ)),
)
if sys.argv[1] == "up":
    stack.up(on_output=print)
else:
    stack.preview(expect_no_changes=True, refresh=True, diff=True, on_output=print)
