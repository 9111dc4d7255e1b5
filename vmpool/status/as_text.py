"""The report for a terminal: all stacks in a table, then what is known of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from .facts import Report, Scaling, StackStatus, age

WIDTH = 9
NOTHING = "-"
# What clusters say is not to move a terminal's cursor.
CONTROL = dict.fromkeys([*range(32), *range(127, 160)], " ")


def text(report: Report) -> str:
    """Return the report."""
    return "".join(f"{line.translate(CONTROL)}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield report.headline
    if report.old:
        yield report.old
    if len(report.stacks) > 1:
        yield ""
        yield from table([("STACK", "STATE", "VMS READY"), *map(_row, report.stacks)])
    for stack in report.stacks:
        yield ""
        yield f"{stack.name}: {', '.join(filter(None, (stack.state, stack.numbers)))}"
        yield from (f"  {line}".rstrip() for line in _of_stack(stack, report))


def _row(stack: StackStatus) -> tuple[str, ...]:
    return (stack.name, stack.state, f"{stack.ready} of {stack.wanted}" if stack.numbers else "")


def table(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table; its first row has the names of the columns."""
    told = [[cell or NOTHING for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*told, strict=True)]
    for row in told:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _of_stack(stack: StackStatus, report: Report) -> Iterator[str]:
    if stack.pool:
        yield from _fact("pool", [f"{stack.pool} in namespace {stack.namespace}"])
        yield from _fact("cluster", [stack.cluster])
    if stack.old:
        yield from _fact("old", _indented([stack.old]))
    yield from _fact("why", _indented(stack.why))
    if stack.scaling:
        yield from _fact("scaling", scaled(stack.scaling))
    yield from _fact("drift", [*map(str, stack.drift), *(f"an up: {one}" for one in stack.undone)])
    yield from _fact("reach", [where for door in stack.doors for where in door.addresses])
    yield from _fact("log in", stack.log_in)
    yield from _fact("note", stack.notes)
    if stack.vms:
        yield ""
        rows = [
            (vm.name, vm.state, "yes" if vm.ready else "no", vm.node, vm.address)
            + (age(vm.created, report.at),)
            for vm in stack.vms
        ]
        yield from table([("VM", "STATE", "READY", "NODE", "ADDRESS", "AGE"), *rows])
    if stack.disks:
        yield ""
        disks = [(disk.name, disk.size, disk.phase, disk.vm) for disk in stack.disks]
        yield from table([("DISK", "SIZE", "PHASE", "VM"), *disks])


def scaled(scaling: Scaling) -> Iterator[str]:
    """Yield the number of an autoscaler, the load, and why it cannot work."""
    load = f"; {', '.join(scaling.load)}" if scaling.load else ""
    decided = f"{scaling.current} VMs, {scaling.wanted} wanted" if scaling.wanted else "at rest"
    yield f"{decided}, {scaling.least} to {scaling.most} allowed{load}"
    if scaling.cannot:
        yield f"cannot scale: {scaling.cannot}"


def _indented(told: Iterable[str]) -> Iterator[str]:
    """Yield the lines of reasons, each way out below what is wrong."""
    for reason in told:
        what, *way_out = reason.split("\n")
        yield from (what, *(f"  {line}" for line in way_out))


def _fact(what: str, lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"{what:<{WIDTH}} {line}"
        what = ""
