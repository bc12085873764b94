# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements: each ends up in exactly one file of `statements/`, whatever comes twice.

They are rows of a spool first, one commit with the ids that make repeats known; then a numbered
file is written whole, and only then do its rows leave the spool. A cut anywhere is caught up with.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from app.base import files
from app.base.errors import KnownError
from app.publish.errors import RecordRefusedError
from app.publish.home import make_dir
from app.publish.receiving.store import ReceivedStore
from app.region.bundle import MAX_STATEMENT_BYTES, StatementRecord
from app.region.fields import ENTRY_ID

_AT_ONCE: Final = 500
PER_FILE: Final = 5000


class StatementInbox:
    """Takes statements in groups; `flush` before anything says that they have arrived."""

    def __init__(self, store: ReceivedStore) -> None:
        self._store = store
        self._waiting: list[StatementRecord] = []
        self.seen = 0
        self.added = 0

    def take(self, statement_id: str | None, raw: bytes, source: str) -> None:
        """Keep one statement; its id must be what the caller was told, if anything.

        Raises:
            RecordRefusedError: it is no statement with that id.
        """
        found = _parsed(raw, source)
        named = found.get("id")
        if not isinstance(named, str) or not ENTRY_ID.fullmatch(named):
            raise RecordRefusedError(what="statement", path=source, reason="not_an_id")
        if statement_id is not None and statement_id.lower() != named.lower():
            raise RecordRefusedError(what="statement", path=source, reason="not_an_id")
        # A line feed inside would make two lines of it; JSON never needs one.
        line = raw.strip() if b"\n" not in raw.strip() else _compact(found)
        self._waiting.append(StatementRecord(named.lower(), line))
        self.seen += 1
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Make durable what was taken."""
        self.added += self._store.add_statements(self._waiting)
        self._waiting.clear()


def write_batches(store: ReceivedStore, folder: Path) -> int:
    """Write everything in the spool to files; how many files were written."""
    make_dir(folder)
    count = 0
    while (batch := store.next_batch(PER_FILE)) is not None:
        number, lines = batch
        files.replace_bytes(batch_path(folder, number), b"".join(line + b"\n" for line in lines))
        store.batch_written(number)
        count += 1
    return count


def batch_path(folder: Path, number: int) -> Path:
    return folder / f"{number:06d}.ndjson"


def lines_of(path: Path) -> Iterator[bytes]:
    """The lines of a file of statements, each bounded before it is read; empty ones left out.

    Raises:
        RecordRefusedError: a line is longer than any statement; OSError as files do.
    """
    with path.open("rb") as file:
        while raw := file.readline(MAX_STATEMENT_BYTES + 1):
            if len(raw) > MAX_STATEMENT_BYTES:
                raise RecordRefusedError(what="statement", path=str(path), reason="too_long")
            text = raw.removeprefix(b"\xef\xbb\xbf").strip()
            if text:
                yield text


def _parsed(raw: bytes, source: str) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise _refused(source, "not_json") from error
    if not isinstance(found, dict):
        raise _refused(source, "wrong_type")
    return found


def _refused(source: str, reason: str) -> KnownError:
    return RecordRefusedError(what="statement", path=source, reason=reason)


def _compact(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
