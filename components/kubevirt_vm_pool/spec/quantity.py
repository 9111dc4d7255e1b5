"""Kubernetes quantities ("2Gi", "500m") and the mistakes people make with them."""

from __future__ import annotations

import re
from decimal import Decimal

# Kubernetes, apimachinery/pkg/api/resource: decimal and binary suffixes, or an exponent.
SUFFIXES = {
    "n": Decimal("1e-9"),
    "u": Decimal("1e-6"),
    "m": Decimal("1e-3"),
    "": Decimal(1),
    **{suffix: Decimal(1000) ** (power + 1) for power, suffix in enumerate("kMGTPE")},
    **{f"{suffix}i": Decimal(1024) ** (power + 1) for power, suffix in enumerate("KMGTPE")},
}
SHAPE = re.compile(r"(?P<number>[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+))(?P<rest>.*)", re.DOTALL)
# Kubernetes holds 2^63 - 1 at most; a larger exponent is above that, or finer than it counts.
EXPONENT = re.compile(r"[eE][+-]?[0-9]{1,2}")
LARGEST = Decimal(2**63 - 1)


def parse(text: str) -> Decimal:
    """Return a quantity as a plain number (bytes, or CPUs).

    Raises ValueError with the reason and, behind "; ", the right spelling where it can be guessed.
    """
    shape = SHAPE.fullmatch(text.strip())
    if shape is None:
        raise ValueError("is no Kubernetes quantity")
    number, rest = shape["number"], shape["rest"]
    if text != text.strip() or rest[:1].isspace():
        raise ValueError(f"must not have spaces in it{_guess(number, rest)}")
    if rest in SUFFIXES:
        amount = Decimal(number) * SUFFIXES[rest]
    elif EXPONENT.fullmatch(rest):
        amount = Decimal(number) * Decimal(f"1{rest}")
    elif decimals := re.fullmatch(r",([0-9]+)(.*)", rest):
        guess = _guess(f"{number}.{decimals[1]}", decimals[2])
        raise ValueError(f"has a comma, where Kubernetes takes a point{guess}")
    else:
        raise ValueError(f"has a unit that Kubernetes does not know ({rest}){_guess(number, rest)}")
    if amount > LARGEST:
        raise ValueError("is more than Kubernetes can count (8Ei)")
    return amount


def _guess(number: str, rest: str) -> str:
    unit = rest.strip()
    meant = unit if unit in SUFFIXES else meant_suffix(unit)
    return "" if meant is None else f"; did you mean {number}{meant}?"


def meant_suffix(unit: str) -> str | None:
    """Return the unit that "GB", "gib", "g" and their like stand for."""
    letter, rest = unit[:1].upper(), unit[1:].lower()
    return f"{letter}i" if letter and letter in "KMGTPE" and rest in {"", "b", "i", "ib"} else None
