"""What is heard of one stack while the engine works: as it comes, and none of it is kept whole."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kubevirt_vm_pool.effects import Effect, Severity
from kubevirt_vm_pool.effects.disk_guard import require_disks_stay
from kubevirt_vm_pool.effects.effect import worst

from ..console import Say
from ..diff.engine_preview import Digest, Listener, Step
from ..engine import events
from .result import INTERRUPTED, Outcome, Result

if TYPE_CHECKING:
    from pulumi.automation import DiagnosticEvent, EngineEvent, StepEventMetadata

LINES_KEPT = 20
SENTENCES_KEPT = 6
ERROR = "error: "
POOL = "VirtualMachinePool"
STACK = "pulumi:pulumi:Stack"


class Hearing:
    """Listens to a run of the engine on a stack.

    say: takes each line at once. hide: takes secrets out of it.
    """

    def __init__(self, say: Say, hide: Callable[[str], str] = str) -> None:
        self._say, self._hide = say, hide
        self._listener = Listener()
        self._report = events.Report()
        self._lines: deque[str] = deque(maxlen=LINES_KEPT)
        self._worst = Severity.NOTHING
        self._at_stake: dict[str, None] = {}
        self._notes: dict[str, None] = {}
        self._outputs_change = self._changing = False

    def say(self, line: str) -> None:
        """Take a line that is for a person."""
        hidden = self._hide(line)
        self._lines.append(hidden)
        self._say(hidden)

    def heard(self, event: events.Event) -> None:
        """Take an event of the engine."""
        if isinstance(event, events.Began):
            # What a preview says, is said again by what follows it.
            self._listener, self._changing = Listener(), not event.preview
        elif not isinstance(event, events.Ended):
            self._look_at(event)
        self._listener.heard(event)
        for line in self._report.heard(event):
            self.say(line)

    def judge(
        self, _: str, pool: str, found: Sequence[Effect], environment: Mapping[str, str]
    ) -> None:
        """Take what the program finds that a change does to a pool, and guard its disks."""
        self._worst = max(self._worst, worst(found))
        if any(effect.severity >= Severity.REPLACED for effect in found):
            self._at_stake[pool] = None
        require_disks_stay(pool, found, environment)

    def result(self, stack: str, code: int, seconds: float) -> Result:
        """Return what became of the stack; code: the engine's exit code."""
        digest = self._listener.digest()
        return Result(
            stack,
            self._outcome(digest, code),
            seconds,
            self._done(digest, code),
            len(digest.drift),
            max(self._worst, _without_guard(digest.steps)),
            tuple(map(self._hide, digest.sentences[:SENTENCES_KEPT])),
            tuple(self._at_stake) if digest.refused else (),
            self._reason(code) if code else "",
            tuple(self._notes),
        )

    def cancelled(self, stack: str, seconds: float) -> Result:
        """Return the same of a run that somebody has cancelled, with what was done until then."""
        result = self.result(stack, 1, seconds)
        return replace(result, outcome=Outcome.CANCELLED, reason=INTERRUPTED)

    def _done(self, digest: Digest, code: int) -> Mapping[str, int]:
        # Of a preview that fails nothing comes to pass.
        steps = digest.steps if self._changing or not code else ()
        return Counter(step.what for step in steps)

    def _outcome(self, digest: Digest, code: int) -> Outcome:
        if code:
            return Outcome.REFUSED if digest.refused else Outcome.FAILED
        changed = digest.steps or digest.drift or self._outputs_change
        return Outcome.CHANGED if changed else Outcome.UNCHANGED

    def _reason(self, code: int) -> str:
        return reason(self._lines) or f"the engine ended with exit code {code}"

    def _look_at(self, event: EngineEvent) -> None:
        if done := event.res_outputs_event:
            self._compare_outputs(done.metadata)
        elif said := event.diagnostic_event:
            self._note(said)

    def _note(self, said: DiagnosticEvent) -> None:
        # The error after it does not say why nobody answers.
        text = events.in_our_words(said.message)
        if said.severity == "warning" and text.startswith(events.NO_ANSWER):
            self._notes[self._hide(text)] = None

    def _compare_outputs(self, step: StepEventMetadata) -> None:
        # The last of several is the one with the outputs of the program.
        if step.type == STACK and step.op != "refresh":
            old, new = step.old and step.old.outputs, step.new and step.new.outputs
            self._outputs_change = (old or {}) != (new or {})


def _without_guard(steps: Sequence[Step]) -> Severity:
    """Return how bad steps are that the program has no word on: the guard sees no creation."""
    new = any(step.what == "created" and step.kind == POOL for step in steps)
    return Severity.NEW_REPLICAS if new else Severity.OTHER if steps else Severity.NOTHING


def reason(lines: Iterable[str]) -> str:
    """Return the errors among some lines, without the word; the last line if there is none."""
    known = list(lines)
    errors = [line.removeprefix(ERROR) for line in known if line.startswith(ERROR)]
    return "\n".join(dict.fromkeys(errors)) or "".join(known[-1:])
