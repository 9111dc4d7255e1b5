"""The VmPool component and the program: what they register, and what nobody gets to see."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from importlib import metadata
from typing import Any

import pulumi
import pytest
import yaml
from configurations import DEV, ED25519_KEY, MARKER, said_in, specification
from engine_mocks import (
    PROVIDER_TYPE,
    SECRET,
    Request,
    Run,
    attempt,
    engine_config,
    main_program,
    run,
    unknown,
)
from kubevirt_vm_pool import VmPool
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.outputs import exports
from kubevirt_vm_pool.resources.provider import Cluster
from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.vm_pool import TYPE
from vm_pools import EVERYTHING, SECRET_TYPE, Changes, arguments, one_pool, output, secret

POOL_TYPE = "kubernetes:pool.kubevirt.io/v1alpha1:VirtualMachinePool"
SERVICE_TYPE = "kubernetes:core/v1:Service"
HPA_TYPE = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler"
NAMESPACE_TYPE = "kubernetes:core/v1:NamespacePatch"


def of_type(done: Run, type_: str) -> Request:
    """Return the one resource of a type."""
    (found,) = [request for request in done.resources.values() if request.type == type_]
    return found


def user_data(done: Run) -> str:
    """Return the user data that the Secret holds."""
    encoded = of_type(done, SECRET_TYPE).properties["data"]["userdata"]
    return base64.b64decode(encoded).decode()


@pytest.fixture(scope="module")
def dev() -> Run:
    """The program run with the dev stack's configuration."""
    return run(main_program, engine_config(DEV), stack="dev")


# --- the program ---------------------------------------------------------------------------------


def test_the_program_registers_the_dev_stacks_resources_and_no_others(dev: Run) -> None:
    assert dev.registered == {
        (PROVIDER_TYPE, "cluster", "kubevirt-vm-pool-dev"),
        (TYPE, "vms", "kubevirt-vm-pool-dev"),
        (SECRET_TYPE, "vms-cloud-init", "vms"),
        (POOL_TYPE, "vms-pool", "vms"),
        (SERVICE_TYPE, "vms-service", "vms"),
        (HPA_TYPE, "vms-autoscaler", "vms"),
    }


def test_the_program_exports_what_the_pool_tells(dev: Run) -> None:
    assert dev.stack_outputs == exports(specification(stack="dev"))


def test_the_component_has_the_same_outputs_as_the_stack(dev: Run) -> None:
    (own,) = [said for urn, said in dev.outputs.items() if urn.endswith(f"{TYPE}::vms")]
    assert own == dev.stack_outputs


def test_every_object_is_in_the_cluster_of_the_one_explicit_provider(dev: Run) -> None:
    used = {name: request.provider for name, request in dev.resources.items() if "-" in name}
    assert used == dict.fromkeys(used, "cluster")
    assert len(used) == 4


def test_the_provider_of_the_objects_has_the_version_of_the_package(dev: Run) -> None:
    versions = {request.raw.version for name, request in dev.resources.items() if name != "vms"}
    assert versions == {metadata.version("pulumi-kubernetes")}


def test_the_objects_reach_the_engine_as_they_are_rendered(dev: Run) -> None:
    rendered = objects(specification(stack="dev"))
    rendered["service"]["metadata"]["annotations"] = {"pulumi.com/skipAwait": "true"}
    registered = {
        name.removeprefix("vms-"): request.properties
        for name, request in dev.resources.items()
        if name.startswith("vms-")
    }
    assert registered == rendered


def test_a_preview_knows_every_property_before_anything_is_there() -> None:
    done = run(main_program, engine_config(DEV), stack="dev", preview=True)
    properties = json.dumps([request.properties for request in done.resources.values()])
    assert pulumi.runtime.rpc.UNKNOWN not in properties


def test_the_program_fails_with_every_problem_and_registers_no_object() -> None:
    wrong = {**DEV, "replicas": "many", "memory": "2GB", "nodes": 3}
    done = attempt(main_program, engine_config(wrong), stack="dev")
    assert isinstance(done.error, pulumi.RunError)
    assert str(done.error).startswith("The configuration of stack dev has 3 problems:")
    assert done.resources.keys() == {"cluster"}


def test_the_defaults_of_the_project_apply_where_the_engine_hands_over_none() -> None:
    config = engine_config(
        {"password": "x", "disk": {"source": {"pvc": {"name": "golden"}}}, "name": "web"}
    )
    done = run(main_program, config)
    spec = of_type(done, POOL_TYPE).properties["spec"]
    requests = spec["virtualMachineTemplate"]["spec"]["template"]["spec"]["domain"]["resources"]
    assert (spec["replicas"], requests["requests"]["memory"]) == (
        declared()["replicas"].default,
        declared()["memory"].default,
    )


def test_the_defaults_that_the_engine_hands_over_change_nothing() -> None:
    # The engine hands over the name, too; else it would be the component's.
    least = {"name": "web", "password": "x", "disk": {"source": {"pvc": {"name": "golden"}}}}
    injected = {key: entry.default for key, entry in declared().items()} | least
    without, with_defaults = (
        {
            name: request.properties
            for name, request in run(main_program, engine_config(config)).resources.items()
        }
        for config in (least, injected)
    )
    assert without == with_defaults


# --- one component -------------------------------------------------------------------------------


def test_a_pool_without_a_name_has_that_of_its_component() -> None:
    done = run(one_pool("name:", name="web"))
    assert of_type(done, POOL_TYPE).properties["metadata"]["name"] == "web"


def test_the_namespace_is_the_stack_where_none_is_given() -> None:
    done = run(one_pool(), stack="user7")
    assert of_type(done, SERVICE_TYPE).properties["metadata"]["namespace"] == "user7"


def test_two_pools_in_one_program_have_nothing_of_the_same_name() -> None:
    def program() -> None:
        for name in ("web", "api"):
            VmPool(name, arguments(f"name: {name}\ncloudInit:"))

    done = run(program)
    urns = [(request.raw.parent, request.type, request.name) for request in done.requests]
    parents = {request.name: request.parent for request in done.resources.values()}
    assert len(set(urns)) == len(urns) == 11
    assert {parents[f"{name}-pool"] for name in ("web", "api")} == {"web", "api"}
    assert len(done.hooks) == 8
    # The engine refuses to read the same twice.
    assert done.reads == {}


def test_the_outputs_are_known_in_the_program() -> None:
    told: dict[str, Any] = {}

    def program() -> None:
        pool = VmPool("vms", arguments())
        for key in ("namespace", "pool", "service", "host", "url", "replicas"):
            getattr(pool, key).apply(lambda value, key=key: told.update({key: value}))

    run(program, preview=True)
    assert told == exports(specification())


def test_the_namespace_comes_first_and_the_pool_after_everything_else() -> None:
    done = run(one_pool(EVERYTHING))
    waits = {r.name: r.dependencies for r in done.resources.values() if r.name != "vms"}
    others = waits.keys() - {"vms-namespace", "vms-pool"}
    assert len(others) == 9
    assert waits == {
        "vms-namespace": set(),
        **dict.fromkeys(others, {"vms-namespace"}),
        "vms-pool": {"vms-namespace", *others},
    }


def test_without_a_namespace_nothing_but_the_pool_waits(dev: Run) -> None:
    waits = {name: dev.resources[name].dependencies for name in dev.resources}
    others = {"vms-cloud-init", "vms-service", "vms-autoscaler"}
    assert waits.pop("vms-pool") == others
    assert set().union(*waits.values()) == set()


def test_a_note_on_the_configuration_is_told() -> None:
    done = run(one_pool("scaleIn: {keepDisks: true}"))
    assert [line for line in done.log if "nobody deletes them" in line] != []


def test_without_a_namespace_of_its_own_a_pool_registers_none(dev: Run) -> None:
    assert [name for name in dev.resources if "namespace" in name] == []


def test_a_namespace_is_registered_as_a_patch_which_destroying_leaves_in_place() -> None:
    namespace = of_type(run(one_pool("createNamespace: true")), NAMESPACE_TYPE)
    assert (namespace.name, namespace.properties["kind"]) == ("vms-namespace", "Namespace")


def test_without_autoscaling_no_autoscaler_is_registered() -> None:
    done = run(one_pool("autoscaling:"))
    assert [name for name in done.resources if "autoscaler" in name] == []


def test_the_update_does_not_wait_for_vms_to_boot(dev: Run) -> None:
    annotations = dev.resources["vms-service"].properties["metadata"]["annotations"]
    assert annotations == {"pulumi.com/skipAwait": "true"}


def test_the_persons_annotations_stay_beside_those_for_the_engine() -> None:
    done = run(one_pool("annotations: {note: a}"))
    annotations = done.resources["vms-service"].properties["metadata"]["annotations"]
    assert annotations == {"note": "a", "pulumi.com/skipAwait": "true"}


@pytest.mark.parametrize(("version", "other"), [("v1alpha1", "v1beta1"), ("v1beta1", "v1alpha1")])
def test_a_new_version_of_the_pool_is_no_new_pool(version: str, other: str) -> None:
    done = run(one_pool(f"poolApiVersion: {version}"))
    (alias,) = done.resources["vms-pool"].raw.aliases
    assert alias.spec.type == f"kubernetes:pool.kubevirt.io/{other}:VirtualMachinePool"


def test_the_number_of_vms_is_the_autoscalers_once_the_pool_is_there(dev: Run) -> None:
    assert list(dev.resources["vms-pool"].raw.ignoreChanges) == ["spec.replicas"]


def test_the_number_of_vms_is_the_stacks_where_nothing_scales_the_pool() -> None:
    done = run(one_pool("autoscaling:"))
    assert list(done.resources["vms-pool"].raw.ignoreChanges) == []


def test_the_number_of_vms_is_taken_back_from_an_autoscaler_that_is_gone() -> None:
    done = run(one_pool("autoscaling:"))
    annotations = done.resources["vms-pool"].properties["metadata"].get("annotations", {})
    assert annotations.get("pulumi.com/patchForce") == "true"


# --- mistakes ------------------------------------------------------------------------------------


def test_every_problem_is_told_at_once_and_nothing_is_registered() -> None:
    done = attempt(one_pool("replicas: -1\nmemory: 2GB\nservice: {ports: []}"))
    assert isinstance(done.error, pulumi.RunError)
    for key in ("3 problems", "replicas: -1", "memory: 2GB", "service.ports"):
        assert key in str(done.error)
    assert done.resources == {}


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("replicas", {"replicas": output(3)}),
        ("name", {"name": output("web")}),
        ("disk.source.pvc.name", {"disk": {"source": {"pvc": {"name": output("golden")}}}}),
        (
            "service.ports[0].port",
            {"service": {"type": "ClusterIP", "ports": [{"port": secret(1)}]}},
        ),
        ("cloudInit", {"cloudInit": output({"timezone": "UTC"})}),
        ("cloudInit.secretName", {"cloudInit": {"secretName": secret("web")}}),
    ],
)
def test_an_output_where_a_plain_value_is_due_is_named(key: str, changes: Changes) -> None:
    done = attempt(one_pool(changes))
    assert isinstance(done.error, pulumi.RunError)
    assert str(done.error).startswith(f"{key} is an Output")
    assert done.resources == {}


# --- values that are known later -----------------------------------------------------------------

KEYS: Changes = {"password": None}


@pytest.mark.parametrize("kind", [output, secret])
def test_a_password_may_be_known_later(kind: Callable[[Any], Any]) -> None:
    done = run(one_pool({"password": kind(MARKER)}))
    assert yaml.safe_load(user_data(done))["password"] == MARKER


@pytest.mark.parametrize("kind", [output, secret])
def test_user_data_may_be_known_later(kind: Callable[[Any], Any]) -> None:
    text = f"#cloud-config\npassword: {MARKER}\n"
    done = run(one_pool({**KEYS, "cloudInit": {"userData": kind(text)}}))
    assert user_data(done) == text


@pytest.mark.parametrize("kind", [output, secret])
def test_public_keys_may_be_known_later(kind: Callable[[Any], Any]) -> None:
    done = run(one_pool({**KEYS, "cloudInit": {"sshAuthorizedKeys": kind([ED25519_KEY])}}))
    assert yaml.safe_load(user_data(done))["ssh_authorized_keys"] == [ED25519_KEY]


def test_a_single_public_key_may_be_known_later() -> None:
    keys = [ED25519_KEY, output(f"{ED25519_KEY}2")]
    done = run(one_pool({**KEYS, "cloudInit": {"sshAuthorizedKeys": keys}}))
    assert yaml.safe_load(user_data(done))["ssh_authorized_keys"] == [keys[0], f"{ED25519_KEY}2"]


def test_a_value_deep_in_config_may_be_known_later() -> None:
    files = [{"path": "/etc/token", "content": secret(MARKER)}]
    done = run(one_pool({"cloudInit": {"config": {"write_files": files}}}))
    assert yaml.safe_load(user_data(done))["write_files"][0]["content"] == MARKER


def test_network_data_may_be_known_later() -> None:
    data = {"version": 2, "ethernets": {"enp1s0": {"dhcp4": True}}}
    done = run(one_pool({"cloudInit": {"networkData": output(data)}}))
    encoded = of_type(done, SECRET_TYPE).properties["data"]["networkdata"]
    assert yaml.safe_load(base64.b64decode(encoded)) == data


def test_what_is_known_later_changes_nothing_but_the_secret() -> None:
    now, later = (run(one_pool({"password": password})) for password in ("one", output("another")))
    changed = {
        name
        for name, request in now.resources.items()
        if request.properties != later.resources[name].properties
    }
    assert changed == {"vms-cloud-init"}


def test_a_preview_of_what_is_not_known_yet_leaves_the_data_of_the_secret_open() -> None:
    done = run(one_pool({"password": unknown}), preview=True)
    assert of_type(done, SECRET_TYPE).properties["data"] == pulumi.runtime.rpc.UNKNOWN


def test_a_preview_of_what_is_not_known_yet_knows_everything_else() -> None:
    done = run(one_pool({"password": unknown}), preview=True)
    rest = {n: r.properties for n, r in done.resources.items() if n != "vms-cloud-init"}
    assert pulumi.runtime.rpc.UNKNOWN not in json.dumps(rest)


@pytest.mark.parametrize(
    ("key", "changes"),
    [
        ("cloudInit.userData", {**KEYS, "cloudInit": {"userData": output(MARKER)}}),
        (
            "cloudInit.userData",
            {**KEYS, "cloudInit": {"userData": secret(f"#cloud-config\n{MARKER}: [")}},
        ),
        ("cloudInit.sshAuthorizedKeys[0]", {"cloudInit": {"sshAuthorizedKeys": output([MARKER])}}),
        ("cloudInit.sshAuthorizedKeys[0]", {"cloudInit": {"sshAuthorizedKeys": [secret(MARKER)]}}),
        ("cloudInit.sshAuthorizedKeys", {"cloudInit": {"sshAuthorizedKeys": output(MARKER)}}),
        ("cloudInit.networkData", {"cloudInit": {"networkData": output(f"{MARKER}: [")}}),
        ("cloudInit.config.nonsense", {"cloudInit": {"config": output({"nonsense": MARKER})}}),
        ("cloudInit.runCommands[0]", {"cloudInit": {"runCommands": output([{"a": MARKER}])}}),
        ("password", {"password": output({"a": MARKER})}),
    ],
)
def test_what_is_known_later_is_checked_when_it_is_known(key: str, changes: Changes) -> None:
    done = attempt(one_pool(changes))
    assert isinstance(done.error, pulumi.RunError)
    assert f"  {key}:" in str(done.error)
    assert MARKER not in str(done.error)


def test_a_problem_that_is_known_at_once_does_not_wait_for_an_output() -> None:
    done = attempt(one_pool({"password": output("x"), "memory": "2GB"}))
    assert (isinstance(done.error, pulumi.RunError), done.resources) == (True, {})


# --- secrets -------------------------------------------------------------------------------------


def test_the_data_of_the_secret_is_marked_secret(dev: Run) -> None:
    assert dev.resources["vms-cloud-init"].public["data"] == SECRET


def test_what_a_cluster_says_of_the_secret_stays_secret(dev: Run) -> None:
    said = dev.resources["vms-cloud-init"].raw.additionalSecretOutputs
    assert list(said) == ["data", "stringData"]


SECRETS: dict[str, Changes] = {
    "plain password": {"password": MARKER},
    "password known later": {"password": output(MARKER)},
    "secret password": {"password": secret(MARKER)},
    "plain user data": {**KEYS, "cloudInit": {"userData": f"#!/bin/sh\necho {MARKER}"}},
    "user data known later": {**KEYS, "cloudInit": {"userData": output(f"#!/bin/sh\n{MARKER}")}},
    "config": {"cloudInit": {"config": {"bootcmd": [f"echo {MARKER}"]}}},
    "command": {"cloudInit": {"runCommands": [["echo", MARKER]]}},
    "network data": {"cloudInit": {"networkData": f"version: 2\n# {MARKER}\n"}},
}


@pytest.mark.parametrize("preview", [False, True], ids=["up", "preview"])
@pytest.mark.parametrize("changes", SECRETS.values(), ids=SECRETS)
def test_a_secret_is_nowhere_in_plain_text(changes: Changes, preview: bool) -> None:
    done = run(one_pool(changes), preview=preview)
    assert not said_in(done.plain_text, MARKER)
    # ... and would be found, if it were.
    assert said_in(json.dumps(of_type(done, SECRET_TYPE).properties), MARKER)


def test_a_plain_password_of_a_stack_is_nowhere_in_plain_text() -> None:
    done = run(main_program, engine_config({**DEV, "password": MARKER}))
    assert (said_in(done.plain_text, MARKER), MARKER in user_data(done)) == (False, True)


def test_a_kubeconfig_is_secret() -> None:
    config = {"kubernetes:kubeconfig": MARKER, "kubernetes:context": "lab"}
    provider = run(lambda: Cluster("cluster"), config).resources["cluster"]
    assert (provider.properties["kubeconfig"], provider.public["kubeconfig"]) == (MARKER, SECRET)
    assert provider.public["context"] == "lab"


def test_a_moved_kubeconfig_is_no_other_cluster() -> None:
    done = [
        run(lambda: Cluster("cluster"), {"kubernetes:kubeconfig": text}, stack="user7")
        for text in ("one", "two")
    ]
    known = {one.resources["cluster"].properties["clusterIdentifier"] for one in done}
    assert known == {"kubevirt-vm-pool/user7"}


def test_a_cluster_may_be_given_an_identity() -> None:
    done = run(lambda: Cluster("cluster"), {"kubernetes:clusterIdentifier": "lab"})
    assert done.resources["cluster"].properties["clusterIdentifier"] == "lab"
