# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue entry: one resource with its files, and the rules that every entry keeps."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.base.errors import KnownError
from app.region.errors import EntryInvalidError
from app.region.fields import ENTRY_ID, SHA256, Fields, Reason
from app.region.media import Format, format_of, guess_media_type

RESOURCE_TYPES: Final = (
    "课件",
    "微课",
    "教案",
    "任务单",
    "练习",
    "电子教材",
    "音频",
    "素材",
    "其他",
)
FORMATS: Final = tuple(Format)

MAX_TITLE_CHARS: Final = 500
MAX_FILES: Final = 64
MAX_KEYWORDS: Final = 50
MAX_CHAPTERS: Final = 16
MAX_FILE_BYTES: Final = 2**40
MAX_DURATION_S: Final = 1_000_000.0

# Longest text of every single-line field, in characters.
TEXT_LIMITS: Final[Mapping[str, int]] = {
    "title": MAX_TITLE_CHARS,
    "subtitle": 500,
    "stage": 100,
    "subject": 100,
    "edition": 100,
    "publisher": 200,
    "grade": 100,
    "volume": 100,
    "revision": 100,
    "unit": 300,
    "lesson_no": 50,
    "lesson": 300,
    "resource_type": 50,
    "language": 35,
    "audience": 200,
    "provider": 200,
    "license": 200,
    "created": 35,
    "updated": 35,
    "status": 50,
}
MAX_DESCRIPTION_CHARS: Final = 5000
MAX_KEYWORD_CHARS: Final = 100
MAX_CHAPTER_CHARS: Final = 300
MAX_NAME_CHARS: Final = 255
MAX_ROLE_CHARS: Final = 40
MAX_MEDIA_TYPE_CHARS: Final = 127

MEDIA_TYPE: Final = re.compile(
    r"[a-z0-9][a-z0-9!#$&^_.+-]{0,62}/[a-z0-9][a-z0-9!#$&^_.+-]{0,62}(;[ -~]{1,60})?"
)
_DATE: Final = re.compile(
    r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01])"
    r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?(Z|[+-]\d\d:\d\d)?)?)?)?"
)
_FILE_FIELDS: Final = frozenset(
    {
        "role",
        "name",
        "media_type",
        "size_bytes",
        "sha256",
        "pages",
        "width",
        "height",
        "duration_s",
        "pieces_sha256",
    }
)
_ENTRY_FIELDS: Final = frozenset(TEXT_LIMITS) | frozenset(
    {
        "id",
        "chapter_path",
        "description",
        "keywords",
        "duration_s",
        "supersedes",
        "version",
        "popularity",
        "files",
        "cover",
    }
)


@dataclass(frozen=True, slots=True)
class ResourceFile:
    """One file of a resource, named by its content. `duration_s` is exact to the millisecond."""

    role: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    pages: int | None = None
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None
    pieces_sha256: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One resource of the catalogue; `extra` holds fields that a newer publisher added."""

    id: str
    title: str
    subtitle: str = ""
    stage: str = ""
    subject: str = ""
    edition: str = ""
    publisher: str = ""
    grade: str = ""
    volume: str = ""
    revision: str = ""
    unit: str = ""
    lesson_no: str = ""
    lesson: str = ""
    chapter_path: tuple[str, ...] = ()
    resource_type: str = "其他"
    language: str = "zh-CN"
    description: str = ""
    keywords: tuple[str, ...] = ()
    audience: str = ""
    duration_s: float | None = None
    provider: str = ""
    license: str = ""
    created: str = ""
    updated: str = ""
    status: str = ""
    supersedes: str | None = None
    version: int = 1
    popularity: int = 0
    files: tuple[ResourceFile, ...] = ()
    cover: ResourceFile | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @property
    def main_file(self) -> ResourceFile | None:
        """The file that opening the resource opens: role "main", else the first."""
        for file in self.files:
            if file.role == "main":
                return file
        return self.files[0] if self.files else None

    @property
    def format(self) -> Format:
        main = self.main_file
        return Format.NONE if main is None else format_of(main.media_type, main.name)


def parse_entry(raw: Mapping[str, Any]) -> Entry:
    """Check one entry that came from outside.

    Raises EntryInvalidError: what a field holds breaks the format; data names entry and field.
    """
    entry_id = raw.get("id") if isinstance(raw, Mapping) else None
    shown_id = entry_id[:128] if isinstance(entry_id, str) else ""

    def fail(name: str, reason: Reason) -> KnownError:
        return EntryInvalidError(entry_id=shown_id, field=name, reason=reason.value)

    fields = Fields(raw, fail)
    texts = {
        name: fields.text(name, limit, required=name == "title")
        for name, limit in TEXT_LIMITS.items()
    }
    texts["resource_type"] = texts["resource_type"] or "其他"
    texts["language"] = texts["language"] or "zh-CN"
    if texts["resource_type"] not in RESOURCE_TYPES:
        raise fail("resource_type", Reason.NOT_IN_LIST)
    for name in ("created", "updated"):
        if texts[name] and not _DATE.fullmatch(texts[name]):
            raise fail(name, Reason.NOT_A_DATE)
    return Entry(
        id=fields.matching("id", ENTRY_ID, Reason.NOT_AN_ID),
        chapter_path=fields.texts("chapter_path", MAX_CHAPTERS, MAX_CHAPTER_CHARS),
        description=fields.text("description", MAX_DESCRIPTION_CHARS, multiline=True),
        keywords=fields.texts("keywords", MAX_KEYWORDS, MAX_KEYWORD_CHARS),
        duration_s=fields.seconds("duration_s", MAX_DURATION_S),
        supersedes=fields.optional_matching("supersedes", ENTRY_ID, Reason.NOT_AN_ID),
        version=fields.count("version", default=1, minimum=1),
        popularity=fields.count("popularity"),
        files=_parse_files(fields),
        cover=_parse_cover(fields),
        extra=fields.unknown(_ENTRY_FIELDS),
        **texts,
    )


def _parse_files(fields: Fields) -> tuple[ResourceFile, ...]:
    items = fields.items("files", MAX_FILES)
    return tuple(_parse_file(fields.inside(f"files[{n}]", item)) for n, item in enumerate(items))


def _parse_cover(fields: Fields) -> ResourceFile | None:
    raw = fields.raw.get("cover")
    return None if raw is None else _parse_file(fields.inside("cover", raw))


def _parse_file(fields: Fields) -> ResourceFile:
    name = fields.text("name", MAX_NAME_CHARS)
    if name and not is_plain_file_name(name):
        raise fields.error("name", Reason.NOT_A_NAME)
    media_type = fields.text("media_type", MAX_MEDIA_TYPE_CHARS).lower() or guess_media_type(name)
    if not MEDIA_TYPE.fullmatch(media_type):
        raise fields.error("media_type", Reason.NOT_A_MEDIA_TYPE)
    return ResourceFile(
        role=fields.text("role", MAX_ROLE_CHARS) or "main",
        name=name,
        media_type=media_type,
        size_bytes=fields.required_count("size_bytes", maximum=MAX_FILE_BYTES),
        sha256=fields.matching("sha256", SHA256, Reason.NOT_A_HASH),
        pages=fields.optional_count("pages", maximum=1_000_000),
        width=fields.optional_count("width", maximum=1_000_000),
        height=fields.optional_count("height", maximum=1_000_000),
        duration_s=fields.seconds("duration_s", MAX_DURATION_S),
        pieces_sha256=fields.optional_matching("pieces_sha256", SHA256, Reason.NOT_A_HASH),
        extra=fields.unknown(_FILE_FIELDS),
    )


def is_plain_file_name(name: str) -> bool:
    """Whether it names a file and no place: no separators, no drive, no dots alone."""
    return not (set(name) & set('/\\:*?"<>|')) and name not in {".", ".."}


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """The entry as JSON data: fields at their defaults are left out, `extra` is merged back."""
    out: dict[str, Any] = {"id": entry.id, "title": entry.title}
    for name in _ENTRY_ORDER:
        value = getattr(entry, name)
        if value != _ENTRY_DEFAULTS[name]:
            out[name] = list(value) if isinstance(value, tuple) else value
    if entry.files:
        out["files"] = [file_to_json(file) for file in entry.files]
    if entry.cover:
        out["cover"] = file_to_json(entry.cover)
    out.update({name: value for name, value in entry.extra.items() if name not in _ENTRY_FIELDS})
    return out


def file_to_json(file: ResourceFile) -> dict[str, Any]:
    out: dict[str, Any] = {
        "role": file.role,
        "name": file.name,
        "media_type": file.media_type,
        "size_bytes": file.size_bytes,
        "sha256": file.sha256,
    }
    for name in ("pages", "width", "height", "duration_s", "pieces_sha256"):
        value = getattr(file, name)
        if value is not None:
            out[name] = value
    out.update({name: value for name, value in file.extra.items() if name not in _FILE_FIELDS})
    return out


_BLANK: Final = Entry(id="", title="")
_ENTRY_ORDER: Final = tuple(
    name for name in Entry.__slots__ if name not in {"id", "title", "files", "cover", "extra"}
)
_ENTRY_DEFAULTS: Final = {name: getattr(_BLANK, name) for name in _ENTRY_ORDER}
