"""What a value may be at a path of the configuration, as the models say."""

from __future__ import annotations

import pytest
from kubevirt_vm_pool.spec.defaults import declared
from kubevirt_vm_pool.spec.kinds import ANYTHING, TEXT, kinds_at
from kubevirt_vm_pool.text.paths import undotted


@pytest.mark.parametrize(
    ("key", "kinds"),
    [
        ("password", TEXT),
        ("replicas", {"integer"}),
        ("protect", {"boolean"}),
        ("runStrategy", TEXT),
        ("memory", TEXT | {"object"}),
        ("cloudInit", {"object", "boolean"}),
        ("networks", {"array", "boolean"}),
        ("disk.source.pvc.name", TEXT),
        ('nodeSelector["example.com/zone"]', TEXT),
        ("service.ports[0].port", {"integer"}),
        ("cloudInit.runCommands[0]", TEXT | {"array"}),
        ("perReplica.values[0].pin", ANYTHING),
        ("template.domain.cpu", ANYTHING),
        ("pasword", set()),
        ("disk.sizes", set()),
        ("replicas.x", set()),
        ("replicas[0]", set()),
    ],
)
def test_the_models_say_what_a_value_may_be(key: str, kinds: set[str]) -> None:
    assert kinds_at(undotted(key)) == kinds


def test_of_each_key_it_is_what_the_engine_is_told_too() -> None:
    for key, entry in declared().items():
        assert entry.kind in kinds_at((key,))
