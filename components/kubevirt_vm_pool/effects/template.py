"""A changed virtualMachineTemplate: which VMs restart or are recreated, and which wait."""

from __future__ import annotations

from collections.abc import Iterator

from .cloud_init_source import cloud_init_then
from .differences import Paths
from .effect import Effect, Severity
from .fleeting import boots_anew, written_goes
from .lookup import at, is_object
from .pool_change import Part, PoolChange
from .pool_fields import (
    TEMPLATE,
    data_volume_templates,
    keeps_disks,
    run_strategy,
    update_strategy,
)
from .rollout import pace, who
from .vm_count import disks, loss


def template_effects(change: PoolChange) -> Iterator[Effect]:
    """Yield what a changed virtualMachineTemplate does to the VMs that stay."""
    strategy, parts = update_strategy(change.new), change.parts
    everything = change.of_template
    if not everything:
        return
    if change.remaining.most == 0 or strategy == "unmanaged":
        yield _new_vms_only(change, everything)
        return
    if Part.RUN_STRATEGY in parts:
        yield _run_strategy_changed(change)
    if strategy == "opportunistic":
        if Part.DISKS in parts:
            yield _disks_changed_at_leisure(change)
        if Part.TEMPLATE in parts:
            yield at_next_restart(change, parts[Part.TEMPLATE], "KubeVirt 1.9, pool.go:1424")
    elif Part.DISKS in parts:
        yield _recreated(change)
        return
    elif Part.TEMPLATE in parts:
        # While VMs stay stopped, instancetype and the like wait with the template.
        yield _restarted(change)
        return
    if Part.SIZE in parts:
        yield at_next_restart(change, parts[Part.SIZE], "KubeVirt 1.9, pool.go:1296-1303")
    if Part.VM in parts:
        yield Effect(
            Severity.NOTHING,
            f"Nothing restarts: only the VM objects of {change.name} change",
            "KubeVirt 1.9, pool.go:1296-1303; watched",
            parts[Part.VM],
        )


def at_next_restart(change: PoolChange, paths: Paths, rule: str) -> Effect:
    """Return the effect of what running VMs do not take up."""
    again = cloud_init_then(paths, "then", anew=boots_anew(change.new))
    return Effect(
        Severity.NEW_REPLICAS,
        f"Nothing restarts: VMs of {change.name} take the change at their next restart{again}",
        rule,
        paths,
    )


def _new_vms_only(change: PoolChange, paths: Paths) -> Effect:
    if change.remaining.most == 0:
        text = f"{change.name} has no VMs: those created from now on get the change"
        return Effect(Severity.NEW_REPLICAS, text, "KubeVirt 1.9, pool.go:951", paths)
    return Effect(
        Severity.NEW_REPLICAS,
        f"VMs of {change.name} stay as they are; only those created from now on get the change",
        "KubeVirt 1.9, pool.go:1386",
        paths,
    )


def _recreated(change: PoolChange) -> Effect:
    """Return the effect of other dataVolumeTemplates: KubeVirt deletes the VM, not its VMI.

    That is no scale-in, so nothing keeps the disks (pool.go:1638 against 681).
    """
    severity, speed = pace(change.new, change.remaining, change.total, change.not_ready)
    text = f"{who(change.remaining, speed)} of {change.name} {change.remaining.be} recreated{speed}"
    if data_volume_templates(change.old):
        severity = Severity.DISK_LOSS
        known = is_object(at(change.new, *TEMPLATE, "spec"))
        gone = known and not data_volume_templates(change.new)
        text += " without disks of their own" if gone else " with new disks"
        text += loss(change.old, change.remaining)
        text += ", though scale-in keeps disks" if keeps_disks(change.new) else ""
    elif data_volume_templates(change.new):
        text += " with disks of their own"
    text += written_goes(change.old)
    return Effect(
        severity,
        text,
        "KubeVirt 1.9, pool.go:1287-1291, 1638; watched",
        change.paths(Part.DISKS, Part.TEMPLATE, Part.SIZE, Part.VM),
        change.remaining.most,
    )


def _restarted(change: PoolChange) -> Effect:
    paths = change.paths(Part.TEMPLATE, Part.SIZE, Part.VM)
    if "Halted" in {run_strategy(change.old), run_strategy(change.new)}:
        return Effect(
            Severity.NEW_REPLICAS,
            f"VMs of {change.name} are stopped: they take the change when they start",
            "KubeVirt 1.9, pool.go:1184",
            paths,
        )
    severity, speed = pace(change.new, change.remaining, change.total, change.not_ready)
    verb, rule = f"restart{change.remaining.s}{speed}", "pool.go:1296-1299, 1118-1145; watched"
    if run_strategy(change.new) not in {"Always", None}:
        severity = Severity.RESTART_ALL
        verb = (
            f"stop{change.remaining.s}{speed}, and by their runStrategy nothing starts them again"
        )
        rule = "pool.go:1635 and vm.go:1039-1112; watched with RerunOnFailure"
    disks_stay = "; their disks stay" if data_volume_templates(change.new) else ""
    again = cloud_init_then(paths, "on them", anew=boots_anew(change.new))
    goes = written_goes(change.old)
    return Effect(
        severity,
        f"{who(change.remaining, speed)} of {change.name} {verb}{disks_stay}{goes}{again}",
        f"KubeVirt 1.9, {rule}",
        paths,
    )


def _disks_changed_at_leisure(change: PoolChange) -> Effect:
    """Return the effect of other dataVolumeTemplates where no VMI is touched.

    The VM gets them at once. It makes what has a new name, and takes a disk of the name that it
    finds for its own, whatever size and source that has.
    """
    name, paths = change.name, change.paths(Part.DISKS)
    before = data_volume_templates(change.old)
    known = set(data_volume_templates(change.new))
    if known.issuperset(before) and "?" not in known:
        if more := sorted(known.difference(before)):
            named = ", ".join(f"{template}-*" for template in more)
            return Effect(
                Severity.NEW_REPLICAS,
                f"Disks of {name} stay as they are; new ones ({named}) are made at once, and VMs "
                "see them from their next restart on",
                "KubeVirt 1.9, pool.go:1424 and vm.go:518-571",
                paths,
            )
        return Effect(
            Severity.NEW_REPLICAS,
            f"Disks of {name} stay as they are; only those created from now on get the change",
            "KubeVirt 1.9, pool.go:1424 and vm.go:518-571",
            paths,
        )
    return Effect(
        Severity.DISK_LOSS,
        f"VMs of {name} lose {disks(change.old, change.remaining)} at their next restart: "
        "they start without them, and the disks go with their VM",
        "KubeVirt 1.9, pool.go:1088, 1424 and vm.go:518-571",
        paths,
        change.remaining.most,
    )


def _run_strategy_changed(change: PoolChange) -> Effect:
    """Return what the VM controller does once the pool has changed every VM, all at once."""
    severity, text, rule = _as_the_run_strategy_says(change)
    return Effect(severity, text, rule, change.paths(Part.RUN_STRATEGY))


def _as_the_run_strategy_says(change: PoolChange) -> tuple[Severity, str, str]:
    name, remaining = change.name, change.remaining
    before, after = run_strategy(change.old), run_strategy(change.new)
    if before == after and before is not None:
        text = f"Nothing restarts: the VMs of {name} run as before"
        return Severity.NOTHING, text, "KubeVirt 1.9: running: true is Always"
    if after in {"Halted", None}:
        how = f"stop{remaining.s} at once" if after else "may stop at once"
        those = f"{who(remaining, ' at once')} of {name}"
        stay = "; their disks stay" if data_volume_templates(change.new) else ""
        text = f"{those} {how} and do not start again{stay}{written_goes(change.new)}"
        return Severity.RESTART_ALL, text, "KubeVirt 1.9, pool.go:1088 and vm.go:1114"
    if before in {"Halted", None}:
        text = f"Stopped VMs of {name} {'start' if after == 'Always' else 'may start'}"
        return Severity.NEW_REPLICAS, text, "KubeVirt 1.9, vm.go:978-1139"
    text = f"Nothing restarts: when VMs of {name} stop, the new runStrategy decides what follows"
    return Severity.NOTHING, text, "KubeVirt 1.9, pool.go:1296-1303 and vm.go:978-1139"
