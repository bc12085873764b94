# SPDX-License-Identifier: GPL-3.0-or-later
"""A stick that is written to: only plain folders of ours, whole files, read back after writing.

Files grow beside their place and get their name when durable, so a stick pulled at any moment holds
only whole files, and the next run goes on where this one stopped.
"""

import hashlib
import os
import re
import shutil
import stat
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from app.base import files
from app.base.errors import MissingFileError, known_os_error
from app.publish.errors import CheckFailedError, LinkRefusedError, StickDamagedError
from app.publish.stick.selection import Item

_CHUNK_BYTES: Final = 1 << 20
# Where the file system does not say: what Windows gives sticks of up to 32 GB is no larger.
_CLUSTER_BYTES: Final = 64 * 1024
SPLIT_SUFFIX: Final = ".split"
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class StickTarget:
    """The tree of one region on a stick: `kezhan/<region_id>` below `root`."""

    def __init__(self, root: Path, parts: tuple[str, ...], split_bytes: int) -> None:
        self.root = root
        self._parts = parts
        self._split_bytes = split_bytes
        self._plain_folders: set[Path] = set()
        self._cluster_bytes = _cluster_of(root)

    @property
    def tree(self) -> Path:
        return self.root.joinpath(*self._parts)

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
        path = self._place(item.name)
        size_bytes = _plain_size(path)
        if size_bytes is not None:
            return size_bytes == item.size_bytes
        return sum(_plain_size(piece) or 0 for piece in self._pieces(path)) == item.size_bytes > 0

    def holds_same(self, item: Item, source: Path) -> bool:
        """Like `holds`, for small files whose name does not tell their content."""
        path = self._place(item.name)
        try:
            return self.holds(item) and path.read_bytes() == source.read_bytes()
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

    def _walk(self, folder: Path) -> Iterator[tuple[str, int]]:
        try:
            paths = sorted(folder.iterdir())
        except OSError as error:
            raise known_os_error(error, folder) from error
        for path in paths:
            if is_plain_folder(path):
                yield from self._walk(path)
            else:
                yield path.relative_to(self.tree).as_posix(), _plain_size(path) or 0

    def write(self, item: Item, source: Path) -> None:
        """Copy a file of the publisher's tree and read it back.

        Raises:
            DiskFullError, ReadOnlyError, MissingFileError, UnreadableFileError: of the stick.
            LinkRefusedError: a folder on it is a link.
            StickDamagedError: the stick gives back other bytes than it was given.
            CheckFailedError: the publisher's own file is damaged.
        """
        path = self._place(item.name)
        self._make_folder(path.parent)
        digest = hashlib.sha256()
        try:
            reader = source.open("rb")
        except OSError as error:
            raise known_os_error(error, source) from error
        with reader:
            if item.size_bytes <= self._split_bytes:
                self._write_file(path, reader, item.size_bytes, digest)
            else:
                self._write_split(path, reader, item.size_bytes, digest)
        expected = path.name if _HASH.fullmatch(path.name) else digest.hexdigest()
        if digest.hexdigest() != expected:
            self.remove(item.name)
            raise CheckFailedError(problems=1, first=item.name)

    def remove(self, name: str) -> None:
        """Take a file away, whole or split; what is not there is no matter."""
        path = self._place(name)
        try:
            for piece in self._pieces(path):
                piece.unlink()
            split = path.with_name(path.name + SPLIT_SUFFIX)
            if split.is_dir() and not split.is_symlink():
                split.rmdir()
            path.unlink(missing_ok=True)
        except OSError as error:
            known = known_os_error(error, path)
            if not isinstance(known, MissingFileError):
                raise known from error

    def _place(self, name: str) -> Path:
        return self.tree.joinpath(*name.split("/"))

    def _pieces(self, path: Path) -> list[Path]:
        folder = path.with_name(path.name + SPLIT_SUFFIX)
        pieces: list[Path] = []
        while _plain_size(folder / f"{len(pieces) + 1:04d}") is not None:
            pieces.append(folder / f"{len(pieces) + 1:04d}")
        return pieces

    def _make_folder(self, folder: Path) -> None:
        """Every step from the stick's root on is a plain folder, or nothing is written."""
        if folder in self._plain_folders:
            return
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
        self._plain_folders.add(folder)

    def _write_split(
        self, path: Path, reader: BinaryIO, size_bytes: int, digest: "hashlib._Hash"
    ) -> None:
        """FAT32 ends at 4 GiB: pieces `<name>.split/0001`, … that a machine reads as one file."""
        folder = path.with_name(path.name + SPLIT_SUFFIX)
        self._make_folder(folder)
        for left in folder.glob(".*.part"):
            _forget(left)
        for number, start in enumerate(range(0, size_bytes, self._split_bytes), 1):
            piece_bytes = min(self._split_bytes, size_bytes - start)
            self._write_file(folder / f"{number:04d}", reader, piece_bytes, digest)

    def _write_file(
        self, path: Path, reader: BinaryIO, size_bytes: int, digest: "hashlib._Hash"
    ) -> None:
        temporary = path.with_name(f".{uuid.uuid4().hex[:12]}.part")
        written = hashlib.sha256()
        left_bytes = size_bytes
        try:
            with temporary.open("xb", buffering=0) as writer:
                while left_bytes and (chunk := reader.read(min(left_bytes, _CHUNK_BYTES))):
                    rest = memoryview(chunk)
                    while rest:
                        rest = rest[writer.write(rest) :]
                    written.update(chunk)
                    digest.update(chunk)
                    left_bytes -= len(chunk)
            files.publish_file(temporary, path)
        except OSError as error:
            raise known_os_error(error, path) from error
        finally:
            _forget(temporary)
        if _read_back(path) != written.digest():
            _forget(path)
            raise StickDamagedError(path=str(path))


def list_items(target: StickTarget) -> dict[str, int]:
    """What is in the tree, split files under their own name with all their bytes."""
    found: dict[str, int] = {}
    for name, size_bytes in target.names():
        whole = name.partition(SPLIT_SUFFIX + "/")[0]
        found[whole] = found.get(whole, 0) + size_bytes
    return found


def _read_back(path: Path) -> bytes:
    """The digest of what the stick itself holds, not of what the system still remembers."""
    digest = hashlib.sha256()
    try:
        with path.open("rb", buffering=0) as reader:
            if sys.platform == "linux":
                os.posix_fadvise(reader.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
            while chunk := reader.read(_CHUNK_BYTES):
                digest.update(chunk)
    except OSError as error:
        raise known_os_error(error, path) from error
    return digest.digest()


def _plain_size(path: Path) -> int | None:
    """The size of a plain file; None when there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else None


def is_plain_folder(path: Path) -> bool:
    """Whether it is a folder itself, and no link or junction to one."""
    try:
        found = path.lstat()
    except OSError as error:
        raise known_os_error(error, path) from error
    if sys.platform == "win32" and found.st_file_attributes & stat.FILE_ATTRIBUTE_REPARSE_POINT:
        return False
    return stat.S_ISDIR(found.st_mode)


def _forget(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return  # the stick is gone or read-only: the next run sweeps it


def _cluster_of(root: Path) -> int:
    if sys.platform == "win32":
        return _CLUSTER_BYTES
    try:
        return max(os.statvfs(root).f_frsize, 512)
    except OSError as error:
        raise known_os_error(error, root) from error
