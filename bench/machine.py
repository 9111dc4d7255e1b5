"""What a reader must know about the machine that was measured on; nothing that names it."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from vmpool.controlplane import binaries

from . import helm

# Above this share of the processors somebody else's work is in what is measured.
BUSY = 0.5
STAT = Path("/proc/stat")


@dataclass(frozen=True)
class Load:
    """How many processors were at work, in the mean of a second."""

    mean: float
    processors: int

    @property
    def busy(self) -> bool:
        """Whether others use the machine so much that figures are not to be trusted."""
        return self.mean > BUSY * self.processors


QUIET = Load(0.0, 1)  # of a row that was not run


def load() -> Load:
    """Return the machine's load as it is now: 0 where the system does not tell.

    The system's own load average would still hold what the last row did.
    """
    if not STAT.is_file():
        return Load(0.0, processors())
    idle, whole = _ticks()
    time.sleep(1)
    idle_then, whole_then = _ticks()
    share = 1 - (idle_then - idle) / (whole_then - whole)
    return Load(share * (os.cpu_count() or 1), processors())


def _ticks() -> tuple[int, int]:
    """Return what all processors together have been idle, and all that they counted (proc(5))."""
    ticks = [int(field) for field in STAT.read_text().split("\n", 1)[0].split()[1:9]]
    return ticks[3], sum(ticks)


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def facts() -> dict[str, str]:
    """Return the machine's facts and the versions of what was measured, by name."""
    gibibytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    found = {
        "processor": f"{processor()}, {processors()} of them usable",
        "memory": f"{gibibytes:.0f} GiB",
        "system": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "Pulumi": _told("pulumi", "version"),
        "Pulumi SDK": metadata.version("pulumi"),
        "Kubernetes provider": metadata.version("pulumi-kubernetes"),
        "control plane": binaries.kubernetes_version(),
        "kubectl": ".".join(map(str, binaries.kubectl_version(binaries.kubectl()))),
        "helm": helm.version(),
        "uv": _told("uv", "--version").removeprefix("uv ").partition(" ")[0],
    }
    return {name: value for name, value in found.items() if value}


def processor() -> str:
    """Return the processor's model as the system calls it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        model = re.search(r"^(?:model name|Model)\s*:\s*(.+)$", cpuinfo.read_text(), re.MULTILINE)
        if model:
            return " ".join(model[1].split())
    return _told("sysctl", "-n", "machdep.cpu.brand_string") or platform.machine()


def commit(root: Path) -> str:
    """Return the revision that was measured, and whether its files were changed since."""
    if not (revision := _told("git", "-C", str(root), "rev-parse", "--short", "HEAD")):
        return ""
    changed = _told("git", "-C", str(root), "status", "--porcelain")
    return f"{revision}, with changes" if changed else revision


def _told(program: str, *args: str) -> str:
    """Return what a program says; "" if it is not there or says nothing."""
    if shutil.which(program) is None:
        return ""
    done = subprocess.run(
        [program, *args],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""
