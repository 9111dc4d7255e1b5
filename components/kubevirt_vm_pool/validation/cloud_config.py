"""Values of a cloud-config, and of network data, that cloud-init takes for something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..text.paths import Path, dotted
from .problems import Problem

# What cloud-init only asks whether it is there: any text is true (create_user, network state).
TRUTHS = frozenset(
    {"dhcp4", "dhcp6", "lock_passwd", "lock-passwd", "no_create_home", "no_user_group"}
    | {"no_log_init", "no-create-home", "no-user-group", "no-log-init", "system"}
)
FALSEHOODS = frozenset({"no", "off", "false", "n"})
# Of a file in write_files: a number ends the module, and with it all files that follow.
OF_FILES = ("content", "path")


def misunderstood(where: str, document: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what cloud-init takes for something else. where: the key of the document."""
    for path, value in _leaves(document, ()):
        if path[-1] in TRUTHS and isinstance(value, str) and value.lower() in FALSEHOODS:
            yield Problem(
                f"{where}.{dotted(path)}",
                "is text, and cloud-init takes any text for true there",
                "write false, without quotes",
            )
    files = document.get("write_files")
    for index, file in enumerate(files if isinstance(files, list) else ()):
        for key in OF_FILES:
            if isinstance(file, Mapping) and isinstance(file.get(key), bool | int | float):
                yield Problem(
                    f"{where}.write_files[{index}].{key}",
                    "must be text: on anything else cloud-init gives up this file and all after it",
                    "quote it",
                )


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _leaves(member, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _leaves(item, (*path, index))
    elif path:
        yield path, value
