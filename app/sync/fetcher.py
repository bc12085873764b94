# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets python-tuf fetch through any carrier."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from tuf.api.exceptions import DownloadError, DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

from app.base.errors import KnownError
from app.sync.carriers import Carrier, read_all
from app.sync.errors import MirrorMissingError

# python-tuf cuts each role much earlier; this only bounds one download in memory.
_MAX_BYTES = 64 << 20
_TOTAL_S = 120.0


class CarrierFetcher(FetcherInterface):
    """`FetcherInterface` over a carrier; its typed errors are the cause of what it raises."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    def _fetch(self, url: str) -> Iterator[bytes]:
        path = urlsplit(url).path.lstrip("/")
        try:
            content = read_all(self._carrier, path, max_bytes=_MAX_BYTES, total_s=_TOTAL_S)
        except MirrorMissingError:
            # No cause: the walk over root versions ends with the first that is missing.
            raise DownloadHTTPError(path, 404) from None
        except KnownError as error:
            raise DownloadError(error.code) from error
        yield content
