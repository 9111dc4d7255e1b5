"""The version of the distribution vmpool in pyproject.toml: that of the project.

The library's is read from version.py when it is built (components/pyproject.toml).
"""

from __future__ import annotations

from kubevirt_vm_pool.version import VERSION

from ..stack.project import ROOT
from .between import Between

FILE = ROOT / "pyproject.toml"
PLACE = Between("# begin: make generate\n", "# end: make generate\n")


def version() -> str:
    """Return the line as TOML."""
    return f'version = "{VERSION}"\n'
