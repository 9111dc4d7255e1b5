"""What is accepted, and what it comes to mean."""

from __future__ import annotations

import pytest
from configurations import problems, specification
from good_configurations import GOOD, WITH_MORE_OBJECTS
from kubevirt_vm_pool.spec.service import ServicePort


def ports_of(written: str) -> list[ServicePort]:
    service = specification(written).service
    assert service
    return service.ports


@pytest.mark.parametrize("written", [*GOOD, *WITH_MORE_OBJECTS])
def test_what_is_sound_is_accepted(written: str) -> None:
    assert [str(problem) for problem in problems(written)] == []


def test_a_member_that_is_not_said_has_the_declared_default() -> None:
    spec = specification("service: {ports: [{port: 8080}]}")
    assert spec.service
    assert (spec.service.type, spec.service.ports[0].port) == ("ClusterIP", 8080)


def test_the_namespace_is_the_stack_where_none_is_said() -> None:
    assert specification(stack="user7").namespace == "user7"


def test_a_number_stands_for_a_quantity() -> None:
    assert specification("cpuRequest: 0.5").cpu_request == "0.5"


def test_a_quantity_stays_as_it_is_written() -> None:
    assert specification("memory: 2048Mi").memory == "2048Mi"


def test_the_service_sends_to_its_own_port_where_no_target_is_said() -> None:
    (port,) = ports_of("service: {ports: [{port: 8080}]}")
    assert port.target == 8080


def test_the_service_sends_to_the_target_port_that_is_said() -> None:
    (port,) = ports_of("service: {ports: [{port: 80, targetPort: 8080}]}")
    assert port.target == 8080


def test_an_autoscaled_pool_starts_at_its_least_number() -> None:
    spec = specification("replicas: 4")
    assert (spec.autoscaled, spec.initial_replicas) == (True, 2)


def test_an_autoscaled_pool_without_a_least_number_starts_at_replicas() -> None:
    spec = specification(
        "replicas: 3\nautoscaling: {maxReplicas: 5, targetCPUUtilizationPercentage: 50}"
    )
    assert (spec.min_replicas, spec.initial_replicas) == (3, 3)


def test_a_parked_pool_has_no_autoscaler_and_no_vms() -> None:
    spec = specification("replicas: 0")
    assert (spec.autoscaled, spec.initial_replicas) == (False, 0)


def test_a_parked_pool_keeps_the_cpu_request_of_its_template() -> None:
    assert specification("replicas: 0").requested_cpu == specification().requested_cpu == "1"


def test_without_autoscaling_kubevirt_chooses_the_cpu_request() -> None:
    assert specification("autoscaling:").requested_cpu is None


def test_a_cpu_request_that_is_said_is_taken() -> None:
    assert specification("cpuRequest: 250m").requested_cpu == "250m"


def test_an_instancetype_leaves_no_cpu_request() -> None:
    spec = specification(
        "instancetype: {name: u1.small}\nautoscaling: {maxReplicas: 5, targetCPUAverageValue: 1}"
    )
    assert spec.requested_cpu is None


def test_the_names_of_disk_and_secret_begin_with_the_pool_name() -> None:
    spec = specification("name: web\ncloudInit:")
    assert (spec.disk_name, spec.secret_name) == ("web-disk", "web-cloudinit")


def test_a_secret_name_that_is_said_is_taken() -> None:
    assert specification("cloudInit: {secretName: lab05-cloudinit}").secret_name == (
        "lab05-cloudinit"
    )


@pytest.mark.parametrize(
    ("written", "version"),
    [("1.8", (1, 8)), ("v1.10.2", (1, 10)), ("1.9.0-rc.0", (1, 9))],
)
def test_a_version_is_compared_by_its_numbers(written: str, version: tuple[int, int]) -> None:
    assert specification({"kubevirtVersion": written}).kubevirt == version


def test_what_is_optional_is_off() -> None:
    spec = specification()
    assert not any((spec.clone_access, spec.protect, spec.adopt, spec.wait_for_ready))
    assert (spec.eviction_strategy, spec.disruption_budget, spec.network_policy) == (None,) * 3
    assert spec.scale_role is None


def test_waiting_has_a_limit_that_nobody_need_say() -> None:
    assert specification("waitForReady: true").wait_for_ready_minutes == 10


def test_a_specification_cannot_be_changed() -> None:
    with pytest.raises(ValueError, match="frozen"):
        specification().replicas = 3  # type: ignore[misc]
