"""What each replica has of its own: for which indices, what stands in it, and what it is called."""

from __future__ import annotations

import base64
from typing import Any

import pytest
import yaml
from cluster_fixtures import RunKubectl
from configurations import MARKER, problems, specification
from kubevirt_vm_pool.guest.per_replica import placeholders, replicas, retained_indices
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.secret import encoded

from vmpool.manifest_yaml import as_yaml

Object = dict[str, Any]

OWN_HOSTNAME = {"hostname": "web{{ index }}"}
FIXED: Object = {"autoscaling": None, "replicas": 2}


def own(per_replica: Object, **changes: Any) -> Object:
    """Return the changes that make two replicas differ, with no spare ones."""
    return {**FIXED, "perReplica": {"spare": 0, **per_replica}, **changes}


def data(changes: Object, role: str, generated: Any = None) -> dict[str, str]:
    """Return the texts that a Secret or ConfigMap holds."""
    manifest = objects(specification(changes), generated)[role]
    if manifest["kind"] == "ConfigMap":
        return dict(manifest["data"])
    return {key: base64.b64decode(text).decode() for key, text in manifest["data"].items()}


def user_data(changes: Object, index: int = 0, generated: Any = None) -> Any:
    """Return a replica's user data as cloud-init reads it."""
    return yaml.safe_load(data(changes, f"cloud-init-{index}", generated)["userdata"])


# --- indices -------------------------------------------------------------------------------------

AUTOSCALING = {"minReplicas": 2, "maxReplicas": 5, "targetCPUUtilizationPercentage": 50}


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({"replicas": 3, "autoscaling": None}, 5),
        ({"replicas": 3, "autoscaling": None, "spare": 0}, 3),
        ({"replicas": 0, "autoscaling": None}, 2),
        ({"replicas": 0, "autoscaling": None, "spare": 0}, 0),
        ({"replicas": 2, "autoscaling": AUTOSCALING}, 7),
        ({"replicas": 0, "autoscaling": AUTOSCALING}, 7),
        ({"replicas": 2, "autoscaling": AUTOSCALING, "spare": 4}, 9),
    ],
    ids=str,
)
def test_there_are_as_many_as_vms_may_be_and_the_spare_ones(changes: Object, number: int) -> None:
    spare = {"spare": changes.pop("spare")} if "spare" in changes else {}
    spec = specification({**changes, "perReplica": {**OWN_HOSTNAME, **spare}})
    indexed = [role for role in objects(spec) if role.startswith("cloud-init-")]
    assert indexed == [f"cloud-init-{index}" for index in range(number)]


def test_without_anything_of_their_own_there_are_none() -> None:
    spec = specification()
    assert (list(spec.indices), replicas(spec)) == ([], [])
    assert [role for role in objects(spec) if role[-1].isdigit()] == []


@pytest.mark.parametrize(
    ("before", "was_empty", "indices"),
    [
        (0, False, []),
        (3, False, []),
        (4, False, []),
        (7, False, [4, 5, 6]),
        (7, True, []),
    ],
)
def test_a_smaller_pool_keeps_what_a_vm_may_still_need_until_it_was_empty(
    before: int, was_empty: bool, indices: list[int]
) -> None:
    spec = specification({**FIXED, "perReplica": OWN_HOSTNAME})
    assert list(retained_indices(spec, before, was_empty=was_empty)) == indices


# --- cloud-init ----------------------------------------------------------------------------------


def test_a_hostname_is_the_replicas() -> None:
    changes = own(OWN_HOSTNAME)
    assert [user_data(changes, index)["hostname"] for index in (0, 1)] == ["web0", "web1"]


def test_the_templates_know_index_name_and_count() -> None:
    changes = own({"config": {"final_message": "{{ index }} {{ name }} {{ count }}"}}, name="web")
    assert user_data(changes, 1)["final_message"] == "1 web-1 2"


def test_the_count_is_of_the_vms_that_there_may_be() -> None:
    changes = {"perReplica": {"config": {"final_message": "{{ count }}"}}}
    assert user_data(changes)["final_message"] == 5


def test_a_password_is_the_replicas_and_does_not_expire() -> None:
    changes = own({"password": "p{{ index }}"}, password=None)
    assert user_data(changes, 1) == {
        "timezone": "Europe/Zurich",
        "password": "p1",
        "chpasswd": {"expire": False},
    }


def test_a_password_of_its_own_goes_before_the_shared_one() -> None:
    assert user_data(own({"password": "own"}))["password"] == "own"


def test_config_is_merged_over_the_shared_one_and_lists_replace_lists() -> None:
    shared = {
        "runCommands": ["shared"],
        "config": {"chpasswd": {"list": ["a"]}, "package_update": True, "ntp": {"enabled": True}},
    }
    config = {
        "runcmd": ["own {{ index }}"],
        "chpasswd": {"list": ["b{{ index }}"]},
        "ntp": {"servers": ["{{ name }}"]},
    }
    found = user_data(own({"config": config}, cloudInit=shared, name="web", password=None), 1)
    assert found == {
        "chpasswd": {"list": ["b1"]},
        "package_update": True,
        "runcmd": ["own 1"],
        "ntp": {"enabled": True, "servers": ["web-1"]},
    }


def test_config_goes_before_hostname_and_password() -> None:
    config = {"password": "b", "hostname": "b{{ index }}"}
    found = user_data(own({"password": "a", "hostname": "a{{ index }}", "config": config}))
    assert (found["password"], found["hostname"]) == ("b", "b0")


def test_what_differs_is_merged_over_shared_user_data_that_is_a_cloud_config() -> None:
    shared = {"userData": "#cloud-config\npassword: x\nntp: {enabled: true}\n"}
    changes = own(
        {**OWN_HOSTNAME, "config": {"ntp": {"servers": ["a"]}}}, password=None, cloudInit=shared
    )
    text = data(changes, "cloud-init-1")["userdata"]
    assert text.startswith("#cloud-config\n")
    assert yaml.safe_load(text) == {
        "password": "x",
        "hostname": "web1",
        "ntp": {"enabled": True, "servers": ["a"]},
    }


def test_shared_user_data_stays_as_it_is_written_where_something_else_differs() -> None:
    text = "#!/bin/sh\n# as it is\nuseradd ann\n"
    network = {"networkData": {"version": 2}}
    changes = own(network, password=None, cloudInit={"userData": text})
    assert data(changes, "cloud-init-0")["userdata"] == text


def test_user_data_of_its_own_takes_the_place_of_everything() -> None:
    changes = own({"userData": "#!/bin/sh\necho {{ index }}\n"})
    assert data(changes, "cloud-init-1")["userdata"] == "#!/bin/sh\necho 1\n"


def test_network_data_is_merged_over_the_shared_one() -> None:
    shared = {"networkData": {"version": 2, "ethernets": {"enp1s0": {"dhcp4": True}}}}
    network = {"ethernets": {"enp1s0": {"addresses": ["10.0.0.1{{ index }}/24"]}}}
    text = data(own({"networkData": {"version": 2, **network}}, cloudInit=shared), "cloud-init-1")[
        "networkdata"
    ]
    assert yaml.safe_load(text) == {
        "version": 2,
        "ethernets": {"enp1s0": {"dhcp4": True, "addresses": ["10.0.0.11/24"]}},
    }


@pytest.mark.parametrize("shared", [None, {"networkData": {"version": 2}}])
def test_network_data_that_is_text_takes_the_place_of_the_shared_one(shared: Object | None) -> None:
    text = "version: 1\nconfig: []\n# {{ name }}\n"
    changes = own({"networkData": text}, cloudInit=shared, name="web")
    assert data(changes, "cloud-init-1")["networkdata"] == "version: 1\nconfig: []\n# web-1\n"


def test_shared_network_data_reaches_every_replica() -> None:
    shared = {"networkData": {"version": 2}}
    assert "networkdata" in data(own(OWN_HOSTNAME, cloudInit=shared), "cloud-init-1")


def test_the_shared_secret_stays_as_it_was() -> None:
    differing = own({**OWN_HOSTNAME, "config": {"ntp": {}}, "networkData": {"version": 2}})
    assert data(differing, "cloud-init") == data(FIXED, "cloud-init")


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values", [[{"role": "a"}, {"role": "b"}], {"0": {"role": "a"}, "1": {"role": "b"}}]
)
def test_values_are_a_list_or_an_object_by_index(values: Any) -> None:
    changes = own({"values": values, "config": {"fqdn": "{{ values.role }}.lab"}})
    assert [user_data(changes, index)["fqdn"] for index in (0, 1)] == ["a.lab", "b.lab"]


def test_values_are_no_templates() -> None:
    changes = own({"values": ["{{ index }}", "{%"], "config": {"fqdn": "{{ values }}"}})
    assert [user_data(changes, index)["fqdn"] for index in (0, 1)] == ["{{ index }}", "{%"]


def test_a_value_may_be_missing_where_no_template_asks_for_it() -> None:
    changes = own({"values": [1], "config": {"fqdn": "{{ values | default('none') }}"}})
    assert user_data(changes, 1)["fqdn"] == "none"


# --- generated values ----------------------------------------------------------------------------

GENERATE: Object = {"generate": {"token": {"length": 40}, "login": {}}}


def test_generated_values_reach_their_own_replica() -> None:
    changes = own({**GENERATE, "password": "{{ generated.login }}"})
    known = {index: {"login": f"login-{index}", "token": ""} for index in (0, 1)}
    found = [user_data(changes, index, known)["password"] for index in (0, 1)]
    assert found == ["login-0", "login-1"]


def test_where_generated_values_are_not_known_others_of_their_length_stand_in() -> None:
    spec = specification(own({**GENERATE, "password": "{{ generated.login }}"}))
    known = [placeholders(spec, index) for index in spec.indices]
    assert {(len(one["token"]), len(one["login"])) for one in known} == {(40, 24)}
    assert len({one["login"] for one in known}) == 2


# --- ConfigMaps and Secrets as disks -------------------------------------------------------------

MOUNTED = own(
    {
        "secrets": {"tls": {"key.pem": "key {{ index }}", "n": "{{ index }}"}},
        "configMaps": {"site": {"index.html": "hello {{ index }}", "n": "{{ index }}"}},
    },
    volumes=[
        {"name": "keys", "secret": {"secretName": "tls"}},
        {"name": "page", "configMap": {"name": "site", "volumeLabel": "page", "optional": True}},
    ],
)


def test_config_maps_and_secrets_hold_the_replicas_texts() -> None:
    assert data(MOUNTED, "secret-tls-1") == {"key.pem": "key 1", "n": "1"}
    assert data(MOUNTED, "config-map-site-1") == {"index.html": "hello 1", "n": "1"}


def test_what_somebody_else_makes_is_not_made() -> None:
    changes = own({"configMaps": {"site": {}}}, volumes=[MOUNTED["volumes"][1]])
    manifests = objects(specification(changes))
    assert [role for role in manifests if role.startswith("config-map")] == []
    assert manifests["pool"]["spec"]["nameGeneration"] == {"appendIndexToConfigMapRefs": True}


def test_each_volume_has_its_disk() -> None:
    spec = objects(specification(MOUNTED))["pool"]["spec"]["virtualMachineTemplate"]["spec"]
    vmi = spec["template"]["spec"]
    assert vmi["volumes"][2:] == MOUNTED["volumes"]
    assert vmi["domain"]["devices"]["disks"][2:] == [
        {"name": "keys", "disk": {"bus": "virtio"}},
        {"name": "page", "disk": {"bus": "virtio"}},
    ]


ALL_KINDS: dict[str, Object] = {
    "cloud-init": own(OWN_HOSTNAME),
    "network data": own({"networkData": {"version": 2}}),
    "volumes": MOUNTED,
    "config maps only": own(
        {"configMaps": {"site": {"a": "{{ index }}"}}}, volumes=[MOUNTED["volumes"][1]]
    ),
    "secrets only": own({"secrets": {"tls": {"a": "b"}}}, volumes=[MOUNTED["volumes"][0]]),
    "everything": {
        **MOUNTED,
        "perReplica": {**MOUNTED["perReplica"], **OWN_HOSTNAME, "networkData": {"version": 2}},
    },
    "a name with a dot": own(
        {"secrets": {"tls.v2": {"a": "b"}}},
        volumes=[{"name": "keys", "secret": {"secretName": "tls.v2"}}],
    ),
}


def looked_for(pool: Object, index: int) -> set[tuple[str, str]]:
    """Return the kinds and names that the VM of an index refers to.

    As KubeVirt does it (pkg/virt-controller/watch/pool, from 1.8): `<name>-<index>` for all that
    nameGeneration is about, and the name as it is for everything else.
    """
    generation = pool["spec"].get("nameGeneration", {})
    after = f"-{index}"
    to_secrets = after if generation.get("appendIndexToSecretRefs") else ""
    to_config_maps = after if generation.get("appendIndexToConfigMapRefs") else ""
    found = set()
    vm = pool["spec"]["virtualMachineTemplate"]["spec"]
    for volume in vm["template"]["spec"]["volumes"]:
        cloud_init = volume.get("cloudInitNoCloud", {})
        for reference in ("secretRef", "networkDataSecretRef"):
            if reference in cloud_init:
                found.add(("Secret", cloud_init[reference]["name"] + to_secrets))
        if "secret" in volume:
            found.add(("Secret", volume["secret"]["secretName"] + to_secrets))
        if "configMap" in volume:
            found.add(("ConfigMap", volume["configMap"]["name"] + to_config_maps))
    return found


@pytest.mark.parametrize("changes", ALL_KINDS.values(), ids=ALL_KINDS)
def test_every_vm_finds_what_kubevirt_looks_for(changes: Object) -> None:
    manifests = objects(specification(changes))
    made = {(one["kind"], one["metadata"]["name"]) for one in manifests.values()}
    wanted = [looked_for(manifests["pool"], index) for index in (0, 1)]
    assert all(names <= made for names in wanted)
    # ... and nothing is made that nobody looks for, but for the Secret that all shared before.
    spare = made - set().union(*wanted)
    assert {name for kind, name in spare if kind in {"Secret", "ConfigMap"}} <= {"lab05-cloudinit"}


@pytest.mark.parametrize("changes", ALL_KINDS.values(), ids=ALL_KINDS)
def test_all_of_them_are_there_before_the_pool(changes: Object) -> None:
    roles = list(objects(specification(changes)))
    own_roles = [role for role in roles if role[-1].isdigit()]
    assert own_roles != []
    assert max(map(roles.index, own_roles)) < roles.index("pool")


@pytest.mark.parametrize("changes", ALL_KINDS.values(), ids=ALL_KINDS)
def test_the_api_server_takes_every_object_and_stores_it_as_it_is(
    kubectl: RunKubectl, made_namespace: str, changes: Object
) -> None:
    manifests = objects(specification({**changes, "namespace": made_namespace}))
    text = as_yaml(manifests.values(), show_secrets=True)
    kubectl("create", "--validate=strict", "-f", "-", stdin=text)
    stored = kubectl("get", "-f", "-", "-o", "yaml", stdin=text).stdout
    kept_as = yaml.safe_load(stored)["items"]
    for asked, found in zip(manifests.values(), kept_as, strict=True):
        for member in ("data", "spec"):
            if asked["kind"] in {"Secret", "ConfigMap", "VirtualMachinePool"} and member in asked:
                assert found[member] == asked[member]


# --- one replica's change ------------------------------------------------------------------------


def test_other_values_of_one_replica_change_one_secret() -> None:
    one, other = (
        objects(specification(own({"values": values, "config": {"fqdn": "{{ values }}.lab"}})))
        for values in (["a", "b"], ["a", "c"])
    )
    assert [role for role in one if one[role] != other[role]] == ["cloud-init-1"]


def test_what_differs_changes_nothing_that_restarts_vms() -> None:
    shared, differing = (objects(specification(changes)) for changes in (FIXED, own(OWN_HOSTNAME)))
    one, other = (made["pool"]["spec"]["virtualMachineTemplate"] for made in (shared, differing))
    assert one == other


def test_labels_are_on_every_object_of_a_replica() -> None:
    manifests = objects(specification({**ALL_KINDS["everything"], "labels": {"team": "a"}}))
    labels = [one["metadata"]["labels"] for role, one in manifests.items() if role[-1].isdigit()]
    assert labels == [{"team": "a"}] * 6


# --- secrets -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "per_replica",
    [
        {"values": [MARKER, MARKER], **OWN_HOSTNAME},
        {"password": MARKER},
        {"config": {"final_message": MARKER}},
        {"userData": f"#!/bin/sh\n{MARKER}"},
        {"networkData": {"version": 2, "wifis": {MARKER: {}}}},
        {"secrets": {"s": {"a": MARKER}}},
    ],
    ids=lambda own: next(iter(own)),
)
def test_a_specification_and_its_replicas_show_no_secret(per_replica: Object) -> None:
    mounted = per_replica.get("secrets", {})
    volumes = [{"name": name, "secret": {"secretName": name}} for name in mounted]
    spec = specification(own(per_replica, volumes=volumes))
    assert MARKER not in f"{spec!r} {replicas(spec)!r}"


@pytest.mark.parametrize(
    "per_replica",
    [
        {"hostname": "{{ values }}_"},
        {"hostname": "{{ values.x }}"},
        {"config": {"{{ values }}": 1}},
        {"userData": "#cloud-config\n{{ values }}: 1\n"},
        {"userData": "{{ values }}"},
        {"userData": "#cloud-config\na: *{{ values }}\n"},
        {"networkData": {"version": 2, "{{ values }}": 1}},
        {"networkData": "version: 2\n{{ values }}: 1\n"},
        {"networkData": "{{ values }}"},
        {"networkData": "network: {version: 2, {{ values }}: 1}"},
    ],
    ids=str,
)
def test_no_value_is_in_a_report(per_replica: Object) -> None:
    found = problems(own({"values": [MARKER, MARKER], **per_replica}))
    assert found != ()
    assert MARKER not in repr(found)


def test_a_secret_holds_texts_of_any_language() -> None:
    assert base64.b64decode(encoded({"a": "Grüezi"})["a"]).decode() == "Grüezi"
