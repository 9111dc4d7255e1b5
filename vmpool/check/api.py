"""A cluster's API by one kubectl, which knows how to reach it and who asks.

It runs as a proxy on a socket in a folder that nobody else can open: a look costs a millisecond in
place of a process, and says by its status whether something is missing or forbidden.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

from kubevirt_vm_pool.cluster.kubectl import SECONDS_TO_ANSWER, Kubectl, KubectlError

from .snapshot import Answer, Question

# Where an API server has too much to do, or just learns a kind.
MOST_TRIES = 4
SECONDS_TO_TRY_AGAIN = 1

Ask = Callable[[Question], Answer]

# Reviews and dry runs are sent by POST; nothing else is.
READ_ONLY = "--reject-methods=^(PUT|PATCH|DELETE)$"
SERVES = "Starting to serve"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"


@contextlib.contextmanager
def opened(kubectl: Kubectl) -> Iterator[Ask]:
    """Yield a function that asks the cluster, from several threads too.

    Raises KubectlError if kubectl cannot begin, for instance without a kubeconfig.
    """
    with tempfile.TemporaryDirectory(prefix="vmpool-") as folder:
        place = str(Path(folder) / "api")
        proxy = kubectl.begun("proxy", f"--unix-socket={place}", READ_ONLY)
        try:
            _wait_for(proxy)
            yield lambda question: _ask(place, question)
        finally:
            if proxy.stdin:
                proxy.stdin.close()
            proxy.wait()


def _wait_for(proxy: subprocess.Popen[str]) -> None:
    """Wait until a proxy serves; raises KubectlError with what it says if it ends before."""
    if proxy.stdout is None:
        raise ValueError("a proxy whose output nobody reads")
    said = []
    for line in proxy.stdout:
        if line.startswith(SERVES):
            # It writes a line for every failure, and waits if nobody reads them.
            threading.Thread(target=proxy.stdout.read, daemon=True).start()
            return
        said.append(line.strip())
    raise KubectlError(f"kubectl proxy: {' '.join(said)}")


class _Connection(http.client.HTTPConnection):
    """A connection by a socket that has a path."""

    def __init__(self, place: str) -> None:
        super().__init__("localhost", timeout=SECONDS_TO_ANSWER)
        self._place = place

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self._place)


def _ask(place: str, question: Question) -> Answer:
    answer = _asked(place, question)
    for _ in range(MOST_TRIES - 1):
        if answer.status != HTTPStatus.TOO_MANY_REQUESTS:
            break
        time.sleep(SECONDS_TO_TRY_AGAIN)
        answer = _asked(place, question)
    return answer


def _asked(place: str, question: Question) -> Answer:
    headers = {"Accept": METADATA if question.metadata_only else "application/json"}
    if question.body:
        headers["Content-Type"] = "application/json"
    try:
        with contextlib.closing(_Connection(place)) as connection:
            method = "POST" if question.body else "GET"
            connection.request(method, question.path, question.body or None, headers)
            response = connection.getresponse()
            text = response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as reason:
        return Answer(0, str(reason) or type(reason).__name__)
    try:
        return Answer(response.status, json.loads(text))
    except ValueError:
        return Answer(response.status, text.strip())
