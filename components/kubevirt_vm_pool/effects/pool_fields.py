"""What the fields of a pool, and of an HPA, say; with the defaults of what they leave out."""

from __future__ import annotations

from collections.abc import Mapping

from ..spec.names import OTHERS, SCALED_BY
from .lookup import Object, at, text, whole

TEMPLATE = ("spec", "virtualMachineTemplate")


def replicas(pool: Object) -> int | None:
    """Return spec.replicas; KubeVirt takes 1 where it is absent (pool.go:450)."""
    said = at(pool, "spec", "replicas")
    return 1 if said is None else whole(said)


def scaled_by_others(pool: Object | None) -> bool:
    """Tell whether spec.replicas is others' to say, KEDA's for instance."""
    return text(at(pool, "metadata", "annotations", SCALED_BY)) == OTHERS


def limits(autoscaler: Object) -> tuple[int | None, int | None]:
    """Return an HPA's minReplicas, 1 by default, and maxReplicas."""
    least = at(autoscaler, "spec", "minReplicas")
    return 1 if least is None else whole(least), whole(at(autoscaler, "spec", "maxReplicas"))


def paused(pool: Object) -> bool:
    """Tell whether the pool is paused."""
    return at(pool, "spec", "paused") is True


def data_volume_templates(pool: Object) -> list[str]:
    """Return the names of the dataVolumeTemplates; "?" is one that is not known."""
    templates = at(pool, *TEMPLATE, "spec", "dataVolumeTemplates")
    if templates is None:
        return []
    if not isinstance(templates, list | tuple):
        return ["?"]
    return [text(at(template, "metadata", "name")) or "?" for template in templates]


def run_strategy(pool: Object) -> str | None:
    """Return the runStrategy, that of `running` too; None is one that is not known."""
    running = at(pool, *TEMPLATE, "spec", "running")
    if isinstance(running, bool):
        return "Always" if running else "Halted"
    return text(at(pool, *TEMPLATE, "spec", "runStrategy"))


def update_strategy(pool: Object) -> str:
    """Return the updateStrategy: unmanaged, opportunistic or, by default, proactive."""
    strategy = at(pool, "spec", "updateStrategy")
    for name in ("unmanaged", "opportunistic"):
        if at(strategy, name) is not None:
            return name
    return "proactive"


def update_selectors(pool: Object) -> object:
    """Return what restricts updates to some of the VMs."""
    proactive = at(pool, "spec", "updateStrategy", "proactive")
    return at(proactive, "selectionPolicy", "selectors")


def scale_in_by_hand(pool: Object) -> bool:
    """Tell whether the scaleInStrategy leaves it to others to remove VMs."""
    strategy = at(pool, "spec", "scaleInStrategy")
    return any(at(strategy, name) is not None for name in ("unmanaged", "opportunistic"))


def keeps_disks(pool: Object) -> bool:
    """Tell whether scale-in keeps disks; Online and Offline are the same (pool.go:1969)."""
    kept = at(pool, "spec", "scaleInStrategy", "proactive", "statePreservation")
    return kept in ("Offline", "Online")


def scale_in_order(pool: Object) -> str:
    """Return in words which VMs a scale-in removes."""
    policy = at(pool, "spec", "scaleInStrategy", "proactive", "selectionPolicy", "sortPolicy")
    return {
        "Newest": "the newest first",
        "Oldest": "the oldest first",
        "AscendingOrder": "the lowest index first",
        "DescendingOrder": "the highest index first",
    }.get(text(policy) or "", "chosen at random")


def appends(pool: Object) -> tuple[bool, bool]:
    """Tell whether a VM's index is appended to the names of its Secrets, and of its ConfigMaps."""
    said = at(pool, "spec", "nameGeneration")
    secrets, config_maps = "appendIndexToSecretRefs", "appendIndexToConfigMapRefs"
    return at(said, secrets) is True, at(said, config_maps) is True


def mounts(pool: Object, secret: object) -> bool:
    """Tell whether the VMs' volumes mention a Secret's name."""

    def within(value: object) -> bool:
        if isinstance(value, Mapping):
            return any(within(member) for member in value.values())
        if isinstance(value, list | tuple):
            return any(within(item) for item in value)
        return isinstance(value, str) and value == secret

    return within(at(pool, *TEMPLATE, "spec", "template", "spec", "volumes"))
