"""Words that are near to each other."""

from __future__ import annotations

from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str], *, nearness: float = 0.6) -> str | None:
    """Return the known word nearest to a misspelt one, if one is near (1 is the same)."""
    import difflib

    by_plain = {plain(name): name for name in known}
    near = difflib.get_close_matches(plain(word), by_plain, n=1, cutoff=nearness)
    return by_plain[near[0]] if near else None


def plain(word: str) -> str:
    """Return a word without what people take for the same: case, '_' and '-'."""
    return word.lower().replace("_", "").replace("-", "")
