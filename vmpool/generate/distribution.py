"""The version of both distributions in their pyproject.toml: that of the project."""

from __future__ import annotations

from kubevirt_vm_pool.version import VERSION

from ..stack.project import ROOT
from .between import Between

FILES = (ROOT / "pyproject.toml", ROOT / "components" / "pyproject.toml")
PLACE = Between("# begin: make generate\n", "# end: make generate\n")


def version() -> str:
    """Return the line as TOML."""
    return f'version = "{VERSION}"\n'
