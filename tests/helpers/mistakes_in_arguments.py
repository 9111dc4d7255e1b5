"""Wrong arguments of a VmPool, and what a report on each must say."""

from __future__ import annotations

from typing import Any

SOUND: dict[Any, Any] = {"password": "x", "disk": {"source": {"pvc": {"name": "golden"}}}}

# By what is wrong: the arguments, the argument that is named, and what to do about it.
MISTAKES: dict[str, tuple[dict[Any, Any], str, str]] = {
    "misspelt": ({"replcas": 3}, "replcas:", "did you mean replicas?"),
    "misspelt in an object": (
        {"disk": {"source": {"pvc": {"name": "golden", "namespce": "images"}}}},
        "disk.source.pvc.namespce:",
        "did you mean namespace?",
    ),
    "misspelt in a list": (
        {"service": {"ports": [{"prt": 80}]}},
        "service.ports[0].prt:",
        "did you mean port?",
    ),
    "misplaced": ({"pvc": {"name": "golden"}}, "pvc:", "its place is disk.source.pvc"),
    "two keys in one": ({"disk.size": "8Gi"}, "disk.size:", "write it inside of disk"),
    "two keys in one, in an object": (
        {"disk": {"source.pvc": {"name": "golden"}}},
        "disk.source.pvc:",
        "write it inside of disk.source",
    ),
    "unknown, with a dot": ({"dsk.size": "8Gi"}, "dsk.size:", "remove it"),
    "no text": ({1: 2}, "[1]:", "quote the key"),
    "unit": ({"memory": "2GB"}, "memory: 2GB", "did you mean 2Gi?"),
    "number": ({"replicas": "3"}, "replicas: 3", "write it without quotes: 3"),
    "no source": ({"disk": {}}, "disk.source:", "say what the disk is made from"),
    "no disk": ({"disk": None}, "disk.source:", "say what the disk is made from"),
    "empty source": ({"disk": {"source": {}}}, "disk.source:", "needs one of pvc"),
    "namespace": ({"namespace": "A_b"}, "namespace: A_b", "for instance a-b"),
    "autoscaling": (
        {"autoscaling": {"minReplicas": 2, "maxReplicas": 5}},
        "autoscaling:",
        "targetCPUUtilizationPercentage",
    ),
}
