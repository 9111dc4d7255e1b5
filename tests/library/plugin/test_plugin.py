"""The plugin for other languages: started and asked as the engine does it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import grpc
import pulumi
import pytest
from configurations import DEV
from engine_mocks import Request, Run, attempt, run, unknown
from google.protobuf import json_format  # type: ignore[import-untyped]
from kubevirt_vm_pool import VmPool, VmPoolArgs
from kubevirt_vm_pool.spec.secrecy import marks
from kubevirt_vm_pool.version import VERSION
from mistakes_in_arguments import MISTAKES
from recording_engine import PLUGIN, UNKNOWN, Plugin, engine, output, plugin, secret

SCHEMA = PLUGIN / "kubevirt_vm_pool" / "plugin" / "schema.json"
SOUND: dict[str, Any] = {
    "namespace": "team-a",
    "disk": {"source": {"pvc": {"name": "golden"}}},
    "password": "x",
}


@pytest.fixture(scope="module")
def pools() -> Iterator[Plugin]:
    """The plugin of this checkout."""
    with plugin() as started:
        yield started


# --- the schema ----------------------------------------------------------------------------------


def test_the_schema_is_the_file_that_is_made_from_the_models(pools: Plugin) -> None:
    assert pools.schema() == SCHEMA.read_text(encoding="utf-8")


def test_the_package_has_the_version_of_the_project(pools: Plugin) -> None:
    assert json.loads(pools.schema())["version"] == VERSION


def properties() -> dict[str, dict[str, Any]]:
    """Return every property of the package: arguments, outputs and those of all types."""
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    (pool,) = schema["resources"].values()
    owners = {**schema["types"], "VmPool": pool, "Args": {"properties": pool["inputProperties"]}}
    return {
        f"{owner.rpartition(':')[2]}.{key}": shape
        for owner, kind in owners.items()
        for key, shape in kind.get("properties", {}).items()
    }


def test_every_property_has_a_description() -> None:
    assert [name for name, shape in properties().items() if not shape.get("description")] == []


def test_every_property_has_a_type() -> None:
    kinds = {"type", "$ref", "oneOf"}
    assert [name for name, shape in properties().items() if not kinds & shape.keys()] == []


# Of the keys that hold some, the types of their objects.
OWNERS = {"cloudInit": "CloudInit", "perReplica": "PerReplica"}

# Objects of KubeVirt's own, of cloud-init's own, and values of somebody's own for templates.
FREE = [
    "accessCredentials",
    "clock",
    "cpu",
    "dnsConfig",
    "features",
    "filesystems",
    "firmware",
    "gpus",
    "hostDevices",
    "inputs",
    "ioThreads",
    "launchSecurity",
    "limits",
    "livenessProbe",
    "machine",
    "memory",
    "requests",
    "scaleInStrategy",
    "template",
    "tpm",
    "updateStrategy",
    "video",
    "watchdog",
]
OF_CLOUD_INIT = ["CloudInit.config", "CloudInit.networkData"]
OF_REPLICAS = ["PerReplica.config", "PerReplica.networkData", "PerReplica.values"]


def test_only_what_is_kubevirts_or_cloud_inits_own_holds_anything() -> None:
    found = {name for name, shape in properties().items() if "/Any" in json.dumps(shape)}
    assert found == {f"Args.{key}" for key in FREE} | {*OF_CLOUD_INIT, *OF_REPLICAS}


def test_nothing_is_of_any_type_at_all() -> None:
    assert [name for name, shape in properties().items() if "/Any" in shape.get("$ref", "")] == []


def test_what_is_an_input_in_python_is_one_in_every_language() -> None:
    outputs = ("VmPool.", "ReplicaRange.")
    found = {name for name, shape in properties().items() if not shape.get("plain")}
    assert {name for name in found if not name.startswith(outputs)} == {
        f"{OWNERS[str(path[0])] if path[1:] else 'Args'}.{path[-1]}" for path in marks()
    }


# --- what is registered --------------------------------------------------------------------------


def constructed(pools: Plugin, inputs: Mapping[str, Any], *, preview: bool = False) -> Run:
    """Return what the plugin registers for a pool."""
    asked = Run()
    with engine(asked, preview=preview) as address:
        pools.construct(address, inputs, preview=preview)
    return asked


def by_program(args: Mapping[str, Any], *, preview: bool = False) -> Run:
    """Return what a Python program registers for a pool of the same arguments."""
    return run(lambda: VmPool("web", cast("VmPoolArgs", args)), preview=preview)


def registered(asked: Run) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """Return options and properties of everything, by name."""
    return {name: (_said(request), request.marked) for name, request in asked.resources.items()}


def _said(request: Request) -> dict[str, Any]:
    """Return options of a resource; the SDK's server says some that a program leaves out."""
    return {key: value for key, value in request.options.items() if value is not False}


POOLS: Mapping[str, dict[str, Any]] = {
    "a few": SOUND,
    "the stack dev": {**DEV, "namespace": "dev"},
    "with all objects": {
        **SOUND,
        "replicas": 3,
        "createNamespace": True,
        "networkPolicy": {"from": []},
        "disruptionBudget": {"minAvailable": 1},
        "scaleRole": {"subjects": [{"kind": "User", "name": "ann"}]},
        "services": {"more": {"type": "NodePort", "ports": [{"port": 80, "targetPort": 8080}]}},
    },
    "with replicas of their own": {
        **SOUND,
        "perReplica": {
            "values": [{"port": 80}, {"port": 81}, {"port": 82}],
            "hostname": "web{{ index }}",
            "generate": {"login": {"length": 20}},
            "password": "{{ generated.login }}",
        },
    },
    "with none of it": {
        "disk": SOUND["disk"],
        "service": False,
        "networks": False,
        "cloudInit": False,
    },
    "protected": {**SOUND, "protect": True},
    "of KubeVirt's own": {
        **SOUND,
        "cpu": {"sockets": 2, "model": "host-passthrough"},
        "template": {"template": {"spec": {"domain": {"devices": {"rng": {}}}}}},
    },
}


@pytest.mark.parametrize("preview", [False, True], ids=["update", "preview"])
@pytest.mark.parametrize("name", POOLS)
def test_a_pool_is_registered_as_that_of_a_python_program(
    name: str, preview: bool, pools: Plugin
) -> None:
    by_plugin = constructed(pools, POOLS[name], preview=preview)
    assert registered(by_plugin) == registered(by_program(POOLS[name], preview=preview))


@pytest.mark.parametrize("name", POOLS)
def test_a_pool_has_the_hooks_of_that_of_a_python_program(name: str, pools: Plugin) -> None:
    assert constructed(pools, POOLS[name]).hooks == by_program(POOLS[name]).hooks


def test_a_pool_tells_what_that_of_a_python_program_does(pools: Plugin) -> None:
    with engine(Run()) as address:
        told = json_format.MessageToDict(pools.construct(address, SOUND).state)
    outputs = by_program(SOUND).outputs
    (by_python,) = (one for urn, one in outputs.items() if urn.endswith("VmPool::web"))
    # The engine knows no null.
    assert told == {key: value for key, value in by_python.items() if value is not None}
    assert told["url"] == "http://web.team-a.svc.cluster.local"


# --- Outputs -------------------------------------------------------------------------------------

MARKED: Mapping[str, Mapping[str, Any]] = {
    "a secret": {**SOUND, "password": secret("x")},
    "a secret Output": {**SOUND, "password": output("x", is_secret=True)},
    "an Output of a plain argument": {**SOUND, "namespace": output("team-a")},
    "an object with an Output in it": {
        **SOUND,
        "disk": {"source": {"pvc": {"name": output("golden")}}},
    },
    "an object that is one Output": {**SOUND, "disk": output(SOUND["disk"])},
}


@pytest.mark.parametrize("name", MARKED)
def test_what_a_program_knows_is_what_a_plain_value_is(name: str, pools: Plugin) -> None:
    found = constructed(pools, MARKED[name]).resources
    plain = constructed(pools, SOUND).resources
    assert {key: one.properties for key, one in found.items()} == {
        key: one.properties for key, one in plain.items()
    }


@pytest.mark.parametrize(
    "cloud_init",
    [
        secret({"user": "ann", "timezone": "Europe/Zurich"}),
        output({"user": "ann", "timezone": "Europe/Zurich"}, is_secret=True),
        {"user": "ann", "timezone": secret("Europe/Zurich")},
    ],
    ids=["older SDKs", "an Output", "a secret within"],
)
def test_an_object_with_a_secret_in_it_is_taken_apart(
    cloud_init: Mapping[str, Any], pools: Plugin
) -> None:
    found = constructed(pools, {**SOUND, "cloudInit": cloud_init})
    plain = by_program({**SOUND, "cloudInit": {"user": "ann", "timezone": "Europe/Zurich"}})
    assert found.resources["web-cloud-init"].properties == (
        plain.resources["web-cloud-init"].properties
    )


def test_a_secret_stands_in_the_secret_alone(pools: Plugin) -> None:
    marked = {**SOUND, "password": secret("hunter2-do-not-show")}
    assert "hunter2-do-not-show" not in constructed(pools, marked).plain_text


def test_a_password_that_a_preview_does_not_know_is_not_known_in_the_secret(pools: Plugin) -> None:
    found = constructed(pools, {**SOUND, "password": UNKNOWN}, preview=True)
    program = run(
        lambda: VmPool("web", cast("VmPoolArgs", {**SOUND, "password": unknown()})), preview=True
    )
    assert registered(found) == registered(program)


# --- several pools -------------------------------------------------------------------------------


def test_several_pools_are_constructed_at_once(pools: Plugin) -> None:
    asked = Run()
    names = [f"web{number}" for number in range(6)]
    with engine(asked) as address, ThreadPoolExecutor(6) as threads:
        list(threads.map(lambda name: pools.construct(address, SOUND, name), names))
    made = {request.name for request in asked.requests if "VirtualMachinePool" in request.type}
    assert made == {f"{name}-pool" for name in names}


def test_a_pool_that_reaches_for_anothers_vms_is_refused(pools: Plugin) -> None:
    same = {**SOUND, "name": "web"}
    with engine(Run()) as address:
        pools.construct(address, same, "one")
        assert "give each pool its own" in refusal(pools, address, same, "two")


def test_a_pool_of_the_next_program_may_have_the_name(pools: Plugin) -> None:
    for _ in range(2):
        constructed(pools, SOUND)


# --- what is wrong -------------------------------------------------------------------------------


def refusal(pools: Plugin, address: str, inputs: Mapping[str, Any], name: str = "web") -> str:
    """Return what the plugin says of a pool that it refuses."""
    with pytest.raises(grpc.RpcError) as refused:
        pools.construct(address, inputs, name)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    return str(refused.value.details())


def report(args: Mapping[str, Any]) -> str:
    """Return what a Python program is told of the same arguments."""
    done = attempt(lambda: VmPool("web", cast("VmPoolArgs", args)))
    assert isinstance(done.error, pulumi.RunError)
    return str(done.error)


# A wire has texts for keys, and leaves out what is nothing.
OVER_A_WIRE = [name for name in MISTAKES if name not in {"no text", "no disk"}]


@pytest.mark.parametrize("name", OVER_A_WIRE)
def test_a_report_is_that_of_a_python_program(name: str, pools: Plugin) -> None:
    args = {**SOUND, **MISTAKES[name][0]}
    asked = Run()
    with engine(asked) as address:
        assert refusal(pools, address, args) == report(args)
    assert asked.resources == {}


def test_a_report_on_a_secret_that_is_wrong_is_that_of_a_python_program(pools: Plugin) -> None:
    wrong = {"user": "ann", "userData": "#cloud-config\nusers: {"}
    with engine(Run()) as address:
        told = refusal(pools, address, {**SOUND, "cloudInit": secret(wrong)})
    assert told.startswith("VmPool web has 1 problem:")


def test_what_must_be_known_is_named(pools: Plugin) -> None:
    with engine(Run(), preview=True) as address, pytest.raises(grpc.RpcError) as refused:
        pools.construct(address, {**SOUND, "namespace": UNKNOWN}, preview=True)
    assert "namespace is an Output, and the shape of the objects depends on it" in str(
        refused.value.details()
    )


def test_no_other_resource_is_in_the_package(pools: Plugin) -> None:
    with engine(Run()) as address:
        request = pools.construction(address, SOUND)
        request.type = "kubevirt-vm-pool:index:Vm"
        with pytest.raises(grpc.RpcError) as refused:
            pools.asked.Construct(request)
    assert "no kubevirt-vm-pool:index:Vm" in str(refused.value.details())
