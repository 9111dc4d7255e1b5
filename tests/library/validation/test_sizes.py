"""How large VMs are: what is said by template or by an image, and requests above it."""

from __future__ import annotations

import pytest
from configurations import problems, specification
from kubevirt_vm_pool.manifests.objects import objects
from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.text.paths import at
from kubevirt_vm_pool.validation.warnings import warnings

# KubeVirt takes the number of CPUs from the request, or the limit, where no other is said.
BY_REQUEST = "cpuRequest: 2\ntemplate: {template: {spec: {domain: {cpu: %s}}}}\nautoscaling:"
INFERRED = "instancetype: {inferFromVolume: datavolumedisk%s}\nautoscaling:"
IMAGE = "disk: {size: 6Gi, source: {dataSource: {name: fedora}}}"


def told(written: str) -> list[str]:
    assert [str(problem) for problem in problems(written)] == []
    return warnings(specification(written))


@pytest.mark.parametrize(
    ("written", "word"),
    [
        (
            "requests: {memory: 4Gi}",
            "requests.memory (4Gi) is more than the VMs have (2Gi): their nodes keep the rest free "
            "for nobody",
        ),
        (
            "cpuRequest: 1.5",
            "cpuRequest (1.5) is more than the VM has (cores: 1): its node keeps the rest free for "
            "nobody",
        ),
    ],
)
def test_a_request_above_what_a_vm_has_is_told_and_not_refused(written: str, word: str) -> None:
    assert told(written) == [word]


@pytest.mark.parametrize("cpu", ["null", "{cores: null, model: host-model}", "{sockets: 2}"])
def test_a_request_is_not_measured_by_cores_that_template_replaces(cpu: str) -> None:
    assert told(BY_REQUEST % cpu) == []


def test_dedicated_cpus_may_be_counted_by_the_request_alone() -> None:
    dedicated = "cpu: {dedicatedCpuPlacement: true}\nlimits: {cpu: 2}\n"
    assert told(dedicated + BY_REQUEST % "{cores: null}") == []


@pytest.mark.parametrize(
    "written",
    [
        f"{INFERRED % ''}\n{IMAGE}",
        f"{INFERRED % ''}\npreference: {{inferFromVolume: datavolumedisk}}",
        # It has a size of its own where the image has no label.
        f"{INFERRED % ', inferFromVolumeFailurePolicy: Ignore'}\nmemory: {{guest: 2Gi}}\n"
        "disk: {source: {http: {url: 'https://example.com/a.img'}}}",
    ],
)
def test_an_image_may_say_the_size(written: str) -> None:
    assert told(written) == []


def test_a_disk_that_says_the_size_is_a_data_volume_where_kubevirt_looks() -> None:
    pool = objects(specification(f"{INFERRED % ''}\n{IMAGE}"))[Role.POOL]
    vm = pool["spec"]["virtualMachineTemplate"]["spec"]
    volume = at(vm, "template", "spec", "volumes", 0)
    assert vm["instancetype"] == {"inferFromVolume": "datavolumedisk"}
    assert volume == {"name": "datavolumedisk", "dataVolume": {"name": "lab05-webserver-disk"}}
    assert at(vm, "template", "spec", "domain", "cpu") is None
