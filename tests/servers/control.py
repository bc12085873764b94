# SPDX-License-Identifier: GPL-3.0-or-later
"""What our own small HTTP servers share: requests noted, orders taken at `/_control`."""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Order = dict[str, Any]


class Control:
    """Orders and notes of one server; its handlers run on many threads."""

    def __init__(self, obey: Callable[[Order], None]) -> None:
        self._obey = obey
        self.lock = threading.Lock()
        self.seen: list[dict[str, Any]] = []
        self.released = threading.Event()

    def take(self, order: Order) -> None:
        with self.lock:
            if order["do"] == "reset":
                self.seen.clear()
                self.released.set()  # whoever hangs on the old event may go
                self.released = threading.Event()
            self._obey(order)


class ControlledHandler(BaseHTTPRequestHandler):
    """Answers `/_control` itself; every other request goes to `answer`."""

    protocol_version = "HTTP/1.1"
    control: Control

    def answer(self) -> None:
        raise AssertionError("a handler says how it answers")

    def do_GET(self) -> None:
        if self.path == "/_control":
            with self.control.lock:
                notes = json.dumps(self.control.seen).encode()
            self.reply(200, notes, {"Content-Type": "application/json"})
            return
        self._note_and_answer()

    def do_HEAD(self) -> None:
        self._note_and_answer()

    def do_PATCH(self) -> None:
        self._read_and_answer()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path == "/_control":
            self.control.take(json.loads(body))
            self.reply(204, b"", {})
            return
        self._note_and_answer()

    def reply(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        """Send a whole, honest reply."""
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Stay silent: the notes say it all."""

    def _read_and_answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self._note_and_answer()

    def _note_and_answer(self) -> None:
        note = {
            "method": self.command,
            "path": self.path,
            "range": self.headers.get("Range"),
            "accept_encoding": self.headers.get("Accept-Encoding"),
            "user_agent": self.headers.get("User-Agent"),
        }
        with self.control.lock:
            self.control.seen.append(note)
        self.answer()


def serve(port: int, handler: type[ControlledHandler]) -> None:
    """Serve on loopback until the process is ended."""
    server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    server.daemon_threads = True
    server.serve_forever()
