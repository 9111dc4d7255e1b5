"""Quantities of the cluster's objects, as numbers and as people read them."""

from __future__ import annotations

from decimal import Decimal

from kubevirt_vm_pool.spec.quantity import parse

GI = Decimal(1024) ** 3
MI = Decimal(1024) ** 2
# What is counted in bytes, by what its name ends with.
OF_BYTES = ("memory", "storage")


def amount(said: object) -> Decimal:
    """Return a quantity as a plain number (bytes, CPUs, or a count); what is not said is 0."""
    return Decimal(0) if said is None else parse(str(said))


def shown(number: Decimal, resource: str) -> str:
    """Return a number of a resource ("requests.memory") as a short quantity."""
    if not resource.endswith(OF_BYTES):
        return f"{number.quantize(Decimal('0.001')).normalize():f}"
    for unit, name in ((GI, "Gi"), (MI, "Mi")):
        if abs(number) >= unit:
            return f"{(number / unit).quantize(Decimal('0.01')).normalize():f}{name}"
    return f"{number.normalize():f}"
