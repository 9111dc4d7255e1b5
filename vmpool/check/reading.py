"""Reading of a cluster: whatever checks ask for, many questions at a time, each one once."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from .api import Ask
from .checks import CHECKS, Check, findings
from .finding import Finding
from .snapshot import Answer, NotAskedError, Question, Snapshot
from .subject import Subject, acquainted

# An API server's client does 5 to 50 requests a second by its own limits; these are few and small.
AT_A_TIME = 8


class Reader:
    """The answers of one cluster so far."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._answers: dict[Question, Answer] = {}

    @property
    def snapshot(self) -> Snapshot:
        """What is known."""
        return Snapshot(self._answers)

    def read(self, questions: Sequence[Question]) -> None:
        """Ask what was not asked yet."""
        new = [one for one in dict.fromkeys(questions) if one not in self._answers]
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            self._answers.update(zip(new, pool.map(self._ask, new), strict=True))


def remembering(ask: Ask) -> Ask:
    """Return what asks a cluster once for what is the same for all its stacks; for many threads.

    What is asked of one namespace is not kept: stacks may be many. Nor is a failure that may pass.
    """
    answers: dict[Question, Answer] = {}
    locks: dict[Question, threading.Lock] = {}

    def asked(question: Question) -> Answer:
        if "/namespaces/" in question.path or '"namespace"' in question.body:
            return ask(question)
        with locks.setdefault(question, threading.Lock()):
            if question in answers:
                return answers[question]
            answer = ask(question)
            if _stays(answer):
                answers[question] = answer
            return answer

    return asked


def _stays(answer: Answer) -> bool:
    passing = answer.status == HTTPStatus.TOO_MANY_REQUESTS
    return 0 < answer.status < HTTPStatus.INTERNAL_SERVER_ERROR and not passing


def judged(
    reader: Reader, subjects: Mapping[str, Subject], checks: Sequence[Check] = CHECKS
) -> dict[tuple[str, str], list[Finding]]:
    """Return what checks find, by the check's id and the stack's name.

    subjects: by stack, with the reader's snapshot; what several need of a namespace is added up. A
    check runs again until it has all it asks for.
    """
    found: dict[tuple[str, str], list[Finding]] = {}
    subjects = acquainted(subjects)
    waiting = [(check, name) for check in checks for name in subjects]
    while waiting:
        asked: list[Question] = []
        still = []
        for check, name in waiting:
            try:
                found[check.id, name] = findings(check, subjects[name])
            except NotAskedError as lacking:
                asked += lacking.questions
                still.append((check, name))
        reader.read(asked)
        waiting = still
    return {(check.id, name): found[check.id, name] for check in checks for name in subjects}
