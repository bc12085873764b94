# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick that is written to: what lies in our own plain folders, whole, split or still growing.

Files grow beside their place and get their name when durable, so a stick pulled at any moment holds
only whole files, and the next run goes on where this one stopped.
"""

import os
import re
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.base.errors import MissingFileError, known_os_error
from app.publish.errors import LinkRefusedError
from app.publish.stick.selection import Item

# Where the file system does not say: what Windows gives sticks of up to 32 GB is no larger.
_CLUSTER_BYTES: Final = 64 * 1024
SPLIT_SUFFIX: Final = ".split"
_GROWING: Final = re.compile(r"\.([0-9a-f]{64})\.part\Z")


class StickTarget:
    """The tree of one region on a stick: `kezhan/<region_id>` below `root`."""

    def __init__(self, root: Path, parts: tuple[str, ...]) -> None:
        self.root = root
        self._parts = parts
        self.tree = root.joinpath(*parts)
        self._plain_folders: set[str] = set()
        self._cluster_bytes = _cluster_of(root)

    def free_bytes(self) -> int:
        try:
            return shutil.disk_usage(self.root).free
        except OSError as error:
            raise known_os_error(error, self.root) from error

    def taken_bytes(self, size_bytes: int) -> int:
        """What a file of that size takes; a stick gives room in clusters only."""
        return -(-size_bytes // self._cluster_bytes) * self._cluster_bytes

    def holds(self, item: Item) -> bool:
        """Whether a finished file of that name and size is there, whole or split."""
        size_bytes = plain_size(f"{self.tree}/{item.name}")
        if size_bytes is not None:
            return size_bytes == item.size_bytes
        pieces = self.pieces(self.place(item.name))
        return sum(plain_size(piece) or 0 for piece in pieces) == item.size_bytes > 0

    def holds_same(self, item: Item, source: str) -> bool:
        """Like `holds`, for small files whose name does not tell their content."""
        path = self.place(item.name)
        try:
            return self.holds(item) and path.read_bytes() == Path(source).read_bytes()
        except OSError:
            return False

    def names(self) -> Iterator[tuple[str, int]]:
        """Everything in the tree, and its size; halves of cut writes too.

        Raises:
            LinkRefusedError: the tree itself lies behind a link.
        """
        step = self.root
        for part in self._parts:
            step /= part
            if not os.path.lexists(step):
                return
            if not is_plain_folder(step):
                raise LinkRefusedError(path=str(step))
        yield from self._walk(self.tree)

    def _walk(self, folder: Path, prefix: str = "") -> Iterator[tuple[str, int]]:
        folders: list[str] = []
        try:
            with os.scandir(folder) as there:
                for found in there:
                    about = found.stat(follow_symlinks=False)
                    if _is_folder(about):
                        folders.append(found.name)
                    else:
                        size_bytes = about.st_size if stat.S_ISREG(about.st_mode) else 0
                        yield prefix + found.name, size_bytes
        except OSError as error:
            raise known_os_error(error, folder) from error
        for name in folders:
            yield from self._walk(folder / name, f"{prefix}{name}/")

    def remove(self, name: str) -> None:
        """Take a file away, whole or split; what is not there is no matter."""
        path = self.place(name)
        try:
            split = path.with_name(path.name + SPLIT_SUFFIX)
            for piece in [*self.pieces(path), *_growing_in(split)]:
                piece.unlink()
            if os.path.lexists(split) and is_plain_folder(split):
                split.rmdir()
            path.unlink(missing_ok=True)
            growing(path).unlink(missing_ok=True)
        except OSError as error:
            known = known_os_error(error, path)
            if not isinstance(known, MissingFileError):
                raise known from error

    def place(self, name: str) -> Path:
        """Where a name of the tree lies."""
        return self.tree / name

    def pieces(self, path: Path) -> list[Path]:
        """The finished pieces of a split file, as far as they follow each other."""
        pieces: list[Path] = []
        if not os.path.lexists(f"{path}{SPLIT_SUFFIX}"):
            return pieces
        folder = path.with_name(path.name + SPLIT_SUFFIX)
        if not is_plain_folder(folder):
            return pieces
        while plain_size(folder / f"{len(pieces) + 1:04d}") is not None:
            pieces.append(folder / f"{len(pieces) + 1:04d}")
        return pieces

    def make_folder_of(self, name: str) -> None:
        """`make_folder` for a name of the tree."""
        folder = name.rpartition("/")[0]
        if folder not in self._plain_folders:
            self.make_folder(self.place(folder) if folder else self.tree)
            self._plain_folders.add(folder)

    def make_folder(self, folder: Path) -> None:
        """Every step from the stick's root on is a plain folder, or nothing is written."""
        step = self.root
        for part in folder.relative_to(self.root).parts:
            step /= part
            try:
                step.mkdir(exist_ok=True)
                is_plain = is_plain_folder(step)
            except FileExistsError as error:
                raise LinkRefusedError(path=str(step)) from error
            except OSError as error:
                raise known_os_error(error, step) from error
            if not is_plain:
                raise LinkRefusedError(path=str(step))


def growing(path: Path) -> Path:
    """Where a long file grows until it gets its name."""
    return path.with_name(f".{path.name}.part")


def list_items(target: StickTarget) -> dict[str, int]:
    """What is in the tree, split and growing files under their own name with all their bytes."""
    found: dict[str, int] = {}
    for name, size_bytes in target.names():
        whole = _GROWING.sub(r"\1", name.partition(SPLIT_SUFFIX + "/")[0])
        found[whole] = found.get(whole, 0) + size_bytes
    return found


def _growing_in(folder: Path) -> list[Path]:
    if not os.path.lexists(folder) or not is_plain_folder(folder):
        return []
    return [path for path in folder.glob(".*.part") if plain_size(path) is not None]


def plain_size(path: Path | str) -> int | None:
    """The size of a plain file; None when there is none."""
    try:
        found = os.lstat(path)
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def is_plain_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link or junction to one."""
    try:
        found = path.lstat()
    except OSError as error:
        raise known_os_error(error, path) from error
    return _is_folder(found)


def _is_folder(found: os.stat_result) -> bool:
    if sys.platform == "win32" and found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return False
    return stat.S_ISDIR(found.st_mode)


def forget(path: Path | str) -> None:
    try:
        Path(path).unlink(missing_ok=True)
    except OSError:
        return  # the stick is gone or read-only: the next run sweeps it


def _cluster_of(root: Path) -> int:
    if sys.platform == "win32":
        return _CLUSTER_BYTES
    try:
        return max(os.statvfs(root).f_frsize, 512)
    except OSError as error:
        raise known_os_error(error, root) from error
