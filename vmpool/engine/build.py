"""The engine that is built here: Pulumi's CLI and its Kubernetes provider, from pinned Go modules.

For machines that reach a proxy of Go modules but not Pulumi's own downloads. It has no host of
Python programs: only a program that runs inside vmpool can use it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .. import go_build
from ..go_build import Program

MODULES = Path(__file__).parents[2] / "engine"
CLI = "github.com/pulumi/pulumi/pkg/v3"
PROVIDER = "github.com/pulumi/pulumi-kubernetes/provider/v4"
# The release that the provider's module is of: as a module it has no tags.
PROVIDER_VERSION = "4.25.0"
EMBEDDED = "cmd/pulumi-resource-kubernetes"


@dataclass(frozen=True)
class Built:
    """The CLI, the provider's plugin, and the folder to name in PULUMI_HOME so that it is found.

    On PATH the plugin would be found too, but with a warning each time.
    """

    cli: Path
    provider: Path

    @property
    def home(self) -> Path:
        return self.provider.parents[2]


def build(environment: Mapping[str, str] = os.environ) -> Built:
    """Build what is not built yet, which takes minutes the first time. Raises UserError."""
    return Built(*(go_build.built(*one, environment) for one in _programs()))


def expected(environment: Mapping[str, str] = os.environ) -> Built:
    """Return where everything is once it is built."""
    return Built(*(go_build.place(*one, environment) for one in _programs()))


def found(environment: Mapping[str, str] = os.environ) -> Built | None:
    """Return what was built, if all of it was."""
    built = expected(environment)
    return built if built.cli.is_file() and built.provider.is_file() else None


def cli_version() -> str:
    """Return the release of the CLI that is pinned: "3.274.1"."""
    return go_build.pinned(CLI, MODULES / "pulumi").removeprefix("v")


def _programs() -> tuple[tuple[str, Program, Path], ...]:
    """Return the name, the program and the module of both."""
    cli = Program(
        f"{CLI}/cmd/pulumi",
        "about 4 minutes, once",
        # Without it the SDK refuses to work with the CLI, for it tells no version.
        variables=(f"{CLI.replace('/pkg/', '/sdk/')}/go/common/version.Version=v{cli_version()}",),
    )
    provider = Program(
        ".",
        "about 10 minutes, once",
        variables=(f"{PROVIDER}/pkg/version.Version={PROVIDER_VERSION}",),
        embedded=tuple(
            (PROVIDER, f"{EMBEDDED}/{name}") for name in ("schema.json", "terraform-mapping.json")
        ),
        place=f"home/plugins/resource-kubernetes-v{PROVIDER_VERSION}",
    )
    return (
        ("pulumi", cli, MODULES / "pulumi"),
        ("pulumi-resource-kubernetes", provider, MODULES / "kubernetes"),
    )
