"""How Services, and what a pool leaves out, are registered with the engine."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import MARKER, said_in
from engine_mocks import Before, Request, Run, attempt, run
from kubevirt_vm_pool import VmPool
from kubevirt_vm_pool.resources.service_fields import SERVERS_OWN
from vm_pools import arguments, one_pool, output

ALL = [f"spec.{field}" for field in SERVERS_OWN]


def ignored(service: Request) -> list[str]:
    return list(service.raw.ignoreChanges)


def after(before: Run, changes: Any = "") -> Request:
    """Return the Service as it is registered after an earlier run."""
    done = run(one_pool(changes), before=Before(objects=before.resources))
    return done.resources["vms-service"]


def with_service(**said: Any) -> dict[str, Any]:
    return {"service": said}


@pytest.mark.parametrize(
    ("said", "fields"),
    [
        ({"clusterIP": "None"}, {"clusterIP", "clusterIPs"}),
        ({"sessionAffinity": "ClientIP"}, {"sessionAffinity"}),
        ({"internalTrafficPolicy": "Local"}, {"internalTrafficPolicy"}),
        ({"ipFamilyPolicy": "PreferDualStack"}, {"ipFamilyPolicy"}),
    ],
    ids=str,
)
def test_what_is_said_of_a_service_is_not_ignored_nor_when_it_is_said_no_more(
    said: dict[str, Any], fields: set[str]
) -> None:
    first = run(one_pool(with_service(**said)))
    expected = [path for path in ALL if path.removeprefix("spec.") not in fields]
    assert ignored(first.resources["vms-service"]) == expected
    assert ignored(after(first)) == expected


def test_an_address_that_is_said_no_more_stays() -> None:
    first = run(one_pool(with_service(clusterIP="10.96.0.9")))
    assert ignored(after(first)) == ALL


def test_what_a_server_has_added_is_ignored() -> None:
    first = run(one_pool())
    assert ignored(after(first)) == ALL


@pytest.mark.parametrize("now", ["", with_service(type="LoadBalancer", loadBalancerClass="a/b")])
def test_a_service_with_another_class_of_load_balancer_is_made_anew(now: Any) -> None:
    first = run(one_pool(with_service(type="LoadBalancer", loadBalancerClass="a/a")))
    raw = after(first, now).raw
    assert (list(raw.replaceOnChanges), raw.deleteBeforeReplace) == (
        ["spec.loadBalancerClass"],
        True,
    )


def test_a_service_without_a_class_is_replaced_for_nothing_of_ours() -> None:
    raw = run(one_pool()).resources["vms-service"].raw
    assert (list(raw.replaceOnChanges), raw.deleteBeforeReplace) == ([], False)


def test_a_further_service_is_not_waited_for() -> None:
    done = run(one_pool("services: {public: {type: LoadBalancer}}"))
    metadata = done.resources["vms-service-public"].properties["metadata"]
    assert metadata == {
        "name": "lab05-webserver-public",
        "namespace": "user1",
        "annotations": {"pulumi.com/skipAwait": "true"},
    }


def test_without_service_and_cloud_init_neither_is_registered_and_the_outputs_say_so() -> None:
    done = run(one_pool({"password": None, "cloudInit": False, "service": False}))
    assert set(done.resources) >= {"vms", "vms-pool"}
    assert not {"vms-service", "vms-cloud-init"} & set(done.resources)
    (told,) = [one for urn, one in done.outputs.items() if urn.endswith("::vms")]
    assert [told.get(key) for key in ("service", "host", "url")] == [None, None, None]


def test_an_output_is_no_secret_of_a_pool_that_makes_none() -> None:
    """What is not known yet may still be in a replica's own Secret."""
    changes = {
        "password": None,
        "cloudInit": {"existingSecret": "vault"},
        "perReplica": {"secrets": {"tls": {"key": output(MARKER)}}},
        "volumes": [{"name": "tls", "secret": {"secretName": "tls"}}],
    }
    done = run(one_pool(changes))
    assert "vms-cloud-init" not in done.resources
    assert "vms-secret-tls-0" in done.resources
    assert not said_in(str([one.public for one in done.resources.values()]), MARKER)


def test_two_pools_with_services_of_one_name_are_refused() -> None:
    def program() -> None:
        VmPool("one", arguments("name: web\nservices: {a: {}}"))
        VmPool("two", arguments("name: web-a\ncloudInit: {secretName: b}"))

    done = attempt(program)
    assert "both would write the same Service: give each pool its own" in str(done.error)


def test_two_pools_may_have_one_existing_secret() -> None:
    def program() -> None:
        for name in ("one", "two"):
            changes = {"name": name, "password": None, "cloudInit": {"existingSecret": "vault"}}
            VmPool(name, arguments(changes))

    assert attempt(program).error is None
