"""Downloads: of pinned content only, with limits of time, and never where the person forbids it.

Proxies are those of the environment (HTTPS_PROXY, NO_PROXY), as urllib reads them.
"""

from __future__ import annotations

import hashlib
import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import build_opener

OFFLINE = "VMPOOL_OFFLINE"
BLOCK = 1 << 18

Progress = Callable[[int, int | None], None]


@dataclass(frozen=True)
class Limits:
    """Seconds: until a server answers, and between two pieces of what it sends; for the whole.

    A network without a way out may swallow packets instead of refusing them.
    """

    answer: float = 10
    whole: float = 300


LIMITS = Limits()


class DownloadError(Exception):
    """Why something cannot be downloaded, without its address: that may have a password in it."""


def offline(environment: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the person forbids downloads (`vmpool --offline`, VMPOOL_OFFLINE=1)."""
    return environment.get(OFFLINE, "").lower() not in {"", "0", "false", "no"}


def fetch(
    url: str,
    target: Path,
    algorithm: str,
    digest: str,
    progress: Progress = lambda done, total: None,
    limits: Limits = LIMITS,
) -> None:
    """Write what is at an address into a file, if it is what it should be.

    digest: of the whole, in hexadecimal. progress: called with the bytes that are there and those
    that will be (None where the server does not say). Raises DownloadError; what the file holds
    then is not to be used.
    """
    try:
        _fetch(url, target, algorithm, digest, progress, limits)
    except HTTPError as error:
        raise DownloadError(f"the server says {error.code} {error.reason}") from None
    except TimeoutError:
        raise DownloadError(f"no answer for {limits.answer:g} s") from None
    except URLError as error:
        timed_out = isinstance(error.reason, TimeoutError)
        reason = f"no answer for {limits.answer:g} s" if timed_out else _reason(error.reason)
        raise DownloadError(reason) from None
    except (HTTPException, ValueError) as error:
        # Their texts may have the address.
        raise DownloadError(type(error).__name__) from None
    except ConnectionError as error:
        raise DownloadError(_reason(error)) from None


def _fetch(
    url: str, target: Path, algorithm: str, digest: str, progress: Progress, limits: Limits
) -> None:
    ends = time.monotonic() + limits.whole
    found = hashlib.new(algorithm)
    done = 0
    with _answer(url, limits.answer) as answer, target.open("wb") as file:
        length = answer.headers.get("Content-Length", "")
        total = int(length) if length.isdecimal() else None
        while block := answer.read1(BLOCK):
            found.update(block)
            file.write(block)
            done += len(block)
            progress(done, total)
            if time.monotonic() > ends:
                raise DownloadError(f"not done in {limits.whole:g} s")
    if total is not None and done < total:
        raise DownloadError(f"the connection ended after {done} of {total} bytes")
    if found.hexdigest() != digest:
        raise DownloadError(f"what came has not the pinned {algorithm}")


def _answer(url: str, seconds: float) -> HTTPResponse:
    """Return the answer to a request.

    In a thread, which may outlive this call: neither the look-up of a name nor a host with several
    addresses keeps to the time limit of a socket.
    """
    answers: queue.SimpleQueue[HTTPResponse | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            # Not urlopen, which keeps the proxies of its first call.
            answers.put(build_opener().open(url, timeout=seconds))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=seconds)
    except queue.Empty:
        raise TimeoutError from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _reason(error: object) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
