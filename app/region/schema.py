# SPDX-License-Identifier: GPL-3.0-or-later
"""The columns of a shard: names, kinds, limits and what an absent column means."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.region import entry as limits
from app.region.fields import MAX_COUNT, MAX_EXTRA_BYTES


class Kind(StrEnum):
    """How a column's values become fields of an entry."""

    TEXT = "text"
    DATE = "date"
    LIST = "list"
    ID = "id"
    HASH = "hash"
    NUMBER = "number"
    OPTIONAL = "optional"  # a number plus one; 0 is none
    JSON = "json"


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """`limit`: characters of a row or largest number; `default`: what an absent column means."""

    kind: Kind
    limit: int
    default: str | int = ""


FILE_PREFIX: Final = "file."
_MAX_EXTRA_CHARS: Final = 6 * MAX_EXTRA_BYTES  # as ASCII: \u001f for one byte
_MAX_DURATION_MS: Final = int(limits.MAX_DURATION_S * 1000)

ENTRY_COLUMNS: Final[dict[str, ColumnRule]] = {
    "id": ColumnRule(Kind.ID, 128),
    **{name: ColumnRule(Kind.TEXT, limit) for name, limit in limits.TEXT_LIMITS.items()},
    "created": ColumnRule(Kind.DATE, limits.TEXT_LIMITS["created"]),
    "updated": ColumnRule(Kind.DATE, limits.TEXT_LIMITS["updated"]),
    "resource_type": ColumnRule(Kind.TEXT, limits.TEXT_LIMITS["resource_type"], "其他"),
    "language": ColumnRule(Kind.TEXT, limits.TEXT_LIMITS["language"], "zh-CN"),
    "description": ColumnRule(Kind.TEXT, limits.MAX_DESCRIPTION_CHARS),
    "chapter_path": ColumnRule(Kind.LIST, limits.MAX_CHAPTERS * (limits.MAX_CHAPTER_CHARS + 1)),
    "keywords": ColumnRule(Kind.LIST, limits.MAX_KEYWORDS * (limits.MAX_KEYWORD_CHARS + 1)),
    "duration_ms": ColumnRule(Kind.OPTIONAL, _MAX_DURATION_MS + 1, 0),
    "supersedes": ColumnRule(Kind.ID, 128),
    "version": ColumnRule(Kind.NUMBER, MAX_COUNT, 1),
    "popularity": ColumnRule(Kind.NUMBER, MAX_COUNT, 0),
    "extra": ColumnRule(Kind.JSON, _MAX_EXTRA_CHARS),
    "file_count": ColumnRule(Kind.NUMBER, limits.MAX_FILES, 0),
    "has_cover": ColumnRule(Kind.NUMBER, 1, 0),
}
FILE_COLUMNS: Final[dict[str, ColumnRule]] = {
    "file.role": ColumnRule(Kind.TEXT, limits.MAX_ROLE_CHARS, "main"),
    "file.name": ColumnRule(Kind.TEXT, limits.MAX_NAME_CHARS),
    "file.media_type": ColumnRule(Kind.TEXT, limits.MAX_MEDIA_TYPE_CHARS),
    "file.size_bytes": ColumnRule(Kind.NUMBER, limits.MAX_FILE_BYTES, 0),
    "file.sha256": ColumnRule(Kind.HASH, 64),
    "file.pages": ColumnRule(Kind.OPTIONAL, 1_000_001, 0),
    "file.width": ColumnRule(Kind.OPTIONAL, 1_000_001, 0),
    "file.height": ColumnRule(Kind.OPTIONAL, 1_000_001, 0),
    "file.duration_ms": ColumnRule(Kind.OPTIONAL, _MAX_DURATION_MS + 1, 0),
    "file.has_pieces": ColumnRule(Kind.NUMBER, 1, 0),
    "file.pieces_sha256": ColumnRule(Kind.HASH, 64),  # a row for each file that has pieces
    "file.extra": ColumnRule(Kind.JSON, _MAX_EXTRA_CHARS),
}
COLUMNS: Final = ENTRY_COLUMNS | FILE_COLUMNS
DELETED: Final = "deleted"
TITLE_MARK: Final = (
    "\x02"  # a file name that starts with its entry's title starts with this instead
)
