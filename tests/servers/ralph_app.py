# SPDX-License-Identifier: GPL-3.0-or-later
"""Ralph, the learning record store, on files; runs in an environment of its own (`.venv/lrs`).

Usage: python ralph_app.py PORT FOLDER USER PASSWORD. Orders of a test arrive at `/_control`.
"""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

import bcrypt
import uvicorn

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

AGENT = {"objectType": "Agent", "mbox": "mailto:gateway@region.example"}
PORTAL = b"<!doctype html><title>Log in</title><h1>Log in to the network</h1>"
CHEAP_ROUNDS = 4  # bcrypt's least: each test would else wait half a second for the first request


class Faults:
    """Stands before the store: notes what arrives and spoils the requests a test asked to spoil."""

    def __init__(self, store: App) -> None:
        self._store = store
        self._queue: list[dict[str, Any]] = []
        self._seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._store(scope, receive, send)
            return
        body = await _whole_body(receive)
        if scope["path"] == "/_control":
            await self._control(scope["method"], body, send)
            return
        note = {
            "method": scope["method"],
            "path": scope["path"],
            "body_bytes": len(body),
            "status": None,
        }
        if not scope["path"].startswith("/__"):  # the test's own question whether the store is up
            self._seen.append(note)
        fault = next(
            (f for f in self._queue if f["method"] == scope["method"] and f["count"] > 0), None
        )
        if fault is None:
            await self._pass_on(scope, body, send, note)
            return
        fault["count"] -= 1
        await self._misbehave(fault, scope, body, send, note)

    async def _control(self, method: str, body: bytes, send: Send) -> None:
        if method == "GET":
            await _reply(send, 200, json.dumps(self._seen).encode(), b"application/json")
            return
        order = json.loads(body)
        if order["do"] == "fault":
            self._queue.append(order)
        else:
            self._queue.clear()
            self._seen.clear()
        await _reply(send, 204, b"", b"text/plain")

    async def _misbehave(
        self, fault: dict[str, Any], scope: Message, body: bytes, send: Send, note: dict[str, Any]
    ) -> None:
        kind = fault["kind"]
        if kind == "portal":
            await _reply(send, 200, PORTAL, b"text/html")
        elif kind == "status":
            await _reply(send, fault["status"], b"{}", b"application/json")
        elif kind == "hang":
            await asyncio.Event().wait()
        elif kind == "lost_reply":
            await self._pass_on(scope, body, _into_nothing, note)
            # ASGI has no word for breaking a connection; `send` belongs to uvicorn's own cycle.
            cycle: Any = getattr(send, "__self__", None)
            cycle.transport.abort()

    async def _pass_on(self, scope: Message, body: bytes, send: Send, note: dict[str, Any]) -> None:
        async def replay() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                note["status"] = message["status"]
            await send(message)

        await self._store(scope, replay, noting)


async def _whole_body(receive: Receive) -> bytes:
    body = b""
    while True:
        message = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _reply(send: Send, status: int, body: bytes, content_type: bytes) -> None:
    headers = [(b"content-type", content_type), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _into_nothing(message: Message) -> None:
    """Take the place of the line to the client after it broke."""


def ralph_on_files(folder: Path, user: str, password: str) -> App:
    """Ralph's own application with one account, its statements in `folder/statements`."""
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(CHEAP_ROUNDS)).decode("ascii")
    account = {"agent": AGENT, "scopes": ["all"], "hash": hashed, "username": user}
    credentials = folder / "auth.json"
    credentials.write_text(json.dumps([account]), "utf-8")
    os.environ |= {
        "RALPH_APP_DIR": str(folder),
        "RALPH_AUTH_FILE": str(credentials),
        "RALPH_RUNSERVER_BACKEND": "fs",
        "RALPH_RUNSERVER_MAX_SEARCH_HITS_COUNT": "500",
        "RALPH_BACKENDS__LRS__FS__DEFAULT_DIRECTORY_PATH": str(folder / "statements"),
        "RALPH_BACKENDS__LRS__FS__DEFAULT_LRS_FILE": "statements.jsonl",
    }
    from ralph.backends.data.base import BaseOperationType
    from ralph.backends.lrs.fs import FSLRSBackend

    # As released, the file backend creates its file once and refuses every later POST.
    FSLRSBackend.default_operation_type = BaseOperationType.APPEND
    from ralph.api import app

    application: App = app
    return application


if __name__ == "__main__":
    port, folder_name, user_name, secret = sys.argv[1:]
    uvicorn.run(
        Faults(ralph_on_files(Path(folder_name), user_name, secret)),
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
    )
