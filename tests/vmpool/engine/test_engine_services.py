"""Services that change, or that there are none of, by the engine on the embedded control plane."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from checkout import copied
from cluster_fixtures import RunKubectl
from plain_updates import STACK, Updates, run_stack

from vmpool.controlplane.client import Cluster

pytestmark = pytest.mark.needs_engine


class Services:
    """A stack whose Service changes from update to update."""

    def __init__(self, updates: Updates, kubectl: RunKubectl) -> None:
        self.updates, self._kubectl = updates, kubectl

    def up(self, said: str = "", more: str = "") -> Any:
        """Bring the stack up with another Service, and return it as the cluster has it."""
        code, told = self.updates.up(more=f"  service: {said}\n{more}" if said else more)
        assert code == 0, told
        return self.live("web")

    def live(self, name: str) -> Any:
        """Return a Service as the cluster has it; None if there is none."""
        place = ("-n", self.updates.namespace, "-o", "json", "--ignore-not-found")
        found = self._kubectl("get", "service", name, *place).stdout
        return json.loads(found) if found else None


@pytest.fixture
def services(
    cluster: Cluster, kubectl: RunKubectl, made_namespace: str, tmp_path: Path
) -> Services:
    """The Services of a stack that is not up yet."""
    updates = Updates(copied(tmp_path / "p"), cluster, made_namespace, tmp_path / "state")
    return Services(updates, kubectl)


def uid(service: Any) -> str:
    found: str = service["metadata"]["uid"]
    return found


def test_what_a_service_says_comes_and_goes(services: Services) -> None:
    before = services.up()
    changed = services.up("{sessionAffinity: ClientIP, internalTrafficPolicy: Local}")["spec"]
    assert (changed["sessionAffinity"], changed["internalTrafficPolicy"]) == ("ClientIP", "Local")
    back = services.up()
    assert (back["spec"], uid(back)) == (before["spec"], uid(before))


def test_a_service_becomes_headless_and_has_an_address_again(services: Services) -> None:
    before = services.up()
    headless = services.up("{clusterIP: None}")
    assert (headless["spec"]["clusterIP"], uid(headless) != uid(before)) == ("None", True)
    assert services.up()["spec"]["clusterIP"] != "None"


def test_a_class_of_load_balancer_that_changes_makes_the_service_anew(services: Services) -> None:
    made = [
        services.up(f"{{type: LoadBalancer{said}}}")
        for said in (", loadBalancerClass: a.io/a", ", loadBalancerClass: a.io/b", "")
    ]
    classes = [one["spec"].get("loadBalancerClass") for one in made]
    assert classes == ["a.io/a", "a.io/b", None]
    assert len({uid(one) for one in made}) == 3
    plain = services.up()
    assert (plain["spec"]["type"], uid(plain)) == ("ClusterIP", uid(made[-1]))


def test_further_services_come_and_go(services: Services) -> None:
    services.up(more="  services: {public: {type: NodePort}}\n")
    assert services.live("web-public")["spec"]["type"] == "NodePort"
    services.up()
    assert services.live("web-public") is None


def test_a_key_that_is_false_comes_through_the_engine(
    services: Services, kubectl: RunKubectl, tmp_path: Path
) -> None:
    """Without cloud-init, Service and network, and then with all of them again."""
    updates = services.updates
    text = STACK.format(name="web", namespace=updates.namespace, replicas=1, size="6Gi")
    nothing = "  cloudInit: false\n  service: false\n  networks: false\n"
    updates.checkout.write("dev", text.replace("  password: x\n", nothing))
    done = run_stack("up", updates.checkout.folder, services.updates.cluster, updates.state)
    assert done.returncode == 0, done.stdout
    found = kubectl("get", "secret,service", "-n", updates.namespace, "-o", "name").stdout.split()
    assert not {"secret/web-cloudinit", "service/web"} & set(found)
    assert services.up()["spec"]["type"] == "ClusterIP"
