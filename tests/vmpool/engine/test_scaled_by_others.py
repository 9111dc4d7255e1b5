"""A pool whose number of VMs is for others to say, under the real engine."""

from __future__ import annotations

from collections.abc import Iterator

import engine_checkout
import pytest
from checkout import Checkout
from engine_checkout import brought_up, kubectl, replicas

pytestmark = pytest.mark.needs_engine

EXTERNAL = """\
config:
  name: web
  namespace: dev
  password: x
  replicas: 2
  disk: {source: {pvc: {name: golden}}}
  autoscaling: {external: true}
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with an environment of its own."""
    yield from engine_checkout.checkout(tmp_path_factory.mktemp("project") / "p")


def test_an_up_leaves_their_number_alone_until_the_pool_is_parked(checkout: Checkout) -> None:
    brought_up(checkout, EXTERNAL)
    assert replicas(checkout) == 2
    kubectl(checkout, "scale", "vmpool", "web", "-n", "dev", "--replicas=5")
    said = brought_up(checkout, EXTERNAL + "  memory: {guest: 3Gi}\n")
    assert replicas(checkout) == 5
    assert "5 VMs of web restart one by one" in said
    assert kubectl(checkout, "get", "hpa", "-n", "dev", "-o", "name") == ""
    brought_up(checkout, EXTERNAL.replace("replicas: 2", "replicas: 0"))
    assert replicas(checkout) == 0
    brought_up(checkout, EXTERNAL)
    assert replicas(checkout) == 2
