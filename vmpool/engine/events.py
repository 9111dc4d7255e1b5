"""What the engine reports while it works, in the few lines that a person needs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from ..abbreviate import Abbreviator

if TYPE_CHECKING:
    from pulumi.automation import (
        DiagnosticEvent,
        EngineEvent,
        StepEventMetadata,
        SummaryEvent,
    )

DONE = {
    "create": "created",
    "create-replacement": "created",
    "update": "updated",
    "delete": "deleted",
    "delete-replaced": "deleted",
    "import": "adopted",
}
PAST = frozenset(DONE.values())
SHOWN = frozenset({"error", "warning", "info"})

# Say nothing that the error before them did not say.
EMPTY = (
    # What follows is what the program has said itself.
    "an unhandled error occurred: ",
    "update failed",
    "preview failed",
    # The program, whose calls go nowhere when the engine has given up.
    "Resource monitor has terminated, shutting down",
)
# What the engine puts before a reason, and before the words of the disk guard.
FAILED = "Preview failed: "
HOOK = re.compile(rf'({FAILED})?before hook "[^"]+" failed: ')


# Who reads it can do nothing with it, and it is long: the engine's own advice is enough.
DAMAGED = "snapshot integrity"
TRACE = "\nTraceback (most recent call last):"
# Of these the program has told why.
TOLD = ("pulumi.errors.RunError: ", "RefusedError: ", "OtherClusterError: ")
INLINE = "python inline source runtime error: "


# What the library of a bucket logs of itself: for each file that it reads, and nobody's to mend.
LOGGED = re.compile(r"SDK [0-9/]+ [0-9:]+ (DEBUG|WARN) ")


def is_log(line: str) -> bool:
    """Tell whether a line of the command line is what a library of it has logged."""
    return bool(LOGGED.match(line))


# How the provider passes on what the API server says.
BY_SERVER = re.compile(
    r'resource "?(?P<urn>\S+?)"? was not successfully (?P<done>\w+) by the Kubernetes API server: '
)


# What it says of each object where nobody answers. Its own way out makes the engine forget pools
# that are there, which is wrong while a network is down.
NO_ANSWER = "the API server does not answer"
UNREACHABLE = (
    (
        re.compile(r"failed to read resource state due to unreachable cluster\b.*", re.DOTALL),
        f"{NO_ANSWER}, so that nobody knows what is there: see KUBECONFIG and the network. Only if "
        "the cluster is gone for good, PULUMI_K8S_DELETE_UNREACHABLE=true lets the engine forget "
        "what it had there",
    ),
    (
        re.compile(
            r"configured Kubernetes cluster is unreachable: "
            r"(unable to load schema information from the API server: )?"
        ),
        f"{NO_ANSWER}: ",
    ),
)


# The engine's way out leads round the stack file, which would protect it again.
PROTECTED = re.compile(
    r'(unable to \w+ )?resource "(?P<urn>\S+)"( cannot be deleted)?\s+'
    r"(because it is protected|as it is currently marked for protection)\b.*",
    re.DOTALL,
)


def _protected(found: re.Match[str]) -> str:
    about = named(found["urn"]) or found["urn"]
    return f"{about} is protected: first set protect to false in the stack file"


def _by_server(found: re.Match[str]) -> str:
    about = named(found["urn"]) or found["urn"]
    return f"{about} could not be {found['done']}; the API server says: "


# The engine takes a secret out of any word; the password "kubevirt" would be told by that.
GROUP = re.compile(r"\b(pool|cdi|instancetype)\.\[secret\]\.io\b")


def with_groups(text: str) -> str:
    """Return a text from which secrets are taken, but out of the names of KubeVirt's groups."""
    return GROUP.sub(r"\1.kubevirt.io", text)


def in_our_words(message: str) -> str:
    """Return what the engine says without what it puts before a reason; "" says nothing new."""
    text = HOOK.sub("", message.rstrip().lstrip("\r\n")).removeprefix(FAILED)
    text = text.removeprefix(INLINE)
    reason, trace, lines = text.partition(TRACE)
    if trace and any(told in lines for told in TOLD):
        text = reason.rstrip()
    text = with_groups(BY_SERVER.sub(_by_server, PROTECTED.sub(_protected, text)))
    for said, words in UNREACHABLE:
        text = said.sub(words, text)
    return "" if text.lstrip().startswith(EMPTY) else text


@dataclass(frozen=True)
class Began:
    """The beginning of a run, before its first event; preview: whether it changes nothing."""

    preview: bool


@dataclass(frozen=True)
class Ended:
    """The end of a run, after its last event: the SDK's events do not tell how it was."""

    preview: bool
    failed: bool


Event: TypeAlias = "EngineEvent | Began | Ended"


def told(events: Iterable[Event]) -> Iterator[str]:
    """Turn the engine's events into lines for a person."""
    report = Report()
    for event in events:
        yield from report.heard(event)
    yield from report.rest()


def named(urn: str | None) -> str:
    """Return what an object of the cluster is called in a sentence, "" for anything else."""
    kind, _, name = (urn or "").rpartition("::")
    if "kubernetes:" not in kind or ":providers:" in kind:
        return ""
    return f"{kind.rpartition(':')[2]} ({name})"


def subject(step: StepEventMetadata) -> tuple[str, str] | None:
    """Return kind and name of a step's object, None if it is no object of the cluster."""
    if not step.type.startswith("kubernetes:"):
        return None
    state = step.new or step.old
    inputs = (state and state.inputs) or {}
    name: str = inputs.get("metadata", {}).get("name", "")
    return step.type.rpartition(":")[2], name


class Report:
    """Lines for a person, of an update and, where there was one, the preview before it.

    The preview says the same: it is told only if it fails. Only names and messages are taken from
    events: they hold configuration and whole objects.
    """

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._counts: Counter[str] = Counter()
        self._waits_for_the_end = True
        self._failed = False
        self._few = Abbreviator()
        self._warnings: set[str] = set()
        self._summary: SummaryEvent | None = None

    def heard(self, event: Event) -> Iterator[str]:
        """Yield the lines whose time has come with an event."""
        if isinstance(event, Began):
            self._waits_for_the_end = event.preview
        elif isinstance(event, Ended):
            self._end(event)
        elif event.res_outputs_event:
            self._do(event.res_outputs_event.metadata)
        elif event.diagnostic_event:
            self._say(event.diagnostic_event)
        elif event.summary_event:
            self._summary = event.summary_event
        return iter(()) if self._waits_for_the_end else self.rest()

    def rest(self) -> Iterator[str]:
        """Yield all lines that are left."""
        lines, self._lines = self._lines, []
        return iter(lines)

    def _do(self, step: StepEventMetadata) -> None:
        if line := _done(step):
            self._counts[line.partition(" ")[0]] += 1
            if self._few.lets_through(line):
                self._lines.append(line)

    def _say(self, diagnostic: DiagnosticEvent) -> None:
        severity, _, stream = diagnostic.severity.partition("#")
        # The engine interrupts the program when something failed, and the program says where.
        if not (stream and self._failed):
            lines = _said(severity, diagnostic)
            # With and without FAILED it may come twice.
            again = severity == "error" and lines == self._lines[-1:]
            # A provider warns for each object.
            again |= severity == "warning" and self._warnings.issuperset(lines)
            self._warnings.update(lines if severity == "warning" else ())
            self._lines += [] if again else lines
        self._failed |= severity == "error"

    def _end(self, end: Ended) -> None:
        self._lines += self._few.rest()
        summary, self._summary = self._summary, None
        if end.preview and not end.failed:
            self._lines.clear()
            self._warnings.clear()
            self._counts.clear()
        elif end.preview:
            self._lines = [line for line in self._lines if line.partition(" ")[0] not in PAST]
            # Without a summary the engine has not even begun.
            self._lines += ["refused in the preview: nothing was changed"] if summary else []
            self._waits_for_the_end = False
        elif summary:
            self._lines.append(_summed(summary, end, self._counts))


def _done(step: StepEventMetadata) -> str | None:
    what, about = DONE.get(step.op), subject(step)
    return f"{what} {about[0]} {about[1]}" if what and about else None


def _said(severity: str, diagnostic: DiagnosticEvent) -> list[str]:
    # What a program prints comes by line, and the lines of a trace are indented.
    message = in_our_words(diagnostic.message)
    # Of what is going on a provider tells more than a person needs.
    passing = diagnostic.ephemeral and "kubernetes:" in (diagnostic.urn or "")
    if severity not in SHOWN or passing or not message:
        return []
    own_words = message != with_groups(diagnostic.message.rstrip().lstrip("\r\n"))
    if severity == "error" and not own_words and (about := named(diagnostic.urn)):
        # The provider's, or the API server's.
        message = f"{about} is not as it should be: {message}"
    return [message if severity == "info" else f"{severity}: {message}"]


def _summed(summary: SummaryEvent, end: Ended, counts: Mapping[str, int]) -> str:
    counted = [f"{number} {what}" for what, number in counts.items()]
    result = "failed" if end.failed else "done"
    return f"{result} in {summary.duration_seconds} s: {', '.join(counted) or 'nothing changed'}"
