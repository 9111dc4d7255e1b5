"""Few lines for many objects that are alike but for a number at the end of the name."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

SHOWN = 3
NUMBER = re.compile(r"-[0-9]+(?=\s|$)")


class Abbreviator:
    """Lets the first lines of a kind through, and counts the others."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def lets_through(self, line: str) -> bool:
        """Tell whether a line is to be shown."""
        kind = NUMBER.sub("-*", line)
        if kind == line:
            return True
        self._seen[kind] += 1
        return self._seen[kind] <= SHOWN

    def rest(self) -> Iterator[str]:
        """Yield a line for each kind of which not all were shown, and begin anew."""
        seen, self._seen = self._seen, Counter()
        for kind, count in seen.items():
            if count > SHOWN:
                yield f"{kind}: {count - SHOWN} more"


def abbreviate(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines of a report that is complete, many alike shortened."""
    those = Abbreviator()
    yield from filter(those.lets_through, lines)
    yield from those.rest()
