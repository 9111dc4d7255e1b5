"""Which version of the provider's plugin the program asks the engine for."""

from __future__ import annotations

from importlib import metadata

from . import run_environment

# Names another version, where the engine has no other: it takes none but the one asked for.
PROVIDER_VERSION = "KUBEVIRT_VM_POOL_PROVIDER_VERSION"


def provider_version() -> str:
    """Return the version: that of the package, which pyproject.toml pins, unless said otherwise."""
    said = run_environment.current().get(PROVIDER_VERSION)
    return said or metadata.version("pulumi-kubernetes")
