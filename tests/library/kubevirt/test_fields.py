"""The data on KubeVirt's fields: whole, and read as they are meant."""

from __future__ import annotations

import pytest
from kubevirt_vm_pool.kubevirt.fields import FILE, SCALARS, Field, fields

TYPES = fields().types
NEWEST = fields().newest


def test_every_type_that_a_field_has_is_described() -> None:
    named = {field.of for members in TYPES.values() for field in members.values()}
    assert named - SCALARS - TYPES.keys() == set()


def test_every_type_can_be_reached_from_a_pools_spec() -> None:
    reached, to_do = set(), [fields().root]
    while to_do:
        name = to_do.pop()
        if name not in reached and name in TYPES:
            reached.add(name)
            to_do += [field.of for field in TYPES[name].values()]
    assert reached == TYPES.keys()


@pytest.mark.parametrize(
    ("name", "key", "versions"),
    [
        ("v1.Disk", "name", ["1.5", "1.6", "1.7", "1.8", "1.9"]),
        ("v1.Interface", "portRanges", ["1.9"]),
        ("v1.DomainSpec", "rebootPolicy", ["1.8", "1.9"]),
        # Its type was another one before 1.8, with this member, too.
        ("v1.TLBFlush", "enabled", ["1.5", "1.6", "1.7", "1.8", "1.9"]),
        ("v1.TLBFlush", "direct", ["1.8", "1.9"]),
        # Kubernetes' type until 1.8, KubeVirt's own from 1.9.
        ("v1.VirtualMachineInstanceResourceClaim", "name", ["1.6", "1.7", "1.8", "1.9"]),
        ("v1beta1.VirtualMachinePoolSelectionPolicy", "basePolicy", ["1.6"]),
        ("v1beta1.VirtualMachinePoolSelectionPolicy", "sortPolicy", ["1.7", "1.8", "1.9"]),
    ],
)
def test_a_field_is_known_in_the_versions_that_have_it(
    name: str, key: str, versions: list[str]
) -> None:
    field = TYPES[name][key]
    known = [one for one in fields().versions if field.known_in(one)]
    assert [f"{major}.{minor}" for major, minor in known] == versions


def test_what_was_required_once_is_required_in_the_versions_of_then() -> None:
    device = TYPES["v1.GPU"]["deviceName"]
    assert [device.required_in((1, minor)) for minor in (4, 5, 6, 10)] == [True, True, False, False]
    assert TYPES["v1.GPU"]["name"].required_in((1, 10))


def test_lists_maps_and_single_values_are_told_apart() -> None:
    disks, labels = Field("[v1.Disk]"), Field("{string}")
    assert (disks.is_list, disks.is_map, disks.of) == (True, False, "v1.Disk")
    assert (labels.is_list, labels.is_map, labels.of) == (False, True, "string")
    assert Field("int32").of == "int32"


def test_lists_with_keys_of_their_own_say_them() -> None:
    vmi = TYPES["v1.VirtualMachineInstanceSpec"]
    assert vmi["topologySpreadConstraints"].keys == ("topologyKey", "whenUnsatisfiable")
    assert vmi["resourceClaims"].keys == ("name",)
    assert vmi["tolerations"].keys == ()


def test_the_data_hold_names_and_no_sentences() -> None:
    for line in FILE.read_text(encoding="utf-8").splitlines():
        assert ". " not in line, line[:80]
