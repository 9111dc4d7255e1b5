"""Whether autoscaling has what it measures by, and nobody else scales the pool."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.text.paths import at

from .finding import Finding, error
from .snapshot import Object, Question, Resource, UnseenError, message_of
from .subject import Subject

AUTOSCALERS = Resource("autoscaling", "v2", "horizontalpodautoscalers")
SCALED_OBJECTS = Resource("keda.sh", "v1alpha1", "scaledobjects")
# Which API each type of metric is read from, and what usually serves it.
APIS = {
    "Resource": ("metrics.k8s.io", "metrics-server"),
    "ContainerResource": ("metrics.k8s.io", "metrics-server"),
    "Pods": ("custom.metrics.k8s.io", "prometheus-adapter"),
    "Object": ("custom.metrics.k8s.io", "prometheus-adapter"),
    "External": ("external.metrics.k8s.io", "KEDA or prometheus-adapter"),
}


def metrics(subject: Subject) -> Iterator[Finding]:
    """Look at the APIs that the HPA's metrics come from."""
    wanted = at(subject.objects.get(Role.AUTOSCALER), "spec", "metrics") or ()
    for group, server in dict.fromkeys(APIS[one["type"]] for one in wanted):
        known = subject.cluster.document(f"/apis/{group}", f"get {group}")
        version = at(known, "preferredVersion", "groupVersion")
        if version is None:
            yield error(
                "metrics-missing",
                f"{group} is not served, and the autoscaler measures by it",
                f"install {server}",
            )
            continue
        answer = subject.cluster.answer(Question(f"/apis/{version}"))
        if answer.status in (HTTPStatus.FORBIDDEN, HTTPStatus.UNAUTHORIZED):
            raise UnseenError(f"you may not get {group}", forbidden=True)
        if answer.status != HTTPStatus.OK:
            yield error(
                "metrics-not-answering",
                f"{group} does not answer, and the autoscaler measures by it: {message_of(answer)}",
                f"see `kubectl describe apiservice {_service(version)}`, and what serves it "
                f"({server})",
            )


def _service(group_version: str) -> str:
    group, _, version = group_version.rpartition("/")
    return f"{version}.{group}"


def other_autoscalers(subject: Subject) -> Iterator[Finding]:
    yield from _too_many(subject, "HorizontalPodAutoscaler", _autoscalers(subject))


def scaled_objects(subject: Subject) -> Iterator[Finding]:
    scaling = [one for one in subject.listed(SCALED_OBJECTS) if _about(one, subject)]
    # Whoever scales the pool is one, of whatever kind.
    beside = len(_autoscalers(subject)) if scaling and subject.spec.scaled_by_others else 0
    yield from _too_many(subject, "ScaledObject", scaling, beside)


def _autoscalers(subject: Subject) -> list[Object]:
    """Return the HPAs on the pool that are neither its own nor a ScaledObject's."""
    return [
        one
        for one in subject.listed(AUTOSCALERS)
        if _about(one, subject) and not _is_own(one, subject) and not _is_kedas(one)
    ]


def _about(scaler: Object, subject: Subject) -> bool:
    target = scaler["spec"].get("scaleTargetRef") or {}
    # A ScaledObject without a kind is about a Deployment.
    return bool(target.get("kind") == "VirtualMachinePool" and target["name"] == subject.spec.name)


def _is_own(scaler: Object, subject: Subject) -> bool:
    own = subject.objects.get(Role.AUTOSCALER)
    return own is not None and own["metadata"]["name"] == scaler["metadata"]["name"]


def _is_kedas(scaler: Object) -> bool:
    """Tell whether KEDA made an HPA: its ScaledObject is told then."""
    owners = scaler["metadata"].get("ownerReferences") or ()
    return any(one["kind"] == "ScaledObject" for one in owners)


def _too_many(
    subject: Subject, kind: str, scaling: list[Object], beside: int = 0
) -> Iterator[Finding]:
    """Yield what scales the pool and should not. beside: how many others do."""
    external = subject.spec.scaled_by_others
    if len(scaling) + beside <= (1 if external else 0):
        return
    among = " or the others" if external else ", or set autoscaling: {external: true}"
    for one in scaling:
        yield error(
            "scaled-by-another",
            f"{kind} {one['metadata']['name']} scales the pool, too",
            f"delete it: `kubectl delete {kind.lower()} {one['metadata']['name']}`{among}",
        )
