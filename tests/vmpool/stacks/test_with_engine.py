"""Stacks that the engine knows: listed as up, and removed only when they are down."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from checkout import OWN_NAMESPACE, Checkout, made, needs

pytestmark = needs("pulumi")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stacks ann and bob were made from one, of which ann is up."""
    for checkout in made(tmp_path_factory.mktemp("project") / "p"):
        checkout.write("base", f"{OWN_NAMESPACE}  name: web\n  password: x\n")
        for name in ("ann", "bob"):
            checkout.vmpool("stack", "new", name, "--from", "base")
        checkout.vmpool("up", "--stack", "ann")
        yield checkout


def there(checkout: Checkout, name: str) -> tuple[bool, bool]:
    """Tell whether there is a stack's file, and whether the backend knows the stack."""
    state = checkout.folder / ".vmpool" / "cluster" / "state" / ".pulumi" / "stacks"
    known = any(state.rglob(f"{name}.json"))
    return (checkout.folder / f"Pulumi.{name}.yaml").exists(), known


def states(checkout: Checkout) -> dict[str, bool]:
    """Return which stacks are up."""
    rows = json.loads(checkout.vmpool("stack", "ls", "--format", "json", "-s", "[ab]*"))
    return {row["stack"]: row["up"] for row in rows}


def test_what_is_up_is_listed_and_stays_until_it_is_down(checkout: Checkout) -> None:
    assert states(checkout) == {"ann": True, "base": False, "bob": False}
    refused = checkout.vmpool("stack", "rm", "bob", "ann", code=1)
    assert "error: ann is up, and without its file nobody could take it down" in refused
    assert "vmpool down --stack ann" in refused
    assert (there(checkout, "ann"), there(checkout, "bob")) == ((True, True), (True, False))

    checkout.vmpool("down", "--stack", "ann")
    assert states(checkout)["ann"] is False
    removed = checkout.vmpool("stack", "rm", "ann", "bob")
    assert removed.splitlines()[-2:] == ["removed Pulumi.ann.yaml", "removed Pulumi.bob.yaml"]
    assert (there(checkout, "ann"), there(checkout, "bob")) == ((False, False), (False, False))
