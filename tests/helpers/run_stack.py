"""A stack of a checkout, brought up or previewed by the checkout's own program in this process.

Run in the checkout, or in the folder of an example, as `pulumi` with a few verbs and options:
`run_stack.py up`, `preview`, `destroy`, with --stack (dev), --config-file, --diff,
--expect-no-changes, --run-program. All have the program in __main__.py.
"""

from __future__ import annotations

import argparse
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


def say(text: str) -> None:
    """Print what the engine prints."""
    print(text, flush=True)


parser = argparse.ArgumentParser()
parser.add_argument("verb", choices=["up", "preview", "destroy"])
parser.add_argument("--stack", default="dev")
parser.add_argument("--config-file")
parser.add_argument("--project", default="kubevirt-vm-pool")
for flag in ("--diff", "--expect-no-changes", "--refresh", "--run-program", "--yes"):
    parser.add_argument(flag, action="store_true")
parser.add_argument("--skip-preview", action="store_true")
asked = parser.parse_args()

stack = automation.create_or_select_stack(
    asked.stack,
    project_name=asked.project,
    program=program,
    opts=automation.LocalWorkspaceOptions(work_dir=os.getcwd(), env_vars=dict(os.environ)),
)
common = {"on_output": say, "on_error": say, "config_file": asked.config_file}
try:
    if asked.verb == "up":
        stack.up(**common)
    elif asked.verb == "destroy":
        stack.destroy(run_program=asked.run_program or None, **common)
    else:
        stack.preview(
            expect_no_changes=asked.expect_no_changes, refresh=True, diff=asked.diff, **common
        )
except automation.errors.CommandError:
    # It has said why.
    sys.exit(1)
