"""What replicas have of their own without Pulumi: what an API server remembers from up to up."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest
from cluster_fixtures import eventually
from configurations import specification
from kubevirt_vm_pool.cluster.kubectl import POOLS, Kubectl

from vmpool.apply import applyset, replica_state, server_side_apply
from vmpool.console import UserError
from vmpool.controlplane import binaries
from vmpool.controlplane.client import Cluster

SHARED = "autoscaling:\nname: web\ncloudInit:\n"
OWN = """
perReplica:
  spare: 1
  generate: {token: {length: 16}, login: {}}
  password: "{{ generated.login }}"
  configMaps: {site: {index.html: "{{ name }}"}}
  secrets: {keys: {token: "{{ name }} {{ generated.token }}"}}
volumes:
  - {name: site, configMap: {name: site}}
  - {name: keys, secret: {secretName: keys}}
"""
STACK = "alice"

Up = Callable[[str], list[str]]


@pytest.fixture
def client(cluster: Cluster) -> Kubectl:
    return Kubectl(binaries.kubectl(), cluster.kubeconfig)


@pytest.fixture
def up(client: Kubectl, made_namespace: str) -> Up:
    """Bring a configuration up, and return kubectl's lines on what changed."""

    def run(changes: str) -> list[str]:
        spec = specification(f"{SHARED}namespace: {made_namespace}\n{changes}")
        own = applyset.read(client, STACK, made_namespace)
        return server_side_apply.up(client, own, spec, replica_state.manifests(spec, own))

    return run


@pytest.fixture
def data(client: Kubectl, made_namespace: str) -> Callable[[str, str], dict[str, str]]:
    """Return the data of a Secret or ConfigMap; {} is one that is not there."""

    def read(kind: str, name: str) -> dict[str, str]:
        found = client.get(kind, name, made_namespace) or {}
        values: dict[str, str] = found.get("data", {})
        if kind == "secret":
            return {key: base64.b64decode(value).decode() for key, value in values.items()}
        return values

    return read


Read = Callable[[str, str], dict[str, str]]


def indices(client: Kubectl, namespace: str, kind: str, name: str) -> list[int]:
    """Return the indices of the objects of a name."""
    listed = client.run("get", kind, "-n", namespace, "-o", "name").stdout.split()
    found = (re.fullmatch(rf".*/{name}-([0-9]+)", one) for one in listed)
    return sorted(int(match[1]) for match in found if match)


def test_each_index_has_its_own_and_generated_values_stay(up: Up, data: Read) -> None:
    up(f"replicas: 2\n{OWN}")
    first = [data("secret", f"web-cloudinit-{index}") for index in range(4)]
    passwords = [re.findall(r"password: (.*)", one.get("userdata", "")) for one in first]
    assert [len(found) for found in passwords] == [1, 1, 1, 0]
    assert len({found[0] for found in passwords[:3]}) == 3
    assert all(re.fullmatch("[A-Za-z0-9]{24}", found[0]) for found in passwords[:3])
    assert data("configmap", "site-1") == {"index.html": "web-1"}
    token = data("secret", "keys-1")["token"]
    assert re.fullmatch("web-1 [A-Za-z0-9]{16}", token)
    up(f"replicas: 2\n{OWN}cores: 2")
    assert [data("secret", f"web-cloudinit-{index}") for index in range(4)] == first
    assert data("secret", "keys-1")["token"] == token


def test_the_generated_values_are_in_a_secret_of_their_own(up: Up, data: Read) -> None:
    up(f"replicas: 1\n{OWN}")
    values = data("secret", "web-generated")
    assert values.keys() == {f"{name}.{index}" for name in ("login", "token") for index in (0, 1)}
    assert f"password: {values['login.1']}" in data("secret", "web-cloudinit-1")["userdata"]
    # As with the engine: another length is another value, and all others stay.
    up(f"replicas: 1\n{OWN.replace('length: 16', 'length: 17')}")
    after = data("secret", "web-generated")
    assert after["login.0"] == values["login.0"]
    assert len(after["token.0"]) == 17


def test_a_smaller_pool_keeps_what_a_vm_may_need_until_it_was_at_0(
    up: Up, data: Read, client: Kubectl, made_namespace: str
) -> None:
    def there() -> tuple[list[int], list[int]]:
        secrets = indices(client, made_namespace, "secret", "web-cloudinit")
        return secrets, indices(client, made_namespace, "configmap", "site")

    def scaled_to(replicas: int) -> bool:
        pool: Any = client.get(POOLS, "web", made_namespace)
        return bool(pool.get("status", {}).get("replicas", 0) == replicas)

    up(f"replicas: 3\n{OWN}")
    before = data("secret", "web-cloudinit-3")
    login = data("secret", "web-generated")["login.3"]
    assert there() == ([0, 1, 2, 3], [0, 1, 2, 3])
    assert eventually(lambda: scaled_to(3))
    # The templates that made them may be gone from the configuration, as the values are.
    up(f"replicas: 1\n{OWN}labels: {{team: a}}")
    assert there() == ([0, 1, 2, 3], [0, 1, 2, 3])
    assert data("secret", "web-cloudinit-3") == before
    up(f"replicas: 3\n{OWN}")
    assert data("secret", "web-cloudinit-3") == before
    up(f"replicas: 0\n{OWN}")
    assert there() == ([0, 1, 2, 3], [0, 1, 2, 3])
    assert eventually(lambda: scaled_to(0))
    up(f"replicas: 1\n{OWN}")
    assert there() == ([0, 1], [0, 1])
    assert data("secret", "web-generated").keys() & {"login.3", "token.3"} == set()
    up(f"replicas: 3\n{OWN}")
    assert data("secret", "web-generated")["login.3"] != login


def test_a_running_pool_cannot_lose_what_its_vms_name(up: Up, data: Read) -> None:
    up(f"replicas: 2\n{OWN}")
    shared = f"replicas: 2\npassword: a\n{OWN[OWN.index('volumes') :]}"
    with pytest.raises(UserError, match=r"refused: VMs of web go on to name .* with their index"):
        up(shared)
    assert data("secret", "web-cloudinit-1")
    up(shared.replace("2", "0"))
    assert data("secret", "web-cloudinit-1") == {}


def test_a_pool_that_had_shared_ones_gets_its_own_without_a_restart(
    up: Up, client: Kubectl, made_namespace: str
) -> None:
    def template() -> Any:
        pool: Any = client.get(POOLS, "web", made_namespace)
        return pool["spec"]["virtualMachineTemplate"]

    up("replicas: 2")
    before = template()
    up('replicas: 2\nperReplica: {hostname: "web{{ index }}"}')
    assert template() == before
    assert indices(client, made_namespace, "secret", "web-cloudinit") == [0, 1, 2, 3]
    assert client.get("secret", "web-cloudinit", made_namespace) is not None


@pytest.mark.parametrize("length", [12, 24, 128])
def test_a_generated_value_has_letters_and_digits_of_all_kinds(length: int) -> None:
    made = {replica_state.random_text(length) for _ in range(50)}
    assert len(made) == 50
    for text in made:
        assert re.fullmatch(f"[A-Za-z0-9]{{{length}}}", text)
        assert all(re.search(kind, text) for kind in ("[a-z]", "[A-Z]", "[0-9]"))


def test_everything_that_vms_look_for_comes_before_the_pool(
    client: Kubectl, made_namespace: str
) -> None:
    spec = specification(f"{SHARED}namespace: {made_namespace}\nreplicas: 2\n{OWN}")
    roles = list(replica_state.manifests(spec, applyset.read(client, STACK, made_namespace)))
    before = [*(f"cloud-init-{index}" for index in range(3)), "config-map-site-0", "cloud-init"]
    assert all(roles.index(role) < roles.index("pool") for role in [*before, "generated"])
