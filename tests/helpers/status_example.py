"""What docs/status.md shows of the class of stacks.

Run by itself it writes the picture anew:

    PYTHONPATH=.:components:tests/helpers .venv/bin/python tests/helpers/status_example.py
"""

from __future__ import annotations

import os
import tempfile
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from browser import browser
from class_of_stacks import STATES, begun
from kubevirt_cluster import kubevirt_cluster

from vmpool.status import command
from vmpool.status.facts import Report

DOCS = Path(__file__).parents[2] / "docs"
DOCUMENT, PICTURE = DOCS / "status.md", DOCS / "status.png"
CLUSTER = "context class (https://cluster.example.com:6443)"
WIDTH = 1100


def example(report: Report, *names: str) -> Report:
    """Return a report on some of its stacks, all without names, three hours later.

    Nothing of this machine is in it.
    """
    stacks = (
        replace(one, cluster=one.cluster and CLUSTER)
        for one in report.stacks
        if not names or one.name in names
    )
    return Report(tuple(stacks), report.at + timedelta(hours=3))


def draw() -> None:
    """Write the picture of the page."""
    with tempfile.TemporaryDirectory() as name, kubevirt_cluster() as cluster:
        folder = Path(name)
        begun(cluster, folder)
        os.environ["KUBECONFIG"] = str(cluster.kubeconfig)
        page = folder / "status.html"
        report = example(command.report(sorted(STATES), folder))
        page.write_text(command.form("html", 10)(report), encoding="utf-8")
        with browser(folder / "browser") as one:
            one.open(page, WIDTH)
            one.picture(PICTURE, height=1000)


if __name__ == "__main__":
    draw()
