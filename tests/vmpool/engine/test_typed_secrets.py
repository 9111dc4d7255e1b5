"""Numbers and truth values among secrets, from a stack file to the cluster, by the real engine."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from checkout import Checkout, made, needs
from configurations import MARKER, said_in
from engine_checkout import live, state

pytestmark = needs("pulumi")

PIN, PASSWORD = "482913770215", "733109485516"
STACK = f"""\
config:
  name: web
  replicas: 2
  disk: {{source: {{pvc: {{name: golden}}}}}}
  cloudInit:
    config:
      runcmd: [[echo, {MARKER}, "7"]]
      power_state: {{mode: reboot, timeout: 12.5, delay: 5, condition: true}}
      chpasswd: {{expire: false, users: [{{name: a, type: text, password: {PASSWORD}}}]}}
  perReplica:
    spare: 0
    values: [{{pin: {PIN}, on: true}}, {{pin: 7, on: false}}]
    config:
      write_files:
        - path: /etc/pin
          content: "{{{{ values.pin + 1 }}}} {{{{ 'on' if values.on else 'off' }}}}"
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout whose stack dev is up."""
    for one in made(tmp_path_factory.mktemp("project") / "p"):
        one.write("dev", STACK)
        one.vmpool("up")
        yield one


@pytest.fixture(scope="module")
def secrets(checkout: Checkout) -> dict[str, Any]:
    """The Secrets that `vmpool render` makes of the stack, by name."""
    rendered = yaml.safe_load_all(checkout.vmpool("render", "--show-secrets"))
    return {one["metadata"]["name"]: one["data"] for one in rendered if one["kind"] == "Secret"}


def documents(data: dict[str, str]) -> list[Any]:
    """Return the documents of a Secret; the engine sorts the keys of an object."""
    return [yaml.safe_load(base64.b64decode(text)) for text in data.values()]


def test_the_cluster_has_the_documents_that_are_rendered(
    checkout: Checkout, secrets: dict[str, Any]
) -> None:
    assert len(secrets) > 1
    for name, data in secrets.items():
        assert documents(live(checkout, "secret", name)["data"]) == documents(data)


def test_they_are_numbers_and_truth_values_still(checkout: Checkout) -> None:
    (first,) = documents(live(checkout, "secret", "web-cloudinit-0")["data"])
    assert first["write_files"][0]["content"] == "482913770216 on"
    assert first["runcmd"] == [["echo", MARKER, "7"]]
    assert first["power_state"] == {
        "mode": "reboot", "timeout": 12.5, "delay": 5, "condition": True
    }  # fmt: skip
    assert first["chpasswd"] == {
        "expire": False, "users": [{"name": "a", "type": "text", "password": int(PASSWORD)}]
    }  # fmt: skip


def test_neither_state_nor_history_nor_the_engines_file_has_them(checkout: Checkout) -> None:
    kept = state(checkout)
    assert "kubevirt-vm-pool:perReplica" in kept
    for secret in (PIN, PASSWORD, MARKER):
        assert not said_in(kept, secret)


def test_a_second_up_changes_nothing(checkout: Checkout) -> None:
    assert "nothing changed" in checkout.vmpool("up")
