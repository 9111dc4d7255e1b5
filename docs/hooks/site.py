"""What the site has besides the pages: documents that stand elsewhere in the project."""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[2]
# By their address in the site.
ELSEWHERE = {
    "how-it-is-built.md": "CONTRIBUTING.md",
    "changelog.md": "CHANGELOG.md",
    "examples-of-programs.md": "examples/README.md",
}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the documents that stand elsewhere, with links as they are from here."""
    for address, name in ELSEWHERE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        # docs/ is the site's own root; what the site does not have stays text.
        here = re.sub(r"\]\((?:\.\./)?docs/", "](", text)
        files.append(File.generated(config, address, content=_without_dead_links(here, files)))
    return files


def on_page_markdown(markdown: str, files: Files, **_: object) -> str:
    """Let links to those documents lead to their pages."""
    for address, name in ELSEWHERE.items():
        markdown = markdown.replace(f"](../{name}", f"]({address}")
    return markdown


def _without_dead_links(text: str, files: Files) -> str:
    def kept(found: re.Match[str]) -> str:
        target = found[2].partition("#")[0]
        there = "://" in target or not target or files.get_file_from_path(target) is not None
        return found[0] if there else found[1]

    return re.sub(r"(?<!!)\[([^\]]*)\]\(([^)]*)\)", kept, text)
