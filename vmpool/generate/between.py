"""Files of which a part is written, between two lines that stay."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Between:
    """A part of a file. begin, end: the lines around it, as they stand there."""

    begin: str
    end: str

    def replaced(self, text: str, part: str) -> str:
        """Return a file's text with another part; raises ValueError if a line is not there."""
        before, begin, rest = text.partition(self.begin)
        _, end, after = rest.partition(self.end)
        if not (begin and end):
            raise ValueError(f"the lines {self.begin.strip()} and {self.end.strip()} are missing")
        return before + begin + part + end + after
