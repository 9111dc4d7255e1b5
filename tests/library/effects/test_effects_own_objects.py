"""What a change of what a replica has of its own does."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import MARKER, specification
from kubevirt_vm_pool.effects import Severity, effects
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects
from lab_effects import told_of

PLAIN = "autoscaling:\nreplicas: 3\n"
VOLUMES = """
volumes:
  - {name: site, configMap: {name: site}}
  - {name: tls, secret: {secretName: tls}}
"""


def pool_of(changes: str, **per_replica: Any) -> dict[str, Object]:
    said = {**{"values": [1, 2, 3, 4, 5, 6, 7], "spare": 1}, **per_replica}
    return objects(specification(f"{PLAIN}{changes}\nperReplica: {said!r}".replace("''", '""')))


OWN = {"hostname": "web{{ index }}", "config": {"final_message": "{{ values }}"}}
GETS = "get their new cloud-init documents only when created anew, with their disks"
GETS_IT = "gets its new cloud-init documents only when created anew, with its disk"
ONCE = "cloud-init runs once per instance"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([1, 9, 3, 4], f"lab05-webserver-1 {GETS_IT}: {ONCE}"),
        ([9, 2, 3, 9], f"lab05-webserver-0 and lab05-webserver-3 {GETS}: {ONCE}"),
        ([9, 8, 7, 6], f"lab05-webserver-0 to lab05-webserver-3 {GETS}: {ONCE}"),
    ],
)
def test_the_replicas_that_see_a_changed_value_are_named(values: list[int], text: str) -> None:
    told = told_of(pool_of("", **OWN), pool_of("", **OWN, values=values))
    assert told == [("new replicas only", text)]


def test_many_replicas_with_gaps_are_counted() -> None:
    values = [9, 2, 9, 4, 9, 9, 9]
    told = told_of(pool_of("", **OWN, spare=4), pool_of("", **OWN, spare=4, values=values))
    names = ", ".join(f"lab05-webserver-{index}" for index in (0, 2, 4))
    assert told == [("new replicas only", f"{names} and 2 more {GETS}: {ONCE}")]


def test_a_mounted_object_is_seen_at_the_next_start_of_its_vm() -> None:
    one, other = (
        pool_of(VOLUMES, secrets={"tls": {"a": text}}, configMaps={"site": {"a": text}})
        for text in ("{{ values }}", "{{ values }}{% if index == 2 %}!{% endif %}")
    )
    assert told_of(one, other) == [
        (
            "new replicas only",
            "lab05-webserver-2 sees the new content of its ConfigMaps and Secrets at the next "
            "start",
        )
    ]


def test_per_replica_on_a_running_pool_touches_what_comes_later_only() -> None:
    found = effects(objects(specification(PLAIN)), pool_of("", **OWN))
    assert max(effect.severity for effect in found) <= Severity.OTHER
    assert [effect.text for effect in found] == [
        "Secrets for lab05-webserver-0 to lab05-webserver-3 are created",
        "VMs of lab05-webserver keep the Secrets and ConfigMaps that they have; those created or "
        "updated from now on take the new names",
    ]


def test_a_running_pool_cannot_lose_what_its_vms_have_of_their_own() -> None:
    shared = objects(specification(PLAIN))
    found = effects(pool_of("", **OWN), shared)
    assert found[0].severity is Severity.STRANDED
    assert found[0].text == (
        "VMs of lab05-webserver go on to name Secrets and ConfigMaps with their index, which are "
        "no longer made: they would not start again (set replicas to 0 first, or change the "
        "template too)"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "replicas: 0"),
        ("replicas: 0", ""),
        # Every VM is written anew, and then names the shared Secret again.
        ("", "memory: 4Gi"),
        ("", "rollout: {strategy: opportunistic}\nmemory: 4Gi"),
    ],
)
def test_it_may_where_no_vm_goes_on_to_name_them(before: str, after: str) -> None:
    shared = objects(specification(f"autoscaling:\n{after or 'replicas: 0'}"))
    found = effects(pool_of(before, **OWN), shared)
    assert Severity.STRANDED not in {effect.severity for effect in found}


def test_it_may_not_where_updates_reach_new_vms_only() -> None:
    unmanaged = "rollout: {strategy: unmanaged}\n"
    shared = objects(specification(f"{PLAIN}{unmanaged}memory: 4Gi"))
    found = effects(pool_of(unmanaged, **OWN), shared)
    assert found[0].severity is Severity.STRANDED


def test_what_a_smaller_pool_may_still_need_is_kept() -> None:
    told = told_of(pool_of("", **OWN), pool_of("replicas: 1", **OWN))
    assert told[-1] == (
        "other objects only",
        "Secrets of lab05-webserver-2 and lab05-webserver-3 stay until lab05-webserver has been "
        "at 0 replicas",
    )


def test_what_a_pool_that_was_at_0_does_not_need_goes() -> None:
    told = told_of(pool_of("replicas: 0", **OWN, spare=3), pool_of("replicas: 0", **OWN))
    assert told == [
        ("other objects only", "Secrets for lab05-webserver-1 and lab05-webserver-2 are removed")
    ]


def test_no_value_is_shown() -> None:
    found = effects(pool_of("", **OWN), pool_of("", **OWN, values=[MARKER] * 9))
    assert found
    assert MARKER not in repr(found)


def test_what_no_replica_mounts_any_more_goes() -> None:
    secrets = {"tls": {"a": "{{ values }}"}}
    before = pool_of("volumes: [{name: tls, secret: {secretName: tls}}]", **OWN, secrets=secrets)
    told = told_of(before, pool_of("", **OWN))
    assert (
        "other objects only",
        "Secrets for lab05-webserver-0 to lab05-webserver-3 are removed",
    ) in told
