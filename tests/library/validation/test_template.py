"""What is refused below `template`, what is not, and that no secret is in a report of it."""

from __future__ import annotations

import random
from typing import Any

import pytest
from configurations import MARKER, problems, specification
from kubevirt_objects import random_object
from kubevirt_vm_pool.spec.secrecy import may_show
from kubevirt_vm_pool.validation.warnings import warnings
from template_mistakes import BLANK, LAB_DISK, disk, disk_template, guest

GOOD_TEMPLATES = [
    "template: {}",
    "template:",
    "template: {runStrategy: Halted}",
    "template: {runStrategy: null, running: true}",
    "template: {runStrategy: Manual}\nrollout: {strategy: opportunistic}",
    "template: {template: {metadata: {labels: {kubevirt.io/vmpool: lab05-webserver, a: b}}}}",
    # A volume without a disk gets one, as KubeVirt's VM controller makes it.
    guest("{volumes: [{name: more, containerDisk: {image: a}}]}"),
    guest("{domain: {devices: {disks: [{name: datavolumedisk, $patch: delete}]}}}"),
    guest("{domain: {devices: {disks: [{name: drive, cdrom: {bus: sata}}]}}}"),
    # One disk for all, where nobody writes to it or all know of it.
    disk("cdrom: {bus: sata}", "persistentVolumeClaim: {claimName: iso}"),
    disk("disk: {readonly: true}", "persistentVolumeClaim: {claimName: data}"),
    disk("lun: {readonly: true}", "persistentVolumeClaim: {claimName: data}"),
    disk("disk: {}, shareable: true", "dataVolume: {name: data}"),
    disk("disk: {}", "ephemeral: {persistentVolumeClaim: {claimName: golden}}"),
    disk("disk: {}", "cloudInitConfigDrive: {userDataBase64: aGVsbG8=}"),
    guest(
        "{domain: {devices: {filesystems: [{name: share, virtiofs: {}}]}},"
        " volumes: [{name: share, persistentVolumeClaim: {claimName: share}}]}"
    ),
    disk_template("lab05-webserver-data", BLANK),
    disk_template("lab05-webserver", BLANK),
    disk_template(
        "lab05-webserver-data", "{sourceRef: {kind: DataSource, name: fedora}, storage: {}}"
    ),
    f"template: {{dataVolumeTemplates: [{{metadata: {{name: {LAB_DISK}}}, $patch: delete}}],"
    " template: {spec: {volumes: [{name: datavolumedisk, persistentVolumeClaim: null,"
    " containerDisk: {image: a}}]}}}",
    # Ports that are let in by number and by name, and an interface where they only inform.
    guest("{domain: {devices: {interfaces: [{name: default, ports: [{port: 80}, {port: 22}]}]}}}"),
    guest(
        "{domain: {devices: {interfaces: [{name: default, masquerade: null, bridge: {},"
        " ports: [{port: 22}]}]}}}"
    ),
    guest("{networks: [{name: default, pod: null, multus: {networkName: a}}]}")
    + "\nreadinessProbe: {enabled: false}",
    guest("{domain: {cpu: {model: host-model}, ioThreadsPolicy: auto}}")
    + "\ninstancetype: {name: u1.small}\nautoscaling:",
    guest("{domain: {resources: {requests: {cpu: null}}, cpu: {dedicatedCpuPlacement: true}}}"),
    guest("{domain: {resources: {requests: {cpu: null}}}}") + "\nautoscaling:",
    guest("{evictionStrategy: LiveMigrate}")
    + "\ndisk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}",
    guest(
        "{accessCredentials: [{sshPublicKey: {source: {secret: {secretName: keys}},"
        " propagationMethod: {noCloud: {}}}}]}"
    ),
]


@pytest.mark.parametrize("written", GOOD_TEMPLATES)
def test_what_is_sound_is_accepted(written: str) -> None:
    assert [str(problem) for problem in problems(written)] == []


@pytest.mark.parametrize(
    "said",
    [
        "{volumes: [{name: more, cloudInitNoCloud: {userData: '#!/bin/sh'}}]}",
        "{accessCredentials: [{userPassword: {source: {secret: {secretName: a}},"
        " propagationMethod: {qemuGuestAgent: {}}}}]}",
    ],
)
def test_who_may_log_in_may_be_said_in_the_template_alone(said: str) -> None:
    told = warnings(specification(f"password:\n{guest('{hostname: null}')}"))
    assert any(one.startswith("nobody can log in") for one in told)
    told_of_template = warnings(specification(f"password:\n{guest(said)}"))
    assert not any(one.startswith("nobody can log in") for one in told_of_template)


def test_a_document_that_the_pool_itself_holds_is_told_and_not_shown() -> None:
    said = guest(f"{{volumes: [{{name: more, cloudInitNoCloud: {{userData: {MARKER}}}}}]}}")
    assert warnings(specification(said)) == [
        "template.template.spec.volumes[0].cloudInitNoCloud.userData goes into the pool "
        "lab05-webserver as it is, where all who may read pools and VMs read it; a Secret is for "
        "fewer (cloudInit, secretRef)"
    ]


@pytest.mark.parametrize("said", ["{runStrategy: Halted}", "{runStrategy: null, running: false}"])
def test_vms_that_are_not_started_are_told(said: str) -> None:
    told = warnings(specification(f"template: {said}"))
    assert told == ["VMs of lab05-webserver are not started: template says so"]


def test_all_mistakes_as_typed_come_before_those_of_the_whole() -> None:
    written = guest("{hostnam: a, hostname: b, domain: {cpu: {cores: two}}}")
    assert [problem.key for problem in problems(written)] == [
        "template.template.spec.hostnam",
        "template.template.spec.domain.cpu.cores",
    ]
    written = guest("{hostname: b, domain: {firmware: {uuid: a}}}")
    assert len(problems(written)) == 2


def test_a_mistake_in_a_key_that_the_whole_is_made_of_is_reported_alone() -> None:
    written = f"name: Web\n{guest('{hostname: a}')}"
    assert [problem.key for problem in problems(written)] == ["name"]


def test_without_a_version_the_template_is_not_judged() -> None:
    written = f"kubevirtVersion: newest\n{guest('{hostnam: a}')}"
    assert [problem.key for problem in problems(written)] == ["kubevirtVersion"]


# --- secrets -------------------------------------------------------------------------------------

SECRET_PLACES: dict[str, Any] = {
    "user data that is a list": {"cloudInitNoCloud": {"userData": [MARKER]}},
    "user data that is no base64": {"cloudInitNoCloud": {"userDataBase64": f"{MARKER}!"}},
    "user data that is too long": {"cloudInitConfigDrive": {"userData": MARKER * 200}},
    "two documents": {"cloudInitNoCloud": {"userData": MARKER, "secretRef": {"name": "a"}}},
    "misspelt user data": {"cloudInitNoCloud": {"userdata": MARKER}},
    "user data in place of the object": {"cloudInitNoCloud": MARKER},
    "user data in place of the volume": MARKER,
    "misplaced user data": {"userData": MARKER},
    "a misspelt volume": {"cloudinitnocloud": {"userData": MARKER}},
}


@pytest.mark.parametrize("volume", SECRET_PLACES.values(), ids=SECRET_PLACES)
def test_a_report_shows_no_secret(volume: Any) -> None:
    named = {"name": "more", **volume} if isinstance(volume, dict) else volume
    found = problems({"template": {"template": {"spec": {"volumes": [named]}}}})
    assert found
    assert MARKER not in f"{[str(problem) for problem in found]} {found!r}"


def test_a_specification_shows_no_secret() -> None:
    spec = specification(
        guest(f"{{volumes: [{{name: a, cloudInitNoCloud: {{userData: {MARKER}}}}}]}}")
    )
    assert MARKER not in f"{spec!r} {spec}"


VOLUME = ("template", "template", "spec", "volumes", 0)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (("template",), False),
        (("template", "runStrategy"), True),
        (("template", "template", "spec", "domain", "cpu", "model"), True),
        (("template", "template", "metadata", "annotations", "a/b"), True),
        ((*VOLUME, "containerDisk", "image"), True),
        ((*VOLUME, "cloudInitNoCloud", "secretRef", "name"), True),
        ((*VOLUME, "cloudInitNoCloud", "userData"), False),
        ((*VOLUME, "cloudInitConfigDrive", "networkDataBase64"), False),
        (
            ("template", "dataVolumeTemplates", 0, "spec", "source", "http", "extraHeaders", 0),
            False,
        ),
        (("template", "dataVolumeTemplates", 0, "spec", "source", "http", "url"), True),
        # Where nobody knows what it is, it may be one.
        ((*VOLUME, "cloudInitNoCloud"), False),
        ((*VOLUME, "cloudInitNoCloud", "userdata"), False),
        (("template", "pasword"), False),
        (("template", "template", 0, "spec"), False),
    ],
)
def test_what_may_be_a_secret_is_told_by_kubevirts_fields(
    path: tuple[str | int, ...], shown: bool
) -> None:
    assert may_show(path) == shown


@pytest.mark.parametrize("complete", [True, False])
def test_any_object_of_kubevirts_is_taken_or_refused_in_words(complete: bool) -> None:
    for seed in range(60):
        template = random_object(random.Random(seed), complete=complete)
        for problem in problems({"template": template}):
            assert problem.top == "template"
            assert problem.rule
            assert problem.fix
