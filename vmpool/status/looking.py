"""What namespaces of a cluster hold, by few calls of kubectl; nothing is changed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from kubevirt_vm_pool.cluster.kubectl import POOLS, Kubectl, KubectlError, last_line, plain
from kubevirt_vm_pool.cluster.wait import VMS

VMIS = "virtualmachineinstances.kubevirt.io"
EVENTS = "events"
# What there is of a pool in its namespace. Secrets are never read.
OF_A_POOL = frozenset(
    {POOLS, VMS, VMIS, "datavolumes.cdi.kubevirt.io", "persistentvolumeclaims"}
    | {"horizontalpodautoscalers.autoscaling", "services"}
)
# What else a stack may have, by kind.
RESOURCES: Mapping[str, str] = {
    "ConfigMap": "configmaps",
    "HorizontalPodAutoscaler": "horizontalpodautoscalers.autoscaling",
    "NetworkPolicy": "networkpolicies.networking.k8s.io",
    "PodDisruptionBudget": "poddisruptionbudgets.policy",
    "Role": "roles.rbac.authorization.k8s.io",
    "RoleBinding": "rolebindings.rbac.authorization.k8s.io",
    "Service": "services",
    "VirtualMachinePool": POOLS,
}

# More namespaces than this are asked for at once, where that is allowed.
ONE_BY_ONE = 8
AT_ONCE = 4
SECONDS_TO_ANSWER = 20
# A list of all namespaces comes in many pages.
SECONDS_FOR_ALL = 120

Object = Mapping[str, Any]


@dataclass(frozen=True)
class Seen:
    """What a namespace holds.

    hidden: why some of it was not seen, by resource ("services"); the resource "" is all of it.
    unknown: resources that the cluster does not have.
    """

    objects: tuple[Object, ...] = field(default=(), repr=False)
    hidden: Mapping[str, str] = field(default_factory=dict)
    unknown: frozenset[str] = frozenset()

    def of(self, kind: str) -> list[Object]:
        """Return the objects of a kind."""
        return [one for one in self.objects if one["kind"] == kind]

    def why_hidden(self, resource: str) -> str:
        """Return why objects of a resource were not seen, "" if they were."""
        return self.hidden.get("") or self.hidden.get(resource.partition(".")[0], "")


def look(kubectl: Kubectl, wanted: Mapping[str, frozenset[str]]) -> dict[str, Seen]:
    """Return what namespaces hold.

    wanted: resources by namespace, such as OF_A_POOL. What cannot be seen is told in Seen.hidden.
    """
    try:
        known = _known(kubectl)
    except KubectlError as error:
        return {namespace: Seen(hidden={"": str(error)}) for namespace in wanted}
    unknown = {name: asked - known for name, asked in wanted.items()}
    asked = {name: asked & known for name, asked in wanted.items()}
    return {
        name: Seen(seen.objects, seen.hidden, unknown[name])
        for name, seen in _lists(kubectl, asked).items()
    }


def warnings(kubectl: Kubectl, namespaces: Iterable[str]) -> dict[str, Seen]:
    """Return the warnings among the events of namespaces."""
    asked = dict.fromkeys(namespaces, frozenset({EVENTS}))
    return _lists(kubectl, asked, "--field-selector", "type=Warning")


def _lists(kubectl: Kubectl, asked: Mapping[str, frozenset[str]], *more: str) -> dict[str, Seen]:
    """Return what namespaces have of some resources. more: options of kubectl."""
    found = _everywhere(kubectl, asked, *more) if len(asked) > ONE_BY_ONE else None
    if found is not None:
        return found
    with ThreadPoolExecutor(AT_ONCE) as pool:
        seen = pool.map(lambda name: _listed(kubectl, name, asked[name], *more), asked)
        return dict(zip(asked, seen, strict=True))


def _known(kubectl: Kubectl) -> frozenset[str]:
    """Return the resources that a cluster has; raises KubectlError if it does not answer.

    kubectl refuses to list anything if it is asked for one that is not there.
    """
    # 1 is one where an extension does not answer, a metrics server for instance.
    done = kubectl.run(
        *("api-resources", "--namespaced", "--verbs=list", "-o", "name"),
        f"--request-timeout={SECONDS_TO_ANSWER}s",
        accept=(0, 1),
        seconds=2 * SECONDS_TO_ANSWER,
    )
    if not done.stdout.strip():
        raise KubectlError(last_line(done.stderr))
    return frozenset(done.stdout.split())


def _everywhere(
    kubectl: Kubectl, asked: Mapping[str, frozenset[str]], *more: str
) -> dict[str, Seen] | None:
    """Return what namespaces hold by one list of all of them; None if that may not be seen."""
    seen = _listed(kubectl, None, frozenset().union(*asked.values()), *more)
    if seen.hidden:
        return None
    by_namespace: dict[str, list[Object]] = {name: [] for name in asked}
    for one in seen.objects:
        by_namespace.get(one["metadata"]["namespace"], []).append(one)
    return {name: Seen(tuple(objects)) for name, objects in by_namespace.items()}


def _listed(kubectl: Kubectl, namespace: str | None, resources: frozenset[str], *more: str) -> Seen:
    """Return what a namespace has of some resources; None is all namespaces."""
    if not resources:
        return Seen()
    place = ("-n", namespace) if namespace else ("-A",)
    seconds = SECONDS_TO_ANSWER if namespace else SECONDS_FOR_ALL
    try:
        # It lists what it may, and fails for the rest.
        done = kubectl.run(
            *("get", ",".join(sorted(resources)), *place, *more, "-o", "json"),
            f"--request-timeout={seconds}s",
            accept=(0, 1),
            seconds=2 * seconds,
        )
        items = json.loads(done.stdout)["items"] if done.stdout.strip() else []
    except (KubectlError, ValueError) as error:
        return Seen(hidden={"": str(error)})
    return Seen(tuple(items), _hidden(done.stderr) if done.returncode else {})


def _hidden(said: str) -> dict[str, str]:
    """Return what kubectl says that it could not list, by resource."""
    found = {}
    for line in said.splitlines():
        denied = re.search(r'cannot list resource "([^"]+)"', line)
        if denied or line.startswith(("Error", "error", "Unable")):
            found[denied[1] if denied else ""] = plain(line)
    return found or {"": last_line(said)}
