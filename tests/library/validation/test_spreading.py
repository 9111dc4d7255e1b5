"""Affinity and spreading that would hold nobody apart."""

from __future__ import annotations

from typing import Any

import pytest
from configurations import specification
from kubevirt_vm_pool.validation.warnings import warnings

HOST = "kubernetes.io/hostname"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PREFERRED = "preferredDuringSchedulingIgnoredDuringExecution"
POOL = {"kubevirt.io/vmpool": "lab05-webserver"}


def apart(selector: Any, kind: str = "podAntiAffinity") -> dict[str, Any]:
    """Return the changes that hold VMs apart (or together) by a selector."""
    term = {"topologyKey": HOST, **({"labelSelector": selector} if selector is not None else {})}
    return {"affinity": {kind: {REQUIRED: [term]}}}


def spread(selector: Any) -> dict[str, Any]:
    """Return the changes that spread VMs by a selector."""
    constraint = {"maxSkew": 1, "topologyKey": HOST, "whenUnsatisfiable": "DoNotSchedule"}
    more = {"labelSelector": selector} if selector is not None else {}
    return {"topologySpreadConstraints": [{**constraint, **more}]}


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        (apart(None), f"affinity.podAntiAffinity.{REQUIRED}[0]"),
        (apart(None, "podAffinity"), f"affinity.podAffinity.{REQUIRED}[0]"),
        (spread(None), "topologySpreadConstraints[0]"),
        (
            {
                "affinity": {
                    "podAntiAffinity": {
                        PREFERRED: [{"weight": 1, "podAffinityTerm": {"topologyKey": HOST}}]
                    }
                }
            },
            f"affinity.podAntiAffinity.{PREFERRED}[0].podAffinityTerm",
        ),
    ],
)
def test_without_a_selector_nothing_is_selected_which_is_told(changes: Any, key: str) -> None:
    assert warnings(specification(changes)) == [
        f"{key} has no labelSelector, and so selects no pod at all; those of lab05-webserver are "
        "labelSelector: {matchLabels: {kubevirt.io/vmpool: lab05-webserver}}"
    ]


@pytest.mark.parametrize("of", [apart, spread])
def test_labels_that_are_for_objects_and_not_for_vms_are_told(of: Any) -> None:
    changes = {"labels": {"app": "web"}, **of({"matchLabels": {"app": "web"}})}
    (told,) = warnings(specification(changes))
    assert (
        " selects no VM of lab05-webserver: they have kubevirt.io/vmpool: lab05-webserver, and "
        "not app: web, which vmLabels would give them (labels does not)" in told
    )


def test_a_spread_over_pods_of_others_is_told() -> None:
    (told,) = warnings(specification(spread({"matchLabels": {"app": "api"}})))
    assert told.startswith("topologySpreadConstraints[0] selects no VM of lab05-webserver")


@pytest.mark.parametrize(
    "changes",
    [
        apart({"matchLabels": POOL}),
        spread({"matchLabels": POOL}),
        spread({}),
        spread({"matchLabels": {"vm.kubevirt.io/name": "a"}}),
        {
            "vmLabels": {"app": "web"},
            "labels": {"app": "web"},
            **apart({"matchLabels": {"app": "web"}}),
        },
        apart({"matchLabels": {"app": "database"}}),
        {"labels": {"app": "web"}, **apart({"matchLabels": {"app": "web"}}, "podAffinity")},
        spread({"matchExpressions": [{"key": "app", "operator": "Exists"}]}),
    ],
)
def test_nothing_is_told_of_what_selects_vms_of_the_pool_or_pods_of_others(changes: Any) -> None:
    assert warnings(specification(changes)) == []
