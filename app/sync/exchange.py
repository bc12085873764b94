# SPDX-License-Identifier: GPL-3.0-or-later
"""The two halves of an HTTP exchange as the rest of the agent sees them, without any library."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType

from app.sync.bandwidth import Throttle
from app.sync.errors import MirrorBrokenError, PortalError, ProxyRefusedError
from app.sync.guard import Deadline
from app.sync.headers import error_of_status, host_of, parse_http_date, parse_retry_after

# Below this a transfer counts as a drip: 1 KiB/s is a fifth of what one of six streams gets on the
# worst measured line (1 Mbit/s, 300 ms, 2 % loss, cubic: 34 % of the line for one stream).
FLOOR_BYTES_S = 1024
_WEB_PAGES = ("text/html", "application/xhtml+xml")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait: for a connection, for the next byte, and for the whole exchange."""

    connect_s: float = 10.0
    silence_s: float = 20.0
    total_s: float = 60.0


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class SizedBody:
    """A request body that is produced while it is sent; it must yield exactly `size_bytes`."""

    size_bytes: int
    chunks: Iterable[bytes]


class PacedBody:
    """A body that passes the throttle chunk by chunk and tells how far it is."""

    def __init__(
        self, data: bytes | SizedBody, throttle: Throttle, on_sent: Callable[[int], None] | None
    ) -> None:
        self._size_bytes = len(data) if isinstance(data, bytes) else data.size_bytes
        self._chunks: Iterable[bytes] = (data,) if isinstance(data, bytes) else data.chunks
        self._throttle = throttle
        self._on_sent = on_sent

    def __len__(self) -> int:
        return self._size_bytes

    def __iter__(self) -> Iterator[bytes]:
        sent_bytes = 0
        for chunk in self._small(self._chunks):
            self._throttle.pass_bytes(len(chunk))
            yield chunk
            sent_bytes += len(chunk)
            if self._on_sent is not None:
                self._on_sent(sent_bytes)

    def _small(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The same bytes in chunks as small as the limit of that moment wants them."""
        for chunk in chunks:
            at = 0
            while at < len(chunk):
                size_bytes = self._throttle.chunk_bytes
                yield chunk[at : at + size_bytes]
                at += size_bytes


class Headers(Mapping[str, str]):
    """Headers whose names may be asked for in any case."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._values = {name.lower(): value for name, value in headers.items()}

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class HttpResponse:
    """A whole reply: status, headers (any case), and the body, bounded."""

    def __init__(self, url: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.url = url
        self.status = status
        self.headers = Headers(headers)
        self.content = content

    @property
    def host(self) -> str:
        """The host that was asked, for sentences."""
        return host_of(self.url)

    @property
    def date(self) -> datetime | None:
        """The server's clock; to be believed only when `is_authenticated`."""
        return parse_http_date(self.headers.get("Date"))

    @property
    def is_authenticated(self) -> bool:
        """Whether TLS vouches for the reply."""
        return self.url.lower().startswith("https:")

    @property
    def retry_after_s(self) -> float | None:
        """The server's Retry-After in seconds, at most an hour."""
        return parse_retry_after(self.headers.get("Retry-After"), self.date)

    def require_file(self, path: str) -> None:
        """Raise the typed error for any status but 200 and 206."""
        error = error_of_status(self.status, self.host, path, self.retry_after_s)
        if error is not None:
            raise error

    def refuse_portal(self, *, accepts_html: bool) -> None:
        """Redirects, 511, and web pages where none is expected come from a portal.

        Raises:
            PortalError, ProxyRefusedError.
        """
        is_redirect = 300 <= self.status < 400 and self.status != 304
        kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
        is_page = kind in _WEB_PAGES and 200 <= self.status < 300
        if is_redirect or self.status == 511 or (is_page and not accepts_html):
            raise PortalError(host=self.host, status=self.status)
        if self.status == 407:
            raise ProxyRefusedError(host=self.host)


class HttpStream(HttpResponse):
    """A reply whose body is read as it comes; a context manager that always closes."""

    def __init__(
        self,
        head: HttpResponse,
        *,
        read: Callable[[int], bytes],
        close: Callable[[], None],
        throttle: Throttle,
        deadline: Deadline,
        silence_s: float,
    ) -> None:
        super().__init__(head.url, head.status, head.headers, b"")
        self._read = read
        self._close = close
        self._throttle = throttle
        self._deadline = deadline
        self._silence_s = silence_s

    def iter_bytes(self, *, max_bytes: int, total_s: float | None = None) -> Iterator[bytes]:
        """The body as it comes, paced by the throttle.

        The allowance for silence shrinks with time and grows with bytes at `FLOOR_BYTES_S`, so that
        a drip ends and our own pacing costs nothing.

        Args:
            max_bytes: one byte more is `mirror_broken`.
            total_s: the longest time to wait for the line in all, our own pacing not counted.

        Raises:
            MirrorSilentError, ConnectionLostError, MirrorBrokenError, CancelledError,
            TransferPausedError.
        """
        credit_s, received_bytes = self._silence_s, 0
        left_s = math.inf if total_s is None else total_s
        while True:
            self._deadline.restart(min(credit_s, left_s))
            started_s = time.monotonic()
            chunk = self.read_chunk()
            if not chunk:
                return
            waited_s = time.monotonic() - started_s
            left_s -= waited_s
            received_bytes += len(chunk)
            if received_bytes > max_bytes:
                raise MirrorBrokenError(host=self.host, reason="too_long")
            credit_s = min(self._silence_s, credit_s - waited_s + len(chunk) / FLOOR_BYTES_S)
            self._throttle.pass_bytes(len(chunk))
            yield chunk

    def read_chunk(self) -> bytes:
        """What has arrived, at most a chunk of the throttle; empty at the end."""
        return self._read(self._throttle.chunk_bytes)

    def close(self) -> None:
        """Drop the connection unless its body was read to the end."""
        self._close()

    def __enter__(self) -> HttpStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
