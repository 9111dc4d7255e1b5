"""Checks of stacks on their clusters: `vmpool check`, and what an up runs first."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from http import HTTPStatus

from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError
from kubevirt_vm_pool.text.variables import names_in

from .. import target
from ..console import Say, UserError, say
from ..render import objects_of
from ..stack import stack_files
from ..stack.stack_files import Stack
from ..target import Target
from . import api, as_json, as_text, cluster
from .checks import CHECKS, Check
from .finding import Severity
from .reading import Reader, judged
from .report import ClusterReport, Report, Unread, grouped
from .snapshot import Answer, NotAskedError, UnseenError, message_of
from .subject import Subject

# What asks a cluster, for a while; raises KubectlError.
Opened = Callable[[Kubectl], AbstractContextManager[api.Ask]]

FORMS = {"text": as_text.as_text, "json": as_json.as_json}
# Names stacks, separated by commas: for one command, and kept nowhere.
ALLOWED = "VMPOOL_ALLOW_FINDINGS"
NO_CLUSTER = (
    "it names no cluster: set KUBECONFIG or kubernetes:context (the embedded control plane has no "
    "nodes, KubeVirt or CDI to look for)"
)


def checked(names: Iterable[str]) -> Report:
    """Look at the clusters of stacks, each of them once, and return what is found."""
    unread: list[Unread] = []
    places: dict[tuple[str | None, str | None], list[Stack]] = {}
    for name in names:
        try:
            stack = stack_files.read(name)
            objects_of(stack)
        except UserError as error:
            unread.append(Unread(name, str(error)))
        else:
            own = stack.kubernetes
            places.setdefault((own.get("context"), own.get("kubeconfig")), []).append(stack)
    reports = []
    for stacks in places.values():
        try:
            place = target.named(stacks[0])
            if place is None or place.embedded:
                raise UserError(NO_CLUSTER)
        except UserError as error:
            unread += [Unread(one.name, str(error)) for one in stacks]
        else:
            reports.append(of_cluster(place.kubectl(), str(place), stacks))
    return Report(tuple(reports), tuple(unread))


def require(stack: Stack, place: Target, kubectl: Kubectl, say: Say = say) -> None:
    """Raise UserError if the cluster is not fit for a stack; what is not seen is only said.

    place: a cluster that somebody named; the embedded one has nothing to look for. say: takes what
    there is to say.
    """
    report = before_up(stack, place, kubectl)
    if report.unseen:
        say(_not_checked(report))
    for line in as_text.told_in_lines(report.told, 1):
        say(line)
    require_fit(stack, report)


def before_up(
    stack: Stack, place: Target, kubectl: Kubectl, opened: Opened = api.opened
) -> ClusterReport:
    """Return what an up of a stack is told of its cluster: errors, and what is not seen."""
    checks = tuple(one for one in CHECKS if one.before_up)
    report = of_cluster(kubectl, str(place), [stack], checks, opened)
    told = (one for one in report.told if one.finding.severity != Severity.WARNING)
    return replace(report, told=tuple(told))


def sentences(report: ClusterReport) -> list[str]:
    """Return what before_up has found in sentences, where there is no place for as_text's lines."""
    unseen = [_not_checked(report)] if report.unseen else []
    return unseen + [
        f"{as_text.MARKS[finding.severity]}: {finding.sentence}; {finding.way_out}"
        for _, finding, _ in report.told
    ]


def require_fit(stack: Stack, report: ClusterReport) -> None:
    """Raise UserError for the errors that before_up has found, unless somebody allows them."""
    told = (one.finding for one in report.told)
    errors = [finding.sentence for finding in told if finding.severity == Severity.ERROR]
    if errors and stack.name not in names_in(ALLOWED, os.environ):
        raise UserError(
            f"the cluster is not fit for stack {stack.name}: {errors[0]}{_more(errors)} (`vmpool "
            f"check --stack {stack.name}` says what to do); to go on all the same, set "
            f"{ALLOWED}={stack.name} for one command"
        )


def _not_checked(report: ClusterReport) -> str:
    return f"the cluster is not checked: {report.unseen}"


def _more(errors: Sequence[str]) -> str:
    return f", and {len(errors) - 1} more" if len(errors) > 1 else ""


def of_cluster(
    kubectl: Kubectl,
    name: str,
    stacks: Sequence[Stack],
    checks: tuple[Check, ...] = CHECKS,
    opened: Opened = api.opened,
) -> ClusterReport:
    """Return what is found of one cluster's stacks. name: of the cluster, in sentences."""
    specs = {stack.name: stack.specification() for stack in stacks}
    namespaces = {stack: spec.namespace for stack, spec in specs.items()}
    try:
        with opened(kubectl) as ask:
            reader = Reader(ask)
            reader.read([cluster.VERSION])
            answer = reader.snapshot.answer(cluster.VERSION)
            if answer.status != HTTPStatus.OK:
                return ClusterReport(name, namespaces, unseen=_silent(answer))
            subjects = {
                stack.name: Subject(specs[stack.name], objects_of(stack), reader.snapshot)
                for stack in stacks
            }
            found = judged(reader, subjects, checks)
    except KubectlError as error:
        return ClusterReport(name, namespaces, unseen=str(error))
    return ClusterReport(
        name,
        namespaces,
        cluster.kubernetes_version(reader.snapshot),
        _kubevirt_version(reader),
        tuple(grouped(found, checks)),
        checks,
    )


def _silent(answer: Answer) -> str:
    return f"the API server does not answer: {message_of(answer)}; see KUBECONFIG and the network"


def _kubevirt_version(reader: Reader) -> str:
    try:
        return cluster.kubevirt_version(reader.snapshot)
    except (NotAskedError, UnseenError):
        return ""
