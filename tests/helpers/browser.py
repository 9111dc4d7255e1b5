"""A headless Chromium that a test asks what a page looks like, over its DevTools pipe.

Chromium speaks JSON on file descriptors 3 and 4, each message ended by a zero byte: no driver and
no library is needed. https://chromedevtools.github.io/devtools-protocol has the methods.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import pytest

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-pipe"),
)
REQUIRED = "VMPOOL_TEST_BROWSER"
REASON = "there is no Chromium; apt-get install chromium brings one"


def chromium_here() -> str:
    """Return the program, or skip the test; where VMPOOL_TEST_BROWSER is "required" it fails."""
    found = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if found:
        return found
    if os.environ.get(REQUIRED) == "required":
        pytest.fail(f"{REASON}. {REQUIRED}=required lets it fail", pytrace=False)
    pytest.skip(REASON)


class Browser:
    """One page of a browser."""

    def __init__(self, to_it: IO[bytes], from_it: IO[bytes]) -> None:
        self._to, self._from = to_it, from_it
        self._count, self._session = 0, ""
        self._events: list[str] = []
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        self.call("Page.enable")

    def call(self, method: str, **params: Any) -> Any:
        """Call a method of the protocol and return its result."""
        self._count += 1
        session = {"sessionId": self._session} if self._session else {}
        message = {"id": self._count, "method": method, "params": params, **session}
        self._to.write(json.dumps(message).encode() + b"\0")
        self._to.flush()
        while (answer := self._next()).get("id") != self._count:
            self._events.append(answer.get("method", ""))
        assert "error" not in answer, answer
        return answer["result"]

    def _next(self) -> dict[str, Any]:
        heard = bytearray()
        while (byte := self._from.read(1)) != b"\0":
            assert byte, "the browser has ended"
            heard += byte
        answer: dict[str, Any] = json.loads(heard)
        return answer

    def open(
        self, page: Path, width: int = 1400, *, dark: bool = False, script: bool = True
    ) -> None:
        """Open a file as on a screen of a width in CSS pixels, and wait until it is loaded."""
        self.call("Emulation.setScriptExecutionDisabled", value=not script)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", features=[scheme])
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        self.call("Emulation.setDeviceMetricsOverride", **size)
        self._events.clear()
        self.call("Page.navigate", url=page.as_uri())
        self.wait_for_load()

    def wait_for_load(self) -> None:
        """Wait until a page is loaded, which may be the next one."""
        while "Page.loadEventFired" not in self._events:
            self._events.append(self._next().get("method", ""))
        self._events.clear()

    def value(self, expression: str) -> Any:
        """Return what JavaScript says in the page, as plain data."""
        said = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in said, said
        return said["result"].get("value")

    def wait_until(self, expression: str) -> None:
        """Wait until JavaScript says that something is true, which it must within 10 seconds."""
        last = time.monotonic() + 10
        while not self.value(expression):
            assert time.monotonic() < last, f"never true: {expression}"
            time.sleep(0.02)

    def type(self, selector: str, text: str) -> None:
        """Write a text into a field, in place of what is there."""
        self.value(
            f"(() => {{const e = document.querySelector({json.dumps(selector)});"
            "e.focus(); e.select();})()"
        )
        self.call("Input.insertText", text=text)

    def press(self, key: str, code: int) -> None:
        """Press a key, such as "Tab" with code 9, as a person at a keyboard does."""
        text = {"text": "\r"} if key == "Enter" else {}
        for what in ("keyDown", "keyUp"):
            self.call(
                "Input.dispatchKeyEvent", type=what, key=key, windowsVirtualKeyCode=code, **text
            )

    def picture(self, file: Path, height: int | None = None) -> None:
        """Keep a picture of the page. height: that of its upper part; not given, all of it."""
        width = self.value("document.documentElement.scrollWidth")
        whole = self.value("document.documentElement.scrollHeight")
        clip = {"x": 0, "y": 0, "width": width, "height": height or whole, "scale": 1}
        shot = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(shot["data"]))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that keeps what it has in a new, empty folder."""
    program = chromium_here()
    # 3 and 4 may be somebody else's here, so they are made in the child alone.
    ends = [*os.pipe(), *os.pipe()]
    high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in ends]
    for end in ends:
        os.close(end)
    its_in, our_out, our_in, its_out = high

    def put_in_place() -> None:
        os.dup2(its_in, 3)
        os.dup2(its_out, 4)

    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=put_in_place,
        pass_fds=(3, 4),
        env={**os.environ, "HOME": str(folder)},
    )
    os.close(its_in)
    os.close(its_out)
    with os.fdopen(our_out, "wb") as to_it, os.fdopen(our_in, "rb") as from_it:
        try:
            one = Browser(to_it, from_it)
            yield one
            one._session = ""
            one.call("Browser.close")
        finally:
            process.terminate()
            process.wait(20)
