# SPDX-License-Identifier: GPL-3.0-or-later
"""The program behind `faulty.py`. Usage: python -m tests.servers.faulty_app PORT FOLDER."""

import gzip
import re
import socket
import struct
import sys
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.servers.control import Control, ControlledHandler, Order, serve

PAGE = b"<!doctype html><html><title>Not what you asked for</title></html>"
ENDLESS_PART = bytes(64 * 1024)


@dataclass(frozen=True)
class Reply:
    """What a good mirror would send, and what a fault makes of it."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent_bytes: int | None = None  # None: all of the body
    then: str = "done"  # "done", "close", "wait": what follows the bytes
    pause_ms: int = field(default=0)

    def with_header(self, **changes: str) -> "Reply":
        headers = self.headers | {name.replace("_", "-"): text for name, text in changes.items()}
        return replace(self, headers=headers)


def asked_range(header: str | None, size_bytes: int) -> tuple[int, int] | None:
    """The inclusive range of a `Range` header, or None for the whole file."""
    match = re.fullmatch(r"bytes=(\d+)-(\d*)", header or "")
    if match is None:
        return None
    last = min(int(match[2]) if match[2] else size_bytes - 1, size_bytes - 1)
    return int(match[1]), last


def good_reply(content: bytes, header: str | None) -> Reply:
    wanted = asked_range(header, len(content))
    kind = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    if wanted is None:
        return Reply(200, kind, content)
    first, last = wanted
    if first >= len(content):
        return Reply(416, {"Content-Range": f"bytes */{len(content)}"}, b"")
    named = {"Content-Range": f"bytes {first}-{last}/{len(content)}"}
    return Reply(206, kind | named, content[first : last + 1])


def spoilt_reply(content: bytes, header: str | None, fault: Order) -> Reply:
    """The reply a fault makes of the good one."""
    good = good_reply(content, header)
    at = int(fault["after_bytes"])
    first = (asked_range(header, len(content)) or (0, 0))[0]
    flipped = bytearray(content)
    if at < len(flipped):
        flipped[at] ^= 0xFF
    packed = gzip.compress(good.body, mtime=0)
    after = {"Retry-After": str(fault["retry_after_s"])} if fault["retry_after_s"] else {}
    html = {"Content-Type": "text/html"}
    replies = {
        "truncated": replace(good, sent_bytes=at, then="close"),
        "short": replace(good, body=good.body[:at]),
        "no_length": replace(good, body=good.body[:at], sent_bytes=None, then="close"),
        "flipped": good_reply(bytes(flipped), header),
        "wrong_range": good_reply(content, f"bytes={first // 2 + 1}-"),
        "lying_range": replace(good, body=bytes(reversed(good.body))),
        "ignored_range": good_reply(content, None),
        "no_content_range": good.with_header(Content_Range=""),
        "status": Reply(int(fault["status"]), {"Content-Type": "text/plain"} | after, b"no\n"),
        "redirect": Reply(302, {"Location": "/login"}, b""),
        "html": Reply(200, html, PAGE),
        "gzip": replace(good.with_header(Content_Encoding="gzip"), body=packed),
        "stall": replace(good, sent_bytes=at, then="wait"),
        "drip": replace(good, pause_ms=int(fault["pause_ms"])),
    }
    return replies[fault["kind"]]


class FaultyHandler(ControlledHandler):
    """Serves files; looks for a fault before each reply."""

    folder: Path
    faults: list[Order]

    def answer(self) -> None:
        path = unquote(urlsplit(self.path).path)
        fault = self._take_fault(path)
        if fault is not None and fault["kind"] in {"hang", "endless", "reset"}:
            getattr(self, f"_{fault['kind']}")()
            return
        file = (self.folder / path.lstrip("/")).resolve()
        if fault is None and not (file.is_relative_to(self.folder) and file.is_file()):
            self.reply(404, b"no such file\n", {"Content-Type": "text/plain"})
            return
        content = file.read_bytes() if file.is_file() else b""
        header = self.headers.get("Range")
        if fault is None:
            self._send(good_reply(content, header))
        else:
            self._send(spoilt_reply(content, header, fault))

    def _take_fault(self, path: str) -> Order | None:
        with self.control.lock:
            for fault in self.faults:
                if fault["count"] != 0 and fnmatchcase(path, fault["path"]):
                    if fault["count"] is not None:
                        fault["count"] -= 1
                    return fault
        return None

    def _send(self, reply: Reply) -> None:
        is_unmeasured = reply.then == "close" and reply.sent_bytes is None
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            if value:
                self.send_header(name, value)
        if is_unmeasured:
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if self.command != "HEAD":
            self._send_body(reply)
        if reply.then == "wait":
            self.control.released.wait()
        if reply.then != "done":
            self.close_connection = True

    def _send_body(self, reply: Reply) -> None:
        body = reply.body if reply.sent_bytes is None else reply.body[: reply.sent_bytes]
        if not reply.pause_ms:
            self.wfile.write(body)
            return
        for position in range(len(body)):
            self.wfile.write(body[position : position + 1])
            self.wfile.flush()
            if self.control.released.wait(reply.pause_ms / 1000):
                break

    def _hang(self) -> None:
        self.control.released.wait()
        self.close_connection = True

    def _endless(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        released = self.control.released
        while not released.is_set():
            self.wfile.write(ENDLESS_PART)

    def _reset(self) -> None:
        now = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, now)
        self.close_connection = True
        self.connection.close()

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ValueError):
            self.close_connection = True  # the client left, or we reset the line


def _obey(order: Order) -> None:
    if order["do"] == "fault":
        FaultyHandler.faults.append(order)
    else:
        FaultyHandler.faults.clear()


if __name__ == "__main__":
    FaultyHandler.folder = Path(sys.argv[2]).resolve()
    FaultyHandler.faults = []
    FaultyHandler.control = Control(_obey)
    serve(int(sys.argv[1]), FaultyHandler)
