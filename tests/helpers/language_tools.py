"""What tests of other languages need besides the engine: built from the modules of tests/tools.

A released Pulumi has a host of YAML programs; what makes an SDK for TypeScript stands in its host
of Node.js programs, of which there is no Go module. Building takes minutes: it must be asked for.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from checkout import ROOT

from vmpool import go_build

MODULE = ROOT / "tests" / "tools"
BUILD = "VMPOOL_TEST_LANGUAGES"
YAML_HOST = "pulumi-language-yaml"
TAKES = "about five minutes, once"


def yaml_host() -> Path:
    """Return the engine's host of YAML programs, or skip the test."""
    found = shutil.which(YAML_HOST)
    if found:
        return Path(found)
    version = go_build.pinned("github.com/pulumi/pulumi-yaml", MODULE)
    package = "github.com/pulumi/pulumi-yaml"
    program = go_build.Program(
        f"{package}/cmd/{YAML_HOST}", TAKES, (f"{package}/pkg/version.Version={version}",)
    )
    return _built(YAML_HOST, program)


def sdk_generator() -> Path:
    """Return Pulumi's generator of SDKs for Node.js as a program, or skip the test."""
    return _built("sdk", go_build.Program(".", TAKES))


def npm() -> str:
    """Return npm, or skip the test."""
    found = shutil.which("npm")
    if found is None:
        pytest.skip("npm, which brings TypeScript, is not on PATH")
    return found


def _built(name: str, program: go_build.Program) -> Path:
    if not go_build.place(name, program, MODULE).is_file() and os.environ.get(BUILD) != "build":
        pytest.skip(f"{name} is not built; {BUILD}=build lets this test build it ({TAKES})")
    return go_build.built(name, program, MODULE)
