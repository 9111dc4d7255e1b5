"""What a page of status says of each stack, by the labels that its reader sees."""

from __future__ import annotations

from collections import defaultdict
from html.parser import HTMLParser

Said = dict[str, list[str]]


class _Parts(HTMLParser):
    """Keeps the texts of cells by the label of their column, those of facts by their names."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Said] = defaultdict(lambda: defaultdict(list))
        self._stack = self._label = ""
        self._names_fact = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in {"tr", "details"}:
            self._stack = given.get("data-stack") or self._stack
        if tag in {"td", "th", "dt"}:
            self._label = given.get("data-label") or ""
        self._names_fact = tag == "dt"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "dd"}:
            self._label = ""

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if self._names_fact:
            self._label = self._label or text
        elif text and self._label:
            self.found[self._stack][self._label].append(text)


def parts(page: str) -> dict[str, Said]:
    """Return by stack and label what stands in cells and beside names: {"bob": {"Age": ["3 h"]}}.

    A stack's row in the table of all and its own part are taken together.
    """
    parser = _Parts()
    parser.feed(page)
    return {stack: dict(said) for stack, said in parser.found.items()}
