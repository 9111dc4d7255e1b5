"""`vmpool diff` of stacks whose networks, Services and cloud-init come or go."""

from __future__ import annotations

from repository import Repository, original, repository, stack_file

from vmpool.diff.as_text import text

__all__ = ["original", "repository"]

NOTHING = "cloudInit: false\nservice: false\nnetworks: false\n"
TWO = (
    "networks: [{name: default, pod: {}, masquerade: {}},"
    " {name: a, multus: {networkName: a}, bridge: {}}]\n"
    "services: {public: {type: LoadBalancer}}\n"
)


def test_further_networks_and_services_are_told_object_by_object(repository: Repository) -> None:
    repository.write("alice", stack_file(TWO))
    report = text(repository.compared())
    assert (
        "2 VMs of web restart one by one (those not ready: all at once); their disks stay" in report
    )
    assert "Service web-public, " in report


def test_a_stack_that_leaves_cloud_init_service_and_network_out_is_compared_both_ways(
    repository: Repository,
) -> None:
    repository.write("alice", stack_file(NOTHING).replace("  password: anything\n", ""))
    report = text(repository.compared())
    for told in (
        "2 VMs of web restart one by one (those not ready: all at once); their disks stay",
        "Secret web-cloudinit, removed",
        "Service web, removed",
    ):
        assert told in report
    repository.commit()
    repository.write("alice", stack_file())
    back = text(repository.compared("HEAD"))
    assert "Secret web-cloudinit, " in back
    assert "Service web, " in back
