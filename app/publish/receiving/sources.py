# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds what schools sent in a folder: bundles on sticks, uploads of a tus server, statements.

Nothing there is trusted: links are never followed, depth and number are bounded, and what cannot
be read is named and passed over.
"""

import json
import os
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from app.base.errors import KnownError, known_os_error
from app.publish.errors import ForeignStickError, LinkRefusedError, RecordRefusedError
from app.region.bundle import BUNDLE_ID, BundledUpload, parse_upload
from app.region.bundle_reader import part_paths
from app.region.errors import BundleDamagedError
from app.region.layout import BLOBS_DIR, CATALOGUE_DIR, METADATA_DIR, PIECES_DIR, TARGETS_DIR

_MAX_DEPTH: Final = 8
_MAX_INFO_BYTES: Final = 64 * 1024
_TREE_PARTS: Final = frozenset({METADATA_DIR, TARGETS_DIR, CATALOGUE_DIR, BLOBS_DIR, PIECES_DIR})
_INFO_SUFFIXES: Final = (".info", ".json")  # tusd, @tus/file-store
_OUT: Final = "out"


@dataclass(frozen=True, slots=True)
class FoundBundle:
    """The parts of one bundle, in order. `name` is what the carrier calls it."""

    name: str
    parts: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FoundUpload:
    """A whole file that an upload server has taken in, and what its sender said about it."""

    path: Path
    upload: BundledUpload


@dataclass(frozen=True, slots=True)
class FoundStatements:
    """A file with a statement on each line."""

    path: Path


@dataclass(frozen=True, slots=True)
class FoundProblem:
    """Something that cannot be taken in; the rest goes on."""

    error: KnownError


Found = FoundBundle | FoundUpload | FoundStatements | FoundProblem


@dataclass(frozen=True, slots=True)
class _TusFile:
    path: Path
    metadata: dict[str, str]
    size_bytes: int


def find(folder: Path, region_id: str) -> Iterator[Found]:
    """Everything below `folder` that schools send, bundles of a depot's parts last."""
    parts: dict[str, dict[int, Path]] = {}
    for found in _walk(folder, region_id, 0):
        if isinstance(found, _TusFile):
            yield from _of_server(found, parts)
        else:
            yield found
    for name, numbered in sorted(parts.items()):
        ordered: list[Path] = []
        while len(ordered) + 1 in numbered:
            ordered.append(numbered[len(ordered) + 1])
        yield FoundBundle(name, tuple(ordered))


def _walk(folder: Path, region_id: str, depth: int) -> Iterator[Found | _TusFile]:
    try:
        with os.scandir(folder) as entries:
            items = sorted(entries, key=lambda item: item.name)
    except OSError as error:
        yield FoundProblem(known_os_error(error, folder))
        return
    names = {item.name for item in items}
    for item in items:
        path = Path(item.path)
        try:
            found = item.stat(follow_symlinks=False)
            if _is_link(found):
                yield FoundProblem(LinkRefusedError(path=str(path)))
            elif stat.S_ISDIR(found.st_mode):
                yield from _in_folder(path, region_id, depth)
            elif stat.S_ISREG(found.st_mode):
                yield from _file(path, names, found.st_size)
        except OSError as error:
            yield FoundProblem(known_os_error(error, path))
        except KnownError as error:
            yield FoundProblem(error)


def _in_folder(path: Path, region_id: str, depth: int) -> Iterator[Found | _TusFile]:
    name = path.name
    if name.startswith(".") or name in _TREE_PARTS:
        return
    if (
        path.parent.name.casefold() == _OUT
        and BUNDLE_ID.fullmatch(name.casefold())
        and name.casefold() != region_id
    ):
        yield FoundProblem(ForeignStickError(path=str(path)))
        return
    if (path / "0001.part").exists():
        yield FoundBundle(name, part_paths(path))
    elif depth < _MAX_DEPTH:
        yield from _walk(path, region_id, depth + 1)


def _file(path: Path, names: set[str], size_bytes: int) -> Iterator[Found | _TusFile]:
    if path.suffix == ".ndjson":
        yield FoundStatements(path)
    elif path.suffix in _INFO_SUFFIXES and path.stem in names and size_bytes <= _MAX_INFO_BYTES:
        info = _read_info(path)
        payload = path.with_suffix("")
        if info is not None and payload.stat(follow_symlinks=False).st_size == info.size_bytes:
            yield info


def _read_info(path: Path) -> _TusFile | None:
    """What @tus/file-store (`x.json`) or tusd (`x.info`) wrote; None when it is another file."""
    payload = path.with_suffix("")
    if _is_link(payload.stat(follow_symlinks=False)):
        raise LinkRefusedError(path=str(payload))
    try:
        raw = json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return None
    document: dict[str, Any] = raw if isinstance(raw, dict) else {}
    metadata = document.get("metadata", document.get("MetaData"))
    size_bytes = document.get("size", document.get("Size"))
    if not isinstance(metadata, dict) or not isinstance(size_bytes, int):
        return None
    texts = {name: text for name, text in metadata.items() if isinstance(text, str)}
    return _TusFile(payload, texts, size_bytes)


def _of_server(
    found: _TusFile, parts: dict[str, dict[int, Path]]
) -> Iterator[FoundUpload | FoundProblem]:
    metadata = found.metadata
    if metadata.get("kind") == "bundle":
        name, number = metadata.get("bundle_id", ""), metadata.get("part", "")
        if BUNDLE_ID.fullmatch(name) and number.isdecimal() and len(number) <= 4:
            # The same part may have come over two depots: any whole one will do.
            parts.setdefault(name, {}).setdefault(int(number), found.path)
        return
    known = {"filename", "name", "filetype", "sha256", "id", "school", "kind"}
    document = {
        "id": metadata.get("id"),
        "sha256": metadata.get("sha256"),
        "size_bytes": found.size_bytes,
        "name": metadata.get("filename", ""),
        "school": metadata.get("school", ""),
        "details": {name: text for name, text in metadata.items() if name not in known},
    }
    try:
        yield FoundUpload(found.path, parse_upload(json.dumps(document).encode()))
    except BundleDamagedError as error:
        reason = str(error.data["reason"])
        refused = RecordRefusedError(what="upload", path=str(found.path), reason=reason)
        yield FoundProblem(refused)


def _is_link(found: os.stat_result) -> bool:
    """A link or a junction."""
    if sys.platform == "win32" and found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return True
    return stat.S_ISLNK(found.st_mode)
