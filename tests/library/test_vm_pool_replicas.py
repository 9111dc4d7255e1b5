"""How a VmPool registers what each replica has of its own, and keeps what a VM may still need."""

from __future__ import annotations

import base64
import json
from typing import Any

import pulumi
import pytest
from configurations import DEV, MARKER, said_in
from engine_mocks import (
    RANDOM_PASSWORD_TYPE,
    SECRET,
    Before,
    Request,
    Run,
    attempt,
    engine_config,
    main_program,
    run,
    unknown,
)
from vm_pools import SECRET_TYPE, Changes, one_pool, output, secret

CONFIG_MAP_TYPE = "kubernetes:core/v1:ConfigMap"
POOL = {"pool": "lab05-webserver", "namespace": "user1"}


def own(*, replicas: int = 2, **per_replica: Any) -> Changes:
    """Return the changes that make the replicas of a pool without autoscaling differ."""
    return {"autoscaling": None, "replicas": replicas, "perReplica": {"spare": 0, **per_replica}}


def mounted(**per_replica: Any) -> Changes:
    """Return the same, with a Secret and a ConfigMap called site as disks."""
    volumes = [
        {"name": "a", "secret": {"secretName": "site"}},
        {"name": "b", "configMap": {"name": "site"}},
    ]
    return {**own(**per_replica), "volumes": volumes}


BOTH: Changes = {"secrets": {"site": {"a": "{{ index }}"}}, "configMaps": {"site": {"a": "b"}}}
GENERATE: Changes = {"generate": {"login": {"length": 40}}, "password": "{{ generated.login }}"}


def text(request: Request, key: str = "userdata") -> str:
    """Return a text that a Secret holds."""
    return base64.b64decode(request.properties["data"][key]).decode()


def of_type(done: Run, type_: str) -> dict[str, Request]:
    """Return all resources of a type by name."""
    return {name: one for name, one in done.resources.items() if one.type == type_}


def test_each_index_has_resources_of_its_own_before_the_pool() -> None:
    done = run(one_pool(mounted(**BOTH)))
    names = {f"vms-{role}-{i}" for role in ("cloud-init", "secret-site") for i in (0, 1)}
    config_maps = {"vms-config-map-site-0", "vms-config-map-site-1"}
    assert set(of_type(done, SECRET_TYPE)) == {"vms-cloud-init", *names}
    assert set(of_type(done, CONFIG_MAP_TYPE)) == config_maps
    assert {done.resources[name].parent for name in names | config_maps} == {"vms"}
    assert names | config_maps <= done.resources["vms-pool"].dependencies


def test_all_data_of_replicas_is_secret() -> None:
    done = run(one_pool(mounted(**BOTH)))
    made = {**of_type(done, SECRET_TYPE), **of_type(done, CONFIG_MAP_TYPE)}
    assert {one.public["data"] for one in made.values()} == {SECRET}


@pytest.mark.parametrize("kind", [output, secret])
def test_values_may_be_known_later(kind: Any) -> None:
    values = [{"token": "plain"}, {"token": kind(MARKER)}]
    files = [{"path": "/etc/token", "content": "t={{ values.token }}"}]
    done = run(one_pool(own(values=values, config={"write_files": files})))
    assert "t=plain" in text(done.resources["vms-cloud-init-0"])
    assert f"t={MARKER}" in text(done.resources["vms-cloud-init-1"])
    assert not said_in(done.plain_text, MARKER)


def test_what_is_known_later_is_checked_when_it_is_known() -> None:
    done = attempt(one_pool(own(values=["a", output(f"{MARKER}_")], hostname="{{ values }}")))
    assert isinstance(done.error, pulumi.RunError)
    assert "perReplica.hostname" in str(done.error)
    assert MARKER not in str(done.error)


def test_a_preview_of_what_is_not_known_yet_leaves_the_data_open_and_no_more() -> None:
    done = run(one_pool(own(values=["a", unknown], config={"fqdn": "{{ values }}"})), preview=True)
    own_data = done.resources["vms-cloud-init-1"].properties
    assert own_data.pop("data") == pulumi.runtime.rpc.UNKNOWN
    assert pulumi.runtime.rpc.UNKNOWN not in json.dumps(own_data["metadata"]["name"])
    assert pulumi.runtime.rpc.UNKNOWN not in json.dumps(done.resources["vms-pool"].properties)


@pytest.mark.parametrize("key", ["hostname", "spare"])
def test_an_output_where_a_plain_value_is_due_is_named(key: str) -> None:
    changes: dict[str, Any] = {"password": "a", key: output("x")}
    done = attempt(one_pool(own(**changes)))
    assert str(done.error).startswith(f"perReplica.{key} is an Output")


# --- generated values ----------------------------------------------------------------------------


def test_every_replica_has_a_generated_value_of_a_stable_name() -> None:
    made = of_type(run(one_pool(own(**GENERATE))), RANDOM_PASSWORD_TYPE)
    assert set(made) == {"vms-login-0", "vms-login-1"}
    for one in made.values():
        assert one.parent == "vms"
        assert one.properties == {
            "length": 40,
            "special": False,
            "minLower": 1,
            "minUpper": 1,
            "minNumeric": 1,
        }
        assert set(one.raw.additionalSecretOutputs) == {"result", "bcryptHash"}


def test_a_generated_value_is_in_the_secret_of_its_replica_alone() -> None:
    done = run(one_pool(own(**GENERATE)))
    for index, other in ((0, 1), (1, 0)):
        found = text(done.resources[f"vms-cloud-init-{index}"])
        assert f"password: made-for-vms-login-{index}\n" in found
        assert f"vms-login-{other}" not in found
    assert not said_in(done.plain_text, "made-for-vms-login-0")


def test_in_a_preview_the_values_that_are_to_be_generated_are_open() -> None:
    done = run(one_pool(own(**GENERATE)), preview=True)
    datas = {name: one.properties["data"] for name, one in of_type(done, SECRET_TYPE).items()}
    unknown_data = {name for name, data in datas.items() if data == pulumi.runtime.rpc.UNKNOWN}
    assert unknown_data == {"vms-cloud-init-0", "vms-cloud-init-1"}


def test_nothing_is_generated_where_nobody_asks_for_it() -> None:
    assert of_type(run(one_pool(own(password="p{{ index }}"))), RANDOM_PASSWORD_TYPE) == {}


# --- a pool that grew smaller --------------------------------------------------------------------


def before(replicas: int, indices: int) -> Before:
    return Before({**POOL, "replicas": replicas, "indices": indices})


def test_a_smaller_pool_keeps_the_objects_of_indices_that_may_be_live() -> None:
    done = run(one_pool(mounted(**BOTH)), before=before(4, 4))
    for role in ("cloud-init", "secret-site", "config-map-site"):
        for index in (2, 3):
            kept = done.resources[f"vms-{role}-{index}"]
            assert kept.parent == "vms"
            assert set(kept.raw.ignoreChanges) == {"data", "metadata"}
            assert list(done.resources[f"vms-{role}-1"].raw.ignoreChanges) == []


def test_a_smaller_pool_keeps_what_was_generated() -> None:
    done = run(one_pool(own(**GENERATE)), before=before(3, 3))
    assert set(of_type(done, RANDOM_PASSWORD_TYPE)) == {"vms-login-0", "vms-login-1", "vms-login-2"}


@pytest.mark.parametrize(
    ("earlier", "indices"),
    [
        (None, 2),
        (Before({}), 2),
        (before(4, 4), 4),
        (before(0, 4), 2),
        (before(1, 1), 2),
        (Before({**POOL, "namespace": "other", "replicas": 4, "indices": 4}), 2),
        (Before({"nested": {**POOL, "replicas": 4, "indices": 4}}), 4),
    ],
)
def test_the_stack_tells_for_how_many_indices_there_are_objects(
    earlier: Before | None, indices: int
) -> None:
    config = engine_config({**DEV, **own(hostname="web{{ index }}")})
    done = run(main_program, config, before=earlier or Before())
    assert done.stack_outputs["indices"] == indices
    made = [name for name in done.resources if name.startswith("vms-cloud-init-")]
    assert len(made) == indices


def test_a_pool_whose_vms_are_alike_tells_of_no_indices() -> None:
    done = run(main_program, engine_config({**DEV, "autoscaling": None}), stack="dev")
    assert "indices" not in done.stack_outputs
