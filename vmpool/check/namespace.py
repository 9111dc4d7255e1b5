"""Whether the namespace is there, and who brings a stack up may make its objects."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from http import HTTPStatus

from kubevirt_vm_pool.manifests.golden_images import cloning_account, images_elsewhere
from kubevirt_vm_pool.manifests.roles import Role
from kubevirt_vm_pool.text.paths import at

from ..needed_rights import DIAGNOSE, DIAGNOSED, MAKE, NEEDED_BY_UP, SYSTEM
from .finding import Finding, error, warning
from .snapshot import (
    Access,
    Object,
    Question,
    Resource,
    Snapshot,
    UnseenError,
    everywhere,
    message_of,
    resource_of,
    review,
)
from .subject import DATA_VOLUMES, NAMESPACES, Subject, accesses, named

PODS = Resource("", "v1", "pods")
# How an API server refuses what it would do, and not what it understood.
REFUSALS = (HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.UNPROCESSABLE_ENTITY)
# Of a webhook that would do more than answer.
# What quotas.py tells, and of all VMs.
BY_QUOTA = ("exceeded quota", "status unknown for quota")
NO_DRY_RUN = "does not support dry run"


def namespace_is_there(subject: Subject) -> Iterator[Finding]:
    found = subject.cluster.get(NAMESPACES, "", subject.namespace)
    if found is None and not subject.spec.create_namespace:
        yield error(
            "namespace-missing",
            "its namespace does not exist",
            "ask its administrator for it, or set createNamespace",
        )
    elif at(found, "status", "phase") == "Terminating":
        yield error(
            "namespace-terminating",
            "its namespace is being deleted",
            "wait until it is gone, and make it again",
        )


def rights(subject: Subject) -> Iterator[Finding]:
    """Look at the rights for every kind of object, in the order of the objects."""
    wanted: dict[tuple[Resource, str], list[str]] = {}
    for manifest in subject.objects.values():
        resource, place = resource_of(manifest), str(manifest["metadata"].get("namespace") or "")
        wanted.setdefault((resource, place), []).append(manifest["metadata"]["name"])
    # All at once: an administrator may everything, and is asked no more.
    subject.cluster.require(everywhere(one) for kind in wanted for one in accesses(*kind))
    for (resource, place), names in wanted.items():
        asked = accesses(resource, place)
        verbs = [one.verb for one in asked if not _allowed(subject.cluster, one, names)]
        if NEEDED_BY_UP.intersection(verbs):
            yield _may_not("right-missing", verbs, resource, place, subject)
        elif verbs:
            found = _may_not("right-missing-down", verbs, resource, place, subject)
            fails = "a down will fail" if verbs == ["delete"] else "an up or a down may fail"
            yield warning(found.id, f"{found.sentence}: {fails}", found.way_out)
    if not subject.cluster.allowed(Access("get", NAMESPACES, "", SYSTEM)):
        yield warning(
            "right-missing-identity",
            f"you may not get namespace {SYSTEM}, by whose UID a stack knows its cluster again: an "
            "up on a wrong one is not refused",
            f"ask an administrator for it: `kubectl create clusterrole vmpool --verb=get "
            f"--resource=namespaces --resource-name={SYSTEM}`, and a ClusterRoleBinding",
        )


def _allowed(cluster: Snapshot, access: Access, names: Sequence[str]) -> bool:
    """Tell whether somebody may do something to all objects of a kind, or to those of some names.

    The least that a Role can give is by name (`vmpool ci rbac`), but for what is to be created.
    """
    if cluster.allowed(access) or access.verb in MAKE:
        return cluster.allowed(access)
    by_name = [access._replace(name=name) for name in names]
    cluster.require(map(review, by_name))
    return all(map(cluster.allowed, by_name))


def _may_not(
    id: str, verbs: list[str], resource: Resource, place: str, subject: Subject
) -> Finding:
    group = f".{resource.group}" if resource.group else ""
    where = f" in namespace {place}" if place not in ("", subject.namespace) else ""
    return error(
        id,
        f"you may not {', '.join(verbs)} {resource.plural}{where}",
        f"ask an administrator for it: `kubectl create role vmpool --verb={','.join(verbs)} "
        f"--resource={resource.plural}{group}`, and a RoleBinding",
    )


def rights_to_wait(subject: Subject) -> Iterator[Finding]:
    """Look at what waitForReady reads to say why VMs are not ready."""
    if not subject.spec.wait_for_ready:
        return
    for group, plurals in DIAGNOSED.items():
        for plural in plurals:
            kind = Resource(group, "v1", plural)
            asked = [Access(verb, kind, subject.namespace) for verb in DIAGNOSE]
            subject.cluster.require(map(everywhere, asked))
            verbs = [one.verb for one in asked if not subject.cluster.allowed(one)]
            if verbs:
                yield warning(
                    "right-missing-wait",
                    f"you may not {', '.join(verbs)} {plural}, which waitForReady reads",
                    "ask an administrator for it, or remove waitForReady",
                )


def dry_run(subject: Subject) -> Iterator[Finding]:
    """Let the API server, with its webhooks and policies, judge every object that is not there.

    Others are judged by the engine's preview, as changes.
    """
    place = subject.cluster
    for role, manifest in subject.objects.items():
        resource, metadata = resource_of(manifest), manifest["metadata"]
        where = str(metadata.get("namespace") or "")
        # What lacks a right or a definition is told by others; values of Secrets stay here.
        if (
            role == Role.NAMESPACE
            or manifest["kind"] == "Secret"
            or not place.allowed(Access("create", resource, where))
            or place.there(resource, where, metadata["name"])
        ):
            continue
        answer = place.answer(_dry_run(resource, where, manifest))
        if any(sign in message_of(answer) for sign in BY_QUOTA):
            continue
        if answer.status in REFUSALS and NO_DRY_RUN not in message_of(answer):
            yield error(
                "refused",
                f"the API server would refuse {named(manifest)}: {message_of(answer)}",
                "correct what it names, or ask whoever set the rule",
            )
        # Without its namespace nothing can be tried, and that is told.
        elif answer.status not in (HTTPStatus.CREATED, HTTPStatus.OK, HTTPStatus.NOT_FOUND):
            raise UnseenError(f"a dry run of {named(manifest)}: {message_of(answer)}")


def _dry_run(resource: Resource, namespace: str, manifest: Object) -> Question:
    path = f"{resource.path(namespace)}?dryRun=All&fieldValidation=Strict"
    return Question(path, json.dumps(manifest, sort_keys=True))


def right_to_clone(subject: Subject) -> Iterator[Finding]:
    """Look at the right of the VMs' ServiceAccount, for which KubeVirt makes the disks."""
    if subject.spec.clone_access:
        return
    account = cloning_account(subject.spec)
    for image in dict.fromkeys(images_elsewhere(subject.spec)):
        if not _may_clone(subject.cluster, subject.namespace, account, image.namespace, image.name):
            yield error(
                "clone-not-allowed",
                f"the VMs' ServiceAccount {account} may not clone from namespace {image.namespace}",
                "set cloneAccess: true, or ask the owner of that namespace for a RoleBinding with "
                "create on datavolumes/source",
            )


def _may_clone(cluster: Snapshot, namespace: str, account: str, place: str, name: str) -> bool:
    """Tell whether CDI will let an account clone (CDI 1.66, authorize_utils.go)."""
    user = f"system:serviceaccount:{namespace}:{account}"
    groups = (
        "system:serviceaccounts",
        f"system:serviceaccounts:{namespace}",
        "system:authenticated",
    )
    source = Access("create", DATA_VOLUMES, place, name, "source")
    either = (source, Access("create", PODS, place))
    return any(cluster.allowed_to(user, groups, one) for one in either)
