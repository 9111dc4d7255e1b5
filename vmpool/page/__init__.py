"""Pages for a browser: one file each, whole without a network, with and without JavaScript.

Templates escape whatever they are given. The page's own policy lets no script and no style run but
those of this folder, and nothing be loaded: were a text to get through, it could do nothing.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment

HERE = Path(__file__).parent


def render(template: str, **facts: Any) -> str:
    """Return a page. template: a file of this folder. facts: what it speaks of, as it is."""
    # Whoever wants text does not wait for it.
    from markupsafe import Markup

    style, script = _own("style.css"), _own("page.js")
    policy = f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}"
    more = {"style": Markup(style), "script": Markup(script), "policy": policy}
    return _templates().get_template(template).render(**facts, **more)


def _own(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """Return what Content-Security-Policy calls a text that stands in a page."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


@functools.cache
def _templates() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        autoescape=True,
        loader=FileSystemLoader(HERE),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
