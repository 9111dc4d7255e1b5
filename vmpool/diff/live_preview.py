"""The engine's own previews of stacks, on the cluster: what an up would do, and what has drifted.

A preview of the provider falls back to a guess without a word, and looks as good as any, where the
API server does not answer, knows no such kind or namespace, or does not allow the change. So the
API server is asked for the same by a dry run beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kubevirt_vm_pool.cluster.kubectl import Kubectl, KubectlError
from kubevirt_vm_pool.manifests.metadata import Object
from kubevirt_vm_pool.manifests.objects import objects

from .. import lifecycle, target
from ..console import UserError, step, tell
from ..engine import events, interruption
from ..manifest_yaml import as_yaml
from ..stack import stack_files
from .engine_preview import IN_THE_LOG, Digest, LivePreview, digest, previewed

if TYPE_CHECKING:
    from ..engine.inline import Run

# What a dry run says, and what that means for a preview; nothing else of it is shown.
REASONS = (
    (r"cannot (\w+) resource \"([^\"]+)\"", "this identity may not {} {} there"),
    (r"namespaces \"([^\"]+)\" not found", "namespace {} does not exist"),
    (r"no matches for kind \"([^\"]+)\" in version \"([^\"]+)\"", "the cluster knows no {} of {}"),
    (r"(\w+ \"[^\"]+\") is invalid", "the API server finds {} invalid"),
    (r"dial tcp|was refused|Unable to connect|no such host|timeout", "the cluster does not answer"),
    (r"Unauthorized|must be logged in", "the cluster does not know this identity"),
)


@interruption.in_order()
def previews(names: Iterable[str]) -> tuple[LivePreview, ...]:
    """Return the previews of stacks. What the engine says goes to standard error if one fails."""
    return tuple(map(_preview, names))


def _preview(name: str) -> LivePreview:
    try:
        return _previewed_on(name)
    except (UserError, KubectlError) as error:
        tell(f"{name}: {error}")
        return LivePreview(name, failure=f"no preview could be made ({IN_THE_LOG})")


def _previewed_on(name: str) -> LivePreview:
    stack = stack_files.read(name)
    manifests = objects(stack.specification())
    place = target.existing(stack)
    if place is None:
        raise UserError("no cluster is named, by the stack or by KUBECONFIG")
    begun = lifecycle.begin(stack, place, mends=False)
    if begun.outputs is None:
        return LivePreview(name, weak=("no up was there yet, so that everything is new",))
    with step(f"previewing stack {name}"):
        plain, refreshed = (
            heard(name, begun.engine.preview_events(stack, refresh=refresh))
            for refresh in (False, True)
        )
        return previewed(name, plain, refreshed, doubts(place.kubectl(), manifests))


def heard(name: str, run: Run) -> Digest:
    """Return what a preview of a stack said; the log is told of one that failed."""
    found = digest(run.events)
    if found.failed:
        for line in [*events.told(run.events), *run.errors]:
            tell(f"{name}: {line}")
    return found


def doubts(kubectl: Kubectl, manifests: Mapping[str, Object]) -> list[str]:
    """Return why the API server does not check what a preview shows; [] if it does."""
    apply = ("apply", "--server-side", "--dry-run=server", "--force-conflicts")
    try:
        kubectl.run(
            *apply,
            "--field-manager=vmpool-diff",
            "-f",
            "-",
            # Secrets go by pipe: a file or an argument could be read by others.
            stdin=as_yaml(manifests.values(), show_secrets=True),
        )
    except KubectlError as error:
        reasons = [_reason(line) for line in str(error).splitlines()]
        return list(dict.fromkeys(filter(None, reasons))) or ["a dry run on the cluster failed"]
    return []


def _reason(line: str) -> str:
    for pattern, reason in REASONS:
        if found := re.search(pattern, line):
            return reason.format(*found.groups())
    return ""
