"""What replicas have of their own, under the real engine on the embedded control plane."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator

import engine_checkout
import pytest
from checkout import Checkout
from configurations import MARKER
from engine_checkout import kubectl, live, state

pytestmark = pytest.mark.needs_engine

SHARED = """\
config:
  name: web
  namespace: dev
  replicas: 2
  password: x
  disk: {source: {pvc: {name: golden}}}
"""
OWN = f"""{SHARED}\
  volumes: [{{name: site, configMap: {{name: site}}}}]
  perReplica:
    spare: 1
    values: [{{greeting: A}}, {{greeting: B}}, {{greeting: {MARKER}}}, {{greeting: D}}]
    hostname: "web{{{{ index }}}}"
    config: {{final_message: "{{{{ values.greeting }}}}"}}
    configMaps: {{site: {{index.html: "{{{{ name }}}} of {{{{ count }}}}"}}}}
"""
GENERATED = OWN + "    generate: {login: {length: 20}}\n    password: '{{ generated.login }}'\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with an environment of its own."""
    yield from engine_checkout.checkout(tmp_path_factory.mktemp("project") / "p")


@pytest.fixture
def pool(checkout: Checkout) -> Iterator[Checkout]:
    """A checkout in which the stack dev has a pool "web" with two replicas of their own."""
    config(checkout, OWN)
    yield checkout
    checkout.write("dev", OWN)
    checkout.vmpool("down")


def config(checkout: Checkout, text: str, verb: str = "up") -> str:
    """Bring the stack up with a configuration, or preview that; return what was printed."""
    checkout.write("dev", text)
    said = checkout.vmpool(verb)
    assert MARKER not in said
    return said


def indices(checkout: Checkout, kind: str, name: str) -> list[int]:
    """Return the indices of the objects of a name."""
    listed = kubectl(checkout, "get", kind, "-n", "dev", "-o", "name").split()
    found = (re.fullmatch(rf".*/{name}-([0-9]+)", one) for one in listed)
    return sorted(int(match[1]) for match in found if match)


def user_data(checkout: Checkout, index: int) -> str:
    """Return the user data of a replica."""
    secret = live(checkout, "secret", f"web-cloudinit-{index}")
    return base64.b64decode(secret["data"]["userdata"]).decode()


def test_every_index_has_its_own_and_a_second_up_changes_nothing(pool: Checkout) -> None:
    assert indices(pool, "secret", "web-cloudinit") == [0, 1, 2]
    assert indices(pool, "configmap", "site") == [0, 1, 2]
    assert "hostname: web1" in user_data(pool, 1)
    assert live(pool, "configmap", "site-1")["data"] == {"index.html": "web-1 of 2"}
    assert live(pool, "vmpool", "web")["spec"]["nameGeneration"] == {
        "appendIndexToConfigMapRefs": True,
        "appendIndexToSecretRefs": True,
    }
    assert "nothing changed" in config(pool, OWN)


def test_a_changed_value_changes_one_secret_and_names_the_replica(pool: Checkout) -> None:
    changed = OWN.replace("greeting: B", "greeting: Bee")
    said = config(pool, changed, "preview")
    assert [index for index in range(3) if f"web-cloudinit-{index}" in said] == [1]
    assert "web-1 gets its new cloud-init documents only when created anew" in said
    uids = [live(pool, "secret", f"web-cloudinit-{one}")["metadata"] for one in range(3)]
    config(pool, changed)
    after = [live(pool, "secret", f"web-cloudinit-{one}")["metadata"] for one in range(3)]
    assert [one["uid"] for one in after] == [one["uid"] for one in uids]
    assert [
        one["resourceVersion"] == other["resourceVersion"]
        for one, other in zip(after, uids, strict=True)
    ] == [True, False, True]
    assert "Bee" in user_data(pool, 1)


def test_a_smaller_pool_keeps_what_a_vm_may_need_until_it_was_at_0(pool: Checkout) -> None:
    before = user_data(pool, 2)
    smaller = OWN.replace("replicas: 2", "replicas: 1").replace(f"greeting: {MARKER}", "other: 1")
    config(pool, smaller)
    assert indices(pool, "secret", "web-cloudinit") == [0, 1, 2]
    assert user_data(pool, 2) == before
    assert "nothing changed" in config(pool, smaller)
    parked = smaller.replace("replicas: 1", "replicas: 0")
    config(pool, parked)
    assert indices(pool, "secret", "web-cloudinit") == [0, 1, 2]
    config(pool, smaller)
    assert indices(pool, "secret", "web-cloudinit") == [0, 1]
    assert indices(pool, "configmap", "site") == [0, 1]


def test_shared_to_own_touches_no_running_vm_and_back_is_refused(pool: Checkout) -> None:
    back = SHARED.replace(
        "replicas: 2", "replicas: 2\n  volumes: [{name: site, configMap: {name: site}}]"
    )
    pool.write("dev", back)
    for verb in ("preview", "up"):
        done = pool.run(".venv/bin/vmpool", verb)
        assert done.returncode != 0
        assert "they would not start again" in " ".join(done.stdout.split())
    assert indices(pool, "secret", "web-cloudinit") == [0, 1, 2]
    config(pool, back.replace("replicas: 2", "replicas: 0"))
    assert indices(pool, "secret", "web-cloudinit") == []
    config(pool, back)
    template = live(pool, "vmpool", "web")["spec"]["virtualMachineTemplate"]
    assert "restart" not in config(pool, OWN)
    assert live(pool, "vmpool", "web")["spec"]["virtualMachineTemplate"] == template


def test_no_value_is_in_the_state_or_on_the_screen(pool: Checkout) -> None:
    assert MARKER in user_data(pool, 2)
    assert MARKER not in state(pool)


@pytest.mark.needs_random_provider
def test_generated_values_are_made_once_and_kept_secret(pool: Checkout) -> None:
    config(pool, GENERATED)
    first = [re.findall(r"password: (\S+)", user_data(pool, index)) for index in range(3)]
    assert len({found[0] for found in first}) == 3
    assert all(re.fullmatch("[A-Za-z0-9]{20}", found[0]) for found in first)
    assert "nothing changed" in config(pool, GENERATED)
    config(pool, GENERATED.replace("replicas: 2", "replicas: 1"))
    config(pool, GENERATED)
    assert [re.findall(r"password: (\S+)", user_data(pool, index)) for index in range(3)] == first
    kept = state(pool)
    assert all(found[0] not in kept for found in first)
