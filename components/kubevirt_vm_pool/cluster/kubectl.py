"""Running kubectl against one cluster."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

POOLS = "virtualmachinepools.pool.kubevirt.io"
# For a look that somebody waits for, and can do without.
SECONDS_TO_ANSWER = 10
AS_JSON = ("-o", "json", "--show-managed-fields")
# The shell sees its input end even when who holds the other end is killed. It lets go of what
# kubectl says, so that this ends with kubectl, and outlives a Ctrl-C, which kubectl does not hear.
_UNTIL_CLOSED = """
"$@" &
trap '' INT HUP
exec >/dev/null 2>&1
read -r line
kill "$!"
wait
"""


class KubectlError(Exception):
    """kubectl failed; its text is what kubectl said."""


def last_line(said: str) -> str:
    """Return why kubectl failed: before that it may have told how often it tried."""
    return plain((said.strip().splitlines() or ["kubectl failed and said nothing"])[-1])


def plain(line: str) -> str:
    """Return a line of kubectl without what it puts before a reason."""
    return re.sub(r"^(Error from server \(\w+\)|error): ", "", line)


@dataclass(frozen=True)
class Kubectl:
    """kubectl and the cluster that it talks to.

    kubeconfig: None leaves the choice to the environment; context: None is the current one.
    environment: kubectl's variables; None are those of the process. apart: in a session of its own,
    so that a terminal's Ctrl-C does not end what a running update waits for.
    """

    program: Path
    kubeconfig: Path | None = None
    context: str | None = None
    environment: Mapping[str, str] | None = field(default=None, repr=False, compare=False)
    apart: bool = field(default=False, compare=False)

    def run(
        self,
        *args: str,
        stdin: str | None = None,
        env: Mapping[str, str] | None = None,
        accept: Iterable[int] = (0,),
        seconds: float | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run kubectl to its end; raises KubectlError on an unexpected exit code.

        seconds: after which it is ended, which is a KubectlError too.
        """
        try:
            done = subprocess.run(
                [str(self.program), *self._cluster(), *args],
                input=stdin,
                stdin=subprocess.DEVNULL if stdin is None else None,
                env={
                    **(os.environ if self.environment is None else self.environment),
                    **(env or {}),
                },
                capture_output=True,
                encoding="utf-8",
                timeout=seconds,
                start_new_session=self.apart,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KubectlError(f"kubectl {args[0]}: no answer in {seconds:.0f} s") from None
        if done.returncode not in accept:
            raise KubectlError(f"kubectl {args[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def begun(self, *args: str) -> subprocess.Popen[str]:
        """Return kubectl as it runs beside, for instance as a proxy, until its `stdin` is closed.

        That is when this process ends, too, however it does. What it says comes by its `stdout`.
        """
        return subprocess.Popen(
            ["/bin/sh", "-c", _UNTIL_CLOSED, "sh", str(self.program), *self._cluster(), *args],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.environment and dict(self.environment),
            start_new_session=self.apart,
            encoding="utf-8",
        )

    def get(
        self, kind: str, name: str, namespace: str | None = None, *, seconds: float | None = None
    ) -> dict[str, Any] | None:
        """Return an object, or None if there is none.

        seconds: how long the cluster may take to answer; then it is a KubectlError.
        """
        more = ["-n", namespace] if namespace else []
        if seconds:
            more.append(f"--request-timeout={seconds:g}s")
        # kubectl asks what kinds there are before it asks for the object.
        limit = 2 * seconds if seconds else None
        done = self.run("get", kind, name, *more, *AS_JSON, "--ignore-not-found", seconds=limit)
        return json.loads(done.stdout) if done.stdout.strip() else None

    def all(self, kinds: str, namespace: str | None, selector: str = "") -> list[dict[str, Any]]:
        """Return the objects of some kinds ("secrets,services") in a namespace, None is any."""
        chosen = ["-l", selector] if selector else []
        place = ["-n", namespace] if namespace else ["-A"]
        done = self.run("get", kinds, *place, *chosen, "-o", "json")
        items: list[dict[str, Any]] = json.loads(done.stdout)["items"]
        return items

    def _cluster(self) -> list[str]:
        chosen = []
        if self.kubeconfig:
            chosen += ["--kubeconfig", str(self.kubeconfig)]
        if self.context:
            chosen += ["--context", self.context]
        return chosen


def reference(manifest: Mapping[str, Any]) -> str:
    """Return an object's kind and name as kubectl takes them, for instance service/web."""
    group = manifest["apiVersion"].rpartition("/")[0]
    kind = f"{manifest['kind'].lower()}.{group}" if group else manifest["kind"].lower()
    return f"{kind}/{manifest['metadata']['name']}"
