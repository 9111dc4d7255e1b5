"""Templates where nobody fills them in: only what is below perReplica is one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..guest.cloud_init import is_cloud_config
from ..spec.pool import PoolSpec
from ..text.paths import Path, dotted
from ..text.yaml_documents import parsed
from .problems import Problem

# One of the variables, alone, with members, or in an expression; Go's {{ index .A 0 }} is none.
TEMPLATE = re.compile(
    r"\{\{-?\s*(index|name|count|values|generated)\b([.\[][^{}]*)?\s*([-+*/%~|][^{}]*)?\}\}"
)
OF_CLOUD_INIT = "## template: jinja"
CLOUD_INIT: Mapping[str, str] = {
    "timezone": "config.timezone",
    "user": "config.user",
    "sshAuthorizedKeys": "config.ssh_authorized_keys",
    "packages": "config.packages",
    "runCommands": "config.runcmd",
}


def problems(spec: PoolSpec) -> Iterator[Problem]:
    """Yield each template of one line that would reach the VMs as it stands there."""
    for path, text in _texts(spec):
        if TEMPLATE.search(text) and "\n" not in text.strip():
            where = _place_for(path)
            yield Problem(
                dotted(path),
                "is a template, which only perReplica fills in: every VM would get it as it is",
                f"move it to {where}"
                if where
                else "remove it: what differs from VM to VM goes into perReplica",
            )


def told(spec: PoolSpec) -> Iterator[str]:
    """Yield what may be somebody else's template: a file, a script."""
    for path, text in _texts(spec):
        if TEMPLATE.search(text) and "\n" in text.strip():
            yield (
                f"{dotted(path)} reaches every VM with {{{{ }}}} as it stands there: only "
                "perReplica fills in templates"
            )


def _texts(spec: PoolSpec) -> Iterator[tuple[Path, str]]:
    settings = spec.cloud_init
    if spec.password is not None:
        yield ("password",), spec.password
    for key, value in {
        "user": settings.user,
        "runCommands": settings.run_commands,
        "packages": settings.packages,
        "config": settings.config,
        "networkData": settings.network_data,
    }.items():
        yield from _inside(value, ("cloudInit", key))
    text = settings.user_data or ""
    document = parsed(text)[0] if is_cloud_config(text) else None
    if document is not None:
        yield from ((("cloudInit", "userData", *path), one) for path, one in _inside(document, ()))
    elif not text.lstrip().lower().startswith(OF_CLOUD_INIT):
        yield ("cloudInit", "userData"), text
    yield from _inside(spec.template, ("template",))


def _inside(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _inside(member, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _inside(item, (*path, index))
    elif isinstance(value, str):
        yield path, value


def _place_for(path: Path) -> str | None:
    """Return where a template of a place belongs, None if it has no place."""
    if path[0] == "template":
        return None
    if path == ("password",):
        return "perReplica.password"
    key = str(path[1])
    if key == "userData":
        return "perReplica.userData"
    if key in CLOUD_INIT:
        return f"perReplica.{CLOUD_INIT[key]}"
    # A list is replaced as a whole: the place is that of all of it.
    names = []
    for step in path[1:]:
        if isinstance(step, int):
            break
        names.append(step)
    return dotted(("perReplica", *names))
