# SPDX-License-Identifier: GPL-3.0-or-later
"""Fills a stick: makes room, writes what proves and lists, the timestamp last, then lessons.

At every moment the stick is good for what is on it: the catalogue of before stays whole until the
new one is, and lessons are files of their own.
"""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from app.base.errors import DiskFullError, known_os_error
from app.base.files import LONGEST_ON_FAT_BYTES
from app.publish.errors import SpaceInvalidError
from app.publish.progress import OnProgress, Progress, quiet
from app.publish.receiving.names import is_runnable
from app.publish.stick.selection import Group, Item, Selection
from app.publish.stick.target import StickTarget, is_plain_folder, list_items
from app.publish.stick.writing import StickWriter
from app.publish.tree import PublicTree
from app.region.bundle import BUNDLE_ID, OUT_DIR
from app.region.layout import BLOBS_DIR, CATALOGUE_DIR, PIECES_DIR

HOME_DIR: Final = "kezhan"
SPLIT_BYTES: Final = LONGEST_ON_FAT_BYTES
# Room for what schools put on the same stick on its way back.
_RESERVE_SHARE: Final = 0.05
_MOST_RESERVE_BYTES: Final = 1 << 30
_NAMED_BY_CONTENT: Final = tuple(f"{name}/" for name in (BLOBS_DIR, PIECES_DIR, CATALOGUE_DIR))


@dataclass(frozen=True, slots=True)
class StickReport:
    """What is on the stick now, and what is not. `suspects` lie on it and could run by themselves.

    `left_groups` are lessons that did not fit, `elsewhere` files that this publisher does not hold.
    """

    files: int
    bytes: int
    known: int
    removed: int
    parcels_removed: int
    left_groups: int
    left_bytes: int
    elsewhere: int
    suspects: tuple[str, ...]


class StickMaker:
    """Fills one stick from one region's tree; `is_received` tells parcels that have come home."""

    def __init__(
        self,
        tree: PublicTree,
        region_id: str,
        is_received: Callable[[str], bool],
        *,
        split_bytes: int = SPLIT_BYTES,
        on_progress: OnProgress = quiet,
    ) -> None:
        self._tree = tree
        self._region_id = region_id
        self._is_received = is_received
        self._split_bytes = split_bytes
        self._on_progress = on_progress
        self._files = self._bytes = self._known = self._removed = 0
        self._there: set[str] = set()

    def make(self, root: Path, selection: Selection, space_bytes: int | None) -> StickReport:
        """Bring a stick up to date; repeating it only adds what is missing.

        Raises:
            SpaceInvalidError: not even the catalogue fits.
            DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError: of the stick.
            LinkRefusedError, StickDamagedError, CheckFailedError: see `StickWriter.write`.
        """
        if not os.path.isdir(root):  # noqa: PTH112 - a dead stick answers with an error, not with no
            raise known_os_error(FileNotFoundError(2, "no such folder"), root)
        target = StickTarget(root, (HOME_DIR, self._region_id))
        writer = StickWriter(target, self._split_bytes, self._written)
        suspects = _suspects(root)
        parcels = self._remove_received(root)
        chosen, left = self._choose(target, selection, space_bytes)
        # FAT may show a name in capitals, and it is the same file.
        wanted = {item.name.casefold() for item in selection.proof}
        wanted |= {item.name.casefold() for group in chosen for item in group.items}
        total = sum(item.size_bytes for group in chosen for item in group.items)
        self._remove(target, wanted, (BLOBS_DIR, PIECES_DIR))
        self._write_proof(target, writer, selection.proof)
        self._remove(target, wanted, ())
        left += self._write_groups(target, writer, chosen, total)
        return StickReport(
            files=self._files,
            bytes=self._bytes,
            known=self._known,
            removed=self._removed,
            parcels_removed=parcels,
            left_groups=len(left),
            left_bytes=sum(item.size_bytes for group in left for item in group.items),
            elsewhere=selection.elsewhere,
            suspects=suspects,
        )

    def _choose(
        self, target: StickTarget, selection: Selection, space_bytes: int | None
    ) -> tuple[list[Group], list[Group]]:
        """What fits, in order; a lesson too large for what is left gives way to smaller ones."""
        there = list_items(target)
        self._there = {name.casefold() for name in there}
        held = sum(target.taken_bytes(size) for size in there.values())
        room = held + target.free_bytes()
        room -= min(int(room * _RESERVE_SHARE), _MOST_RESERVE_BYTES)
        if space_bytes is not None:
            room = min(room, space_bytes)
        proof = _taken(target, selection.proof)
        room -= proof
        if room < 0:
            raise SpaceInvalidError(space=str(space_bytes or room + proof), needed_bytes=proof)
        chosen: list[Group] = []
        left: list[Group] = []
        for group in selection.groups:
            taken = _taken(target, group.items)
            if taken <= room:
                room -= taken
                chosen.append(group)
            else:
                left.append(group)
        return chosen, left

    def _remove(self, target: StickTarget, wanted: set[str], folders: tuple[str, ...]) -> None:
        """Take away what is no longer wanted, in these folders of the tree or in all of it."""
        for name in list_items(target):
            folder = name.partition("/")[0].casefold()
            if name.casefold() not in wanted and (not folders or folder in folders):
                target.remove(name)
                self._removed += 1

    def _write_proof(self, target: StickTarget, writer: StickWriter, proof: Iterable[Item]) -> None:
        """What is named by its content in batches, then one by one what names it."""
        try:
            for item in proof:
                self._write(target, writer, item)
                if not item.name.startswith(_NAMED_BY_CONTENT):
                    writer.flush()
            writer.flush()
        except BaseException:
            writer.drop()
            raise

    def _write(self, target: StickTarget, writer: StickWriter, item: Item) -> None:
        source = self._tree.place(item.name)
        is_named_by_content = item.name.startswith(_NAMED_BY_CONTENT)
        holds = target.holds if is_named_by_content else partial(target.holds_same, source=source)
        if item.name.casefold() in self._there and holds(item):
            self._known += 1
            return
        writer.write(item, source)

    def _written(self, item: Item) -> None:
        self._files += 1
        self._bytes += item.size_bytes

    def _write_groups(
        self, target: StickTarget, writer: StickWriter, chosen: list[Group], total: int
    ) -> list[Group]:
        """Returns the groups for which the stick had less room than it said."""
        done = 0
        try:
            for group in chosen:
                for item in group.items:
                    self._write(target, writer, item)
                    done += item.size_bytes
                    self._on_progress(Progress("stick", done, total))
            writer.flush()
        except DiskFullError:
            return self._after_full(target, writer, chosen)
        except BaseException:
            writer.drop()
            raise
        return []

    def _after_full(
        self, target: StickTarget, writer: StickWriter, chosen: list[Group]
    ) -> list[Group]:
        """Keep what was written before there was no room left; the groups that are not whole."""
        try:
            writer.flush()
        except DiskFullError:
            writer.drop()
        return [group for group in chosen if not all(map(target.holds, group.items))]

    def _remove_received(self, root: Path) -> int:
        """Parcels that are safe at the county need not travel any further."""
        removed = 0
        for folder in _parcels(root, (*OUT_DIR.split("/"), self._region_id)):
            if not self._is_received(folder.name):
                continue
            try:
                for path in folder.iterdir():  # parts, and what depots lay beside them
                    path.unlink()
                folder.rmdir()
                removed += 1
            except OSError:
                continue  # it lies there for another trip
        return removed


def _parcels(root: Path, place: Iterable[str]) -> list[Path]:
    """The folders of bundles on a stick, none of them behind a link."""
    step = root
    for part in place:
        step /= part
        if not os.path.lexists(step) or not is_plain_folder(step):
            return []
    try:
        found = [path for path in step.iterdir() if BUNDLE_ID.fullmatch(path.name)]
        return [path for path in found if is_plain_folder(path)]
    except OSError as error:
        raise known_os_error(error, step) from error


def _taken(target: StickTarget, items: Iterable[Item]) -> int:
    return sum(target.taken_bytes(item.size_bytes) for item in items)


def _suspects(root: Path) -> tuple[str, ...]:
    """Names in the stick's own folder that run at a double click or by themselves."""
    try:
        names = sorted(path.name for path in root.iterdir() if path.is_file())
    except OSError as error:
        raise known_os_error(error, root) from error
    return tuple(name for name in names if is_runnable(name))[:50]
