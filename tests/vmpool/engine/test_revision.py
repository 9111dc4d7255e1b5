"""The commit that a stack says it was brought up with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from checkout import Checkout, copied, on_named
from cluster_fixtures import RunKubectl

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

STACK = """\
config:
  name: web
  namespace: {namespace}
  password: x
  disk: {{source: {{pvc: {{name: golden}}}}}}
"""
COMMIT = 40 * "a"


@pytest.fixture
def checkout(cluster: Cluster, made_namespace: str, tmp_path: Path) -> Checkout:
    """A checkout with a stack that was brought up without any commit."""
    made = copied(tmp_path / "p", **on_named(cluster))
    made.write("dev", STACK.format(namespace=made_namespace))
    made.vmpool("up")
    return made


def outputs(checkout: Checkout) -> dict[str, Any]:
    """Return the stack's outputs as its state has them."""
    (file,) = (checkout.folder / ".vmpool" / "state").rglob("stacks/**/dev.json")
    resources = json.loads(file.read_text())["checkpoint"]["latest"]["resources"]
    (stack,) = [one for one in resources if one["type"] == "pulumi:pulumi:Stack"]
    found: dict[str, Any] = stack["outputs"]
    return found


def test_it_is_told_only_where_somebody_says_it_and_stays_then(
    checkout: Checkout, kubectl: RunKubectl
) -> None:
    assert "revision" not in outputs(checkout)
    assert "revision" not in checkout.vmpool("preview")
    checkout.environment["VMPOOL_REVISION"] = COMMIT
    said = checkout.vmpool("up")
    assert "nothing changed" in said
    assert outputs(checkout)["revision"] == COMMIT
    # By hand, of whatever commit.
    del checkout.environment["VMPOOL_REVISION"]
    assert "revision" not in checkout.vmpool("preview")
    assert checkout.vmpool("drift").endswith("no drift\n")
    checkout.vmpool("up")
    assert outputs(checkout)["revision"] == COMMIT
