"""What an autoscaler measures, in every form that autoscaling/v2 has."""

from __future__ import annotations

from typing import Any

import pytest

from vmpool.status.reading import load

OF_A_SERVICE = {"describedObject": {"kind": "Service", "name": "web"}, "metric": {"name": "hits"}}


@pytest.mark.parametrize(
    ("kind", "named", "target", "current", "told"),
    [
        (
            "Resource",
            {"name": "cpu"},
            {"averageUtilization": 50},
            {"averageUtilization": 0, "averageValue": "0"},
            "cpu 0 % of 50 %",
        ),
        (
            "ContainerResource",
            {"name": "memory", "container": "compute"},
            {"averageValue": "1Gi"},
            {"averageValue": "700Mi"},
            "memory 700Mi of 1Gi",
        ),
        ("Pods", {"metric": {"name": "rps"}}, {"averageValue": "5"}, {}, "rps not measured of 5"),
        ("Object", OF_A_SERVICE, {"value": "2k"}, {"value": "500"}, "hits 500 of 2k"),
        ("External", {"metric": {"name": "queue"}}, {"value": "9"}, {"value": "3"}, "queue 3 of 9"),
    ],
)
def test_the_load_is_what_is_measured_of_what_is_meant(
    kind: str, named: dict[str, Any], target: dict[str, Any], current: dict[str, Any], told: str
) -> None:
    place = kind[0].lower() + kind[1:]
    meant = {"type": kind, place: {**named, "target": target}}
    measured = {"type": kind, place: {**named, "current": current}}
    assert list(load([meant], [measured])) == [told]
