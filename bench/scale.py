"""`python -m bench.scale 1 10 100`: what a fleet costs, for docs/scale.md.

In requests, bytes and processor seconds, which a busy machine changes less than those on the clock.
Each number of stacks has a control plane and a state of its own.
"""

from __future__ import annotations

import re
import resource
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from vmpool.check.command import ALLOWED
from vmpool.console import say
from vmpool.controlplane.client import Cluster

from . import scale_data, scale_page, workshop
from .scale_data import VERBS, Figures
from .scale_page import PARALLEL
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


@dataclass(frozen=True)
class Cost:
    """What one run cost. cpu: seconds of the processors. resident: most MiB of vmpool itself."""

    clock: float
    cpu: float
    resident: float


@click.command()
@click.argument("sizes", nargs=-1, type=click.IntRange(min=1))
@click.option(
    "--write",
    is_flag=True,
    help="Put the rows in place of those in bench/scale.json, and write docs/scale.md anew.",
)
def main(sizes: tuple[int, ...], *, write: bool) -> None:
    """Bring fleets of some sizes up, and print what each verb costs.

    Without sizes, --write writes the page anew from the rows that there are.
    """
    if not (sizes or write):
        raise click.UsageError("name some numbers of stacks, such as 1 10 100, or --write")
    for size in sizes:
        rows = []
        for row in measured(size):
            rows.append(row)
            if write:
                # What is there counts, should the next one fail.
                written([row])
        click.echo(scale_page.as_table(rows))
    if write and not sizes:
        written([])


def written(
    rows: Iterable[Figures], data: Path = scale_data.FILE, page: Path = scale_page.PAGE
) -> None:
    """Put rows into the data in place of those of the same sizes, and write the page anew."""
    known = scale_data.merged(scale_data.read(data), rows)
    text = scale_page.written(page.read_text(encoding="utf-8"), known)
    scale_data.write(known, data)
    page.write_text(text, encoding="utf-8")


def measured(size: int) -> Iterator[Figures]:
    """Yield what every verb costs of so many new stacks."""
    with workshop.opened() as place:
        checkout, names = fleet(place, size)
        state = place.folder / "state"
        for verb in VERBS:
            before = requests(metrics(place.cluster))
            cost = run(place, checkout, verb.partition(",")[0], names, PARALLEL)
            asked = requests(metrics(place.cluster)) - before
            say(f"{size} stacks, {verb}: {cost.clock:.0f} s on the clock")
            yield Figures(
                size,
                verb,
                round(cost.cpu, 1),
                round(cost.resident),
                asked["reads"],
                asked["dry runs"],
                asked["writes"],
                bytes_in(state) // 1024,
                stored(place.cluster) // 1024,
                datetime.now(UTC).date().isoformat(),
            )


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
    before, began = _cpu(), time.perf_counter()
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
    return Cost(time.perf_counter() - began, _cpu() - before, most)


def _cpu() -> float:
    """Return the processors' seconds of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def resident(pid: int) -> float:
    """Return the resident memory of a process in MiB; 0 if it is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return 0.0
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    return int(found[1]) / 1024 if found else 0.0


def requests(told: str) -> Counter[str]:
    """Return how many requests the API server has answered: "reads", "dry runs" and "writes".

    told: its metrics. Without those on subresources and leases, which KWOK and the API server
    itself ask for. A question after rights is posted and kept nowhere: it is a read.
    """
    found: Counter[str] = Counter()
    for labels, number in REQUESTS.findall(told):
        said = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        if said.get("subresource") or said["resource"] in {"leases", "events"}:
            continue
        if said["verb"] in WRITES and said.get("group") != "authorization.k8s.io":
            found["dry runs" if said.get("dry_run") else "writes"] += int(float(number))
        elif said["verb"] in {"GET", "LIST", *WRITES}:
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
