"""What a person gets to read of a stack that is up: where its VMs are reached."""

from __future__ import annotations

import pytest
from configurations import specification
from kubevirt_vm_pool.outputs import exports

from vmpool.summary import got
from vmpool.target import Target


@pytest.mark.parametrize(
    ("changes", "reach"),
    [
        ("", "http://lab05-webserver.user1.svc.cluster.local (inside the cluster)"),
        ("service: {ports: [{port: 8443}]}", "local:8443 (inside the cluster)"),
        ("service: false", "by no Service: the stack has none"),
        ("networks: false", "by no Service: the stack has none"),
        (
            "service: false\nservices: {public: {ports: [{port: 80}]}}",
            "Service lab05-webserver-public",
        ),
    ],
)
def test_a_summary_says_where_the_vms_are_reached(changes: str, reach: str) -> None:
    spec = specification(changes)
    (line,) = [one for one in got(spec, exports(spec), Target(None)).splitlines() if "reach" in one]
    assert line.endswith(reach)
