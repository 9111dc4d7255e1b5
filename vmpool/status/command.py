"""`vmpool status`: from the names of stacks to the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from kubevirt_vm_pool.manifests.objects import objects

from .. import target
from ..console import UserError
from ..stack import stack_files
from ..stack.project import ROOT
from ..stack.stack_files import Stack
from ..target import Target
from . import looking, reading
from .as_html import as_html
from .as_json import as_json
from .as_text import text
from .facts import Report, StackStatus, State

CLUSTERS_AT_ONCE = 4
Form = Callable[[Report], str]
FORMS: Mapping[str, Form] = {"text": text, "json": as_json, "html": as_html}
# The embedded control plane is nobody's choice: it is there once something was brought up.
NO_CLUSTER = (
    "no cluster is named, and no embedded control plane was made yet\n"
    "set KUBECONFIG or kubernetes:context, or make up STACK={name}"
)


def form(name: str, refresh: int | None = None) -> Form:
    """Return what writes a report in a form. refresh: seconds until a page loads itself anew."""
    return partial(as_html, refresh=refresh) if name == "html" else FORMS[name]


def report(names: Iterable[str], root: Path = ROOT) -> Report:
    """Return how stacks are doing; one that cannot be looked at is told too, and not raised.

    root: the project's folder.
    """
    found: list[StackStatus] = []
    by_cluster: dict[str, list[Stack]] = {}
    for name in names:
        try:
            stack = stack_files.read(name, root)
            by_cluster.setdefault(json.dumps(stack.kubernetes, sort_keys=True), []).append(stack)
        except UserError as error:
            found.append(_unseen(name, error))
    with ThreadPoolExecutor(CLUSTERS_AT_ONCE) as pool:
        for some in pool.map(_of_one_cluster, by_cluster.values()):
            found += some
    return Report.of(found, datetime.now(UTC))


def _unseen(name: str, error: Exception) -> StackStatus:
    return StackStatus(name, State.UNSEEN, why=(str(error),))


def _of_one_cluster(stacks: list[Stack]) -> list[StackStatus]:
    """Return how stacks are doing that name the same cluster."""
    try:
        place = target.existing(stacks[0])
    except UserError:
        return [_without_cluster(stack) for stack in stacks]
    if place is None:
        why = NO_CLUSTER
        return [
            StackStatus(one.name, State.NOT_UP, why=(why.format(name=one.name),)) for one in stacks
        ]
    found, wanted = [], []
    for stack in stacks:
        try:
            wanted.append(_wanted(stack, place))
        except UserError as error:
            found.append(_unseen(stack.name, error))
    return [*found, *_seen(place, wanted)]


def _without_cluster(stack: Stack) -> StackStatus:
    """Return of a stack whose cluster cannot be found why not: the reason may name its file."""
    try:
        target.existing(stack)
    except UserError as error:
        return _unseen(stack.name, error)
    return StackStatus(stack.name, State.UNSEEN, why=("its cluster was there only now",))


def _wanted(stack: Stack, place: Target) -> reading.Wanted:
    stack.require_known()
    spec = stack.specification()
    return reading.Wanted(
        stack.name,
        str(place),
        spec,
        objects(spec),
        frozenset(stack.ciphertexts),
        frozenset(stack.encrypted),
    )


def _seen(place: Target, wanted: list[reading.Wanted]) -> list[StackStatus]:
    resources: dict[str, frozenset[str]] = {}
    for one in wanted:
        for namespace, asked in one.resources.items():
            resources[namespace] = resources.get(namespace, frozenset()) | asked
    if not resources:
        return []
    kubectl = place.kubectl()
    seen = looking.look(kubectl, resources)
    short = {one.spec.namespace for one in wanted if reading.not_ready(one, seen)}
    events = looking.warnings(kubectl, short)
    return [reading.status(one, seen, events.get(one.spec.namespace)) for one in wanted]
