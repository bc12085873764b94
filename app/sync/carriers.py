# SPDX-License-Identifier: GPL-3.0-or-later
"""What carries the region's tree: an HTTP mirror, or a directory (stick, shared folder, shelf).

No carrier is trusted. It delivers bytes with their positions; who asked checks them by hash.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urljoin, urlsplit

from app.base.paths import shelf_dir
from app.region.region_document import SHELF_MIRROR
from app.sync.directory import DirectoryCarrier
from app.sync.errors import AddressInvalidError, MirrorBrokenError
from app.sync.http import HttpSession
from app.sync.mirror import HttpCarrier

Sink = Callable[[int, bytes], None]
_FEWEST_DIGITS = 32  # of a sha256: 128 bits stand against a second file with the same


class Carrier(Protocol):
    """One place that may hold the tree, or a part of it."""

    @property
    def name(self) -> str:
        """The address it was made from; equal names are the same carrier."""
        ...

    @property
    def host(self) -> str:
        """How a sentence calls it."""
        ...

    @property
    def is_local(self) -> bool:
        """Whether it costs no line."""
        ...

    def fetch(
        self,
        path: str,
        sink: Sink,
        *,
        offset: int = 0,
        length: int | None = None,
        size_bytes: int | None = None,
        max_bytes: int,
        total_s: float | None = None,
    ) -> None:
        """Deliver a file, or `length` bytes of it from `offset`, to `sink(position, bytes)`.

        Positions are contiguous and start at `offset`, or at 0 where a server knows no ranges.

        Args:
            path: in the tree, with forward slashes.
            size_bytes: how long the whole file must be, when known; required for a range.
            max_bytes: never deliver more.
            total_s: the longest time to wait for the line in all.

        Raises:
            MirrorMissingError, MirrorBrokenError, MirrorBusyError, PortalError, OfflineError,
            CarrierGoneError and the other errors of `app.sync.errors`; what was delivered counts.
        """
        ...

    def exists(self, path: str) -> bool:
        """Whether it says that it has the file."""
        ...


def read_all(carrier: Carrier, path: str, *, max_bytes: int, total_s: float | None = None) -> bytes:
    """A small file of unknown size."""
    content = bytearray()
    carrier.fetch(
        path, lambda _, chunk: content.extend(chunk), max_bytes=max_bytes, total_s=total_s
    )
    return bytes(content)


def read_verified(
    carrier: Carrier, path: str, length: int, sha256: str, *, size_bytes: int | None = None
) -> bytes:
    """A file whose length and hash are known; anything else blames the carrier.

    With `size_bytes` only the beginning of a file of that size. 32 digits of `sha256` are enough.
    """
    content = bytearray()
    carrier.fetch(
        path,
        lambda _, chunk: content.extend(chunk),
        length=length if size_bytes is not None else None,
        size_bytes=length if size_bytes is None else size_bytes,
        max_bytes=length,
    )
    if size_bytes is not None:  # a server that knows no ranges sends more than was asked for
        del content[length:]
    if not is_as_said(content, length, sha256):
        raise MirrorBrokenError(host=carrier.host, path=path, reason="hash")
    return bytes(content)


def is_as_said(raw: bytes | bytearray, length: int, sha256: str) -> bool:
    """Whether bytes have this length and hash, or a hash that begins with these 32 digits."""
    is_enough = len(sha256) >= _FEWEST_DIGITS
    return is_enough and len(raw) == length and hashlib.sha256(raw).hexdigest().startswith(sha256)


def resolve_address(address: str, base: str) -> str:
    """A mirror's address as the enrolment gives it, made absolute against the enrolment's place."""
    if address == SHELF_MIRROR or "://" in address:
        return address
    return urljoin(base if base.endswith("/") else base + "/", address)


def open_carrier(address: str, session: HttpSession) -> Carrier:
    """The carrier for an absolute address: http(s)://, file:///, or shelf:/."""
    if address == SHELF_MIRROR:
        return DirectoryCarrier(shelf_dir(), name=address)
    scheme = address.partition(":")[0].lower()
    if scheme in ("http", "https"):
        return HttpCarrier(address, session)
    if scheme == "file":
        return DirectoryCarrier(path_of_file_address(address), name=address)
    raise AddressInvalidError(address=address[:200])


def path_of_file_address(address: str) -> Path:
    """The path a file: address names; a host in it is refused."""
    parts = urlsplit(address)
    path = unquote(parts.path)
    if parts.netloc not in ("", "localhost") or not path.startswith("/") or "\0" in path:
        raise AddressInvalidError(address=address[:200])
    return Path(path.lstrip("/")) if sys.platform == "win32" else Path(path)
