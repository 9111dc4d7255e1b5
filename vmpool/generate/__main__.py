"""Write what is made from the models: `make generate`, or `python -m vmpool.generate`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from . import (
    args,
    distribution,
    json_schema,
    keys_page,
    pool_definition,
    project_file,
    pulumi_schema,
)
from .between import Between


def written() -> Mapping[Path, str]:
    """Return the text that each file should have."""
    own = project_file.beside(project_file.FILE.read_text(encoding="utf-8"))
    return {
        **_keys_page(),
        project_file.FILE: _with(
            project_file.FILE, project_file.PLACE, project_file.config(without=own)
        ),
        args.FILE: args.module(),
        json_schema.FILE: json_schema.as_json(),
        pool_definition.FILE: pool_definition.as_json(),
        pulumi_schema.FILE: pulumi_schema.as_json(),
        **{
            file: _with(file, distribution.PLACE, distribution.version())
            for file in distribution.FILES
        },
    }


def _keys_page() -> Mapping[Path, str]:
    """Return the page of all keys, where the tests are that its examples come from."""
    if not keys_page.HELPERS.is_dir():
        return {}
    return {keys_page.FILE: _with(keys_page.FILE, keys_page.PLACE, keys_page.page())}


def _with(file: Path, place: Between, part: str) -> str:
    return place.replaced(file.read_text(encoding="utf-8"), part)


def main() -> None:
    """Write what is not as it should be, and say so."""
    for file, text in written().items():
        if not file.exists() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            print(f"wrote {file.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
