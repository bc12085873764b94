# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements: each ends up in exactly one file of `statements/`, whatever comes twice.

They are rows of a spool first, one commit with the ids that make repeats known; then a numbered
file is written whole, and only then do its rows leave the spool. A cut anywhere is caught up with.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from app.base import files
from app.base.errors import KnownError, known_os_error
from app.publish.errors import RecordRefusedError
from app.publish.home import make_dir
from app.publish.receiving.store import ReceivedStore
from app.region.bundle import MAX_STATEMENT_BYTES, StatementRecord

_AT_ONCE: Final = 500
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
PER_FILE: Final = 5000
UNVOUCHED_DIR: Final = "unvouched"


class StatementInbox:
    """Takes statements in groups; `flush` before anything says that they have arrived."""

    def __init__(self, store: ReceivedStore, *, is_vouched: bool) -> None:
        self._store = store
        self._is_vouched = is_vouched
        self._waiting: list[StatementRecord] = []
        self.seen = 0
        self.added = 0

    def take(self, statement_id: str | None, raw: bytes, source: str) -> None:
        """Keep one statement; its id must be what the caller was told, if anything.

        Raises:
            RecordRefusedError: it is no statement with that id.
        """
        found = _parsed(raw, source)
        named = found["id"].lower()
        if not _UUID.fullmatch(named) or statement_id not in (None, found["id"], named):
            raise RecordRefusedError(what="statement", path=source, reason="not_an_id")
        # A line feed inside would make two lines of it; JSON never needs one.
        line = raw.strip() if b"\n" not in raw.strip() else _compact(found)
        self._waiting.append(StatementRecord(named, line))
        self.seen += 1
        if len(self._waiting) >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Make durable what was taken."""
        self.added += self._store.add_statements(self._waiting, is_vouched=self._is_vouched)
        self._waiting.clear()


def write_batches(store: ReceivedStore, folder: Path) -> int:
    """Write everything in the spool to files; how many files were written."""
    count = 0
    while (batch := store.next_batch(PER_FILE)) is not None:
        content = b"".join(line + b"\n" for line in batch.lines)
        path = batch_path(folder if batch.is_vouched else folder / UNVOUCHED_DIR, batch.number)
        make_dir(path.parent)
        _step_aside(path, content)
        files.replace_bytes(path, content)
        store.batch_written(batch)
        count += 1
    return count


def _step_aside(path: Path, content: bytes) -> None:
    """A file of that number and other content is of a database that was set back: it is kept."""
    try:
        old = path.read_bytes()
    except FileNotFoundError:
        return
    except OSError as error:
        raise known_os_error(error, path) from error
    if old != content:
        digest = hashlib.sha256(old).hexdigest()[:8]
        files.publish_file(path, path.with_name(f"{path.stem}-{digest}.ndjson"))


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
    if not isinstance(found.get("id"), str):
        raise _refused(source, "not_an_id")
    if not all(isinstance(found.get(name), dict) for name in ("actor", "verb", "object")):
        raise _refused(source, "missing")  # some other list that happens to lie there
    return found


def _refused(source: str, reason: str) -> KnownError:
    return RecordRefusedError(what="statement", path=source, reason=reason)


def _compact(found: dict[str, Any]) -> bytes:
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
