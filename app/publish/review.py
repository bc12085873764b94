# SPDX-License-Identifier: GPL-3.0-or-later
"""Review of uploads, level by level: accepted ones become entries, returned ones carry a reason.

The teacher hears of it with the next build, through the receipts.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.base.errors import KnownError
from app.publish import times
from app.publish.blobs import BlobKeeper
from app.publish.errors import (
    LevelInvalidError,
    ReasonMissingError,
    RunnableUploadError,
    UploadUnknownError,
)
from app.publish.home import RegionHome, RegionSettings
from app.publish.receiving.names import UNSAFE_SUFFIX
from app.publish.receiving.store import ReceivedStore, ReceivedUpload, State
from app.publish.receiving.uploads import UploadShelf
from app.publish.store import PublishStore
from app.region.enrolment import parse_enrolment
from app.region.entry import Entry, parse_entry
from app.region.fields import FORBIDDEN_IN_TEXT
from app.region.media import guess_media_type
from app.region.receipts import MAX_REASON_CHARS

_MAX_ID_CHARS: Final = 128
_TAKEN: Final = (
    "stage",
    "subject",
    "edition",
    "grade",
    "volume",
    "unit",
    "lesson",
    "resource_type",
    "description",
    "license",
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What became of an upload: the level it passed, and its entry if that was the last."""

    number: int
    title: str
    level: str
    state: State
    entry_id: str


class Review:
    """Decides about uploads that have arrived whole."""

    def __init__(self, home: RegionHome, settings: RegionSettings, received: ReceivedStore) -> None:
        self._home = home
        self._levels = settings.review_levels
        self._received = received
        self._shelf = UploadShelf(home, received)

    def waiting(self) -> list[ReceivedUpload]:
        return list(self._received.uploads((State.WAITING,)))

    def level_of(self, row: ReceivedUpload) -> str:
        """The level whose turn it is."""
        return self._levels[min(row.level + 1, len(self._levels) - 1)]

    def path_of(self, row: ReceivedUpload) -> str:
        return str(self._shelf.file_of(row))

    def accept(
        self,
        number: int,
        level: str | None,
        corrections: Mapping[str, str],
        store: PublishStore,
        now: datetime,
    ) -> Reviewed:
        """Let an upload pass one level, or all up to `level`; after the last it is an entry.

        Raises:
            UploadUnknownError, LevelInvalidError, RunnableUploadError.
            EntryInvalidError: what its teacher or a correction says of it breaks a rule.
            BuildPendingError: a build was cut and must be finished first.
        """
        row = self._waiting(number)
        target = self._target(row, level)
        is_last = target == len(self._levels) - 1
        entry_id = ""
        if is_last:
            if row.name.endswith(UNSAFE_SUFFIX):
                raise RunnableUploadError(name=row.name)
            entry = self._entry(row, corrections, BlobKeeper(self._home.tree, store), now)
            store.put_entries([entry])
            entry_id = entry.id
        state = State.ACCEPTED if is_last else State.WAITING
        self._decide(row, state, target, "", entry_id, now)
        if is_last:
            self._shelf.release(row)
        return Reviewed(number, row.title, self._levels[target], state, entry_id)

    def send_back(self, number: int, level: str | None, reason: str, now: datetime) -> Reviewed:
        """Return an upload to its teacher, who reads why.

        Raises:
            UploadUnknownError, LevelInvalidError, ReasonMissingError.
        """
        row = self._waiting(number)
        target = self._target(row, level)
        text = FORBIDDEN_IN_TEXT.sub("", reason).strip()[:MAX_REASON_CHARS]
        if not text:
            raise ReasonMissingError()
        self._decide(row, State.RETURNED, row.level, text, "", now, decided_by=target)
        return Reviewed(number, row.title, self._levels[target], State.RETURNED, "")

    def _waiting(self, number: int) -> ReceivedUpload:
        row = self._received.get(number)
        if row is None or row.state is not State.WAITING:
            raise UploadUnknownError(number=number)
        return row

    def _target(self, row: ReceivedUpload, level: str | None) -> int:
        if level is None:
            return min(row.level + 1, len(self._levels) - 1)
        if level not in self._levels or self._levels.index(level) <= row.level:
            raise LevelInvalidError(level=level, levels="、".join(self._levels))
        return self._levels.index(level)

    def _decide(
        self,
        row: ReceivedUpload,
        state: State,
        level: int,
        reason: str,
        entry_id: str,
        now: datetime,
        *,
        decided_by: int | None = None,
    ) -> None:
        self._received.decide(
            row.number,
            state=state,
            level=level,
            level_name=self._levels[level if decided_by is None else decided_by],
            reason=reason,
            entry_id=entry_id,
            now=times.show(now),
        )

    def _entry(
        self, row: ReceivedUpload, corrections: Mapping[str, str], keeper: BlobKeeper, now: datetime
    ) -> Entry:
        """The upload as an entry that says who made it and where it came from."""
        said = {**row.details, **corrections}
        blob = keeper.bring(self._shelf.file_of(row), _unheard)
        school = self._school_name(row.school_code)
        file = {
            "role": "main",
            "name": row.name,
            "media_type": guess_media_type(row.name),
            "size_bytes": blob.size_bytes,
            "sha256": blob.sha256,
            "pieces_sha256": blob.pieces_sha256,
        }
        raw: dict[str, Any] = {name: said[name] for name in _TAKEN if said.get(name)}
        raw |= {
            "id": entry_id_of(row),
            "title": said.get("title") or row.name,
            "provider": school,
            "created": times.show(now)[:10],
            "files": [file],
            "origin": {"kind": "upload", "school": row.school_code, "upload_id": row.upload_id},
        }
        if said.get("author"):
            raw["author"] = said["author"]
        return parse_entry(raw)

    def _school_name(self, code: str) -> str:
        """The school's name from its enrolment; where there is none, its code."""
        names = {path.stem: path for path in self._home.enrolments_dir.glob("*.json")}
        try:
            school = parse_enrolment(names[code].read_bytes()).school if code in names else None
        except (KnownError, OSError):
            school = None
        return school.name if school else code


def entry_id_of(row: ReceivedUpload) -> str:
    """One id for an upload, however often it is accepted."""
    entry_id = f"upload-{row.upload_id}"
    if len(entry_id) <= _MAX_ID_CHARS:
        return entry_id
    return f"upload-{hashlib.sha256(row.upload_id.encode()).hexdigest()}"


def _unheard(_: int) -> None:
    """A single file is quick; nobody waits for its progress."""
