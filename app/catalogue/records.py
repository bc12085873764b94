# SPDX-License-Identifier: GPL-3.0-or-later
"""One catalogue entry as the index keeps it: its numbers, and its record. Light to import."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any, Final

from app.region.entry import FORMATS, RESOURCE_TYPES, Entry, ResourceFile, entry_to_json

BookKey = tuple[str, str, str, str, str, str, str]  # region, then the six fields below
BOOK_FIELDS: Final = ("stage", "subject", "edition", "grade", "volume", "revision")
FORMAT_NAMES: Final = tuple(str(name.value) for name in FORMATS)
KIND_FORMATS: Final = 16
_FORMAT_NUMBER: Final = {name: number for number, name in enumerate(FORMAT_NAMES)}
_TYPE_NUMBER: Final = {name: number for number, name in enumerate(RESOURCE_TYPES)}
_OTHER_TYPE: Final = _TYPE_NUMBER["其他"]  # also for a type that a newer publisher knows
_MAX_POPULARITY: Final = 0xFFFFFFFF
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def ident_of(region_id: str, entry_id: str) -> int:
    """63 bits that stand for (region, id); they also order entries of equal popularity."""
    raw = f"{region_id}\x1f{entry_id}".encode()
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big") >> 1


def kind_of(entry: Entry) -> int:
    """Type and format in one byte."""
    format_number = _FORMAT_NUMBER[str(entry.format.value)]
    return _TYPE_NUMBER.get(entry.resource_type, _OTHER_TYPE) * KIND_FORMATS + format_number


def kind_values(kind: int) -> tuple[str, str]:
    """Type and format of a kind."""
    return RESOURCE_TYPES[kind // KIND_FORMATS], FORMAT_NAMES[kind % KIND_FORMATS]


@lru_cache(maxsize=4096)
def day_of(text: str) -> int:
    """Days since 1970 of `2024`, `2024-05` or `2024-05-06…`; 0 where there is no such day."""
    parts = text[:10].split("-")
    try:
        numbers = [int(part) for part in parts] + [1, 1]
        return min(max(date(*numbers[:3]).toordinal() - _EPOCH_ORDINAL, 0), 0xFFFF)
    except ValueError:
        return 0


def tree_names(entry: Entry) -> tuple[str, str]:
    """(unit, lesson) under which the entry hangs; the chapter path helps where they are missing."""
    unit = entry.unit or (entry.chapter_path[0] if entry.chapter_path else "")
    lesson = entry.lesson or (entry.chapter_path[-1] if len(entry.chapter_path) > 1 else "")
    return unit, lesson


def book_key(region_id: str, entry: Entry) -> BookKey:
    return (
        region_id,
        entry.stage,
        entry.subject,
        entry.edition,
        entry.grade,
        entry.volume,
        entry.revision,
    )


def is_offline(entry: Entry, held: Callable[[str], bool]) -> bool:
    """Whether all files with role main (else the first one) are on this machine."""
    main = [file for file in entry.files if file.role == "main"] or list(entry.files[:1])
    return bool(main) and all(held(file.sha256) for file in main)


def clamp_popularity(popularity: int) -> int:
    return min(popularity, _MAX_POPULARITY)


# --- records: what a result needs, without the database

_MARK: Final = "\x1f"
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_ENTRY_FIELDS: Final = frozenset(Entry.__slots__) - {"id", "title", "extra"}
_FILE_FIELDS: Final = frozenset(ResourceFile.__slots__) - {"extra"}


def make_record(entry: Entry) -> bytes:
    """Id, title and the rest as JSON, in one line."""
    rest = entry_to_json(entry)
    del rest["id"], rest["title"]
    text = _ENCODER.encode(rest)
    return _MARK.join((entry.id, entry.title, text)).encode("utf-8", "surrogatepass")


def record_head(record: bytes) -> tuple[str, str]:
    """(id, title) of a record."""
    parts = record.split(_MARK.encode(), 2)
    return parts[0].decode(), parts[1].decode("utf-8", "replace")


@lru_cache(maxsize=512)
def record_entry(record: bytes) -> Entry:
    """The whole entry of a record; what a record holds was checked when its shard was read."""
    entry_id, title, text = record.decode("utf-8", "surrogatepass").split(_MARK, 2)
    raw: dict[str, Any] = json.loads(text)
    known = {name: raw.pop(name) for name in _ENTRY_FIELDS & raw.keys()}
    for name in ("chapter_path", "keywords"):
        known[name] = tuple(known.get(name, ()))
    known["files"] = tuple(map(_file, known.get("files", ())))
    known["cover"] = _file(known["cover"]) if known.get("cover") else None
    return Entry(**known, id=entry_id, title=title, extra=raw)


def _file(raw: dict[str, Any]) -> ResourceFile:
    known = {name: raw.pop(name) for name in _FILE_FIELDS & raw.keys()}
    return ResourceFile(**known, extra=raw)
