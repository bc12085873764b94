# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie on a stick. Whatever is found is a plain folder below the one that was named."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from app.base.errors import KnownError, known_os_error
from app.region.bundle import BUNDLE_ID, OUT_DIR
from app.region.layout import BLOBS_DIR, METADATA_DIR, TARGETS_DIR
from app.region.region_document import MAX_REGION_BYTES, REGION_ID, parse_region_document
from app.sync.carriers import read_all
from app.sync.courier.errors import StickAmbiguousError, StickForeignError, StickLinkError
from app.sync.directory import DirectoryCarrier
from app.sync.errors import CarrierGoneError, NothingToImportError

HOME_DIR = "kezhan"
_MAX_NAMES = 20_000
_MAX_TIMESTAMP_BYTES = 16 << 10


@dataclass(frozen=True, slots=True)
class Tree:
    """A tree on the stick; `region_id` is empty where nothing says whose it is."""

    carrier: DirectoryCarrier
    region_id: str = ""


def find_trees(folder: Path, region_ids: Collection[str]) -> list[Tree]:
    """The trees of the regions this machine has joined, in a folder that a user pointed at.

    A tree lies at the root, in `public/`, in `kezhan/` or `kezhan/public/` (a copy of the county's
    folder), or in `kezhan/<region_id>/` (a stick that the county made).

    Raises:
        CarrierGoneError: there is no such folder.
        StickForeignError: there are trees, and all are of other regions.
        NothingToImportError: there is none.
        StickAmbiguousError, StickLinkError: somebody has tampered with the folders.
    """
    trees: list[Tree] = []
    foreign = ""
    for base in _candidates(folder):
        if not any(is_plain_dir(base / name) for name in (METADATA_DIR, BLOBS_DIR)):
            continue
        region_id = base.name if REGION_ID.fullmatch(base.name) else _said_by(base)
        if region_id and region_id not in region_ids:
            foreign = foreign or region_id
            continue
        trees.append(Tree(DirectoryCarrier(base), region_id))
    if not trees and foreign:
        raise StickForeignError(path=str(folder), region_id=foreign)
    if not trees:
        raise NothingToImportError(path=str(folder))
    return trees


def version_of(carrier: DirectoryCarrier) -> int:
    """Which release a tree says it holds; 0 where it says none. Nothing rests on it."""
    try:
        raw = read_all(carrier, f"{METADATA_DIR}/timestamp.json", max_bytes=_MAX_TIMESTAMP_BYTES)
        found = json.loads(raw)["signed"]["version"]
    except (KnownError, ValueError, KeyError, TypeError, RecursionError):
        return 0
    return found if isinstance(found, int) else 0


def home_of(folder: Path) -> Path | None:
    """The folder `kezhan` of a stick, however an old system wrote its name."""
    return plain_child(folder, HOME_DIR)


def bundles_on(folder: Path, region_ids: Collection[str]) -> Iterator[tuple[str, Path]]:
    """Every folder that looks like a sealed bundle, with its region: finished ones only."""
    place = folder
    for name in OUT_DIR.split("/"):
        found = plain_child(place, name)
        if found is None:
            return
        place = found
    for region_id in sorted(region_ids):
        region_dir = plain_child(place, region_id)
        if region_dir is None:
            continue
        for name in sorted(names_in(region_dir)):
            if BUNDLE_ID.fullmatch(name) and is_plain_dir(region_dir / name):
                yield region_id, region_dir / name


def plain_child(folder: Path, name: str) -> Path | None:
    """The plain folder of that name, whatever its case; None when there is none.

    Raises:
        StickAmbiguousError: there are two that Windows would take for one.
        StickLinkError: it is a link.
        CarrierGoneError: the stick was pulled.
    """
    alike = [found for found in names_in(folder) if found.casefold() == name.casefold()]
    if not alike:
        return None
    if len(alike) > 1:
        raise StickAmbiguousError(path=str(folder), name=name)
    child = folder / alike[0]
    if is_link(child):
        raise StickLinkError(path=str(folder), name=alike[0])
    return child if is_plain_dir(child) else None


def names_in(folder: Path) -> list[str]:
    """The names in a folder, no more than a sane stick has; none when it is not there.

    Raises:
        CarrierGoneError: the stick was pulled.
    """
    try:
        with os.scandir(folder) as found:
            return [item.name for item in islice(found, _MAX_NAMES)]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise _translated(error, folder) from error


def is_link(path: Path) -> bool:
    """Whether a name is a symbolic link or a junction."""
    try:
        found = path.lstat()
    except OSError:
        return False
    if sys.platform == "win32":
        return bool(found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT)
    return stat.S_ISLNK(found.st_mode)


def _candidates(folder: Path) -> Iterator[Path]:
    try:
        is_there = folder.is_dir()
    except OSError as error:
        raise _translated(error, folder) from error
    if not is_there:
        raise CarrierGoneError(host=str(folder))
    yield folder
    home = home_of(folder)
    for base in (folder, home):
        public = plain_child(base, "public") if base is not None else None
        if public is not None:
            yield public
    if home is None:
        return
    yield home
    for name in sorted(names_in(home)):
        if REGION_ID.fullmatch(name.casefold()) and (child := plain_child(home, name)) is not None:
            yield child


def is_plain_dir(path: Path) -> bool:
    """Whether it is a folder itself, and no link or junction to one."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode) and not is_link(path)
    except OSError:
        return False


def _said_by(base: Path) -> str:
    """Whose tree it says it is; nothing rests on it but a sentence."""
    targets = base / TARGETS_DIR
    carrier = DirectoryCarrier(base)
    for name in names_in(targets) if is_plain_dir(targets) else ():
        if not name.endswith(".region.json"):
            continue
        try:
            raw = read_all(carrier, f"{TARGETS_DIR}/{name}", max_bytes=MAX_REGION_BYTES)
            return parse_region_document(raw).region_id
        except KnownError:
            continue
    return ""


def _translated(error: OSError, folder: Path) -> KnownError:
    known = known_os_error(error, folder)
    return CarrierGoneError(host=str(folder)) if known.code == "file_unreadable" else known
