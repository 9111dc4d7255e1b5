"""The comment that the documentation shows is what comes of that change today."""

from __future__ import annotations

import re
import runpy
import shutil
from dataclasses import replace
from pathlib import Path

from checkout import ROOT, copied
from repository import Repository

from vmpool.ci import gate
from vmpool.ci.proposed import put_in_place
from vmpool.diff.as_markdown import live_markdown
from vmpool.diff.as_text import text
from vmpool.diff.engine_preview import LivePreview, Step

EXAMPLE = ROOT / "docs" / "preview-comment.md"
POSTING = runpy.run_path(str(ROOT / ".github" / "scripts" / "sticky_comment.py"))
RUN = {
    "status": "completed",
    "conclusion": "success",
    "html_url": "https://github.com/ann/pools/actions/runs/12",
}

# As clusters might say it of that change's stack files.
PREVIEWS = (
    LivePreview("alice", (Step("updated", "VirtualMachinePool", "lab05-webserver"),), refused=True),
    LivePreview(
        "carol",
        (Step("updated", "Secret", "lab05-cloudinit"),),
        weak=("this identity may not patch secrets in lab05: the API server did not check it",),
    ),
)


def example(folder: Path) -> str:
    """Return the comment on a change of a shared default and of two users' files."""
    checkout = copied(folder)
    repository = Repository(checkout.folder, checkout.environment)
    repository.remove("three-webservers")
    for user in ("alice", "bob", "carol"):
        shutil.copy(repository.root / "Pulumi.dev.yaml", repository.root / f"Pulumi.{user}.yaml")
    repository.edit("bob", "  replicas: 2\n", "  replicas: 2\n  memory: 8Gi\n")
    repository.git("init", "--quiet", "--initial-branch=main")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "more-memory")
    repository.give_memory_by_default("4Gi")
    repository.edit("alice", "size: 6Gi", "size: 10Gi")
    repository.edit("carol", "Europe/Zurich", "Europe/Paris")
    repository.commit()
    said = text(repository.compared("main", "more-memory"))
    # What main's code makes of the stack files alone, as in the job with the credentials.
    repository.git("switch", "--quiet", "main")
    assert put_in_place("more-memory", repository.root) == {}
    previewed = replace(repository.compared("main"), live=PREVIEWS)
    live = POSTING["content"](live_markdown(previewed, {}, closed=gate.seen({}).closed))
    (comment,) = POSTING["comments"]([live, POSTING["hearsay"](RUN, said)])
    return f"{comment}\n"


def without_chance(comment: str) -> str:
    """Return a comment without commits and hashes."""
    return re.sub(r"\([0-9a-f]{10}\)|\[secret [0-9a-f]{8}\]", "(-)", comment)


def test_the_comment_in_the_documentation_is_what_comes_out(tmp_path: Path) -> None:
    shown = EXAMPLE.read_text(encoding="utf-8")
    assert without_chance(example(tmp_path / "project")) == without_chance(shown)
