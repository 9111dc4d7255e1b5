"""What is said of disks that are right, but may surprise."""

from __future__ import annotations

import pytest
from configurations import specification
from kubevirt_vm_pool.validation.warnings import warnings

ISO = "disks: {iso: {containerDisk: {image: a}, type: cdrom, bootOrder: 1}}"
IN_PLACE = "disk:\ncontainerDisk: {image: a%s}\n"


@pytest.mark.parametrize(("said", "key"), [("", "disk"), (IN_PLACE % "", "containerDisk")])
def test_it_is_said_that_vms_do_not_boot_from_what_has_no_place_at_boot(
    said: str, key: str
) -> None:
    assert warnings(specification(f"{said}{ISO}")) == [
        f"VMs do not boot from {key}: disks.iso has a bootOrder and {key} has none, and then only "
        "those with one are tried"
    ]


def test_it_is_said_that_vms_boot_from_a_network_alone() -> None:
    said = "networks: [{name: default, pod: {}, masquerade: {}, bootOrder: 1}]"
    assert warnings(specification(said)) == [
        "VMs do not boot from disk: networks[0] has a bootOrder and disk has none, and then only "
        "those with one are tried"
    ]


def test_it_is_said_which_gpu_can_migrate() -> None:
    said = (
        "gpus: [{name: a, deviceName: nvidia.com/a}]\nevictionStrategy: LiveMigrate\n"
        "disk: {accessModes: [ReadWriteMany], source: {pvc: {name: golden}}}"
    )
    (warning,) = warnings(specification(said))
    assert "VGPULiveMigration" in warning


@pytest.mark.parametrize(
    "said",
    [
        "",
        "disks: {iso: {containerDisk: {image: a}, type: cdrom}}",
        "disk: {bootOrder: 1, source: {pvc: {name: golden}}}",
        f"disk: {{bootOrder: 2, source: {{pvc: {{name: golden}}}}}}\n{ISO}",
        f"{IN_PLACE % ', bootOrder: 2'}{ISO}",
    ],
)
def test_nothing_is_said_where_vms_boot_from_their_disk(said: str) -> None:
    assert warnings(specification(said)) == []
