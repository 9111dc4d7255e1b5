"""Somebody who uses pulumi by hand, and vmpool beside it."""

from __future__ import annotations

import shlex
import sys

from checkout import Checkout
from engine_checkout import SCRIPT


class Person:
    """Somebody who uses pulumi by hand in a checkout."""

    def __init__(self, checkout: Checkout) -> None:
        self.checkout = checkout
        exports = checkout.vmpool("cluster", "env").splitlines()
        self.environment = [shlex.split(line)[1] for line in exports if "=" in line]

    def runs(self, *command: str) -> str:
        """Run a command in the environment that `vmpool cluster env` prints; it must succeed."""
        done = self.checkout.run("env", *self.environment, *command)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def previews_no_change(self, stack: str) -> None:
        """Preview a stack as `pulumi preview --expect-no-changes` does, without vmpool."""
        preview = ("preview", "--stack", stack, "--expect-no-changes")
        self.runs(sys.executable, str(SCRIPT), *preview, "--config-file", f"Pulumi.{stack}.yaml")
