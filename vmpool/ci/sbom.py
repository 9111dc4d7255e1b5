"""What a release is made of, as a bill of materials in CycloneDX's JSON.

uv writes what is in uv.lock. Added are what is built or downloaded on a person's machine, uv and Go
among it, and the actions with which the workflows run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from kubevirt_vm_pool.version import VERSION

from ..console import UserError
from ..stack.project import ROOT
from .pins import BUILT_FOR_UPS, LOCK, NOTHING, Kind, pins, required
from .programs import NotAskedError, said

EXPORT = (
    *("export", "--frozen", "--quiet", "--format", "cyclonedx1.5"),
    *("--preview-features", "sbom-export"),
)
LIBRARY = "kubevirt-vm-pool"


def sbom(root: Path = ROOT, environment: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Return the document. Raises UserError where uv cannot write its part."""
    try:
        document: dict[str, Any] = json.loads(said("uv", EXPORT, root, environment))
    except NotAskedError as reason:
        raise UserError(f"the packages of uv.lock cannot be told: {reason}") from None
    for component in document["components"]:
        # uv.lock has no version of a package whose version stands in its code.
        if component["name"] == LIBRARY:
            component.setdefault("version", VERSION)
    parts = [*document["components"], *_modules(root), *_pinned(root)]
    # uv and an action may be pinned in more than one place.
    document["components"] = list({one["bom-ref"]: one for one in parts}.values())
    return document


def _modules(root: Path) -> Iterator[dict[str, Any]]:
    """Yield the modules of programs that are built on a person's machine, each version once."""
    sums: dict[tuple[str, str], str] = {}
    for folder in BUILT_FOR_UPS:
        lines = (root / folder / "go.sum").read_text(encoding="utf-8").splitlines()
        known = {(path, version): digest for path, version, digest in map(str.split, lines)}
        for path, version, _ in required(root / folder / "go.mod"):
            sums[path, version] = known.get((path, version), "")
    for (path, version), digest in sorted(sums.items()):
        # A digest of Go's own over the files of a module, so no hash in CycloneDX's sense.
        more = {"properties": [{"name": "go.sum", "value": digest}]} if digest else {}
        yield _component(path, version, f"pkg:golang/{path}@{quote(version)}") | more


def _pinned(root: Path) -> Iterator[dict[str, Any]]:
    """Yield what is neither in uv.lock nor in a go.mod."""
    for pin in pins(root):
        if pin.kind in (Kind.RELEASE, Kind.ACTION):
            yield _component(pin.name, pin.version, f"pkg:github/{pin.name}@{quote(pin.version)}")
        elif pin.kind is Kind.PACKAGE and Path(pin.file).name != LOCK and pin.held_by != NOTHING:
            yield _component(pin.name, pin.version, f"pkg:pypi/{pin.name}@{quote(pin.version)}")


def _component(name: str, version: str, purl: str) -> dict[str, Any]:
    reference = {"type": "library", "bom-ref": purl, "name": name}
    return {**reference, "version": version, "purl": purl}
