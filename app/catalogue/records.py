# SPDX-License-Identifier: GPL-3.0-or-later
"""One catalogue entry as the index keeps it: its numbers, its text and its record.

Light to import. The text of an entry holds what is searched, as it was written; the record the
rest, without what its textbook says. Both are one line of cells with CELL between them.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final

from app.catalogue.normalise import CELL, FIELD
from app.region.entry import FORMATS, RESOURCE_TYPES, Entry, ResourceFile, file_to_json

BookKey = tuple[str, str, str, str, str, str, str]  # region, then the six fields below
BOOK_FIELDS: Final = ("stage", "subject", "edition", "grade", "volume", "revision")
FORMAT_NAMES: Final = tuple(str(name.value) for name in FORMATS)
KIND_FORMATS: Final = 16
FORMAT_NUMBER: Final = {name: number for number, name in enumerate(FORMAT_NAMES)}
TYPE_NUMBER: Final = {name: number for number, name in enumerate(RESOURCE_TYPES)}
OTHER_TYPE: Final = TYPE_NUMBER["其他"]  # also for a type that a newer publisher knows
MAX_POPULARITY: Final = 0xFFFFFFFF
_EPOCH_ORDINAL: Final = date(1970, 1, 1).toordinal()


def ident_of(region_id: str, entry_id: str) -> int:
    """63 bits that stand for (region, id); they also order entries of equal popularity."""
    raw = f"{region_id}\x1f{entry_id}".encode()
    return int.from_bytes(hashlib.blake2b(raw, digest_size=8).digest(), "big") >> 1


def kind_values(kind: int) -> tuple[str, str]:
    """Type and format of a kind."""
    return RESOURCE_TYPES[kind // KIND_FORMATS], FORMAT_NAMES[kind % KIND_FORMATS]


@lru_cache(maxsize=1 << 14)
def day_of(text: str) -> int:
    """Days since 1970 of `2024`, `2024-05` or `2024-05-06…`; 0 where there is no such day."""
    parts = text[:10].split("-")
    try:
        numbers = [int(part) for part in parts] + [1, 1]
        return min(max(date(*numbers[:3]).toordinal() - _EPOCH_ORDINAL, 0), 0xFFFF)
    except ValueError:
        return 0


def tree_names(unit: str, lesson: str, chapters: tuple[str, ...]) -> tuple[str, str]:
    """(unit, lesson) under which an entry hangs; the chapter path helps where they are missing."""
    return (
        unit or (chapters[0] if chapters else ""),
        lesson or (chapters[-1] if len(chapters) > 1 else ""),
    )


def names_of(text: bytes) -> tuple[str, str]:
    """`tree_names` of a stored text."""
    cells = text.decode("utf-8", "replace").split(CELL)
    return tree_names(cells[2], cells[1], _items(cells[4]))


# --- records: what a result needs, without the database

# title, lesson, unit, provider, then lists with FIELD between their items: chapters, keywords.
TEXT_CELLS: Final = ("title", "lesson", "unit", "provider", "chapter_path", "keywords")
# An entry's own cells; an empty one is the default. `more` is JSON of what has no cell.
ENTRY_CELLS: Final = (
    "updated",
    "created",
    "popularity",
    "version",
    "duration_ms",
    "lesson_no",
    "subtitle",
    "publisher",
    "resource_type",
    "language",
    "audience",
    "license",
    "status",
    "supersedes",
    "description",
)
# The one file of an entry; of several, or beside a cover, all are in `more`.
FILE_CELLS: Final = (
    "name",
    "size_bytes",
    "pages",
    "width",
    "height",
    "duration_ms",
    "pieces_sha256",
    "role",
    "media_type",
)
CELLS: Final = ("id", *ENTRY_CELLS, *("file." + name for name in FILE_CELLS), "more")
# Beside the cells of a record: a UUID and the hash of its file, which no packing makes smaller.
ID_BYTES: Final = 16
FIXED_BYTES: Final = ID_BYTES + 32
LINE: Final = "\x1d"  # a line break inside a description
TITLE_MARK: Final = "\x02"  # stands for the title at the start of a file name
_CELL_BYTES: Final = CELL.encode()
_MEDIA_TYPE: Final = CELLS.index("file.media_type")
_NUMBERS: Final = ("popularity", "version")
_OPTIONALS: Final = ("pages", "width", "height")
_ENCODER: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))
_FILE_FIELDS: Final = frozenset(ResourceFile.__slots__) - {"extra"}


@dataclass(frozen=True, slots=True)
class Record:
    """All that is stored of one entry."""

    book: BookKey
    text: bytes
    rest: bytes
    fixed: bytes

    @property
    def entry_id(self) -> str:
        entry_id = self.rest[: self.rest.index(b"\x1e")].decode()
        return entry_id or _uuid(self.fixed)

    @property
    def title(self) -> str:
        return self.text[: self.text.index(b"\x1e")].decode("utf-8", "replace")


@lru_cache(maxsize=512)
def record_entry(record: Record) -> Entry:
    """The whole entry of a record; what a record holds was checked when its shard was read."""
    text = dict(zip(TEXT_CELLS, record.text.decode("utf-8").split(CELL), strict=True))
    cells = dict(zip(CELLS, record.rest.decode("utf-8").split(CELL), strict=True))
    known: dict[str, Any] = dict(zip(BOOK_FIELDS, record.book[1:], strict=True))
    known |= {name: cells[name] for name in ENTRY_CELLS if cells[name]} | text
    for name in ("chapter_path", "keywords"):
        known[name] = _items(known[name])
    for name in _NUMBERS:
        if name in known:
            known[name] = int(known[name])
    if "description" in known:
        known["description"] = known["description"].replace(LINE, "\n")
    known["duration_s"] = _seconds(known.pop("duration_ms", ""))
    more = json.loads(cells["more"]) if cells["more"] else {}
    known["files"] = tuple(map(_file, more.get("files", ())))
    if cells["file.media_type"]:
        known["files"] = (_only_file(cells, record),)
    known["cover"] = _file(more["cover"]) if "cover" in more else None
    return Entry(**known, id=record.entry_id, extra=more.get("extra", {}))


def main_files(record: Record) -> tuple[str, ...]:
    """The hashes of an entry's main files (the first, where none is called main)."""
    cells = record.rest.split(_CELL_BYTES)
    if cells[_MEDIA_TYPE]:
        return (record.fixed[ID_BYTES:].hex(),)
    files = json.loads(cells[-1]).get("files", ()) if cells[-1] else ()
    mains = tuple(file["sha256"] for file in files if file["role"] == "main")
    return mains or tuple(file["sha256"] for file in files[:1])


def make_record(entry: Entry, region_id: str = "") -> Record:
    """The record of an entry at hand; imports make the same from columns."""
    text = [getattr(entry, name) for name in TEXT_CELLS[:4]]
    text += [FIELD.join(entry.chapter_path), FIELD.join(entry.keywords)]
    rest = [entry.id, *(_cell(entry, name) for name in ENTRY_CELLS), *[""] * len(FILE_CELLS)]
    book: Any = (region_id, *(getattr(entry, name) for name in BOOK_FIELDS))
    rest.append(more_of(entry))
    return Record(book, CELL.join(text).encode(), CELL.join(rest).encode(), bytes(FIXED_BYTES))


def more_of(entry: Entry) -> str:
    """JSON of the files, the cover and the unknown fields of an entry; nothing if it has none."""
    more: dict[str, Any] = {"files": [file_to_json(file) for file in entry.files]}
    more["cover"] = file_to_json(entry.cover) if entry.cover else None
    more["extra"] = dict(entry.extra)
    kept = {name: value for name, value in more.items() if value}
    return _ENCODER.encode(kept) if kept else ""


def _cell(entry: Entry, name: str) -> str:
    if name == "duration_ms":
        return "" if entry.duration_s is None else str(round(entry.duration_s * 1000) + 1)
    value = getattr(entry, name)
    return "" if value is None else str(value).replace("\n", LINE)


def _only_file(cells: dict[str, str], record: Record) -> ResourceFile:
    name = cells["file.name"]
    numbers: dict[str, Any] = {field: _optional(cells["file." + field]) for field in _OPTIONALS}
    return ResourceFile(
        role=cells["file.role"],
        name=record.title + name[1:] if name[:1] == TITLE_MARK else name,
        media_type=cells["file.media_type"],
        size_bytes=int(cells["file.size_bytes"] or 0),
        sha256=record.fixed[ID_BYTES:].hex(),
        **numbers,
        duration_s=_seconds(cells["file.duration_ms"]),
        pieces_sha256=cells["file.pieces_sha256"] or None,
    )


def _file(raw: dict[str, Any]) -> ResourceFile:
    known = {name: raw.pop(name) for name in _FILE_FIELDS & raw.keys()}
    return ResourceFile(**known, extra=raw)


def _items(cell: str) -> tuple[str, ...]:
    return tuple(cell.split(FIELD)) if cell else ()


def _optional(cell: str) -> int | None:
    return int(cell) - 1 if cell else None


def _seconds(cell: str) -> float | None:
    return (int(cell) - 1) / 1000 if cell else None


def _uuid(fixed: bytes) -> str:
    digits = fixed[:ID_BYTES].hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
