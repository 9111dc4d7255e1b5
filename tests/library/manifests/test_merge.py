"""One object of KubeVirt's merged over another."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest
import yaml
from kubevirt_objects import random_object
from kubevirt_vm_pool.kubevirt.fields import fields
from kubevirt_vm_pool.kubevirt.list_keys import list_keys
from kubevirt_vm_pool.manifests.merge import merged

SEEDS = range(60)
DEVICES = ("template", "spec", "domain", "devices")


def in_vmi(text: str) -> dict[str, Any]:
    return {"template": {"spec": yaml.safe_load(text)}}


def vmi_of(base: str, over: str) -> Any:
    """Return the VMI's spec of one template merged over another."""
    return merged(in_vmi(base), in_vmi(over))["template"]["spec"]


@pytest.mark.parametrize(
    ("base", "over", "result"),
    [
        ("{}", "hostname: a", "hostname: a"),
        ("hostname: a", "hostname: b", "hostname: b"),
        ("{hostname: a, subdomain: b}", "subdomain: null", "hostname: a"),
        ("hostname: a", "subdomain: null", "hostname: a"),
        (
            "domain: {cpu: {cores: 2, model: a}}",
            "domain: {cpu: {model: b}, machine: {type: q35}}",
            "domain: {cpu: {cores: 2, model: b}, machine: {type: q35}}",
        ),
        ("nodeSelector: {a: x, b: x}", "nodeSelector: {b: y, a: null}", "nodeSelector: {b: y}"),
        (
            "domain: {resources: {requests: {cpu: 1, memory: 1Gi}}}",
            "domain: {resources: {requests: {cpu: 2}}}",
            "domain: {resources: {requests: {cpu: 2, memory: 1Gi}}}",
        ),
        # Elements with a key: those of the base keep their order, new ones follow.
        (
            "volumes: [{name: a, emptyDisk: {capacity: 1Gi}}, {name: b, emptyDisk: {}}]",
            "volumes: [{name: c}, {name: a, emptyDisk: {capacity: 2Gi}}]",
            "volumes: [{name: a, emptyDisk: {capacity: 2Gi}}, {name: b, emptyDisk: {}}, {name: c}]",
        ),
        (
            "volumes: [{name: a, emptyDisk: {capacity: 1Gi}}]",
            "volumes: [{name: a, emptyDisk: null, containerDisk: {image: i}}]",
            "volumes: [{name: a, containerDisk: {image: i}}]",
        ),
        (
            "networks: [{name: a, pod: {}}, {name: b}]",
            "networks: [{name: a, $patch: delete}, {name: c, $patch: delete}]",
            "networks: [{name: b}]",
        ),
        (
            "networks: [{name: a, pod: {}}, {name: b}]",
            "networks: [{$patch: replace}, {name: a}]",
            "networks: [{name: a}]",
        ),
        (
            "topologySpreadConstraints: [{topologyKey: zone, whenUnsatisfiable: X, maxSkew: 1}]",
            "topologySpreadConstraints: [{topologyKey: zone, whenUnsatisfiable: X, maxSkew: 2},"
            " {topologyKey: zone, whenUnsatisfiable: Y, maxSkew: 3}]",
            "topologySpreadConstraints: [{topologyKey: zone, whenUnsatisfiable: X, maxSkew: 2},"
            " {topologyKey: zone, whenUnsatisfiable: Y, maxSkew: 3}]",
        ),
        (
            "domain: {devices: {interfaces: [{name: a, ports: [{port: 80}, {port: 53}]}]}}",
            "domain: {devices: {interfaces: [{name: a, ports: [{port: 80, protocol: TCP, name: w},"
            " {port: 53, protocol: UDP}]}]}}",
            "domain: {devices: {interfaces: [{name: a, ports: [{port: 80, protocol: TCP, name: w},"
            " {port: 53}, {port: 53, protocol: UDP}]}]}}",
        ),
        # Lists without one are replaced.
        (
            "tolerations: [{key: a}]",
            "tolerations: [{key: b, value: null}]",
            "tolerations: [{key: b}]",
        ),
        ("tolerations: [{key: a}]", "tolerations: []", "tolerations: []"),
        (
            "dnsConfig: {nameservers: [a, b], searches: [c]}",
            "dnsConfig: {nameservers: [d]}",
            "dnsConfig: {nameservers: [d], searches: [c]}",
        ),
        # ... and so is an object, where it is asked for.
        (
            "domain: {cpu: {cores: 2, model: a}}",
            "domain: {cpu: {$patch: replace, model: b}}",
            "domain: {cpu: {model: b}}",
        ),
        ("affinity: null", "affinity: {podAffinity: null}", "affinity: {}"),
    ],
)
def test_a_template_is_merged_as_kubernetes_merges(base: str, over: str, result: str) -> None:
    found = vmi_of(base, over)
    expected = yaml.safe_load(result)
    assert found == expected
    if "volumes" in expected:
        assert list(found["volumes"]) == expected["volumes"]


def test_disks_of_the_vms_are_merged_by_the_name_in_their_metadata() -> None:
    root = {"metadata": {"name": "root", "labels": {"a": "b"}}, "spec": {"storage": {}}}
    more = {"metadata": {"name": "root"}, "spec": {"storage": {"storageClassName": "fast"}}}
    data = {"metadata": {"name": "data"}, "spec": {}}
    result = merged({"dataVolumeTemplates": [root]}, {"dataVolumeTemplates": [data, more]})
    assert result["dataVolumeTemplates"] == [
        {
            "metadata": {"name": "root", "labels": {"a": "b"}},
            "spec": {"storage": {"storageClassName": "fast"}},
        },
        data,
    ]


def test_an_element_without_its_key_is_told_by_its_place() -> None:
    over = in_vmi("domain: {devices: {disks: [{name: a}, {disk: {}}]}}")
    words = r"^template\.spec\.domain\.devices\.disks\[1\] has no name, by which it is merged$"
    with pytest.raises(ValueError, match=words):
        merged({}, over)


def test_the_lists_that_are_merged_are_these() -> None:
    keyed = {
        f"{type_name.rpartition('.')[2]}.{name}": [
            ".".join(key) for key in list_keys(type_name, name)
        ]
        for type_name, members in fields().types.items()
        for name in members
        if list_keys(type_name, name)
    }
    assert keyed == {
        "CPU.features": ["name"],
        "Devices.disks": ["name"],
        "Devices.filesystems": ["name"],
        "Devices.gpus": ["name"],
        "Devices.hostDevices": ["name"],
        "Devices.inputs": ["name"],
        "Devices.interfaces": ["name"],
        "Interface.ports": ["port", "protocol"],
        "ObjectMeta.ownerReferences": ["uid"],
        "VirtualMachineInstanceSpec.networks": ["name"],
        "VirtualMachineInstanceSpec.resourceClaims": ["name"],
        "VirtualMachineInstanceSpec.topologySpreadConstraints": [
            "topologyKey",
            "whenUnsatisfiable",
        ],
        "VirtualMachineInstanceSpec.utilityVolumes": ["name"],
        "VirtualMachineInstanceSpec.volumes": ["name"],
        "VirtualMachineSpec.dataVolumeTemplates": ["metadata.name"],
    }


def pair(seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return two random templates; the second removes some of the first, and of its own."""
    rng = random.Random(seed)
    return random_object(rng), _with_nulls(random_object(rng, complete=False), rng)


def _with_nulls(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        return {
            key: None
            if key not in {"name", "metadata", "port", "uid", "topologyKey", "whenUnsatisfiable"}
            and rng.random() < 0.1
            else _with_nulls(inner, rng)
            for key, inner in value.items()
        }
    return [_with_nulls(inner, rng) for inner in value] if isinstance(value, list) else value


@pytest.mark.parametrize("seed", SEEDS)
def test_nothing_merged_over_is_the_same_and_so_is_a_template_over_itself(seed: int) -> None:
    base, _ = pair(seed)
    assert merged(base, {}) == base
    assert merged(base, base) == base
    assert merged({}, base) == base


@pytest.mark.parametrize("seed", SEEDS)
def test_merging_a_second_time_changes_nothing(seed: int) -> None:
    base, over = pair(seed)
    once = merged(base, over)
    assert merged(once, over) == once
    assert list(merged(once, over)) == list(once)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_said_is_in_the_result_and_nothing_is_null(seed: int) -> None:
    base, over = pair(seed)
    result = merged(base, over)
    assert_said(over, result)
    assert "None" not in repr(result).replace("'None'", "")


def assert_said(over: Any, result: Any) -> None:
    """Check that what is said stands in the result; of lists, that every element is there."""
    for key, value in over.items():
        if value is None:
            assert key not in result
        elif isinstance(value, dict):
            assert_said(value, result[key])
        elif isinstance(value, list):
            assert len(result[key]) >= len(value)
        else:
            assert result[key] == value


@pytest.mark.parametrize("seed", SEEDS)
def test_neither_template_is_changed_or_shared(seed: int) -> None:
    base, over = pair(seed)
    before = copy.deepcopy((base, over))
    result = merged(base, over)
    assert not containers(result) & (containers(base) | containers(over))
    _spoil(result)
    assert (base, over) == before


def containers(value: Any) -> set[int]:
    """Return the identities of all dicts and lists in plain data."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    own = {id(value)} if isinstance(value, dict | list) else set()
    return own.union(*map(containers, inner))


def _spoil(value: Any) -> None:
    for inner in list(value.values() if isinstance(value, dict) else value):
        if isinstance(inner, dict | list):
            _spoil(inner)
    value.clear()


@pytest.mark.parametrize("seed", SEEDS)
def test_elements_of_the_base_keep_their_order(seed: int) -> None:
    base, over = pair(seed)
    for name in ("volumes", "networks"):
        specs = [one.get("template", {}) or {} for one in (base, over, merged(base, over))]
        first, second, both = (
            [element["name"] for element in (one.get("spec") or {}).get(name) or []]
            for one in specs
        )
        if (over.get("template") or {}).get("spec", {}) is not None and both:
            assert both == first + [name for name in second if name not in first]
