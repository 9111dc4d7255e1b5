"""`python -m bench.scale 1 10 100`: what a fleet costs, for docs/scale.md.

In requests, bytes and processor seconds, which a busy machine changes little; seconds on the clock
are told too. Each number of stacks has a control plane and a state of its own.
"""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import click

from vmpool.check.command import ALLOWED
from vmpool.controlplane.client import Cluster

from . import workshop
from .workshop import Workshop, installed, write_stack

WRITES = ("POST", "PUT", "PATCH", "APPLY", "DELETE")
REQUESTS = re.compile(r"^apiserver_request_total{(.*)} (\S+)$", re.MULTILINE)
STORED = re.compile(r"^apiserver_storage_size_bytes{.*} (\S+)$", re.MULTILINE)
STACK = """\
config:
  name: web
  replicas: 2
  password: of-{name}
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""
COLUMNS = (
    "stacks", "verb", "clock s", "processor s", "resident MiB",
    "API reads", "dry runs", "API writes", "state KiB", "etcd KiB",
)  # fmt: skip


@dataclass(frozen=True)
class Cost:
    """What one run cost. cpu: seconds of the processors. resident: most MiB of vmpool itself."""

    clock: float
    cpu: float
    resident: float


@click.command()
@click.argument("sizes", nargs=-1, type=int, required=True)
@click.option("--parallel", default=2, show_default=True)
def main(sizes: tuple[int, ...], parallel: int) -> None:
    """Bring fleets of some sizes up, and print what each verb costs."""
    click.echo(f"| {' | '.join(COLUMNS)} |\n|{' --- |' * len(COLUMNS)}")
    for size in sizes:
        with workshop.opened() as place:
            _measure(place, size, parallel)


def _measure(place: Workshop, size: int, parallel: int) -> None:
    checkout, names = fleet(place, size)
    state = place.folder / "state"
    # Kinds and rights are asked for once; that is no stack's cost.
    for verb in ("up", "preview", "up", "refresh"):
        before = requests(place.cluster)
        cost = run(place, checkout, verb, names, parallel)
        asked = requests(place.cluster) - before
        cells = (
            size,
            verb,
            f"{cost.clock:.1f}",
            f"{cost.cpu:.1f}",
            f"{cost.resident:.0f}",
            asked["reads"],
            asked["dry runs"],
            asked["writes"],
            bytes_in(state) // 1024,
            stored(place.cluster) // 1024,
        )
        click.echo(f"| {' | '.join(map(str, cells))} |")


def fleet(place: Workshop, size: int) -> tuple[Path, str]:
    """Write stacks with namespaces; return the checkout and the pattern of their names."""
    checkout, prefix = place.checkout("project"), place.fresh("fleet")
    names = [f"{prefix}-{number:04}" for number in range(size)]
    for name in names:
        write_stack(checkout, name, STACK.format(name=name))
        place.cluster.request("POST", "/api/v1/namespaces", {"metadata": {"name": name}})
    return checkout, f"{prefix}-*"


def stacks(checkout: Path, names: str) -> list[str]:
    """Return the stacks that fit a pattern."""
    files = checkout.glob(f"Pulumi.{names}.yaml")
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in files)


def environment(place: Workshop, chosen: Iterable[str]) -> dict[str, str]:
    """Return the variables with which stacks go up: the cluster has neither KubeVirt nor nodes."""
    return {**place.with_cluster, ALLOWED: ",".join(chosen)}


def run(place: Workshop, checkout: Path, verb: str, names: str, parallel: int) -> Cost:
    """Run a verb of fleet to its end."""
    own = ["--stacks", names, "--parallel", str(parallel)]
    command = [installed("vmpool", checkout), "fleet", verb, *own]
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    with subprocess.Popen(
        command,
        cwd=checkout,
        env=environment(place, stacks(checkout, names)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        most = 0.0
        assert process.stderr
        for _ in process.stderr:
            most = max(most, resident(process.pid))
    if process.returncode:
        raise click.ClickException(f"{' '.join(command)} ended with {process.returncode}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - began, cpu, most)


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def requests(cluster: Cluster) -> Counter[str]:
    """Return how many requests the API server has answered: "reads", "dry runs" and "writes".

    Without those on subresources and leases, which KWOK and the API server itself ask for.
    """
    found: Counter[str] = Counter()
    for labels, number in REQUESTS.findall(metrics(cluster)):
        said = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        if said.get("subresource") or said["resource"] in {"leases", "events"}:
            continue
        if said["verb"] in WRITES:
            found["dry runs" if said.get("dry_run") else "writes"] += int(float(number))
        elif said["verb"] in {"GET", "LIST"}:
            found["reads"] += int(float(number))
    return found


def stored(cluster: Cluster) -> int:
    """Return how many bytes etcd holds."""
    return max((int(float(size)) for size in STORED.findall(metrics(cluster))), default=0)


def metrics(cluster: Cluster) -> str:
    """Return what the API server tells of itself."""
    return str(cluster.request("GET", "/metrics")[1])


def bytes_in(folder: Path) -> int:
    """Return the size of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


if __name__ == "__main__":
    main()
