"""What a change does to running VMs and their disks, in words.

Two states of a pool's objects go in, sentences come out, worst first. The rules are KubeVirt's:
`pool.go` is pkg/virt-controller/watch/pool/pool.go of KubeVirt 1.9, where every update is judged by
the strategy and maxUnavailable of the NEW pool (pool.go:1118, 1385), scaling comes first and
updates after it (pool.go:1597-1606). "Watched" rules were seen on a running pool as well.

Where the two states cannot settle what will happen, the worst that they leave open is named. Values
are never shown, only names, numbers of VMs and, in `changed`, paths.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from . import quantity
from .problems import Path, dotted

Object = Mapping[str, Any]


class Severity(enum.IntEnum):
    """How bad an effect is; whatever loses disks is above all that does not.

    From SCALE_IN on disks are lost: some, because somebody wanted fewer VMs; all, with a new pool
    in their place; all, although nobody asked for other VMs.
    """

    NOTHING = 0  # no VM notices
    OTHER = 1  # other objects change: the Service, the HPA, labels
    NEW_REPLICAS = 2  # running VMs stay; VMs that start from now on are different, or more
    SCALE_IN_KEEPING = 3  # VMs go, and no disk with them
    RESTART_SOME = 4
    RESTART_ALL = 5  # all VMs are down at the same time
    SCALE_IN = 6
    REPLACED = 7
    DISK_LOSS = 8

    @property
    def label(self) -> str:
        """A short name for tables; it does not change between versions."""
        return LABELS[self]


LABELS: Mapping[Severity, str] = {
    Severity.DISK_LOSS: "disk loss",
    Severity.REPLACED: "replace",
    Severity.SCALE_IN: "scale-in",
    Severity.RESTART_ALL: "restart all",
    Severity.RESTART_SOME: "restart n at a time",
    Severity.SCALE_IN_KEEPING: "scale-in, disks kept",
    Severity.NEW_REPLICAS: "new replicas only",
    Severity.OTHER: "other objects only",
    Severity.NOTHING: "nothing",
}


@dataclass(frozen=True)
class Effect:
    """One thing that will happen.

    text: a plain sentence without a full stop.
    rule: where that is known from.
    changed: dotted paths in the object whose change causes it.
    """

    severity: Severity
    text: str
    rule: str
    changed: tuple[str, ...] = ()

    @property
    def loses_disks(self) -> bool:
        """Whether anything on a disk is lost, or may be."""
        return self.severity >= Severity.SCALE_IN


def effects(
    old: Mapping[str, Object], new: Mapping[str, Object], *, replicas: int | None = None
) -> list[Effect]:
    """Return what happens when the objects of one state become those of another, worst first.

    old, new: objects by role, as components.objects.objects returns them; a role that this module
        does not know is an object that no VM notices.
    replicas: the number of VMs in the cluster, where it is known; else the old objects tell.
    """
    pool, autoscaler = old.get("pool"), old.get("autoscaler")
    there = _fleet(pool, autoscaler, replicas)
    found = _pool_effects(
        pool,
        new.get("pool"),
        there,
        was_autoscaled=autoscaler is not None,
        autoscaled="autoscaler" in new,
        drifted=replicas is not None,
    )
    stays = _same_pool(pool, new.get("pool"))
    for role in sorted((old.keys() | new.keys()) - {"pool"}):
        before, after = old.get(role), new.get(role)
        if role == "autoscaler" and after is not None and stays:
            found += _autoscaler_effects(before, after, new["pool"], there)
        elif role == "cloud-init" and before is not None:
            found += _cloud_init_effects(before, after, new.get("pool"))
        else:
            found += _other_effects(role, before, after)
    return _worst_first(found)


def pool_effects(
    old: Object | None, new: Object | None, *, replicas: int | None = None
) -> list[Effect]:
    """Return what happens when a VirtualMachinePool without an HPA changes, worst first.

    old, new: the manifests; None where there is no pool.
    replicas: the number of VMs in the cluster, where it is known.
    """
    there = _fleet(old, None, replicas)
    return _worst_first(_pool_effects(old, new, there, drifted=replicas is not None))


def worst(found: Iterable[Effect]) -> Severity:
    """Return the highest severity; that of no effect is NOTHING."""
    return max((effect.severity for effect in found), default=Severity.NOTHING)


def disks(pool: Object, vms: int | None, *, at_most: bool = False) -> str:
    """Return what the disks of some VMs are called, such as "2 disks (web-disk-*)".

    A disk has the index of its VM. Which indices there are nobody can tell from a manifest: after a
    scale-in in random order they have gaps. "" stands for a pool whose VMs have no disks.

    vms: the number of VMs; None where it is not known.
    """
    templates = _data_volume_templates(pool)
    if not templates:
        return ""
    named = ", ".join(f"{name}-*" for name in templates)
    if vms is None:
        return f"every disk ({named})"
    count = _counted(vms * len(templates), "disk")
    return f"{'up to ' if at_most else ''}{count} ({named})"


# --- the pool ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Fleet:
    """A number of VMs: at least and at most; without `most`, nobody knows."""

    least: int
    most: int | None

    @property
    def exact(self) -> bool:
        return self.least == self.most

    def capped(self, most: int | None) -> _Fleet:
        if most is None:
            return self
        return _Fleet(min(self.least, most), most if self.most is None else min(self.most, most))


def _fleet(pool: Object | None, autoscaler: Object | None, live: int | None) -> _Fleet:
    if live is not None:
        return _Fleet(live, live)
    if pool is None:
        return _Fleet(0, 0)
    if autoscaler is not None:
        least, most = _limits(autoscaler)
        return _Fleet(least or 0, most)
    replicas = _replicas(pool)
    return _Fleet(replicas or 0, replicas)


def _pool_effects(
    old: Object | None,
    new: Object | None,
    there: _Fleet,
    *,
    was_autoscaled: bool = False,
    autoscaled: bool = False,
    drifted: bool = False,
) -> list[Effect]:
    if old is None:
        return [] if new is None else [_created(new)]
    if new is None:
        return [_removed(old, there)]
    paths = _grouped(old, new)
    changed = [path for group in paths.values() for path in group]
    if not _same_pool(old, new):
        return [_replaced(old, new, there, paths["replaced"], changed)]
    found: list[Effect] = []
    wanted = _replicas(new)
    stay = there
    if autoscaled:
        if group := paths.get("replicas"):
            found.append(
                Effect(
                    Severity.NOTHING,
                    f"The number of VMs of {_name(new)} stays: it is the HPA's to say",
                    "Kubernetes autoscaling/v2: the HPA owns spec.replicas; watched",
                    _dotted(group),
                )
            )
    elif (
        "replicas" in paths
        or was_autoscaled
        # What somebody scaled by hand goes back with whatever the next update changes.
        or (drifted and changed and there != _Fleet(wanted or 0, wanted))
    ):
        found += _scaled(new, there, wanted, paths.get("replicas", [("spec", "replicas")]))
        stay = there.capped(wanted)
    total = there if autoscaled else _Fleet(wanted or 0, wanted)
    found += _updated(old, new, stay, total, paths)
    found += _held_back(old, new, stay, total, paths)
    if _truth(_at(new, "spec", "paused")):
        found = [_when_resumed(new, effect) for effect in found]
    return [*found, *_settings(old, new, total, paths)]


def _created(pool: Object) -> Effect:
    replicas = _replicas(pool)
    count = "The first VMs" if replicas is None else _counted(replicas, "VM")
    return Effect(
        Severity.NEW_REPLICAS,
        f"{count} of {_name(pool)} {_is(replicas)} created",
        "KubeVirt 1.9, pool.go:915",
    )


def _removed(pool: Object, there: _Fleet) -> Effect:
    """The disks' owner is the VM, whose owner is the pool: the garbage collector takes all.

    Only disks that an earlier scale-in kept have no owner, and stay.
    """
    severity = Severity.DISK_LOSS if _data_volume_templates(pool) else Severity.RESTART_ALL
    kept = "; disks that a scale-in has kept stay behind" if _keeps_disks(pool) else ""
    return Effect(
        Severity.OTHER if there.most == 0 else severity,
        f"{_name(pool)} is deleted with {_all(there)}{_loss(pool, there)}{kept}",
        "KubeVirt 1.9, pool.go:1770-1799, 1814; watched",
    )


def _replaced(
    old: Object, new: Object, there: _Fleet, causes: Collection[Path], changed: Iterable[Path]
) -> Effect:
    severity = Severity.REPLACED if _data_volume_templates(old) else Severity.RESTART_ALL
    into = "a new pool" if _name(old) == _name(new) else _name(new)
    fate = f"{_all(there)} {_is(there.most)} deleted{_loss(old, there, joint=' and ')}"
    return Effect(
        Severity.NEW_REPLICAS if there.most == 0 else severity,
        f"{_name(old)} is replaced by {into}: {'it has no VMs' if there.most == 0 else fate}",
        "Kubernetes: name and namespace are immutable; KubeVirt 1.9, vmpool-admitter.go:189-195: "
        "so is the selector",
        _dotted([*causes, *(path for path in changed if path not in causes)]),
    )


def _scaled(
    pool: Object, there: _Fleet, wanted: int | None, paths: Iterable[Path]
) -> Iterator[Effect]:
    """Yield what a number of replicas does to a number of VMs."""
    changed = _dotted(paths)
    if wanted is None or there.most is None:
        going = _Fleet(0, None)
        yield _scale_in(pool, going, changed, of=there)
        return
    if there.most > wanted:
        going = _Fleet(max(0, there.least - wanted), there.most - wanted)
        yield _scale_in(pool, going, changed, of=there)
    if there.least < wanted:
        yield _scale_out(pool, _Fleet(max(0, wanted - there.most), wanted - there.least), changed)
    if there == _Fleet(wanted, wanted):
        yield Effect(
            Severity.NOTHING,
            f"{_name(pool)} has this number of VMs already",
            "KubeVirt 1.9, pool.go:984",
            changed,
        )


def _scale_out(pool: Object, coming: _Fleet, changed: tuple[str, ...]) -> Effect:
    return Effect(
        Severity.NEW_REPLICAS,
        f"{_some(coming)} {_is(coming.most)} added to {_name(pool)}",
        "KubeVirt 1.9, pool.go:915",
        changed,
    )


def _scale_in(pool: Object, going: _Fleet, changed: tuple[str, ...], *, of: _Fleet) -> Effect:
    """Return what becomes of VMs that are too many. maxUnavailable does not slow this."""
    name = _name(pool)
    if _scale_in_by_hand(pool):
        return Effect(
            Severity.NOTHING,
            f"No VM of {name} is removed: its scaleInStrategy leaves that to others",
            "KubeVirt 1.9, pool.go:616",
            changed,
        )
    if going.most is None:
        who = f"VMs of {name} may be removed"
    elif going == of:
        every = f"All {going.most} VMs" if going.exact else "All VMs"
        every = "The only VM" if going.most == 1 else every
        who = f"{every} of {name} {_is(going.most)} removed"
    else:
        share = f"{going.most} of {of.most}" if going.exact and of.exact else None
        count = f"{share} VMs" if share else _some(going)
        who = f"{count} of {name}, {_order(pool)}, {_is(going.most)} removed"
    if not _data_volume_templates(pool):
        return Effect(Severity.SCALE_IN_KEEPING, who, "KubeVirt 1.9, pool.go:628", changed)
    if _keeps_disks(pool):
        return Effect(
            Severity.SCALE_IN_KEEPING,
            f"{who}; their disks stay, for the next VMs of the same index",
            "KubeVirt 1.9, pool.go:681, 1801-1929; watched",
            changed,
        )
    return Effect(
        Severity.SCALE_IN,
        f"{who}{_loss(pool, going)}",
        "KubeVirt 1.9, pool.go:628-674: disks go with the VM that owns them; watched",
        changed,
    )


def _updated(
    old: Object, new: Object, stay: _Fleet, total: _Fleet, paths: Mapping[str, list[Path]]
) -> Iterator[Effect]:
    """Yield what a change of virtualMachineTemplate does to the VMs that stay."""
    name, strategy = _name(new), _update_strategy(new)
    disk, template = paths.get("disks", []), paths.get("template", [])
    run, rest = paths.get("run", []), [*paths.get("size", []), *paths.get("vm", [])]
    everything = [*disk, *template, *run, *rest]
    if not everything:
        return
    if stay.most == 0 or strategy == "unmanaged":
        none_there = stay.most == 0
        yield Effect(
            Severity.NEW_REPLICAS,
            f"{name} has no VMs: those created from now on get the change"
            if none_there
            else f"VMs of {name} stay as they are; only those created from now on get the change",
            f"KubeVirt 1.9, pool.go:{'951' if none_there else '1386'}",
            _dotted(everything),
        )
        return
    if run:
        yield _run_strategy_changed(old, new, stay, run)
    if strategy == "opportunistic":
        if disk:
            yield _disks_changed_at_leisure(old, new, stay, disk)
        if template:
            yield _at_next_restart(name, template, "KubeVirt 1.9, pool.go:1424")
    elif disk:
        yield _recreated(old, new, stay, total, [*disk, *template, *rest])
        return
    elif template:
        yield _restarted(old, new, stay, total, [*template, *rest])
        # While VMs stay stopped, instancetype and the like wait with the template.
        return
    if size := paths.get("size"):
        yield _at_next_restart(name, size, "KubeVirt 1.9, pool.go:1296-1303")
    if of_vm := paths.get("vm"):
        yield Effect(
            Severity.NOTHING,
            f"Nothing restarts: only the VM objects of {name} change",
            "KubeVirt 1.9, pool.go:1296-1303; watched",
            _dotted(of_vm),
        )


def _recreated(
    old: Object, new: Object, stay: _Fleet, total: _Fleet, paths: Iterable[Path]
) -> Effect:
    """Return the effect of other dataVolumeTemplates: KubeVirt deletes the VM, not its VMI.

    That is no scale-in, so nothing keeps the disks (pool.go:1638 against 681).
    """
    severity, pace = _pace(new, stay, total)
    rule = "KubeVirt 1.9, pool.go:1287-1291, 1638; watched"
    if not _data_volume_templates(old):
        text = f"{_subject(stay, pace)} of {_name(new)} {_is(stay.most)} recreated{pace}"
        return Effect(severity, text, rule, _dotted(paths))
    regardless = ", though scale-in keeps disks" if _keeps_disks(new) else ""
    return Effect(
        Severity.DISK_LOSS,
        f"{_subject(stay, pace)} of {_name(new)} {_is(stay.most)} recreated{pace} with new disks"
        f"{_loss(old, stay)}{regardless}",
        rule,
        _dotted(paths),
    )


def _restarted(old: Object, new: Object, stay: _Fleet, total: _Fleet, paths: list[Path]) -> Effect:
    name, strategies = _name(new), {_run_strategy(old), _run_strategy(new)}
    if "Halted" in strategies:
        return Effect(
            Severity.NEW_REPLICAS,
            f"VMs of {name} are stopped: they take the change when they start",
            "KubeVirt 1.9, pool.go:1184",
            _dotted(paths),
        )
    severity, pace = _pace(new, stay, total)
    disks_stay = "; their disks stay" if _data_volume_templates(new) else ""
    again = "; cloud-init does not run again on them" if _touches_cloud_init(paths) else ""
    who = f"{_subject(stay, pace)} of {name}"
    if _run_strategy(new) not in {"Always", None}:
        return Effect(
            Severity.RESTART_ALL,
            f"{who} stop{_s(stay)}{pace}, and by their runStrategy nothing starts them again"
            f"{disks_stay}{again}",
            "KubeVirt 1.9, pool.go:1635 and vm.go:1039-1112; watched with RerunOnFailure",
            _dotted(paths),
        )
    return Effect(
        severity,
        f"{who} restart{_s(stay)}{pace}{disks_stay}{again}",
        "KubeVirt 1.9, pool.go:1296-1299, 1118-1145; watched",
        _dotted(paths),
    )


def _at_next_restart(name: str, paths: Iterable[Path], rule: str) -> Effect:
    again = "; cloud-init does not run again then" if _touches_cloud_init(paths) else ""
    return Effect(
        Severity.NEW_REPLICAS,
        f"Nothing restarts: VMs of {name} take the change at their next restart{again}",
        rule,
        _dotted(paths),
    )


def _disks_changed_at_leisure(
    old: Object, new: Object, stay: _Fleet, paths: Iterable[Path]
) -> Effect:
    """Return the effect of other dataVolumeTemplates where no VMI is touched.

    The VM gets them at once. It makes what has a new name, and takes a disk of the name that it
    finds for its own, whatever size and source that has.
    """
    name = _name(new)
    known = set(_data_volume_templates(new))
    if all(template in known for template in _data_volume_templates(old)) and "?" not in known:
        return Effect(
            Severity.NEW_REPLICAS,
            f"Disks of {name} stay as they are; only those created from now on get the change",
            "KubeVirt 1.9, pool.go:1424 and vm.go:518-571",
            _dotted(paths),
        )
    return Effect(
        Severity.DISK_LOSS,
        f"VMs of {name} lose {_disks(old, stay)} at their next restart: "
        "they start without them, and the disks go with their VM",
        "KubeVirt 1.9, pool.go:1088, 1424 and vm.go:518-571",
        _dotted(paths),
    )


def _run_strategy_changed(old: Object, new: Object, stay: _Fleet, paths: list[Path]) -> Effect:
    """Return what the VM controller does once the pool has changed every VM, all at once."""
    name, before, after = _name(new), _run_strategy(old), _run_strategy(new)
    changed = _dotted(paths)
    if before == after and before is not None:
        text = f"Nothing restarts: the VMs of {name} run as before"
        return Effect(Severity.NOTHING, text, "KubeVirt 1.9: running: true is Always", changed)
    if after in {"Halted", None}:
        subject = _subject(stay, " at once")
        how = f"stop{_s(stay)} at once" if after else "may stop at once"
        return Effect(
            Severity.RESTART_ALL,
            f"{subject} of {name} {how} and do not start again; their disks stay",
            "KubeVirt 1.9, pool.go:1088 and vm.go:1114",
            changed,
        )
    if before in {"Halted", None}:
        text = f"Stopped VMs of {name} {'start' if after == 'Always' else 'may start'}"
        return Effect(Severity.NEW_REPLICAS, text, "KubeVirt 1.9, vm.go:978-1139", changed)
    return Effect(
        Severity.NOTHING,
        f"Nothing restarts: when VMs of {name} stop, the new runStrategy decides what follows",
        "KubeVirt 1.9, pool.go:1296-1303 and vm.go:978-1139",
        changed,
    )


def _held_back(
    old: Object, new: Object, stay: _Fleet, total: _Fleet, paths: Mapping[str, list[Path]]
) -> Iterator[Effect]:
    """Yield what earlier changes may do once nothing holds them back any more.

    KubeVirt compares what each VM was made from with what the pool says now (pool.go:1241-1303),
    so a change of long ago takes effect the moment that it may.
    """
    name = _name(new)
    if (resumed := paths.get("paused")) and _truth(_at(old, "spec", "paused")):
        yield _whatever_waited(
            new, stay, f"{name} is no longer paused", ", or are removed", "pool.go:1593", resumed
        )
    strategies = paths.get("updateStrategy", [])
    if strategies:
        before, after = _update_strategy(old), _update_strategy(new)
        filtered = _selectors(old) not in (None, _selectors(new))
        if after == "proactive" and (before != "proactive" or filtered):
            pace = _pace(new, stay, total)[1]
            yield _whatever_waited(
                new,
                stay,
                f"The updateStrategy of {name} holds nothing back any more",
                "",
                "pool.go:1386, 1424",
                strategies,
                pace,
            )
        elif before == "unmanaged" and after == "opportunistic":
            yield _at_next_restart(name, strategies, "KubeVirt 1.9, pool.go:1419")
    scaling = paths.get("scaleInStrategy", [])
    if scaling and _scale_in_by_hand(old) and not _scale_in_by_hand(new):
        yield _scale_in(new, _Fleet(0, None), _dotted(scaling), of=stay)


def _whatever_waited(
    pool: Object,
    stay: _Fleet,
    why: str,
    more: str,
    where: str,
    paths: Iterable[Path],
    pace: str = "",
) -> Effect:
    rule = f"KubeVirt 1.9, {where}, 1241-1303"
    if stay.most == 0:
        return Effect(Severity.NOTHING, f"{why}; there are no VMs", rule, _dotted(paths))
    lost = _disks(pool, stay)
    if not lost:
        text = f"{why}: if changes have waited, its VMs restart{pace}{more}"
        return Effect(Severity.RESTART_ALL, text, rule, _dotted(paths))
    return Effect(
        Severity.DISK_LOSS,
        f"{why}: if changes have waited, its VMs restart{pace}{more}, or where "
        f"dataVolumeTemplates changed, are recreated and everything on {lost} is lost",
        rule,
        _dotted(paths),
    )


def _when_resumed(pool: Object, effect: Effect) -> Effect:
    """Return an effect as it is while the pool is paused: as bad, and later."""
    text = f"Nothing while {_name(pool)} is paused; then: {effect.text}"
    return replace(effect, text=text, rule=f"{effect.rule}; KubeVirt 1.9, pool.go:1593; watched")


def _settings(
    old: Object, new: Object, total: _Fleet, paths: Mapping[str, list[Path]]
) -> Iterator[Effect]:
    """Yield what changes for the next time only."""
    name = _name(new)
    for group in ("maxUnavailable", "updateStrategy", "scaleInStrategy", "nameGeneration"):
        if group in paths:
            yield Effect(
                Severity.NOTHING,
                _from_now_on(group, new, total),
                "KubeVirt 1.9, pool.go:1327: only virtualMachineTemplate makes VMs outdated; "
                "watched",
                _dotted(paths[group]),
            )
    if (paused := paths.get("paused")) and not _truth(_at(old, "spec", "paused")):
        off = not _truth(_at(new, "spec", "paused"))
        yield Effect(
            Severity.NOTHING,
            f"{name} is {'not paused, as before' if off else 'paused: its VMs stay as they are'}",
            "KubeVirt 1.9, pool.go:1593",
            _dotted(paused),
        )
    if healing := paths.get("autohealing"):
        yield _autohealing(new, healing)
    if pool := paths.get("pool"):
        yield Effect(
            Severity.OTHER,
            f"Only the pool object {name} changes; no VM restarts for that",
            "KubeVirt 1.9, pool.go:1327: only virtualMachineTemplate makes VMs outdated",
            _dotted(pool),
        )
    if same := [path for group in ("apiVersion", "same") for path in paths.get(group, [])]:
        yield Effect(
            Severity.NOTHING,
            f"{name} means the same as before",
            "KubeVirt 1.9: both versions have the same fields (watched), and quantities are "
            "compared as numbers (apimachinery, equality/semantic.go)",
            _dotted(same),
        )


def _from_now_on(group: str, pool: Object, total: _Fleet) -> str:
    name = _name(pool)
    if group == "maxUnavailable":
        pace = _pace(pool, _Fleet(0, None), total)[1]
        return f"From now on updates of {name} reach its VMs{pace}"
    if group == "updateStrategy":
        how = {
            "proactive": "reach running VMs, which restart",
            "opportunistic": "reach VMs at their next restart",
            "unmanaged": "reach new VMs only",
        }[_update_strategy(pool)]
        return f"From now on updates of {name} {how}"
    if group == "scaleInStrategy":
        if _scale_in_by_hand(pool):
            return f"From now on scale-in of {name} leaves the choice and deletion of VMs to others"
        fate = "keeps" if _keeps_disks(pool) else "deletes"
        return f"From now on scale-in of {name} removes VMs {_order(pool)}, and {fate} their disks"
    return (
        f"VMs of {name} keep the Secrets and ConfigMaps that they have; "
        "those created or updated from now on take the new names"
    )


def _autohealing(pool: Object, paths: Iterable[Path]) -> Effect:
    rule = "KubeVirt 1.9, pool.go:1554-1565, 1981-2003: before it looks whose VMs they are"
    if _at(pool, "spec", "autohealing") is None:
        text = f"{_name(pool)} no longer deletes VMs that fail to start"
        return Effect(Severity.NOTHING, text, rule, _dotted(paths))
    kept = _keeps_disks(pool)
    return Effect(
        Severity.SCALE_IN_KEEPING if kept else Severity.DISK_LOSS,
        f"{_name(pool)} deletes VMs that fail to start, {'but not' if kept else 'and'} their "
        "disks, in the whole namespace: other people's VMs too",
        rule,
        _dotted(paths),
    )


# --- the other objects ---------------------------------------------------------------------------


def _autoscaler_effects(
    old: Object | None, new: Object, pool: Object, there: _Fleet
) -> Iterator[Effect]:
    """Yield what an HPA, added or changed, does to a pool that stays."""
    paths = [] if old is None else list(_differences(old, new))
    if old is not None and not paths:
        return
    name = _name(pool)
    sized = [path for path in paths if path[1:2] in {("minReplicas",), ("maxReplicas",)}]
    changed = _dotted(sized) or ("spec.minReplicas", "spec.maxReplicas")
    least, most = _limits(new)
    kind = "Kubernetes autoscaling/v2"
    if old is None or sized or ("spec",) in paths:
        if least is None or most is None or there.most is None:
            yield _scale_in(pool, _Fleet(0, None), changed, of=there)
        else:
            floor = there.least if old is None else _limits(old)[0] or 0
            ceiling = there.most if old is None else _limits(old)[1] or 0
            if there.most > most:
                going = _Fleet(max(0, there.least - most), there.most - most)
                yield _scale_in(pool, going, changed, of=there)
            if there.least < least:
                coming = _Fleet(max(0, least - there.most), least - there.least)
                yield _scale_out(pool, coming, changed)
            if least < floor:
                yield _may_shrink(pool, least, changed)
            if most > ceiling:
                yield Effect(
                    Severity.NEW_REPLICAS,
                    f"Under load the HPA may now grow {name} to {_counted(most, 'VM')}",
                    f"{kind}: between minReplicas and maxReplicas by load; watched",
                    changed,
                )
    within = "between limits not known yet"
    if least is not None and most is not None:
        within = f"between {least} and {_counted(most, 'VM')}"
    yield Effect(
        Severity.OTHER,
        f"HPA {_name(new)} is {'created' if old is None else 'changed'}: "
        f"it keeps {within} of {name}",
        f"{kind}: it writes spec.replicas through /scale; watched",
        _dotted(paths),
    )


def _may_shrink(pool: Object, least: int, changed: tuple[str, ...]) -> Effect:
    loses = bool(_data_volume_templates(pool)) and not _keeps_disks(pool)
    fate = ", and what it removes loses its disks" if loses else ""
    if _scale_in_by_hand(pool):
        return _scale_in(pool, _Fleet(0, None), changed, of=_Fleet(0, None))
    return Effect(
        Severity.SCALE_IN if loses else Severity.SCALE_IN_KEEPING,
        f"Under little load the HPA may now shrink {_name(pool)} to {_counted(least, 'VM')}{fate}",
        "Kubernetes autoscaling/v2: between minReplicas and maxReplicas by load; watched",
        changed,
    )


def _cloud_init_effects(old: Object, new: Object | None, pool: Object | None) -> Iterator[Effect]:
    """Yield what a change of the cloud-init Secret does; its new name changes the pool too."""
    if new is None:
        if pool is None or not _mentions(pool, _at(old, "metadata", "name")):
            yield from _other_effects("cloud-init", old, None)
            return
        yield Effect(
            Severity.RESTART_ALL,
            f"Secret {_name(old)} is deleted: VMs of {_name(pool)} that start without it hang",
            "Kubernetes: a pod waits for the Secrets that it mounts",
        )
        return
    paths = list(_differences(old, new))
    moved = [
        path for path in paths if path[:2] in {("metadata", "name"), ("metadata", "namespace")}
    ]
    contents = [path for path in paths if path[0] in {"data", "stringData"}]
    others = [path for path in paths if path not in [*moved, *contents]]
    if moved:
        yield Effect(
            Severity.NEW_REPLICAS,
            f"Secret {_name(old)} becomes {_name(new)}: "
            "cloud-init runs from it only in VMs created from now on",
            "KubeVirt 1.9, cloud-init.go:113-117: the instance-id of a VM stays",
            _dotted([*moved, *contents]),
        )
    elif contents:
        yield Effect(
            Severity.NEW_REPLICAS,
            f"Only VMs created from now on get the new cloud-init documents of {_name(new)}: "
            "cloud-init runs once per instance",
            "KubeVirt 1.9, cloud-init.go:113-117: the instance-id of a VM stays; watched",
            _dotted(contents),
        )
    if others:
        yield _touched("Secret", new, others)


def _other_effects(role: str, old: Object | None, new: Object | None) -> Iterator[Effect]:
    """Yield what becomes of an object that no VM notices."""
    known = new if new is not None else old
    kind = _text(_at(known, "kind")) or role
    kind = {"HorizontalPodAutoscaler": "HPA"}.get(kind, kind)
    rule = "Kubernetes: an object of its own, which no VM is made from"
    if known is None:
        return
    if old is None or new is None:
        fate = "created" if old is None else "removed"
        yield Effect(Severity.OTHER, f"{kind} {_name(known)} is {fate}", rule)
        return
    paths = list(_differences(old, new))
    if _name(old) != _name(new):
        yield Effect(
            Severity.OTHER,
            f"{kind} {_name(old)} becomes {_name(new)}",
            rule,
            _dotted(paths),
        )
    elif kind == "Service" and any(path[0] == "spec" for path in paths):
        yield Effect(
            Severity.OTHER,
            f"Service {_name(new)} {_new_service(paths)}; no VM restarts for that",
            "Kubernetes: a Service only leads to pods",
            _dotted(paths),
        )
    elif paths:
        yield _touched(kind, new, paths)


def _new_service(paths: Iterable[Path]) -> str:
    fields = {str(path[1]) for path in paths if path[0] == "spec" and len(path) > 1}
    if fields & {"type", "clusterIP", "clusterIPs"}:
        return "may get another address"
    if "selector" in fields:
        return "leads to other pods"
    return "is reached in another way"


def _touched(kind: str, new: Object, paths: Iterable[Path]) -> Effect:
    return Effect(
        Severity.OTHER,
        f"{kind} {_name(new)} changes; no VM restarts for that",
        "Kubernetes: an object of its own, which no VM is made from",
        _dotted(paths),
    )


# --- what a pool says ----------------------------------------------------------------------------


def _replicas(pool: Object) -> int | None:
    """Return spec.replicas; KubeVirt takes 1 where it is absent (pool.go:450)."""
    said = _at(pool, "spec", "replicas")
    return 1 if said is None else _whole(said)


def _limits(autoscaler: Object) -> tuple[int | None, int | None]:
    """Return minReplicas, 1 by default, and maxReplicas."""
    least = _at(autoscaler, "spec", "minReplicas")
    return 1 if least is None else _whole(least), _whole(_at(autoscaler, "spec", "maxReplicas"))


def _data_volume_templates(pool: Object) -> list[str]:
    """Return the names of the dataVolumeTemplates; "?" is one that is not known."""
    templates = _at(pool, "spec", "virtualMachineTemplate", "spec", "dataVolumeTemplates")
    if templates is None:
        return []
    if not isinstance(templates, list | tuple):
        return ["?"]
    return [_text(_at(template, "metadata", "name")) or "?" for template in templates]


def _update_strategy(pool: Object) -> str:
    strategy = _at(pool, "spec", "updateStrategy")
    for name in ("unmanaged", "opportunistic"):
        if _at(strategy, name) is not None:
            return name
    return "proactive"


def _selectors(pool: Object) -> object:
    """Return what restricts updates to some of the VMs."""
    proactive = _at(pool, "spec", "updateStrategy", "proactive")
    return _at(proactive, "selectionPolicy", "selectors")


def _scale_in_by_hand(pool: Object) -> bool:
    strategy = _at(pool, "spec", "scaleInStrategy")
    return any(_at(strategy, name) is not None for name in ("unmanaged", "opportunistic"))


def _keeps_disks(pool: Object) -> bool:
    """Tell whether scale-in keeps disks; Online and Offline are the same (pool.go:1969)."""
    kept = _at(pool, "spec", "scaleInStrategy", "proactive", "statePreservation")
    return kept in ("Offline", "Online")


def _order(pool: Object) -> str:
    policy = _at(pool, "spec", "scaleInStrategy", "proactive", "selectionPolicy", "sortPolicy")
    return {
        "Newest": "the newest first",
        "Oldest": "the oldest first",
        "AscendingOrder": "the lowest index first",
        "DescendingOrder": "the highest index first",
    }.get(_text(policy) or "", "chosen at random")


def _run_strategy(pool: Object) -> str | None:
    """Return the runStrategy, that of `running` too; None is one that is not known."""
    vm = _at(pool, "spec", "virtualMachineTemplate", "spec")
    running = _at(vm, "running")
    if isinstance(running, bool):
        return "Always" if running else "Halted"
    return _text(_at(vm, "runStrategy"))


def _mentions(pool: Object, secret: object) -> bool:
    def within(value: object) -> bool:
        if isinstance(value, Mapping):
            return any(within(member) for member in value.values())
        if isinstance(value, list | tuple):
            return any(within(item) for item in value)
        return isinstance(value, str) and value == secret

    template = _at(pool, "spec", "virtualMachineTemplate", "spec", "template", "spec")
    return within(_at(template, "volumes"))


def _touches_cloud_init(paths: Iterable[Path]) -> bool:
    return any({"cloudInitNoCloud", "cloudInitConfigDrive"} & set(path) for path in paths)


# --- words ---------------------------------------------------------------------------------------


def _pace(pool: Object, stay: _Fleet, total: _Fleet) -> tuple[Severity, str]:
    """Return how fast an update goes through the VMs: " one by one".

    An absent maxUnavailable is 100%, as it is before KubeVirt 1.6, which has none; a percentage is
    one of spec.replicas, rounded down, and at least one VM (pool.go:1118-1145).
    """
    said = _at(pool, "spec", "maxUnavailable")
    percentage = re.fullmatch(r"([0-9]+)%", said) if isinstance(said, str) else None
    at_a_time = _whole(said)
    up_to = ""
    if said is None or (percentage and int(percentage[1]) >= 100):
        return _at_once(stay)
    if percentage and total.most is None:
        return Severity.RESTART_SOME, f" {percentage[0]} at a time"
    if percentage and total.most is not None:
        share = int(percentage[1])
        at_a_time = max(1, total.most * share // 100)
        up_to = "" if max(1, total.least * share // 100) == at_a_time else "up to "
    if at_a_time is None:
        return Severity.RESTART_ALL, " as maxUnavailable allows"
    at_a_time = max(1, at_a_time)
    if stay.most is not None and at_a_time >= stay.most:
        return _at_once(stay)
    return Severity.RESTART_SOME, (
        " one by one" if at_a_time == 1 else f" {up_to}{at_a_time} at a time"
    )


def _at_once(stay: _Fleet) -> tuple[Severity, str]:
    return Severity.RESTART_ALL, "" if stay.most == 1 else " at once"


def _subject(stay: _Fleet, pace: str) -> str:
    """Return who restarts: "The only VM", "All 2 VMs", "Up to 5 VMs"."""
    if stay.most == 1:
        return "The only VM"
    if stay.most is None:
        return "VMs"
    if stay.exact:
        return f"{'All ' if pace == ' at once' else ''}{stay.most} VMs"
    return f"Up to {stay.most} VMs"


def _all(there: _Fleet) -> str:
    if there.most is None:
        return "all its VMs"
    if there.most < 2:
        return "its only VM" if there.most else "no VM"
    return f"all {there.most} VMs" if there.exact else f"all its VMs, up to {there.most}"


def _some(fleet: _Fleet) -> str:
    if fleet.most is None:
        return "VMs"
    return f"{'' if fleet.exact else 'Up to '}{_counted(fleet.most, 'VM')}"


def _disks(pool: Object, fleet: _Fleet) -> str:
    return disks(pool, fleet.most, at_most=not fleet.exact)


def _loss(pool: Object, fleet: _Fleet, *, joint: str = ": ") -> str:
    if fleet.most == 0 or not _data_volume_templates(pool):
        return ""
    return f"{joint}everything on {_disks(pool, fleet)} is lost"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _is(count: int | None) -> str:
    return "is" if count == 1 else "are"


def _s(stay: _Fleet) -> str:
    return "s" if stay.most == 1 else ""


def _name(manifest: Object) -> str:
    return _text(_at(manifest, "metadata", "name")) or "an object without a known name"


def _worst_first(found: Iterable[Effect]) -> list[Effect]:
    return sorted(found, key=lambda effect: -effect.severity)


# --- differences ---------------------------------------------------------------------------------

# How Pulumi marks what stands for a value in place of it: a secret, an output.
PULUMI_MARK = "4dabf18193072939515e22adb298388d"

TEMPLATE = ("spec", "virtualMachineTemplate")
# What each part of a pool is to its VMs, the longer path first.
GROUPS: tuple[tuple[Path, str], ...] = (
    ((*TEMPLATE, "spec", "dataVolumeTemplates"), "disks"),
    ((*TEMPLATE, "spec", "template"), "template"),
    ((*TEMPLATE, "spec", "runStrategy"), "run"),
    ((*TEMPLATE, "spec", "running"), "run"),
    ((*TEMPLATE, "spec", "instancetype"), "size"),
    ((*TEMPLATE, "spec", "preference"), "size"),
    ((*TEMPLATE, "metadata"), "vm"),
    (("spec", "selector"), "replaced"),
    (("metadata", "name"), "replaced"),
    (("metadata", "namespace"), "replaced"),
    (("kind",), "replaced"),
    (("spec", "replicas"), "replicas"),
    (("spec", "maxUnavailable"), "maxUnavailable"),
    (("spec", "updateStrategy"), "updateStrategy"),
    (("spec", "scaleInStrategy"), "scaleInStrategy"),
    (("spec", "nameGeneration"), "nameGeneration"),
    (("spec", "autohealing"), "autohealing"),
    (("spec", "paused"), "paused"),
    (("apiVersion",), "apiVersion"),
)


def _same_pool(old: Object | None, new: Object | None) -> bool:
    return old is not None and new is not None and "replaced" not in _grouped(old, new)


def _grouped(old: Object, new: Object) -> dict[str, list[Path]]:
    """Return the paths that differ, by what they are to the VMs."""
    groups: dict[str, list[Path]] = {}
    for path in _differences(old, new):
        groups.setdefault(_group(path, old, new), []).append(path)
    return groups


def _group(path: Path, old: Object, new: Object) -> str:
    if path == ("apiVersion",):
        groups = [(_text(_at(pool, "apiVersion")) or "").rpartition("/")[0] for pool in (old, new)]
        return "apiVersion" if groups[0] == groups[1] else "replaced"
    if _same_quantity(path, _at(old, *path), _at(new, *path)):
        return "same"
    for prefix, group in GROUPS:
        if path[: len(prefix)] == prefix:
            return group
        if prefix[: len(path)] == path:
            # A whole that nobody can look into: the worst of its parts comes first.
            return group
    return "vm" if path[:2] == TEMPLATE else "pool"


def _differences(old: object, new: object, path: Path = ()) -> Iterator[Path]:
    """Yield the paths at which two objects differ, the shortest that tell the difference."""
    old, new = _unwrapped(old), _unwrapped(new)
    if _is_object(old) and _is_object(new):
        for key in [*old, *(key for key in new if key not in old)]:
            # What Pulumi's provider adds to an object for itself.
            if path or not str(key).startswith("__"):
                yield from _differences(old.get(key), new.get(key), (*path, str(key)))
    elif isinstance(old, list | tuple) and isinstance(new, list | tuple):
        for index in range(max(len(old), len(new))):
            before, after = (side[index] if index < len(side) else None for side in (old, new))
            yield from _differences(before, after, (*path, index))
    elif not _same(old, new):
        yield path


def _unwrapped(value: object) -> object:
    """Return what a secret of Pulumi's holds, where that can be seen."""
    if isinstance(value, Mapping) and PULUMI_MARK in value and "value" in value:
        return value["value"]
    return value


def _is_object(value: object) -> TypeGuard[Mapping[str, Any]]:
    return isinstance(value, Mapping) and PULUMI_MARK not in value


def _same(old: object, new: object) -> bool:
    """Tell whether two values are the same: 2 and 2.0 are (all of Pulumi's numbers are floats)."""
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    return bool(old == new)


def _same_quantity(path: Path, old: object, new: object) -> bool:
    """Tell whether two texts are one quantity: KubeVirt compares 1Gi and 1024Mi as equal."""
    is_quantity = path[-2:-1] in {("requests",), ("limits",)} or path[-2:] == ("memory", "guest")
    if not is_quantity or path[:2] != TEMPLATE:
        return False
    sides = [side if isinstance(side, str) else _whole(side) for side in (old, new)]
    if None in sides:
        return False
    try:
        return quantity.parse(str(sides[0])) == quantity.parse(str(sides[1]))
    except ValueError:
        return False


def _at(value: object, *steps: str | int) -> Any:
    """Return what is at a path, None where nothing is or nobody can look."""
    for step in steps:
        value = _unwrapped(value)
        if isinstance(value, Mapping) and _is_object(value):
            value = value.get(str(step))
        elif isinstance(value, list | tuple) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return _unwrapped(value)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _whole(value: object) -> int | None:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _truth(value: object) -> bool:
    return value is True


def _dotted(paths: Iterable[Path]) -> tuple[str, ...]:
    return tuple(dotted(path) for path in paths)
