"""What is downloaded, by anybody who works with this project: every pin, read where it stands.

Files that pin something are found by their names, so that none is forgotten. Direct pins only: what
these bring along is in uv.lock and go.sum with its hashes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml

from ..stack.project import ROOT

# Go modules of what is built for whoever brings stacks up; all others are for development.
BUILT_FOR_UPS = ("cluster", "engine/pulumi", "engine/kubernetes")
LOCK = "uv.lock"
DOWNLOADS = "cluster/downloads.json"
DEPENDABOT = ".github/dependabot.yml"
COMMIT_SHOWN = 10
NOTHING = "nothing"
# Without git: folders that are made on a machine; hidden ones are others' as well, but for these.
MADE_HERE = {"build", "dist", "node_modules", "__pycache__"}
HIDDEN_AND_OURS = {".github", ".ci"}

USES = re.compile(r"uses: ([\w.-]+/[\w.-]+)[\w./-]*@([0-9a-f]{40}) # (v\S+)")
REQUIREMENT = re.compile(r"^([\w.-]+)==(\S+)", re.MULTILINE)
# Lines of a go.mod, in a block or not.
REQUIRED = re.compile(r"^(?:\t|require )(\S+) (v\S+?)( // indirect)?$", re.MULTILINE)
TOOL = re.compile(r"^(?:\t|tool )([\w.-]+\.[\w.-]+/\S+)$", re.MULTILINE)


class Kind(StrEnum):
    """Who can be asked for something newer."""

    ACTION = "action"
    PACKAGE = "Python package"
    NPM = "npm package"
    MODULE = "Go module"
    RELEASE = "release"


@dataclass(frozen=True)
class Pin:
    """Something that is downloaded.

    name: of an action and a release it begins with the repository, owner/name. version: as its kind
    writes it. held_by: what refuses any other content; NOTHING if nothing does. file: where the pin
    stands, from the root.
    """

    kind: Kind
    name: str
    version: str
    held_by: str
    file: str


def pins(root: Path = ROOT) -> list[Pin]:
    """Return everything that is pinned, each once for each file that pins it."""
    found = (pin for file in files(root) for pin in _of_file(root, file))
    return sorted(dict.fromkeys(found), key=lambda pin: (list(Kind).index(pin.kind), pin.file))


def files(root: Path = ROOT) -> list[str]:
    """Return the project's files, from the root: those that git knows, else all that are there."""
    command = ["git", "-C", str(root), "ls-files", "-z"]
    if (root / ".git").exists():
        told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
        # One that is deleted and not committed is none.
        return [name for name in told.split("\0") if name and (root / name).is_file()]
    return sorted(_walked(root))


def by_hand(found: Sequence[Pin], root: Path = ROOT) -> list[Pin]:
    """Return the pins for which Dependabot proposes nothing, and which something holds."""
    updates = yaml.safe_load((root / DEPENDABOT).read_text(encoding="utf-8"))["updates"]
    covered = {(one["package-ecosystem"], place) for one in updates for place in one["directories"]}
    return [pin for pin in found if pin.held_by != NOTHING and _ecosystem(pin) not in covered]


def _ecosystem(pin: Pin) -> tuple[str, str]:
    """Return by which of Dependabot's ecosystems a pin would be covered, and in which folder."""
    of = {Kind.ACTION: "github-actions", Kind.MODULE: "gomod", Kind.NPM: "npm"}
    of_packages = "uv" if Path(pin.file).name == LOCK else "pip"
    folder = Path(pin.file).parent
    # For actions "/" is where workflows are.
    place = Path() if folder == Path(".github/workflows") else folder
    of_kind = of_packages if pin.kind is Kind.PACKAGE else of.get(pin.kind, "")
    return of_kind, str(Path("/", place))


def _walked(root: Path) -> Iterator[str]:
    for folder, below, names in os.walk(root):
        below[:] = [
            name
            for name in below
            if name not in MADE_HERE and (name[0] != "." or name in HIDDEN_AND_OURS)
        ]
        yield from (Path(folder, name).relative_to(root).as_posix() for name in names)


def _of_file(root: Path, file: str) -> Iterable[Pin]:
    """Return what a file pins, if it is of a kind that pins something."""
    path, name = root / file, Path(file).name
    if file == DOWNLOADS:
        return _releases(path, file)
    if file.startswith(".github/") and path.suffix in {".yml", ".yaml"}:
        return _actions(path, file)
    if path.suffix == ".txt":
        return _requirements(path, file)
    read = {LOCK: _packages, "go.mod": _modules, "package.json": _npm}.get(name)
    return read(path, file) if read else ()


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


def _actions(path: Path, file: str) -> Iterator[Pin]:
    for name, commit, version in USES.findall(path.read_text(encoding="utf-8")):
        yield Pin(Kind.ACTION, name, version, f"commit {commit[:COMMIT_SHOWN]}", file)


def _requirements(path: Path, file: str) -> Iterator[Pin]:
    """Yield what a file of pip asks for; other texts have no such lines."""
    text = path.read_text(encoding="utf-8")
    held_by = "its hashes" if "--hash=" in text else NOTHING
    for name, version in REQUIREMENT.findall(text):
        yield Pin(Kind.PACKAGE, name, version, held_by, file)


def _packages(path: Path, file: str) -> Iterator[Pin]:
    packages = tomllib.loads(path.read_text(encoding="utf-8"))["package"]
    direct = {name for package in packages for name in _asked_for(package)}
    for package in packages:
        if package["name"] in direct and "registry" in package["source"]:
            yield Pin(Kind.PACKAGE, package["name"], package["version"], "its hashes", file)


def _asked_for(package: dict[str, Any]) -> Iterator[str]:
    """Yield the names of what a package of this project asks for; those of others ask for none."""
    if "registry" not in package["source"]:
        groups = package.get("dev-dependencies", {}).values()
        for one in (*package.get("dependencies", ()), *(one for group in groups for one in group)):
            yield one["name"]


def _npm(path: Path, file: str) -> Iterator[Pin]:
    document = json.loads(path.read_text(encoding="utf-8"))
    held_by = "package-lock.json" if (path.parent / "package-lock.json").is_file() else NOTHING
    for part in ("dependencies", "devDependencies"):
        for name, version in document.get(part, {}).items():
            yield Pin(Kind.NPM, name, version, held_by, file)


def _modules(path: Path, file: str) -> Iterator[Pin]:
    held_by = "go.sum" if path.with_name("go.sum").is_file() else NOTHING
    for module, version, direct in required(path):
        if direct:
            yield Pin(Kind.MODULE, module, version, held_by, file)


def _releases(path: Path, file: str) -> Iterator[Pin]:
    products = json.loads(path.read_text(encoding="utf-8"))["products"]
    for product in products.values():
        repository = "/".join(product["path"].split("/")[:2])
        # "envtest-v" of ".../download/envtest-v{version}/..."; tags are named so.
        beginning = product["path"].partition("/download/")[2].partition("{version}")[0]
        for version in product["digests"]:
            held_by = f"its {product['algorithm']}"
            yield Pin(Kind.RELEASE, repository, f"{beginning}{version}", held_by, file)
