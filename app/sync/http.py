# SPDX-License-Identifier: GPL-3.0-or-later
"""The one seam to the network: a small session over requests that believes nobody.

It never follows redirects, never decodes, never waits longer than told (in total, not per byte),
never reads more than told, always verifies TLS, and raises the typed errors of `app.sync.errors`.
What a status means stays with the caller's protocol; `HttpResponse.require_file` says it for who
fetches files.
"""

from __future__ import annotations

import http.cookiejar
import math
import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, TypeVar
from urllib.request import getproxies

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.structures import CaseInsensitiveDict
from requests.utils import should_bypass_proxies
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from app.base.errors import CancelledError, KnownError, OfflineError
from app.sync.bandwidth import Throttle
from app.sync.errors import (
    CertificateError,
    ClockWrongError,
    ConnectionLostError,
    MirrorBrokenError,
    MirrorSilentError,
    PortalError,
    ProxyRefusedError,
)
from app.sync.guard import (
    Deadline,
    GuardedSocket,
    GuardedTlsSocket,
    OpenSockets,
    active,
    tls_context,
)
from app.sync.headers import (
    check_address,
    error_of_status,
    host_of,
    parse_http_date,
    parse_retry_after,
)

USER_AGENT = "Kezhan/1"
CHUNK_BYTES = 16 * 1024
# Below this a transfer counts as a drip: 1 KiB/s is a fifth of what one of six streams gets on the
# worst measured line (1 Mbit/s, 300 ms, 2 % loss, cubic: 34 % of the line for one stream).
FLOOR_BYTES_S = 1024
_CERT_NOT_YET_VALID, _CERT_EXPIRED = 9, 10
# In this order: what stands first is the more precise truth.
_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[KnownError]], ...] = (
    ((urllib3.exceptions.ProxyError, requests.exceptions.ProxyError), ProxyRefusedError),
    ((urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError), OfflineError),
    ((urllib3.exceptions.ReadTimeoutError, TimeoutError), MirrorSilentError),
    ((ssl.SSLError,), CertificateError),
)
_T = TypeVar("_T")


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


class HttpResponse:
    """A whole reply: status, headers (any case), and the body, bounded."""

    def __init__(self, url: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.url = url
        self.status = status
        self.headers: CaseInsensitiveDict[str] = CaseInsensitiveDict(headers)
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


class HttpStream(HttpResponse):
    """A reply whose body is read as it comes; a context manager that always closes."""

    def __init__(self, session: HttpSession, raw: requests.Response, deadline: Deadline) -> None:
        super().__init__(raw.url or "", raw.status_code, raw.headers, b"")
        self._session = session
        self._raw = raw
        self._deadline = deadline

    def iter_bytes(
        self, *, max_bytes: int, grace_s: float | None = None, total_s: float | None = None
    ) -> Iterator[bytes]:
        """The body as it comes, paced by the throttle.

        Args:
            max_bytes: one byte more is `mirror_broken`.
            grace_s: credit for silence (None: the session's). It shrinks with time and grows with
                bytes at `FLOOR_BYTES_S`, so that a drip ends and our own pacing costs nothing.
            total_s: the longest time to wait for the line in all, our own pacing not counted.

        Raises:
            MirrorSilentError, ConnectionLostError, MirrorBrokenError, CancelledError,
            TransferPausedError.
        """
        grace_s = self._session.timeouts.silence_s if grace_s is None else grace_s
        credit_s, received_bytes = grace_s, 0
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
            credit_s = min(grace_s, credit_s - waited_s + len(chunk) / FLOOR_BYTES_S)
            self._session.throttle.pass_bytes(len(chunk))
            yield chunk

    def read_chunk(self) -> bytes:
        """What has arrived, at most `CHUNK_BYTES`; empty at the end."""
        return self._session.translated(self.url, self._read)

    def close(self) -> None:
        """Drop the connection unless its body was read to the end."""
        self._raw.close()

    def __enter__(self) -> HttpStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _read(self) -> bytes:
        # read1 returns what is there; read would wait for the whole amount behind a drip.
        chunk: bytes | None = self._raw.raw.read1(CHUNK_BYTES, decode_content=False)
        return chunk or b""


class HttpSession:
    """Connections kept alive, one throttle, typed errors; may be used from several threads."""

    def __init__(
        self,
        throttle: Throttle | None = None,
        *,
        on_date: Callable[[datetime], None] | None = None,
        is_time_checked: bool = True,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self.timeouts = timeouts
        self.throttle = throttle if throttle is not None else Throttle()
        self._sockets = OpenSockets()
        self._is_aborted = False
        self._on_date = on_date
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
        self._session.headers.clear()
        context = tls_context(is_time_checked=is_time_checked)
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, _GuardedAdapter(context, self._sockets))

    def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: bytes | SizedBody | None = None,
        timeout: Timeouts | None = None,
        max_bytes: int = 1 << 20,
        accepts_html: bool = False,
        on_sent: Callable[[int], None] | None = None,
    ) -> HttpResponse:
        """One exchange, body included, within `timeout.total_s`.

        Args:
            max_bytes: a longer body of a 2xx reply is `mirror_broken`; other replies are cut.
            accepts_html: otherwise a 2xx reply of text/html is `portal`.
            on_sent: hears how many bytes of `data` have been handed to the line in total.

        Raises:
            OfflineError, ConnectionLostError, MirrorSilentError, CertificateError,
            ClockWrongError, ProxyRefusedError, PortalError, MirrorBrokenError,
            AddressInvalidError, CancelledError, TransferPausedError.
        """
        timeout = timeout or self.timeouts
        deadline = Deadline(timeout.total_s)
        body = None if data is None else _PacedBody(data, self.throttle, on_sent)
        with self._open(method, url, headers, body, timeout, deadline) as stream:
            _refuse_portal(stream, accepts_html=accepts_html)
            content = bytearray()
            while chunk := stream.read_chunk():
                content += chunk
                self.throttle.pass_bytes(len(chunk))
                if len(content) > max_bytes:
                    if 200 <= stream.status < 300:
                        raise MirrorBrokenError(host=host_of(url), reason="too_long")
                    break
            return HttpResponse(url, stream.status, stream.headers, bytes(content[:max_bytes]))

    def stream(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: Timeouts | None = None,
        accepts_html: bool = False,
    ) -> HttpStream:
        """GET whose body is read with `iter_bytes`; use it as a context manager."""
        timeout = timeout or self.timeouts
        deadline = Deadline(timeout.connect_s + timeout.silence_s)
        stream = self._open("GET", url, headers, None, timeout, deadline)
        try:
            _refuse_portal(stream, accepts_html=accepts_html)
        except KnownError:
            stream.close()
            raise
        return stream

    def abort(self) -> None:
        """End every exchange now, in whatever thread it waits; the session is done for."""
        self._is_aborted = True
        self.throttle.stop()
        self._sockets.abort()

    def close(self) -> None:
        """Close idle connections."""
        self._session.close()

    def translated(self, url: str, work: Callable[[], _T]) -> _T:
        """Run network work; foreign exceptions leave it as typed errors."""
        try:
            return work()
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if self._is_aborted:
                raise CancelledError() from error
            raise known_network_error(error, host_of(url)) from error

    def _open(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        body: _PacedBody | None,
        timeout: Timeouts,
        deadline: Deadline,
    ) -> HttpStream:
        check_address(url)
        self.throttle.check()
        prepared = self._session.prepare_request(
            requests.Request(method, url, headers=_all_headers(headers), data=body or None)
        )
        raw = self.translated(url, lambda: self._send(prepared, timeout, deadline))
        stream = HttpStream(self, raw, deadline)
        date = stream.date
        if self._on_date is not None and date is not None and stream.is_authenticated:
            self._on_date(date)
        return stream

    def _send(
        self, prepared: requests.PreparedRequest, timeout: Timeouts, deadline: Deadline
    ) -> requests.Response:
        active.deadline = deadline
        try:
            return self._session.send(
                prepared,
                stream=True,
                allow_redirects=False,
                timeout=(timeout.connect_s, timeout.silence_s),
                proxies=_proxies(prepared.url or ""),
                verify=True,
            )
        finally:
            active.deadline = None


class _PacedBody:
    """A body that passes the throttle chunk by chunk and tells how far it is."""

    def __init__(
        self, data: bytes | SizedBody, throttle: Throttle, on_sent: Callable[[int], None] | None
    ) -> None:
        self._size_bytes = len(data) if isinstance(data, bytes) else data.size_bytes
        self._chunks = (
            (data[at : at + CHUNK_BYTES] for at in range(0, len(data), CHUNK_BYTES))
            if isinstance(data, bytes)
            else data.chunks
        )
        self._throttle = throttle
        self._on_sent = on_sent

    def __len__(self) -> int:
        return self._size_bytes

    def __iter__(self) -> Iterator[bytes]:
        sent_bytes = 0
        for chunk in self._chunks:
            self._throttle.pass_bytes(len(chunk))
            yield chunk
            sent_bytes += len(chunk)
            if self._on_sent is not None:
                self._on_sent(sent_bytes)


def _all_headers(headers: Mapping[str, str] | None) -> dict[str, str]:
    # identity: a compressed body has other bytes, and no ranges (measured with nginx gzip on).
    base = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    return {**base, **(headers or {})}


def _proxies(url: str) -> dict[str, str]:
    """The system's proxies, read for each request: a notebook changes networks."""
    return {} if should_bypass_proxies(url, no_proxy=None) else dict(getproxies())


def _refuse_portal(stream: HttpStream, *, accepts_html: bool) -> None:
    """Redirects, 511, and HTML where none is expected come from a portal, not from the mirror."""
    is_redirect = 300 <= stream.status < 400 and stream.status != 304
    kind = (stream.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    is_html = kind in ("text/html", "application/xhtml+xml") and 200 <= stream.status < 300
    if is_redirect or stream.status == 511 or (is_html and not accepts_html):
        raise PortalError(host=stream.host, status=stream.status)
    if stream.status == 407:
        raise ProxyRefusedError(host=stream.host)


def known_network_error(error: Exception, host: str) -> KnownError:
    """The typed error for what requests, urllib3 or a socket raised."""
    causes = _causes(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            is_date = cause.verify_code in (_CERT_NOT_YET_VALID, _CERT_EXPIRED)
            kind = ClockWrongError if is_date else CertificateError
            return kind(host=host, reason=cause.verify_message)
    for foreign, known in _TRANSLATIONS:
        if any(isinstance(cause, foreign) for cause in causes):
            return known(host=host)
    return ConnectionLostError(host=host)


def _causes(error: BaseException) -> list[BaseException]:
    """An exception and everything it carries: urllib3 hides causes in reason, args and context."""
    found: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting and len(found) < 30:
        item = waiting.pop(0)
        if not isinstance(item, BaseException) or any(item is seen for seen in found):
            continue
        found.append(item)
        waiting += [getattr(item, "reason", None), item.__cause__, item.__context__, *item.args]
    return found


def _guard(opened: Any) -> None:
    if isinstance(opened, (GuardedSocket, GuardedTlsSocket)):
        opened.deadline = active.deadline


class _GuardedConnection(HTTPConnection):
    """Opens sockets with a total deadline."""

    open_sockets: OpenSockets

    def _new_conn(self) -> GuardedSocket:
        plain = super()._new_conn()
        timeout_s = plain.gettimeout()
        opened = GuardedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        opened.settimeout(timeout_s)
        self.open_sockets.add(opened)
        return opened

    def request(self, *args: Any, **kwargs: Any) -> None:
        _guard(self.sock)
        super().request(*args, **kwargs)


class _GuardedTlsConnection(_GuardedConnection, HTTPSConnection):
    """The same with TLS on top."""

    def connect(self) -> None:
        super().connect()
        _guard(self.sock)
        if isinstance(self.sock, GuardedTlsSocket):
            self.open_sockets.add(self.sock)


class _GuardedAdapter(HTTPAdapter):
    """Gives requests our sockets and our TLS context."""

    def __init__(self, context: ssl.SSLContext, sockets: OpenSockets) -> None:
        self._context = context
        plain = type("Plain", (_GuardedConnection,), {"open_sockets": sockets})
        tls = type("Tls", (_GuardedTlsConnection,), {"open_sockets": sockets})
        self._pools = {
            "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
            "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
        }
        super().__init__(pool_connections=8, pool_maxsize=8, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=self._context, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        # The context already holds the authorities; requests would load its own bundle each time.
        conn.cert_reqs = "CERT_REQUIRED"
