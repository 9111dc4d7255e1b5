"""What a release says of itself: the part of CHANGELOG.md on its version.

Run by release.yml, `release_notes.py v1.2.3`; fails where the tag, the version of the code and the
changelog are not one.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from kubevirt_vm_pool.version import VERSION

CHANGELOG = Path(__file__).parents[2] / "CHANGELOG.md"


def notes(tag: str, changelog: str, version: str = VERSION) -> str:
    """Return the part on the version of a tag; raises ValueError if it is another or has none."""
    if tag != f"v{version}":
        raise ValueError(f"the tag is {tag}, and version.py says {version}")
    heading = rf"^## \[{re.escape(version)}\].*?$"
    found = re.search(rf"{heading}\n(.*?)(?=^## \[|\Z)", changelog, re.MULTILINE | re.DOTALL)
    if found is None or not found[1].strip():
        raise ValueError(f"CHANGELOG.md says nothing of {version}")
    return f"{found[1].strip()}\n"


def main() -> None:
    """Print the notes."""
    try:
        print(notes(sys.argv[1], CHANGELOG.read_text(encoding="utf-8")), end="")
    except ValueError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
