"""An object of KubeVirt's, checked against KubeVirt's own fields."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml
from configurations import specification
from kubevirt_objects import every_place, object_with, random_object, sound
from kubevirt_vm_pool.kubevirt.fields import fields
from kubevirt_vm_pool.kubevirt.one_of import ONE_OF
from kubevirt_vm_pool.manifests.merge import merged
from kubevirt_vm_pool.manifests.virtual_machine_pool import virtual_machine_pool
from kubevirt_vm_pool.text.paths import dotted
from kubevirt_vm_pool.validation.kubevirt_fields import problems
from varied_pools import VARIED

PLACES = list(every_place())
VMI = "template.template.spec"


def told(template: Any, version: str = "1.9", whole: Any = None) -> list[str]:
    """Return what is wrong with a template: "<key>: <rule>; <fix>", without values."""
    return [
        f"{found.problem.key}: {found.problem.rule}; {found.problem.fix}"
        for found in problems(template, version, whole=whole)
    ]


def keys(template: Any, version: str = "1.9", whole: Any = None) -> list[str]:
    return [found.problem.key for found in problems(template, version, whole=whole)]


@pytest.mark.parametrize("version", fields().versions)
def test_whatever_a_version_takes_is_no_problem(version: tuple[int, int]) -> None:
    for seed in range(40):
        value = random_object(random.Random(seed), version=version)
        assert told(value, f"{version[0]}.{version[1]}", whole=value) == []


@pytest.mark.parametrize("changes", VARIED.values(), ids=VARIED)
def test_a_pool_has_only_what_its_version_of_kubevirt_takes(changes: str) -> None:
    spec = specification(changes)
    pool = virtual_machine_pool(spec)["spec"]
    found = problems(pool, spec.kubevirt_version, whole=pool, root=fields().root, path=("pool",))
    assert [str(one.problem) for one in found] == []


def test_every_field_is_known_where_it_belongs() -> None:
    assert len(PLACES) > 600
    for place in PLACES:
        # An empty object in place of one that has a key takes the key away.
        if not (place.key and sound(place) == {}):
            assert told(object_with(place.path, sound(place))) == [], place.path


def test_every_field_refuses_a_value_of_another_type() -> None:
    for place in PLACES:
        wrong = 7 if isinstance(sound(place), dict | list) else {"a": 1}
        assert f"template.{dotted(place.path)}" in keys(object_with(place.path, wrong))


def test_every_misspelt_field_is_found_where_it_is() -> None:
    for place in PLACES:
        path = (*place.path[:-1], f"{place.name}X")
        assert f"template.{dotted(path)}" in keys(object_with(path, "secret")), path


def test_null_removes_a_field_and_is_no_value_of_a_wrong_type() -> None:
    for place in PLACES:
        if not place.key:
            assert told(object_with(place.path, None)) == [], place.path


def test_every_field_that_came_later_is_refused_before() -> None:
    since = {place.path: place.field.since for place in PLACES if place.field.since}
    assert len(since) > 40
    for place in PLACES:
        if place.path not in since:
            continue
        major, minor = since[place.path]
        before = (major, minor - 1)
        above = (place.path[:end] for end in range(1, len(place.path) + 1))
        outermost = next(path for path in above if since.get(path, before) > before)
        expected = (
            f"template.{dotted(outermost)}: came with KubeVirt {since[outermost][0]}."
            f"{since[outermost][1]}, and "
            f"kubevirtVersion says {major}.{minor - 1}; remove it, or correct kubevirtVersion"
        )
        template = object_with(place.path, sound(place))
        assert expected in told(template, f"{major}.{minor - 1}"), place.path
        assert told(template, f"{major}.{minor}") == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("runstrategy: Always", "template.runstrategy: unknown key; did you mean runStrategy?"),
        (
            "template: {spec: {domain: {cores: 2}}}",
            f"{VMI}.domain.cores: unknown key; its place is {VMI}.domain.cpu.cores",
        ),
        (
            "hostname: a",
            f"template.hostname: unknown key; its place is {VMI}.hostname",
        ),
        (
            "template: {spec: {domain: {devices: {disks: [{name: root, bus: sata}]}}}}",
            f"{VMI}.domain.devices.disks[0].bus: unknown key; "
            "its place is cdrom.bus, disk.bus or lun.bus there",
        ),
        (
            "template: {spec: {domain: {devices: {disks: [{name: root, disk: {cache: none}}]}}}}",
            f"{VMI}.domain.devices.disks[0].disk.cache: unknown key; "
            f"its place is {VMI}.domain.devices.disks[0].cache",
        ),
        (
            "template: {spec: {volumes: [{name: a, cloudInitNoCloud: {userDataSecretRef: {}}}]}}",
            f"{VMI}.volumes[0].cloudInitNoCloud.userDataSecretRef: unknown key; "
            "did you mean secretRef?",
        ),
        (
            "template: {spec: {domain: {devices: {rng: {url: a}}}}}",
            f"{VMI}.domain.devices.rng.url: unknown key; remove it",
        ),
        (
            "template: {spec: {domain: {cpu: {cores: '4'}}}}",
            f"{VMI}.domain.cpu.cores: must be a whole number; write it without quotes: 4",
        ),
        (
            "template: {spec: {domain: {cpu: {cores: 2.5}}}}",
            f"{VMI}.domain.cpu.cores: must be a whole number; for instance 2",
        ),
        (
            "template: {spec: {domain: {cpu: {cores: true}}}}",
            f"{VMI}.domain.cpu.cores: must be a whole number; for instance 2",
        ),
        (
            "template: {spec: {readinessProbe: {periodSeconds: 3000000000}}}",
            f"{VMI}.readinessProbe.periodSeconds: must be from -2147483648 to 2147483647; "
            "correct it",
        ),
        ("running: 'yes'", "template.running: must be true or false; write true, without quotes"),
        (
            "template: {metadata: {labels: {tier: 1}}}",
            'template.template.metadata.labels.tier: must be text; quote it: "1"',
        ),
        (
            "template: {metadata: {labels: [a]}}",
            "template.template.metadata.labels: must be an object of keys and values; "
            "write it as key: value",
        ),
        (
            "template: {spec: {nodeSelector: {1: a}}}",
            f"{VMI}.nodeSelector[1]: must be text; quote the key",
        ),
        (
            "template: {spec: {domain: {memory: {guest: 4 GB}}}}",
            f"{VMI}.domain.memory.guest: must not have spaces in it; did you mean 4Gi?",
        ),
        # The API server refuses it unquoted: a quantity is a whole number or text there.
        (
            "template: {spec: {domain: {resources: {limits: {cpu: 0.5}}}}}",
            f'{VMI}.domain.resources.limits.cpu: must be text or a whole number; quote it: "0.5"',
        ),
        (
            "template: {spec: {domain: {resources: {limits: {cpu: [1]}}}}}",
            f"{VMI}.domain.resources.limits.cpu: must be a Kubernetes quantity; "
            "write it like 2Gi or 500m",
        ),
        (
            "template: {spec: {readinessProbe: {httpGet: {port: [80]}}}}",
            f"{VMI}.readinessProbe.httpGet.port: must be a whole number or text; correct it",
        ),
        (
            "template: {spec: {dnsConfig: {nameservers: 1.1.1.1 8.8.8.8}}}",
            f"{VMI}.dnsConfig.nameservers: must be a list; write it as [1.1.1.1, 8.8.8.8]",
        ),
        (
            "template: {spec: {tolerations: {key: a}}}",
            f"{VMI}.tolerations: must be a list; begin each item with '- '",
        ),
        (
            "template: {spec: {volumes: [null]}}",
            f"{VMI}.volumes[0]: has no value; give it one, or remove it",
        ),
        (
            "template: {spec: {domain: {devices: {tpm: true}}}}",
            f"{VMI}.domain.devices.tpm: must be an object of keys and values; "
            "its keys are enabled, persistent",
        ),
        (
            "template: {spec: {domain: {devices: {rng: true}}}}",
            f"{VMI}.domain.devices.rng: must be an object of keys and values; write it as {{}}",
        ),
        (
            "template: {spec: {dnsPolicy: none}}",
            f"{VMI}.dnsPolicy: must be ClusterFirst, ClusterFirstWithHostNet, Default or None; "
            "did you mean None?",
        ),
        (
            "template: {spec: {domain: {rebootPolicy: restart}}}",
            f"{VMI}.domain.rebootPolicy: must be Reboot or Terminate; pick one",
        ),
        (
            "template: {spec: {volumes: [{containerDisk: {image: a}}]}}",
            f"{VMI}.volumes[0].name: is missing, and the elements of volumes are merged by their "
            "name; add name",
        ),
        (
            "dataVolumeTemplates: [{spec: {}}]",
            "template.dataVolumeTemplates[0].metadata.name: is missing, and the elements of "
            "dataVolumeTemplates are merged by their metadata.name; add metadata.name",
        ),
        (
            "template: {spec: {networks: [{name: a}, {name: b}, {name: a}]}}",
            f"{VMI}.networks[2]: has the name of {VMI}.networks[0]; keep one of them",
        ),
        (
            "template: {spec: {accessCredentials: [{sshPublicKey: {propagationMethod: "
            "{qemuGuestAgent: {users: [a, b, a]}}}}]}}",
            f"{VMI}.accessCredentials[0].sshPublicKey.propagationMethod.qemuGuestAgent.users[2]: "
            "is there twice, see "
            f"{VMI}.accessCredentials[0].sshPublicKey.propagationMethod.qemuGuestAgent.users[0]; "
            "keep one of them",
        ),
        (
            "template: {spec: {affinity: {$patch: delete}}}",
            f"{VMI}.affinity.$patch: must be replace here; give null in place of the object to "
            "remove it; delete is for an element of a list that is merged",
        ),
        (
            "[]",
            "template: must be an object of keys and values; its keys are dataVolumeTemplates, "
            "instancetype, preference, runStrategy, running, template, updateVolumesStrategy",
        ),
    ],
)
def test_a_mistake_is_told_with_what_to_do(template: str, expected: str) -> None:
    assert told(yaml.safe_load(template)) == [expected]


def test_a_field_that_went_is_told_with_the_one_in_its_place() -> None:
    root = "v1beta1.VirtualMachinePoolSelectionPolicy"
    value = {"basePolicy": "Random"}
    assert list(problems(value, "1.6", root=root)) == []
    ((_, problem),) = problems(value, "1.8", root=root, path=("policy",))
    assert problem.rule == "went with KubeVirt 1.7, and kubevirtVersion says 1.8"


def test_a_version_newer_than_the_data_says_how_far_they_go() -> None:
    assert told({"brandNew": 1}, "1.42") == [
        "template.brandNew: unknown key (as far as KubeVirt 1.9 is known); known here: "
        "dataVolumeTemplates, instancetype, preference, runStrategy, running, template, "
        "updateVolumesStrategy"
    ]


def test_a_version_older_than_the_data_has_what_was_always_there() -> None:
    assert told({"runStrategy": "Always"}, "v1.2.0") == []


def test_nothing_is_wrong_with_no_template() -> None:
    assert told(None) == told({}) == []


def test_an_empty_text_stands_for_a_choice_that_is_left_out() -> None:
    toleration = {"key": "a", "operator": "", "effect": ""}
    assert told(object_with(("template", "spec", "tolerations"), [toleration])) == []


@pytest.mark.parametrize("field", ["userData", "userDataBase64", "networkData"])
def test_what_may_hold_a_password_is_shown_nowhere(field: str) -> None:
    path = ("template", "spec", "volumes", 0, "cloudInitNoCloud", field)
    (found,) = problems(object_with(path, 12345678), "1.9")
    assert "1234" not in f"{found.problem} {found.problem.fix}"
    (misspelt,) = problems(object_with((*path[:-1], f"{field}x"), "hunter2"), "1.9")
    assert "hunter2" not in str(misspelt.problem)


BASE = {
    "runStrategy": "Always",
    "template": {
        "spec": {
            "domain": {
                "devices": {
                    "disks": [{"name": "root", "disk": {"bus": "virtio"}}],
                    "interfaces": [{"name": "default", "masquerade": {}}],
                }
            },
            "volumes": [{"name": "root", "containerDisk": {"image": "a"}}],
        }
    },
}


def of_whole(template: str, version: str = "1.9") -> list[str]:
    """Return the keys of what is wrong with a template that is merged over BASE."""
    value = yaml.safe_load(template)
    return keys(value, version, whole=merged(BASE, value))


def test_what_the_base_has_already_is_not_missing() -> None:
    assert of_whole("template: {spec: {volumes: [{name: root, containerDisk: {path: /a}}]}}") == []
    assert of_whole("template: {spec: {domain: {cpu: {cores: 2}}}}") == []


@pytest.mark.parametrize(
    ("template", "missing"),
    [
        (
            "template: {spec: {volumes: [{name: new, containerDisk: {path: /a}}]}}",
            f"{VMI}.volumes[0].containerDisk.image",
        ),
        (
            "template: {spec: {volumes: [{name: root, containerDisk: {image: null}}]}}",
            f"{VMI}.volumes[0].containerDisk.image",
        ),
        ("template: {spec: {domain: {devices: null}}}", f"{VMI}.domain.devices"),
        ("template: {spec: {domain: {$patch: replace}}}", f"{VMI}.domain.devices"),
        ("template: null", "template.template"),
        (
            "template: {spec: {accessCredentials: [{userPassword: {source: {}}}]}}",
            f"{VMI}.accessCredentials[0].userPassword.propagationMethod",
        ),
        (
            "template: {spec: {volumes: [{$patch: replace}, {name: root, emptyDisk: {}}]}}",
            f"{VMI}.volumes[1].emptyDisk.capacity",
        ),
    ],
)
def test_what_the_whole_lacks_is_missing_where_it_was_typed(template: str, missing: str) -> None:
    assert of_whole(template) == [missing]
    assert keys(yaml.safe_load(template)) == []


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "template: {spec: {volumes: [{name: root, emptyDisk: {capacity: 1Gi}}]}}",
            f"{VMI}.volumes[0].emptyDisk: stands beside containerDisk, and there may be only one "
            "of them; add containerDisk: null to leave that out",
        ),
        (
            "template: {spec: {readinessProbe: {exec: {command: [a]}, guestAgentPing: {}}}}",
            f"{VMI}.readinessProbe.guestAgentPing: stands beside exec, and there may be only one "
            "of them; keep one of them",
        ),
        (
            "running: true",
            "template.running: stands beside runStrategy, and there may be only one of them; "
            "add runStrategy: null to leave that out",
        ),
        (
            "template: {spec: {networks: [{name: a}]}}",
            f"{VMI}.networks[0]: has none of multus, pod or resourceClaim; add one",
        ),
        ("runStrategy: null", "template: has none of runStrategy or running; add one"),
    ],
)
def test_of_what_excludes_each_other_the_whole_has_one(template: str, expected: str) -> None:
    value = yaml.safe_load(template)
    assert told(value, whole=merged(BASE, value)) == [expected]


@pytest.mark.parametrize(
    "template",
    [
        "{running: true, runStrategy: null}",
        "template: {spec: {volumes: [{name: root, emptyDisk: {capacity: 1Gi}, "
        "containerDisk: null}]}}",
        "template: {spec: {volumes: [{name: a, cloudInitNoCloud: {userData: '', secretRef: "
        "{name: a}}}]}}",
    ],
)
def test_what_takes_the_place_of_another_is_no_problem(template: str) -> None:
    assert of_whole(template) == []


def test_what_excludes_each_other_are_fields_that_there_are() -> None:
    for name, groups in ONE_OF.items():
        for group in groups:
            assert set(group.members) <= fields().types[name].keys(), name


def test_what_older_versions_require_is_missing_there_only() -> None:
    gpu = "template: {spec: {domain: {devices: {gpus: [{name: a}]}}}}"
    assert of_whole(gpu, "1.5") == [f"{VMI}.domain.devices.gpus[0].deviceName"]
    assert of_whole(gpu, "1.6") == []
