"""docs/many-users.md and docs/operator.md: what they show is what comes out today."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkout import Checkout, copied
from documentation import output_of, session, texts

PAGE = "many-users.md"
WITH_SHARED = "vmpool stack ls --stacks dev"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A checkout without a passphrase, an engine and a cluster."""
    return copied(tmp_path / "p", HOME=str(tmp_path))


def test_the_page_about_many_users_shows_what_comes_out(checkout: Checkout) -> None:
    (table,) = texts(PAGE, "csv")
    (checkout.folder / "users.csv").write_text(table, encoding="utf-8")
    shared, kustomization = texts(PAGE, "yaml")
    for step in session(PAGE):
        if step.command == WITH_SHARED:
            share(checkout, shared)
        assert output_of(checkout, step.command) == step.printed
    written = checkout.folder / "manifests" / "ann" / "kustomization.yaml"
    assert written.read_text(encoding="utf-8") == kustomization


def share(checkout: Checkout, values: str) -> None:
    """Put values for all stacks into Pulumi.yaml, as the page says."""
    file = checkout.folder / "Pulumi.yaml"
    text = file.read_text(encoding="utf-8")
    begin = "  # begin: make generate\n"
    file.write_text(text.replace(begin, f"{values}\n{begin}"), encoding="utf-8")
    checkout.python("-m", "vmpool.generate")


def test_the_page_about_the_operator_shows_what_comes_out(checkout: Checkout) -> None:
    for name in ("ann", "ben"):
        checkout.vmpool("stack", "new", name)
    for step in session("operator.md"):
        assert output_of(checkout, step.command) == step.printed
