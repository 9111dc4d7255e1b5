"""What a stack tells about itself."""

from __future__ import annotations

import pytest
from configurations import DEV_OUTPUTS, specification
from kubevirt_vm_pool.outputs import exports


def test_the_dev_stack_tells_its_names_its_address_and_its_size() -> None:
    assert exports(specification(stack="dev")) == DEV_OUTPUTS


@pytest.mark.parametrize(
    ("ports", "url"),
    [
        ("[{port: 80}]", "http://web.dev.svc.cluster.local"),
        ("[{port: 443}]", "https://web.dev.svc.cluster.local"),
        ("[{port: 8080}]", "web.dev.svc.cluster.local:8080"),
        ("[{port: 80, targetPort: 8080}]", "http://web.dev.svc.cluster.local"),
        ("[{name: a, port: 22}, {name: b, port: 80}]", "web.dev.svc.cluster.local:22"),
    ],
)
def test_the_url_is_that_of_the_first_port(ports: str, url: str) -> None:
    spec = specification(f"name: web\nservice: {{ports: {ports}}}", stack="dev")
    assert exports(spec)["url"] == url


@pytest.mark.parametrize(
    ("changes", "replicas"),
    [
        ("autoscaling:\nreplicas: 3", 3),
        ("autoscaling:\nreplicas: 0", 0),
        ("replicas: 0", 0),
        ("replicas: 4", {"min": 2, "max": 5}),
    ],
)
def test_the_number_of_vms_is_a_range_while_a_pool_is_autoscaled(
    changes: str, replicas: object
) -> None:
    assert exports(specification(changes))["replicas"] == replicas


def test_nothing_that_may_be_secret_is_told() -> None:
    assert "hunter2" not in str(exports(specification("password: hunter2")))
