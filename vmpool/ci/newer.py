"""Newer releases of what is pinned, asked of those who publish it by their own clients.

uv asks the index of packages, go the proxy of modules, git the repositories of actions and of
releases, each as the person has set it up.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path

from ..go_build import go_environment, numbers
from ..network import OFFLINE, offline
from ..stack.project import ROOT
from .pins import DOWNLOADS, LOCK, NOTHING, REQUIREMENT, Kind, Pin
from .programs import NotAskedError, said

# A line of `git ls-remote`: a whole version, with a word before it at most; ^{} is the commit that
# an annotated tag points to.
TAG = re.compile(r"^([0-9a-f]{40})\trefs/tags/(\S*?v\d+\.\d+\.\d+)(?:\^\{\})?$", re.MULTILINE)
DIGESTS = f"its digests in {DOWNLOADS}; CONTRIBUTING.md says whose"
MODULE = "{{.Path}} {{with .Update}}{{.Version}}{{end}}"


@dataclass(frozen=True)
class Proposal:
    """A newer version of a pin. how: what to do about it, as a command or in words."""

    pin: Pin
    version: str
    how: str


@dataclass(frozen=True)
class Answers:
    """What is newer, and whom nobody could ask for it, each with the reason."""

    proposals: tuple[Proposal, ...]
    not_asked: tuple[str, ...]


def newer(
    pins: Sequence[Pin], root: Path = ROOT, environment: Mapping[str, str] = os.environ
) -> Answers:
    """Return what is newer than pins; what several of them are about is asked for once.

    Where nothing holds a version, there is none to be renewed.
    """
    if offline(environment):
        return Answers((), (f"nobody: nothing is downloaded ({OFFLINE})",))
    ask = {
        Kind.ACTION: partial(_of_repository, root, environment),
        Kind.MODULE: partial(_modules, root, environment),
        Kind.PACKAGE: partial(_packages, root, environment),
        Kind.RELEASE: partial(_of_repository, root, environment),
    }
    held = [pin for pin in pins if pin.held_by != NOTHING]
    proposals: list[Proposal] = []
    not_asked: list[str] = []
    for (kind, about), together in groupby(sorted(held, key=_together), _together):
        try:
            proposals += ask[Kind(kind)](list(together))
        except NotAskedError as reason:
            not_asked.append(f"{about}: {reason}")
    return Answers(tuple(proposals), tuple(not_asked))


def _together(pin: Pin) -> tuple[str, str]:
    """Return the kind of a pin, and what all those have in common that one question is about."""
    about = {Kind.PACKAGE: "Python packages", Kind.MODULE: pin.file}
    return pin.kind, about.get(pin.kind, pin.name)


def _packages(
    root: Path, environment: Mapping[str, str], pins: Sequence[Pin]
) -> Iterator[Proposal]:
    command = ["pip", "compile", "-", "--no-deps", "--no-header", "--no-annotate", "--quiet"]
    names = "\n".join(sorted({pin.name for pin in pins}))
    told = said("uv", command, root, environment, names)
    versions = dict(REQUIREMENT.findall(told))
    for pin in pins:
        version = versions.get(pin.name, pin.version)
        if numbers(version) > numbers(pin.version):
            yield Proposal(pin, version, _how_in(pin, version))


def _how_in(pin: Pin, version: str) -> str:
    if Path(pin.file).name != LOCK:
        return f"the command in {pin.file}, with {version}"
    # It says so where pyproject.toml does not allow that one.
    return f"uv lock --directory {Path(pin.file).parent} --upgrade-package {pin.name}=={version}"


def _modules(root: Path, environment: Mapping[str, str], pins: Sequence[Pin]) -> Iterator[Proposal]:
    folder = Path(pins[0].file).parent
    command = ["list", "-m", "-u", "-f", MODULE, *(pin.name for pin in pins)]
    told = said("go", command, root / folder, go_environment(environment))
    versions = dict(line.split(" ", 1) for line in told.splitlines())
    for pin in pins:
        if version := versions.get(pin.name):
            yield Proposal(pin, version, f"go get -C {folder} {pin.name}@{version}")


def _of_repository(
    root: Path, environment: Mapping[str, str], pins: Sequence[Pin]
) -> Iterator[Proposal]:
    server = json.loads((root / DOWNLOADS).read_text(encoding="utf-8"))["server"]
    command = ["ls-remote", "--tags", f"{server}/{pins[0].name}"]
    # It must not ask for a password.
    told = said("git", command, root, {**environment, "GIT_TERMINAL_PROMPT": "0"})
    # The commit of an annotated tag comes after the tag itself.
    commits = {tag: commit for commit, tag in TAG.findall(told)}
    newest = max(pins, key=lambda pin: _version(pin.version))
    beginning = newest.version.rpartition("v")[0]
    tags = [tag for tag in commits if tag.rpartition("v")[0] == beginning]
    best = max(tags, key=_version, default=newest.version)
    # Older releases beside the newest are there on purpose; older actions are not.
    for pin in pins if newest.kind is Kind.ACTION else [newest]:
        if _version(best) > _version(pin.version) and best in commits:
            how = f"@{commits[best]} # {best}" if pin.kind is Kind.ACTION else DIGESTS
            yield Proposal(pin, best, how)


def _version(tag: str) -> tuple[int, ...]:
    return numbers(tag.rpartition("v")[2])
