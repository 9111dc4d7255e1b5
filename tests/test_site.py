"""The documentation as a site: it is built by `make docs`, asks nobody else, fits screens."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Browser, browser, chromium_here
from checkout import ROOT

WIDTHS = (360, 1400)
PAGES = ("index", "first-five-minutes", "keys", "day-two", "many-users", "status", "ci")
# What a page loads by itself; a link is what a reader chooses.
LOADED = re.compile(r"<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)=\"?([^\s\">]+)")
CANONICAL = 'rel="canonical"'


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as make docs does: a warning, such as of a dead link, fails it."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A browser."""
    chromium_here()
    with browser(tmp_path_factory.mktemp("browser")) as one:
        yield one


def test_every_page_of_docs_is_in_the_site(site: Path) -> None:
    written = {file.stem for file in (ROOT / "docs").glob("*.md")} - {"preview-comment"}
    built = {file.stem for file in site.glob("*.html")}
    assert written | {"how-it-is-built", "changelog", "examples-of-programs"} <= built


def test_no_page_loads_anything_from_elsewhere(site: Path) -> None:
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        elsewhere = [one for one in LOADED.findall(text) if "://" in one or one.startswith("//")]
        assert elsewhere == [], file.name


def test_no_style_loads_anything_from_elsewhere(site: Path) -> None:
    for file in site.rglob("*.css"):
        assert not re.search(r"url\(\"?(https?:)?//", file.read_text(encoding="utf-8")), file.name


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_the_screen(
    site: Path, page: Browser, name: str, width: int, dark: bool
) -> None:
    page.open(site / f"{name}.html", width, dark=dark)
    # It remembers what somebody saw before.
    page.value("localStorage.clear()")
    page.open(site / f"{name}.html", width, dark=dark)
    assert page.value("document.documentElement.scrollWidth") <= width
    scheme = page.value("document.body.getAttribute('data-md-color-scheme')")
    assert scheme == ("slate" if dark else "default")
    # A picture that is not there has no width.
    broken = "[...document.images].filter(one => !one.naturalWidth).map(one => one.src)"
    assert page.value(broken) == []
