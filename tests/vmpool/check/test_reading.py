"""What asks a cluster for many of its stacks at once."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from vmpool.check.reading import remembering
from vmpool.check.snapshot import Access, Answer, Question, Resource, review

NODES = Resource("", "v1", "nodes")
OF_NAMESPACE = Access("list", Resource("", "v1", "secrets"), "ann")


class Cluster:
    """Answers slowly, and keeps what it was asked."""

    def __init__(self, *statuses: int) -> None:
        self._statuses, self._lock = list(statuses), threading.Lock()
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> Answer:
        with self._lock:
            self.asked.append(question)
            status = self._statuses.pop(0) if self._statuses else 200
        time.sleep(0.02)
        return Answer(status, {"items": []})


@pytest.mark.parametrize(
    "question",
    [
        Question("/version"),
        Question(NODES.path()),
        Question(NODES.path(name="metal"), metadata_only=True),
        review(Access("list", NODES)),
    ],
)
def test_what_is_the_clusters_own_is_asked_once(question: Question) -> None:
    cluster = Cluster()
    ask = remembering(cluster)
    with ThreadPoolExecutor(4) as threads:
        answers = set(map(id, threads.map(ask, [question] * 8)))
    assert len(answers) == 1
    assert cluster.asked == [question]


@pytest.mark.parametrize(
    "question",
    [
        Question(NODES._replace(plural="secrets").path("ann")),
        Question("/api/v1/namespaces/ann"),
        review(OF_NAMESPACE),
    ],
)
def test_of_one_namespace_nothing_is_kept(question: Question) -> None:
    cluster = Cluster()
    ask = remembering(cluster)
    assert ask(question) is not ask(question)
    assert cluster.asked == [question] * 2


@pytest.mark.parametrize(
    ("status", "times"), [(403, 1), (404, 1), (0, 2), (429, 2), (500, 2), (503, 2)]
)
def test_a_failure_that_may_pass_is_not_kept(status: int, times: int) -> None:
    cluster = Cluster(status)
    ask = remembering(cluster)
    assert ask(Question(NODES.path())).status == status
    assert ask(Question(NODES.path())).status == (status if times == 1 else 200)
    assert len(cluster.asked) == times
