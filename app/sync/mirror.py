# SPDX-License-Identifier: GPL-3.0-or-later
"""A mirror that serves the tree by HTTP, checked at every step (`facts` are in docs/sync.md)."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from app.base.errors import KnownError
from app.sync.errors import ConnectionLostError, MirrorBrokenError, MirrorMissingError
from app.sync.headers import check_address, host_of, parse_content_range, parse_length
from app.sync.http import HttpSession, HttpStream


class HttpCarrier:
    """One base address; see `app.sync.carriers.Carrier`."""

    is_local = False

    def __init__(self, address: str, session: HttpSession) -> None:
        check_address(address)
        self.name = address
        self.host = host_of(address)
        self._base = address if address.endswith("/") else address + "/"
        self._session = session

    def fetch(
        self,
        path: str,
        sink: Callable[[int, bytes], None],
        *,
        offset: int = 0,
        length: int | None = None,
        size_bytes: int | None = None,
        max_bytes: int,
        total_s: float | None = None,
    ) -> None:
        """Deliver a file or a range of it."""
        end = _end_of_range(offset, length, size_bytes)
        is_range = offset > 0 or (size_bytes is not None and end != size_bytes)
        headers = {"Range": f"bytes={offset}-{(end or 0) - 1}"} if is_range else {}
        with self._session.stream(self._base + quote(path), headers=headers) as reply:
            reply.require_file(path)
            start, stop = self._extent(reply, offset, end, size_bytes)
            position = start
            bound = max_bytes if stop is None else stop - start
            for chunk in reply.iter_bytes(max_bytes=bound, total_s=total_s):
                sink(position, chunk)
                position += len(chunk)
                if end is not None and position >= end:
                    return
            if end is not None and position < end:
                raise ConnectionLostError(host=self.host)

    def exists(self, path: str) -> bool:
        """Ask with HEAD."""
        reply = self._session.request("HEAD", self._base + quote(path))
        try:
            reply.require_file(path)
        except MirrorMissingError:
            return False
        return True

    def _extent(
        self, reply: HttpStream, offset: int, end: int | None, size_bytes: int | None
    ) -> tuple[int, int | None]:
        """Where the body starts and ends in the file, from headers that must agree with us."""
        encoding = (reply.headers.get("Content-Encoding") or "identity").strip().lower()
        if encoding != "identity":
            raise self._broken("encoding")
        body_bytes = parse_length(reply.headers.get("Content-Length"))
        if reply.status == 200:
            if size_bytes is not None and body_bytes not in (None, size_bytes):
                raise self._broken("length")
            return 0, size_bytes
        part = parse_content_range(reply.headers.get("Content-Range"))
        if part is None or size_bytes is None or part.first != offset:
            raise self._broken("range")
        if part.total not in (None, size_bytes) or not offset <= part.last < (end or 0):
            raise self._broken("range")
        if body_bytes not in (None, part.last - part.first + 1):
            raise self._broken("length")
        return offset, part.last + 1

    def _broken(self, reason: str) -> KnownError:
        return MirrorBrokenError(host=self.host, reason=reason)


def _end_of_range(offset: int, length: int | None, size_bytes: int | None) -> int | None:
    """The first position not wanted; None for a whole file of unknown size."""
    if length is not None:
        return offset + length
    return size_bytes
