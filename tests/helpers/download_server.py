"""A server on loopback, for tests of downloads: it answers as the test says."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answering:
    """What a server answers, and what it was asked.

    answer: is called with the handler of each request; not given, what `files` has at its path.
    """

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.asked: list[str] = []
        self.answer: Callable[[BaseHTTPRequestHandler], None] = self.with_file
        self.over = threading.Event()
        self.url = ""

    def with_file(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer with the file at the path, or that there is none."""
        content = self.files.get(handler.path)
        if content is None:
            handler.send_error(404)
            return
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def cut_short(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer with half of the file, and end the connection."""
        content = self.files[handler.path]
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content[: len(content) // 2])

    def never(self, handler: BaseHTTPRequestHandler) -> None:
        """Say nothing until the test is over."""
        self.over.wait(30)

    def stall(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer with half of the file, and say nothing more until the test is over."""
        self.cut_short(handler)
        handler.wfile.flush()
        self.over.wait(30)

    def trickle(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer byte by byte, without an end in sight."""
        handler.send_response(200)
        handler.end_headers()
        while not self.over.wait(0.05):
            handler.wfile.write(b"." * 1024)

    def elsewhere(self, handler: BaseHTTPRequestHandler) -> None:
        """Send whoever asks to the same path below /elsewhere."""
        if handler.path.startswith("/elsewhere/"):
            self.with_file(handler)
            return
        handler.send_response(302)
        handler.send_header("Location", f"{self.url}/elsewhere{handler.path}")
        handler.end_headers()

    def in_circles(self, handler: BaseHTTPRequestHandler) -> None:
        """Send whoever asks to the same place again."""
        handler.send_response(302)
        handler.send_header("Location", f"{self.url}{handler.path}")
        handler.end_headers()


@contextmanager
def serving() -> Iterator[Answering]:
    """Yield a server on loopback that runs meanwhile."""
    answering = Answering()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answering.asked.append(self.path)
            # Whoever asked may have gone.
            with suppress(ConnectionError):
                answering.answer(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        answering.url = f"http://127.0.0.1:{server.server_port}"
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield answering
        finally:
            answering.over.set()
            server.shutdown()
            thread.join()
