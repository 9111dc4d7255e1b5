"""Refusals in words of ours: no trace of the engine, no text of the API server alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from checkout import Checkout, copied, on_named

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine

STACK = """\
config:
  name: web
  namespace: {namespace}
  password: x
  disk: {{size: 6Gi, source: {{pvc: {{name: golden}}}}}}
"""
NOISE = ("Traceback", "before hook", "Preview failed", "goroutine", "monitor has terminated")


@pytest.fixture
def checkout(cluster: Cluster, tmp_path: Path) -> Checkout:
    """A checkout, on a named cluster."""
    return copied(tmp_path / "p", **on_named(cluster))


def require_quiet(said: str) -> None:
    assert [noise for noise in NOISE if noise in said] == []


def test_a_refused_change_is_one_sentence_in_previews_and_ups(
    checkout: Checkout, made_namespace: str
) -> None:
    checkout.write("dev", STACK.format(namespace=made_namespace))
    checkout.vmpool("up")
    checkout.edit("dev", "6Gi", "9Gi")
    for verb in ("preview", "up"):
        said = checkout.vmpool(verb, code=1)
        assert said.count("error: refused: The only VM of web is recreated") == 1, said
        require_quiet(said)


def test_a_password_that_is_the_name_of_the_pool_takes_no_name_out_of_a_refusal(
    checkout: Checkout, made_namespace: str
) -> None:
    """The engine would hide it; a gap where the name must stand tells the password."""
    text = STACK.format(namespace=made_namespace).replace("name: web", "name: class-f")
    checkout.write("dev", text.replace("password: x", "password: class-f"))
    checkout.vmpool("up")
    checkout.edit("dev", "6Gi", "9Gi")
    for command in (("preview",), ("fleet", "preview", "--stacks", "dev")):
        said = checkout.vmpool(*command, code=1)
        assert "refused: The only VM of class-f is recreated" in said
        assert "(class-f-disk-*)" in said
        allowed = {"preview": "class-f", "fleet": "dev/class-f"}[command[0]]
        assert f"To allow it for one command, set VMPOOL_ALLOW_DISK_LOSS={allowed}\n" in said


def test_a_namespace_that_nobody_has_made_is_told_at_once(
    checkout: Checkout, namespace: str
) -> None:
    checkout.write("dev", STACK.format(namespace=namespace))
    for verb in ("preview", "up"):
        said = checkout.vmpool(verb, code=1)
        assert f"error: namespace {namespace} does not exist; ask its administrator" in said


def test_a_damaged_state_is_told_with_what_mends_it(
    checkout: Checkout, made_namespace: str
) -> None:
    checkout.write("dev", STACK.format(namespace=made_namespace))
    checkout.vmpool("up")
    (file,) = (checkout.folder / ".vmpool" / "state" / ".pulumi" / "stacks").rglob("dev.json")
    document = json.loads(file.read_text(encoding="utf-8"))
    resources = document["checkpoint"]["latest"]["resources"]
    kept = [one for one in resources if not one["urn"].endswith("::vms-service")]
    document["checkpoint"]["latest"]["resources"] = kept
    file.write_text(json.dumps(document), encoding="utf-8")
    said = checkout.vmpool("up", code=1)
    assert "error: the state of stack dev is damaged. Mend it: PULUMI_BACKEND_URL=" in said
    assert "pulumi state repair --stack dev" in said
    require_quiet(said)


def test_down_takes_down_what_is_up_whatever_the_file_calls_it_now(
    checkout: Checkout, made_namespace: str
) -> None:
    checkout.write("dev", STACK.format(namespace=made_namespace))
    checkout.vmpool("up")
    checkout.edit("dev", "name: web", "name: other")
    said = checkout.vmpool("down")
    assert "deleted VirtualMachinePool web" in said
    assert "is lost" in said
