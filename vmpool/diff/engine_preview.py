"""What an engine's preview says, without values: names, paths, and the program's sentences."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kubevirt_vm_pool.effects.disk_guard import as_allowed

from ..engine import events

if TYPE_CHECKING:
    from pulumi.automation import DiagnosticEvent, StepEventMetadata

IN_THE_LOG = "the log of this run has its messages"

WHAT = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "import": "adopted",
    # The other steps of a replacement say the same.
    "create-replacement": "replaced",
}


@dataclass(frozen=True)
class Step:
    """Something that happens, or happened, to an object; paths: what of it is another."""

    what: str
    kind: str
    name: str
    paths: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" ({', '.join(self.paths)})" if self.paths else ""
        return f"{self.kind} {self.name} {self.what}{where}"


@dataclass(frozen=True)
class Digest:
    """A preview, or what was done.

    steps: what an up would do, or did. drift: what was done to live objects by others, if the
    preview began with a refresh. sentences: the program's own. refused: whether the disk guard
    ended it. failed: whether anything else did.
    """

    steps: tuple[Step, ...] = ()
    drift: tuple[Step, ...] = ()
    sentences: tuple[str, ...] = ()
    refused: bool = False
    failed: bool = False


@dataclass(frozen=True)
class LivePreview:
    """A stack's preview.

    changes: what its configuration and the program change. drift: what others changed in the
    cluster since, and an up undoes. sentences: the program's own, on the live VMs.
    weak: why the preview may be wrong, for all that it looks well. failure: why there is none.
    """

    stack: str
    changes: tuple[Step, ...] = ()
    drift: tuple[Step, ...] = ()
    sentences: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    refused: bool = False
    failure: str = ""

    @property
    def label(self) -> str:
        """How much the preview is worth, in a word or two."""
        if self.failure:
            return "failed"
        if self.weak:
            return "weak"
        return "refused" if self.refused else "checked by the API server"


def digest(heard: Iterable[events.Event]) -> Digest:
    """Return what a preview said. heard: its events, up to its end."""
    listener = Listener()
    for event in heard:
        listener.heard(event)
    return listener.digest()


class Listener:
    """Makes a digest of a run's events as they come, and keeps none: they hold whole objects."""

    def __init__(self) -> None:
        # Whether things are done, so that a step that fails is none.
        self._done = False
        self._steps: list[Step] = []
        self._drift: list[Step] = []
        self._sentences: dict[str, None] = {}
        self._refused = self._ended = self._other_error = False

    def heard(self, event: events.Event) -> None:
        """Take note of an event."""
        if isinstance(event, events.Began):
            self._done = not event.preview
        elif isinstance(event, events.Ended):
            self._ended = not event.failed or self._refused
        elif began := event.resource_pre_event:
            # Of a step that fails, no more is heard.
            self._steps += [] if self._done else _step(began.metadata)
        elif ended := event.res_outputs_event:
            self._steps += _step(ended.metadata) if self._done else []
            self._drift += _drift(ended.metadata)
        elif said := event.diagnostic_event:
            self._say(said)

    def _say(self, said: DiagnosticEvent) -> None:
        sentence, is_refusal = _sentence(said)
        if sentence:
            self._sentences[sentence] = None
        self._refused |= is_refusal
        self._other_error |= said.severity == "error" and not is_refusal and not _is_end(said)

    def digest(self) -> Digest:
        """Return what was said so far."""
        return Digest(
            tuple(self._steps),
            tuple(self._drift),
            tuple(self._sentences),
            self._refused,
            self._other_error or not self._ended,
        )


def previewed(
    name: str, plain: Digest, refreshed: Digest, doubts: Iterable[str] = ()
) -> LivePreview:
    """Return what two previews tell of a stack.

    plain: compares the program with what the last up asked for, so that it shows no drift.
    refreshed: compares it with the live objects.
    """
    weak = list(doubts)
    if refreshed.failed:
        weak.append(f"the live objects could not be looked at ({IN_THE_LOG})")
    return LivePreview(
        name,
        plain.steps,
        refreshed.drift,
        # Other stacks stand beside it.
        tuple(as_allowed(one, [name]) for one in refreshed.sentences or plain.sentences),
        tuple(weak),
        plain.refused or refreshed.refused,
        f"pulumi preview failed ({IN_THE_LOG})" if plain.failed else "",
    )


def _step(step: StepEventMetadata) -> list[Step]:
    what, about = WHAT.get(step.op), events.subject(step)
    return [Step(what, *about, _paths(step))] if what and about else []


def _drift(step: StepEventMetadata) -> list[Step]:
    about = events.subject(step)
    if step.op != "refresh" or about is None:
        return []
    if not step.new:
        return [Step("deleted", *about)]
    paths = _paths(step)
    return [Step("changed", *about, paths)] if paths else []


def _paths(step: StepEventMetadata) -> tuple[str, ...]:
    return tuple(sorted(step.detailed_diff or ()))


def _sentence(said: DiagnosticEvent) -> tuple[str, bool]:
    """Return what the program says, and whether it is a refusal; "" is what others say.

    A provider's messages name their object, and may quote values and addresses.
    """
    message = said.message.strip()
    text = events.HOOK.sub("", message)
    if said.severity == "error" and text != message:
        return text, True
    own = said.severity in {"info", "warning"} and not said.urn
    return (text if own and not said.ephemeral else ""), False


def _is_end(said: DiagnosticEvent) -> bool:
    return said.message.strip().startswith(events.EMPTY)
