# SPDX-License-Identifier: GPL-3.0-or-later
"""One lesson list as one file: `NAME.kezhan`, a zip with `manifest.json` and `files/<sha256>`.

Written at home, carried on any stick, read by a stranger's machine: nothing in it is believed.
Members are never extracted by their names; every length is known before a byte is unpacked.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import CancelledError, KnownError, MissingFileError, known_os_error
from app.lesson.errors import ListPackageInvalidError
from app.lesson.lists import MAX_NAME_CHARS, MAX_TITLE_CHARS, ItemKind, ListItem, OwnFile
from app.lesson.own_files import IsCancelled, OnBytes, OwnFiles
from app.region.entry import MAX_MEDIA_TYPE_CHARS, MEDIA_TYPE
from app.region.fields import ENTRY_ID, SHA256, Fields, Reason
from app.region.media import guess_media_type

ENDING: Final = ".kezhan"
FORMAT: Final = "kezhan-list"
MAJOR, MINOR = 1, 0
MANIFEST: Final = "manifest.json"
MAX_ITEMS: Final = 500
MAX_FILE_BYTES: Final = 8 << 30
_MAX_MANIFEST_BYTES: Final = 4 << 20
_MAX_MEMBERS: Final = 4 * MAX_ITEMS
_MAX_SECONDS: Final = 1_000_000.0
# Text packs a hundredfold at best; what promises more is made to fill a disk.
_MAX_RATIO: Final = 200
_FREE_OF_RATIO_BYTES: Final = 1 << 20
_CHUNK_BYTES: Final = 1 << 20
_CLIMBS: Final = re.compile(r"(^|[\\/])\.\.([\\/]|$)|^[\\/]|^[A-Za-z]:|[\x00-\x1f]")
_REGION_ID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class ListPackage:
    """What a `.kezhan` file holds, once its own files are in the own store."""

    name: str
    items: tuple[ListItem, ...]


def write_package(
    out: Path,
    name: str,
    items: Sequence[ListItem],
    locate: Callable[[OwnFile], Path | None],
    on_bytes: OnBytes,
    is_cancelled: IsCancelled,
) -> None:
    """Write a list to `out`; an older file there is replaced whole.

    Raises:
        MissingFileError: an own file is not on this machine any more.
        CancelledError, DiskFullError, ReadOnlyError, UnreadableFileError: `out` is as it was.
    """
    own = list({item.file.sha256: item.file for item in items if item.file is not None}.values())
    temporary = out.with_name(f".{out.name}.part")
    try:
        with zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
            manifest = json.dumps(_manifest(name, items, own), ensure_ascii=False, indent=1)
            archive.writestr(MANIFEST, manifest.encode("utf-8"))
            for file in own:
                path = locate(file)
                if path is None:
                    raise MissingFileError(path=file.name)
                with path.open("rb") as source, archive.open(_member(file), "w") as target:
                    _pass_on(source, target, on_bytes, is_cancelled)
        files.publish_file(temporary, out)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise known_os_error(error, out) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def read_package(
    path: Path, own: OwnFiles, on_bytes: OnBytes, is_cancelled: IsCancelled
) -> ListPackage:
    """Read a list and take its own files into the own store.

    Raises:
        ListPackageInvalidError: damaged, hostile, or no such file at all; nothing of it is kept
            but whole files of its own that came before the damage.
        UnknownMajorError: written by a newer Kezhan.
        CancelledError, DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError.
    """
    with _opened(path) as archive:
        members = _members(archive, path.name)
        package, promised = _parse(_manifest_bytes(archive, members, path.name), path.name)
        for file in promised:
            _take(archive, members, file, own, (path.name, on_bytes, is_cancelled))
    return package


def _manifest(name: str, items: Iterable[ListItem], own: Iterable[OwnFile]) -> dict[str, Any]:
    return document_header(FORMAT, MAJOR, MINOR) | {
        "name": name,
        "items": [_item_document(item) for item in items],
        "files": [
            {
                "sha256": file.sha256,
                "size_bytes": file.size_bytes,
                "name": file.name,
                "media_type": file.media_type,
            }
            for file in own
        ],
    }


def _item_document(item: ListItem) -> dict[str, Any]:
    document: dict[str, Any] = {"kind": item.kind.value, "title": item.title}
    if item.kind is ItemKind.RESOURCE:
        document |= {"region_id": item.region_id, "entry_id": item.entry_id}
    if item.file is not None:
        document["sha256"] = item.file.sha256
    for name in ("start_s", "end_s", "first_page", "last_page"):
        value = getattr(item, name)
        if value is not None:
            document[name] = value
    return document


def _member(file: OwnFile) -> str:
    return f"files/{file.sha256}"


def _pass_on(
    source: IO[bytes], target: IO[bytes], on_bytes: OnBytes, is_cancelled: IsCancelled
) -> None:
    while chunk := source.read(_CHUNK_BYTES):
        if is_cancelled():
            raise CancelledError
        target.write(chunk)
        on_bytes(len(chunk))


# -- reading -------------------------------------------------------------------------------------


def _bad(name: str, reason: str) -> ListPackageInvalidError:
    return ListPackageInvalidError(name=name, reason=reason)


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive; whatever zipfile says of broken bytes becomes one word."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (
        zipfile.BadZipFile,
        zipfile.LargeZipFile,
        NotImplementedError,
        EOFError,
        zlib.error,
        UnicodeError,
        ValueError,
        RuntimeError,
    ) as error:
        raise _bad(path.name, "damaged") from error
    except OSError as error:
        known = known_os_error(error, path)
        raise known from error


def _members(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    infos = archive.infolist()
    if len(infos) > _MAX_MEMBERS:
        raise _bad(name, "too_many")
    for info in infos:
        if _CLIMBS.search(info.orig_filename) or info.filename in found:
            raise _bad(name, "hostile")
        if info.flag_bits & 0x1:
            raise _bad(name, "encrypted")
        if info.file_size > _FREE_OF_RATIO_BYTES + _MAX_RATIO * info.compress_size:
            raise _bad(name, "hostile")
        found[info.filename] = info
    return found


def _manifest_bytes(
    archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo], name: str
) -> bytes:
    info = members.get(MANIFEST)
    if info is None:
        raise _bad(name, "no_manifest")
    if info.file_size > _MAX_MANIFEST_BYTES:
        raise _bad(name, "too_large")
    with archive.open(info) as member:
        return member.read(_MAX_MANIFEST_BYTES + 1)


def _parse(raw: bytes, name: str) -> tuple[ListPackage, tuple[OwnFile, ...]]:
    def fail(field: str, reason: Reason) -> KnownError:
        return _bad(name, f"{field}: {reason.value}")

    document = parse_document(raw, FORMAT, MAJOR, max_bytes=_MAX_MANIFEST_BYTES)
    fields = Fields(document, fail)
    promised = {
        file.sha256: file
        for one in fields.items("files", MAX_ITEMS)
        for file in (_file_of(fields.inside("files", one)),)
    }
    items = tuple(
        _item_of(fields.inside("items", one), promised) for one in fields.items("items", MAX_ITEMS)
    )
    return ListPackage(fields.text("name", MAX_NAME_CHARS), items), tuple(promised.values())


def _file_of(fields: Fields) -> OwnFile:
    name = fields.text("name", 255, required=True).replace("/", "_").replace("\\", "_")
    given = fields.text("media_type", MAX_MEDIA_TYPE_CHARS)
    return OwnFile(
        sha256=fields.matching("sha256", SHA256, Reason.NOT_A_HASH),
        size_bytes=fields.required_count("size_bytes", maximum=MAX_FILE_BYTES),
        name=name,
        media_type=given if MEDIA_TYPE.fullmatch(given) else guess_media_type(name),
    )


def _item_of(fields: Fields, promised: dict[str, OwnFile]) -> ListItem:
    word = fields.text("kind", 20, required=True)
    if word not in tuple(ItemKind):
        raise fields.error("kind", Reason.NOT_IN_LIST)
    kind = ItemKind(word)
    region_id = entry_id = ""
    file: OwnFile | None = None
    if kind is ItemKind.RESOURCE:
        region_id = fields.matching("region_id", _REGION_ID, Reason.NOT_AN_ID)
        entry_id = fields.matching("entry_id", ENTRY_ID, Reason.NOT_AN_ID)
    elif kind is ItemKind.FILE:
        entry_id = fields.matching("sha256", SHA256, Reason.NOT_A_HASH)
        file = promised.get(entry_id)
        if file is None:
            raise fields.error("sha256", Reason.MISSING)
    return ListItem(
        item_id="new",
        region_id=region_id,
        entry_id=entry_id,
        title=fields.text("title", MAX_TITLE_CHARS),
        start_s=fields.seconds("start_s", _MAX_SECONDS),
        end_s=fields.seconds("end_s", _MAX_SECONDS),
        first_page=fields.optional_count("first_page", minimum=1, maximum=100_000),
        last_page=fields.optional_count("last_page", minimum=1, maximum=100_000),
        kind=kind,
        file=file,
    )


def _take(
    archive: zipfile.ZipFile,
    members: dict[str, zipfile.ZipInfo],
    file: OwnFile,
    own: OwnFiles,
    way: tuple[str, OnBytes, IsCancelled],
) -> None:
    name, on_bytes, is_cancelled = way
    info = members.get(_member(file))
    if info is None or info.file_size != file.size_bytes:
        raise _bad(name, "file_missing")
    known = own.path_of(file.sha256)
    if known.is_file() and known.stat().st_size == file.size_bytes:
        on_bytes(file.size_bytes)
        return
    with archive.open(info) as member:
        try:
            own.take(member, file.name, on_bytes, is_cancelled, expected=file)
        except KnownError as error:
            if error.code == "file_unreadable":
                raise _bad(name, "file_damaged") from error
            raise
