"""Which version of the provider's plugin the program asks the engine for."""

from __future__ import annotations

import functools
from importlib import metadata

from . import run_environment

# Names another version, where the engine has no other: it takes none but the one asked for.
PROVIDER_VERSION = "KUBEVIRT_VM_POOL_PROVIDER_VERSION"


def provider_version() -> str:
    """Return the version: that of the package, which pyproject.toml pins, unless said otherwise."""
    said = run_environment.current().get(PROVIDER_VERSION)
    return said or _of_the_package()


@functools.cache
def _of_the_package() -> str:
    # Every object asks, and to look takes a millisecond or two.
    return metadata.version("pulumi-kubernetes")
