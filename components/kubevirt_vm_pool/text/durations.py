"""Durations as people say them."""

from __future__ import annotations


def seconds(duration: float) -> str:
    """Return a duration, given in seconds: "4 s" or "4 min 20 s"."""
    minutes, rest = divmod(round(duration), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
