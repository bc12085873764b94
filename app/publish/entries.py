# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a file of entries (one JSON object a line) and adds all of them, or none.

The whole file is checked before any byte is copied, so a mistake in the last line costs seconds.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.base.errors import KnownError, known_os_error
from app.publish.blobs import BlobKeeper
from app.publish.errors import LineInvalidError
from app.publish.progress import OnProgress, Progress
from app.publish.store import Blob, PublishStore
from app.region.directory_fetcher import path_inside
from app.region.entry import Entry, parse_entry
from app.region.errors import EntryInvalidError
from app.region.fields import Reason
from app.region.media import UNKNOWN, guess_media_type

_MAX_LINE_BYTES: Final = 16 * 1024 * 1024
_REPORT_EVERY: Final = 1000
_NO_HASH: Final = "0" * 64
MISSING_FILE: Final = "file_missing"
NOT_THE_FILE: Final = "not_the_file"


@dataclass(frozen=True, slots=True)
class AddReport:
    """Lines read, entries that are new or different, and bytes of files read."""

    entries: int
    changed: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class _Line:
    number: int
    raw: dict[str, Any]


class EntryAdder:
    """Adds one file of entries to a region."""

    def __init__(
        self, store: PublishStore, blobs: BlobKeeper, files_dir: Path, on_progress: OnProgress
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._files_dir = files_dir
        self._on_progress = on_progress
        self._file_bytes = 0
        self._blob_of: dict[Path, Blob] = {}
        self._has_paths = False

    def add(self, source: Path) -> AddReport:
        """Check every line, then bring the files, then add the entries in one transaction.

        Raises:
            LineInvalidError: names the line; nothing of this file is added.
            BuildPendingError: a build was cut and must be finished first.
        """
        total = self._check(source)
        if self._has_paths:
            self._bring_files(source)
        changed = self._store.put_entries(self._entries(source, total))
        return AddReport(total, changed, self._file_bytes)

    def _check(self, source: Path) -> int:
        seen: set[str] = set()
        for line in _lines(source):
            entry = _parsed(source, line, self._resolved(source, line, self._looked_for))
            if entry.id in seen:
                raise line_error(source, line.number, entry.id, "id", Reason.TWICE.value)
            seen.add(entry.id)
            self._report("checked", len(seen), 0)
        return len(seen)

    def _bring_files(self, source: Path) -> None:
        for line in _lines(source):
            self._resolved(source, line, self._brought)

    def _entries(self, source: Path, total: int) -> Iterator[Entry]:
        for done, line in enumerate(_lines(source), 1):
            yield _parsed(source, line, self._resolved(source, line, self._known))
            self._report("entries", done, total)

    def _report(self, step: str, done: int, total: int) -> None:
        if done % _REPORT_EVERY == 0 or done == total:
            self._on_progress(Progress(step, done, total))

    # --- files given by path

    def _looked_for(self, path: Path) -> Blob:
        """A stand-in while checking: the file is there, its bytes are not read yet."""
        self._has_paths = True
        return Blob(_NO_HASH, path.stat().st_size, None)

    def _brought(self, path: Path) -> Blob:
        if path not in self._blob_of:
            self._blob_of[path] = self._blobs.bring(path, self._count)
        return self._blob_of[path]

    def _known(self, path: Path) -> Blob:
        return self._blob_of[path]

    def _resolved(
        self, source: Path, line: _Line, blob_of: Callable[[Path], Blob]
    ) -> dict[str, Any]:
        """The entry with `path` replaced by what `blob_of` says the file is."""
        raw = dict(line.raw)
        given = raw.get("files")
        if isinstance(given, list):
            raw["files"] = [
                self._resolved_file(source, line, f"files[{number}]", item, blob_of)
                for number, item in enumerate(given)
            ]
        if raw.get("cover") is not None:
            cover = self._resolved_file(source, line, "cover", raw["cover"], blob_of)
            raw["cover"] = {"role": "cover", **cover} if isinstance(cover, dict) else cover
        return raw

    def _resolved_file(
        self, source: Path, line: _Line, field: str, item: object, blob_of: Callable[[Path], Blob]
    ) -> object:
        if not isinstance(item, Mapping) or "path" not in item:
            return item
        out = {name: value for name, value in item.items() if name != "path"}
        path = self._path(source, line, field, item["path"])
        out.setdefault("name", path.name)
        blob = blob_of(path)
        truth = {"size_bytes": blob.size_bytes, "sha256": blob.sha256}
        for name, value in truth.items():
            if value != _NO_HASH and out.get(name, value) != value:
                raise self._fail(source, line, f"{field}.{name}", NOT_THE_FILE)
        out |= truth
        if blob.pieces_sha256 is not None:
            out["pieces_sha256"] = blob.pieces_sha256
        if not out.get("media_type") and guess_media_type(str(out["name"])) == UNKNOWN:
            out["media_type"] = guess_media_type(path.name)
        return out

    def _path(self, source: Path, line: _Line, field: str, path: object) -> Path:
        if not isinstance(path, str):
            raise self._fail(source, line, f"{field}.path", Reason.WRONG_TYPE.value)
        found = path_inside(self._files_dir, path)
        if found is None:
            raise self._fail(source, line, f"{field}.path", MISSING_FILE)
        return found

    def _fail(self, source: Path, line: _Line, field: str, reason: str) -> KnownError:
        entry_id = line.raw.get("id")
        shown = entry_id[:128] if isinstance(entry_id, str) else ""
        return line_error(source, line.number, shown, field, reason)

    def _count(self, size: int) -> None:
        self._file_bytes += size
        self._on_progress(Progress("bytes", self._file_bytes, 0))


def _lines(source: Path) -> Iterator[_Line]:
    """The objects of a file; each line is bounded before it is read."""
    try:
        with source.open("rb") as file:
            number = 0
            while raw := file.readline(_MAX_LINE_BYTES + 1):
                number += 1
                if len(raw) > _MAX_LINE_BYTES:
                    raise line_error(source, number, "", "", Reason.TOO_LONG.value)
                text = raw.removeprefix(b"\xef\xbb\xbf").strip()
                if text:
                    yield _Line(number, _object(source, number, text))
    except OSError as error:
        raise known_os_error(error, source) from error


def _object(source: Path, number: int, text: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise line_error(source, number, "", "", "not_json") from error
    if not isinstance(raw, dict):
        raise line_error(source, number, "", "", Reason.WRONG_TYPE.value)
    return raw


def _parsed(source: Path, line: _Line, raw: dict[str, Any]) -> Entry:
    try:
        return parse_entry(raw)
    except EntryInvalidError as error:
        data = error.data
        raise line_error(
            source, line.number, str(data["entry_id"]), str(data["field"]), str(data["reason"])
        ) from error


def line_error(source: Path, line: int, entry_id: str, field: str, reason: str) -> LineInvalidError:
    return LineInvalidError(
        path=str(source), line=line, entry_id=entry_id, field=field, reason=reason
    )
