"""Pools as people write them, imported: they stay what they are wherever a pool may be so."""

from __future__ import annotations

import copy

import pytest
import yaml
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.text.paths import dotted
from kubevirt_vm_pool.validation import validate
from manifests_to_import import LAB

from vmpool.imports.conversion import Imported, imported
from vmpool.imports.difference import differing
from vmpool.imports.manifests import chosen, objects_in

STACK = "user1"


def of(text: str) -> Imported:
    """Return what is imported of manifests."""
    return imported(chosen(objects_in(text, "pool.yaml")), STACK)


def changed(old: str, new: str) -> str:
    """Return the lab's files with something else in them."""
    assert old in LAB
    return LAB.replace(old, new)


def differences(text: str) -> list[str]:
    """Return every place where an object of the stack is otherwise than in the manifests."""
    config = copy.deepcopy(of(text).config)
    made = objects(validate.specify(config, stack=STACK, where="x"))
    by_kind = {one["kind"]: one for one in made.values()}
    found = []
    for one in yaml.safe_load_all(text):
        # What is said as text is stored in base64, and the namespace is the stack's.
        one["metadata"]["namespace"] = STACK
        if one["kind"] == "Secret":
            one["data"] = by_kind["Secret"]["data"]
            del one["stringData"]
        found += [f"{one['kind']}: {dotted(p.path)}" for p in differing(one, by_kind[one["kind"]])]
    return found


def places(text: str) -> list[str]:
    """Return what is told, "!" before what cannot be said."""
    return [("! " if note.lost else "") + note.where for note in of(text).notes]


VM = "VirtualMachinePool: spec.virtualMachineTemplate.spec"
TOLD_OF_THE_LAB = [
    "VirtualMachinePool lab05-webserver: metadata.namespace",
    "VirtualMachinePool lab05-webserver: spec.running",
    "VirtualMachinePool lab05-webserver: domain.resources.requests.cpu",
    "Secret lab05-cloudinit: data.userdata",
]


def test_the_labs_four_files_differ_in_what_is_named() -> None:
    assert places(LAB) == TOLD_OF_THE_LAB
    assert sorted(differences(LAB)) == [
        f"{VM}.runStrategy",
        f"{VM}.running",
        f"{VM}.template.spec.domain.resources.requests.cpu",
    ]


def test_the_labs_four_files_are_a_short_stack_file() -> None:
    config = of(LAB).config
    # Every update restarts all at once, and no probe waits for the web server: so the lab has it.
    assert config.pop("rollout") == {"maxUnavailable": None}
    assert config.pop("readinessProbe") == {"enabled": False}
    volume = {
        "name": "datavolumedisk",
        "persistentVolumeClaim": None,
        "dataVolume": {"name": "lab05-webserver-disk"},
    }
    assert config.pop("template") == {"template": {"spec": {"volumes": [volume]}}}
    assert config == {
        "name": "lab05-webserver",
        "disk": {"source": {"pvc": {"name": "fedora-cloud-nginx-base"}}},
        "password": "kubevirt",
        "cloudInit": {"timezone": "Europe/Zurich", "secretName": "lab05-cloudinit"},
        "tolerations": [
            {"key": "baremetal", "operator": "Equal", "value": "true", "effect": "NoSchedule"}
        ],
        "autoscaling": {
            "minReplicas": 2,
            "maxReplicas": 5,
            "targetCPUUtilizationPercentage": 50,
        },
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("datavolumedisk", "rootdisk"),
        ("cloudinitdisk", "init"),
        ("lab05-webserver-disk", "lab05-webserver-root"),
        ("v1alpha1", "v1beta1"),
        ("  replicas: 2\n", "  replicas: 2\n  maxUnavailable: 25%\n"),
        ("  replicas: 2\n", "  replicas: 2\n  updateStrategy: {unmanaged: {}}\n"),
        (
            "  replicas: 2\n",
            "  replicas: 2\n  scaleInStrategy: {proactive: {statePreservation: Offline}}\n",
        ),
        ("cpu: {cores: 1}", "cpu: {cores: 1, model: host-passthrough}"),
        ("bus: virtio", "bus: sata"),
        ("disk: {bus: virtio}", "disk: {}"),
        ("pvc:\n              access", "storage:\n              access"),
        (
            "name: lab05-webserver-disk\n          spec",
            "name: lab05-webserver-disk\n            labels: {a: b}\n          spec",
        ),
    ],
)
def test_a_pool_stays_as_it_is_down_to_its_names(old: str, new: str) -> None:
    text = changed(old, new)
    assert (places(text), sorted(differences(text))) == (
        TOLD_OF_THE_LAB,
        sorted(differences(LAB)),
    )


def told_of(text: str) -> list[str]:
    """Return what is told beyond what the lab has anyway."""
    return [one for one in places(text) if one not in TOLD_OF_THE_LAB]


POOL = "VirtualMachinePool lab05-webserver"


def test_another_selector_is_named_since_it_cannot_be_changed() -> None:
    text = changed("kubevirt.io/vmpool: lab05-webserver", "app: web")
    labels = "spec.virtualMachineTemplate"
    assert told_of(text) == [
        f"{POOL}: spec.selector",
        f"{POOL}: {labels}.metadata.labels",
        f"{POOL}: {labels}.spec.template.metadata.labels",
        "Service lab05-webserver: spec.selector",
    ]
    assert of(text).config["vmLabels"] == {"app": "web"}


def test_disks_without_the_pools_name_are_named() -> None:
    text = changed("lab05-webserver-disk", "fedora")
    assert told_of(text) == [f"{POOL}: spec.dataVolumeTemplates.fedora"]


def test_what_a_stack_cannot_say_of_a_pool_is_named() -> None:
    text = changed("  replicas: 2\n", "  replicas: 2\n  paused: true\n")
    assert told_of(text) == [f"! {POOL}: spec.paused"]


def test_documents_in_a_pools_volume_stay_there() -> None:
    text = changed("secretRef: {name: lab05-cloudinit}", 'userData: "#cloud-config\\nusers: []"')
    assert told_of(text) == ["! Secret lab05-cloudinit"]
    assert of(text).config["cloudInit"] is False


def test_no_note_shows_a_document_of_a_volume() -> None:
    text = changed("secretRef: {name: lab05-cloudinit}", 'userDataBase64: "hunter2!"')
    found = of(text)
    assert "userDataBase64: is no base64" not in found.problems
    assert "userDataBase64" in found.problems
    assert "hunter2" not in " ".join([found.problems, *map(str, found.notes)])


def test_a_pool_with_autohealing_says_what_that_is() -> None:
    text = changed("  replicas: 2\n", "  replicas: 2\n  autohealing: {}\n")
    assert told_of(text) == [f"{POOL}: spec.autohealing"]
