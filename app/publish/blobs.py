# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings resource files into the tree: hashed and copied in one reading, then durable."""

import hashlib
import os
import shutil
import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final

from app.base import files
from app.base.errors import DiskFullError, known_os_error
from app.publish.home import make_dir
from app.publish.store import Blob, PublishStore
from app.publish.tree import PublicTree
from app.region import layout
from app.region.pieces import PieceHasher, needs_pieces

_CHUNK_BYTES: Final = 1024 * 1024
_SPARE_BYTES: Final = 64 * 1024 * 1024  # for the catalogue itself
# FAT keeps times to two seconds, which Windows rounds up: a file that was just changed can be
# changed again and keep its time. The rest is for a share whose clock is not quite ours.
_TELLING_NS: Final = 5_000_000_000


class BlobKeeper:
    """Content-addressed copies of source files; an unchanged source is not read again.

    Unchanged is what has the same size and time, and was no fresher than that time tells.
    """

    def __init__(self, tree: PublicTree, store: PublishStore) -> None:
        self._tree = tree
        self._store = store
        for left in tree.path(layout.BLOBS_DIR).glob(".*.part"):
            left.unlink()  # an earlier copy was killed; the lock says nobody else is copying

    def bring(self, source: Path, on_bytes: Callable[[int], None]) -> Blob:
        """Copy one file into the tree, unless its bytes are already there.

        Raises:
            DiskFullError, ReadOnlyError, UnreadableFileError: nothing half-written stays.
        """
        try:
            read_ns = time.time_ns()
            stat = source.stat()
            known = self._store.known_source(str(source.resolve()), stat.st_size, stat.st_mtime_ns)
            if known is not None and self._is_there(known):
                return known
            blob = self._copy(source, stat.st_size, on_bytes)
        except OSError as error:
            raise known_os_error(error, source) from error
        self._store.put_blob(blob, str(source.resolve()), _telling_time_ns(stat, read_ns))
        return blob

    def _is_there(self, blob: Blob) -> bool:
        path = self._tree.path(layout.blob_path(blob.sha256))
        return path.is_file() and path.stat().st_size == blob.size_bytes

    def _copy(self, source: Path, size_bytes: int, on_bytes: Callable[[int], None]) -> Blob:
        folder = self._tree.path(layout.BLOBS_DIR)
        make_dir(folder)
        if shutil.disk_usage(folder).free < size_bytes + _SPARE_BYTES:
            raise DiskFullError(path=str(folder), needed_bytes=size_bytes + _SPARE_BYTES)
        temporary = folder / f".{uuid.uuid4().hex}.part"
        try:
            hasher = PieceHasher(size_bytes)
            with source.open("rb") as reader, temporary.open("xb") as writer:
                while chunk := reader.read(_CHUNK_BYTES):
                    hasher.update(chunk)
                    writer.write(chunk)
                    on_bytes(len(chunk))
            pieces = hasher.finish()
            blob = Blob(pieces.sha256, pieces.size_bytes, None)
            if not self._is_there(blob):
                final = self._tree.path(layout.blob_path(blob.sha256))
                make_dir(final.parent)
                files.publish_file(temporary, final)
        finally:
            temporary.unlink(missing_ok=True)
        if not needs_pieces(blob.size_bytes):
            return blob
        return Blob(blob.sha256, blob.size_bytes, self._write_pieces(pieces.to_bytes()))

    def _write_pieces(self, raw: bytes) -> str:
        sha256 = hashlib.sha256(raw).hexdigest()
        self._tree.write(layout.piece_list_path(sha256), raw)
        return sha256


def _telling_time_ns(stat: os.stat_result, read_ns: int) -> int | None:
    """The time of a file, unless a change right after it was read might leave it as it is."""
    is_telling = abs(read_ns - stat.st_mtime_ns) > _TELLING_NS
    return stat.st_mtime_ns if is_telling else None
