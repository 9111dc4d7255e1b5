"""Two pools of one program: none may reach for another's VMs, disks or Secret."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from engine_mocks import attempt, run
from kubevirt_vm_pool import VmPool
from vm_pools import arguments

# Without autoscaling, which has nothing to do with it.
APART: dict[str, dict[str, Any]] = {
    "web": {"name": "web", "cloudInit": None, "autoscaling": None},
    "api": {"name": "api", "cloudInit": None, "autoscaling": None},
}


def pools(web: dict[str, Any], api: dict[str, Any]) -> Callable[[], None]:
    """Return a program with two pools that have some keys changed."""

    def program() -> None:
        VmPool("web", arguments({**APART["web"], **web}))
        VmPool("api", arguments({**APART["api"], **api}))

    return program


def test_two_pools_of_the_same_name_are_refused() -> None:
    done = attempt(pools({}, {"name": "web", "cloudInit": {"secretName": "own"}}))
    assert isinstance(done.error, pulumi.RunError)
    assert str(done.error) == (
        "name: web of api is that of web too, in namespace user1; both would select the same VMs "
        "and disks: give each pool its own"
    )


def test_two_pools_that_share_everything_have_one_problem() -> None:
    done = attempt(pools({}, {"name": "web"}))
    assert isinstance(done.error, pulumi.RunError)
    assert str(done.error).startswith("name: web of api is that of web too")
    assert "\n" not in str(done.error)


@pytest.mark.parametrize(
    ("web", "api"),
    [
        ({"cloudInit": {"secretName": "same"}}, {"cloudInit": {"secretName": "same"}}),
        ({}, {"cloudInit": {"secretName": "web-cloudinit"}}),
        ({"cloudInit": {"secretName": "api-cloudinit"}}, {}),
    ],
)
def test_two_pools_with_the_same_secret_are_refused(
    web: dict[str, Any], api: dict[str, Any]
) -> None:
    done = attempt(pools(web, api))
    assert isinstance(done.error, pulumi.RunError)
    name = {**web, **api}["cloudInit"]["secretName"]
    assert str(done.error) == (
        f"cloudInit.secretName: {name} of api is that of web too, in namespace user1; both would "
        "write the same Secret: give each pool its own"
    )


SITE = {
    "volumes": [{"name": "site", "configMap": {"name": "site"}}],
    "perReplica": {"configMaps": {"site": {"a": "{{ name }}"}}},
}
KEYS = {
    "volumes": [{"name": "keys", "secret": {"secretName": "keys"}}],
    "perReplica": {"secrets": {"keys": {"a": "{{ name }}"}}},
}
OTHERS = {**KEYS, "perReplica": {"secrets": {"keys": {}}}}


@pytest.mark.parametrize(
    ("own", "key", "kind"),
    [
        (SITE, "perReplica.configMaps.site: site", "ConfigMap"),
        (KEYS, "perReplica.secrets.keys: keys", "Secret"),
    ],
)
def test_two_pools_whose_replicas_have_the_same_objects_are_refused(
    own: dict[str, Any], key: str, kind: str
) -> None:
    done = attempt(pools(own, own))
    assert isinstance(done.error, pulumi.RunError)
    assert str(done.error) == (
        f"{key} of api is that of web too, in namespace user1; both would write the same {kind}: "
        "give each pool its own"
    )


def test_what_somebody_else_makes_two_pools_may_mount() -> None:
    assert {"web-pool", "api-pool"} <= run(pools(OTHERS, OTHERS)).resources.keys()


def test_of_a_pool_that_is_refused_nothing_is_registered() -> None:
    done = attempt(pools({}, {"name": "web"}))
    assert {name for name in done.resources if name.startswith("api")} == set()


@pytest.mark.parametrize(
    "api",
    [
        {},
        {"name": "web", "namespace": "other"},
        {"name": "web", "namespace": "other", "cloudInit": {"secretName": "web-cloudinit"}},
        {"namespace": "other", "cloudInit": {"secretName": "web-cloudinit"}},
        # A Secret that is called like a pool is no pool.
        {"cloudInit": {"secretName": "web"}},
    ],
)
def test_pools_that_share_neither_are_fine(api: dict[str, Any]) -> None:
    assert {"web-pool", "api-pool"} <= run(pools({}, api)).resources.keys()


def test_a_third_pool_is_told_from_whom_it_takes() -> None:
    def program() -> None:
        pools({}, {})()
        VmPool("last", arguments({**APART["api"], "cloudInit": {"secretName": "own"}}))

    assert str(attempt(program).error).startswith("name: api of last is that of api too")


def test_the_next_run_knows_nothing_of_the_one_before() -> None:
    def program(component: str) -> Callable[[], None]:
        return lambda: (VmPool(component, arguments(APART["web"])), None)[1]

    run(program("one"))
    run(program("another"))


def test_a_pool_that_is_no_sound_one_takes_nothing() -> None:
    def program() -> None:
        with pytest.raises(pulumi.RunError):
            VmPool("one", arguments({**APART["web"], "memory": "2GB"}))
        VmPool("another", arguments(APART["web"]))

    assert "another-pool" in run(program).resources
