# SPDX-License-Identifier: GPL-3.0-or-later
"""Commands that ask the agent for something: enrol, get, upload.

Each leaves a durable request. Where no agent runs, the command becomes the agent for as long as its
request needs; else it follows the request in the database of the agent that took it.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.base.db import Database, open_reader
from app.base.errors import AlreadyRunningError, KnownError, MissingFileError, known_errors
from app.base.log import configure_logging
from app.base.paths import DataPaths, second_place
from app.base.settings import load_settings
from app.sync.agent import AgentConfig, run_agent
from app.sync.inbox import Inbox, Kind, Request, upload_body
from app.sync.requests import FAILED, RequestState, request_state
from app.sync.uploads.staging import stage_file
from app.wiring.agent import EventPrinter
from app.wiring.cli import Command
from app.wiring.console import Console

_LOOK_EVERY_S = 0.2


def enrol(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Join a region."""
    state = errand(Kind.ENROL, {"source": _source(options.source)}, paths, console)
    console.say("cli_enrolled", region=state.result.get("name"))
    return 0


def get(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Download resources and keep them."""
    body = {"entry_ids": options.ids, "region_id": None}
    state = errand(Kind.GET, body, paths, console)
    console.say("cli_kept", entries=state.result.get("entries"))
    return 0


def upload(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Put a teacher's file into the outbox; it is sent when its turn comes."""
    paths.ensure()
    source: Path = options.file
    staged = stage_file(paths, source, lambda _: None, lambda: False)
    metadata = {
        name: getattr(options, name)
        for name in ("title", "subject", "stage", "grade", "edition", "volume", "lesson")
    }
    metadata |= {"description": options.description, "author": options.author}
    metadata["resource_type"] = options.type
    body = upload_body(staged.sha256, staged.size_bytes, source.name, metadata)
    errand(Kind.UPLOAD, body, paths, console)
    console.say("cli_upload_staged", title=options.title)
    return 0


COMMANDS: dict[str, Command] = {"enrol": enrol, "get": get, "upload": upload}


def _source(text: str) -> str:
    """A path made absolute, since the agent may have another working directory."""
    is_address = text.lower().startswith(("http://", "https://", "file:", "shelf:"))
    return text if is_address else str(Path(text).absolute())


def errand(kind: Kind, body: dict[str, Any], paths: DataPaths, console: Console) -> RequestState:
    """Leave a request and see it through; raises the typed error that ended or delays it."""
    paths.ensure()
    configure_logging(paths, "command")
    request = Request(kind, body)
    Inbox(paths).leave(request)
    state = _see_through(request, paths, console)
    if state.code is not None:
        raise _error_of(state)
    console.record({"event": "result", "kind": state.kind, "result": dict(state.result)})
    return state


def _see_through(request: Request, paths: DataPaths, console: Console) -> RequestState:
    """Be the agent, or follow the one at work, until the request is over or has to wait."""
    is_told = False
    config = AgentConfig(
        paths=paths,
        is_once=True,
        for_requests=frozenset({request.id}),
        settings=load_settings(paths),
        second_place=second_place(paths),
    )
    while True:
        try:
            run_agent(config, None, _quiet(EventPrinter(console)))
        except AlreadyRunningError as error:
            if not is_told:
                console.say("cli_waiting", **error.data)
                is_told = True
            state = _follow(request, paths)
        else:
            state = _look(request, paths)
        if state is not None and (state.is_over or state.code is not None):
            return state


def _quiet(printer: EventPrinter) -> Callable[..., None]:
    """An errand reports its own outcome once, so what the agent says of it is left out."""

    def take(event: Any) -> None:
        if event.get("event") in ("progress", "hello"):
            printer(event)

    return take


def _follow(request: Request, paths: DataPaths) -> RequestState | None:
    """Watch the request until something is decided or a moment has passed."""
    threading.Event().wait(_LOOK_EVERY_S)
    return _look(request, paths)


def _look(request: Request, paths: DataPaths) -> RequestState | None:
    reader: Database | None = None
    try:
        reader = open_reader(paths.state_db)
        return request_state(reader, request.id)
    except MissingFileError:
        return None
    finally:
        if reader is not None:
            reader.conn.close()


def _error_of(state: RequestState) -> KnownError:
    """The typed error that the agent wrote down."""
    kind = known_errors().get(state.code or "", KnownError)
    error = kind(**state.data)
    if kind is KnownError and state.state == FAILED:
        error.code = state.code or error.code  # type: ignore[misc]
    return error
