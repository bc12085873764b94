# SPDX-License-Identifier: GPL-3.0-or-later
"""The one seam to the network: a small session over requests that believes nobody.

It never follows redirects, never decodes, never waits longer than told (in total, not per byte),
never reads more than told, always verifies TLS, and raises the typed errors of `app.sync.errors`.
What a status means stays with the caller's protocol; `HttpResponse.require_file` says it for who
fetches files.
"""

from __future__ import annotations

import http.cookiejar
import ssl
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, partial
from typing import Any, TypeVar
from urllib.request import getproxies

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.utils import should_bypass_proxies

from app.base.errors import CancelledError, KnownError, OfflineError
from app.sync.bandwidth import Throttle
from app.sync.causes import causes_of
from app.sync.connections import Judge, pool_classes
from app.sync.errors import (
    CertificateError,
    ClockWrongError,
    ConnectionLostError,
    FirewallBlockedError,
    MirrorBrokenError,
    MirrorSilentError,
    ProxyRefusedError,
)
from app.sync.exchange import (
    DEFAULT_TIMEOUTS,
    HttpResponse,
    HttpStream,
    PacedBody,
    SizedBody,
    Timeouts,
)
from app.sync.guard import Deadline, OpenSockets, active, tls_context
from app.sync.headers import check_address, host_of, parse_http_date, request_headers
from app.sync.true_time import TrueTime

__all__ = [
    "DEFAULT_TIMEOUTS",
    "HttpResponse",
    "HttpSession",
    "HttpStream",
    "SizedBody",
    "Timeouts",
    "known_network_error",
]
# A name that resolves and an address that swallows every connection: often a firewall.
NO_ANSWER = "no_answer"
_POOL_SIZE = 8
_ONLY_ASKING = frozenset({"GET", "HEAD"})
_CERT_NOT_YET_VALID, _CERT_EXPIRED = 9, 10
# In this order: what stands first is the more precise truth.
_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[KnownError]], ...] = (
    ((urllib3.exceptions.ProxyError, requests.exceptions.ProxyError), ProxyRefusedError),
    # Windows' firewall answers WSAEACCES, Linux' EPERM; both become PermissionError.
    ((PermissionError,), FirewallBlockedError),
    ((urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError), OfflineError),
    ((urllib3.exceptions.ReadTimeoutError, TimeoutError), MirrorSilentError),
    ((ssl.SSLError,), CertificateError),
)
_T = TypeVar("_T")
Context = Callable[[], ssl.SSLContext]


class HttpSession:
    """Connections kept alive, one throttle, typed errors; may be used from several threads."""

    def __init__(
        self,
        throttle: Throttle | None = None,
        *,
        on_date: Callable[[datetime], None] | None = None,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self.timeouts = timeouts
        self.throttle = throttle if throttle is not None else Throttle()
        self._sockets = OpenSockets()
        self._is_aborted = False
        self._on_date = on_date
        self.true_time = TrueTime()
        self._session = _new_session(self._sockets, judge=None)
        self._timeless = _new_session(self._sockets, judge=self.true_time.judge)

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
        body = None if data is None else PacedBody(data, self.throttle, on_sent)
        with self._open(method, url, headers, body, timeout, deadline) as stream:
            stream.refuse_portal(accepts_html=accepts_html)
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
            stream.refuse_portal(accepts_html=accepts_html)
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
        self._timeless.close()

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
        body: PacedBody | None,
        timeout: Timeouts,
        deadline: Deadline,
    ) -> HttpStream:
        check_address(url)
        self.throttle.check()
        prepared = self._session.prepare_request(
            requests.Request(method, url, headers=request_headers(headers), data=body or None)
        )
        raw = self.translated(url, lambda: self._send(prepared, timeout, deadline))
        # read1 returns what is there; read would wait for the whole amount behind a drip.
        read = partial(raw.raw.read1, decode_content=False)
        stream = HttpStream(
            HttpResponse(url, raw.status_code, raw.headers, b""),
            read=lambda amount: self.translated(url, partial(read, amount)) or b"",
            close=raw.close,
            throttle=self.throttle,
            deadline=deadline,
            silence_s=timeout.silence_s,
        )
        date = stream.date
        if self._on_date is not None and date is not None and stream.is_authenticated:
            self._on_date(date)
        return stream

    def _send(
        self, prepared: requests.PreparedRequest, timeout: Timeouts, deadline: Deadline
    ) -> requests.Response:
        host = host_of(prepared.url or "")
        if self.true_time.is_for(host):
            return _send_by(self._timeless, prepared, timeout, deadline)
        try:
            return _send_by(self._session, prepared, timeout, deadline)
        except requests.exceptions.SSLError as error:
            is_clock = isinstance(known_network_error(error, host), ClockWrongError)
            if not is_clock or not self._learn_time(host, timeout, deadline):
                raise
            return _send_by(self._timeless, prepared, timeout, deadline)

    def _learn_time(self, host: str, timeout: Timeouts, deadline: Deadline) -> bool:
        """Ask a host whose certificate is good but for its dates what time it is."""
        certificates: list[Mapping[str, Any]] = []
        question = requests.Request("HEAD", f"https://{host}/", headers=request_headers())
        with _new_session(self._sockets, judge=certificates.append) as session:
            reply = _send_by(session, session.prepare_request(question), timeout, deadline)
            reply.close()
        date = parse_http_date(reply.headers.get("Date"))
        return bool(certificates) and self.true_time.learn(host, date, certificates[-1])


def _new_session(sockets: OpenSockets, judge: Judge | None) -> requests.Session:
    """A session without a memory; with a `judge`, certificate dates are its business alone."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(http.cookiejar.DefaultCookiePolicy(allowed_domains=[]))
    session.headers.clear()
    context = cache(lambda: tls_context(is_time_checked=judge is None))
    session.mount("http://", _GuardedAdapter(sockets, judge, context, is_tls=False))
    tls = partial(_GuardedAdapter, sockets, judge, context, is_tls=True)
    session.mount("https://", _LateAdapter(tls))
    return session


def _send_by(
    session: requests.Session,
    prepared: requests.PreparedRequest,
    timeout: Timeouts,
    deadline: Deadline,
) -> requests.Response:
    active.deadline = deadline
    try:
        return _send_over_stale(session, prepared, timeout)
    finally:
        active.deadline = None


def _send_over_stale(
    session: requests.Session, prepared: requests.PreparedRequest, timeout: Timeouts
) -> requests.Response:
    """Send; what only asks is asked again where a kept connection was just being closed.

    RFC 9112, section 9.3.1: a server may close an idle connection at any moment.
    """
    for _ in range(_POOL_SIZE):
        active.is_new = False
        try:
            return _send_once(session, prepared, timeout)
        except requests.exceptions.ConnectionError as error:
            is_closed = any(isinstance(cause, ConnectionError) for cause in causes_of(error))
            if active.is_new or not is_closed or prepared.method not in _ONLY_ASKING:
                raise
    return _send_once(session, prepared, timeout)


def _send_once(
    session: requests.Session, prepared: requests.PreparedRequest, timeout: Timeouts
) -> requests.Response:
    return session.send(
        prepared,
        stream=True,
        allow_redirects=False,
        timeout=(timeout.connect_s, timeout.silence_s),
        proxies=_proxies(prepared.url or ""),
        verify=True,
    )


def _proxies(url: str) -> dict[str, str]:
    """The system's proxies, read for each request: a notebook changes networks."""
    return {} if should_bypass_proxies(url, no_proxy=None) else dict(getproxies())


def known_network_error(error: Exception, host: str) -> KnownError:
    """The typed error for what requests, urllib3 or a socket raised."""
    causes = causes_of(error)
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            is_date = cause.verify_code in (_CERT_NOT_YET_VALID, _CERT_EXPIRED)
            kind = ClockWrongError if is_date else CertificateError
            return kind(host=host, reason=cause.verify_message)
    if any(_is_without_answer(cause) for cause in causes):
        return OfflineError(host=host, reason=NO_ANSWER)
    for foreign, known in _TRANSLATIONS:
        if any(isinstance(cause, foreign) for cause in causes):
            return known(host=host)
    return ConnectionLostError(host=host)


def _is_without_answer(error: BaseException) -> bool:
    """Whether a connection was neither made nor refused in time."""
    kinds = urllib3.exceptions
    is_timeout = isinstance(error, kinds.ConnectTimeoutError)
    return is_timeout and not isinstance(error, kinds.NewConnectionError)


class _GuardedAdapter(HTTPAdapter):
    """Gives requests our sockets and, wherever TLS is spoken, our context."""

    def __init__(
        self, sockets: OpenSockets, judge: Judge | None, context: Context, *, is_tls: bool
    ) -> None:
        self._context, self._is_tls = context, is_tls
        self._pools = pool_classes(sockets, judge)
        super().__init__(pool_connections=_POOL_SIZE, pool_maxsize=_POOL_SIZE, max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        if self._is_tls:
            kwargs["ssl_context"] = self._context()
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        if self._is_tls or proxy.lower().startswith("https"):
            kwargs["ssl_context"] = self._context()
        manager = super().proxy_manager_for(proxy, **kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> Any:
        # Whatever a caller, the environment or a later requests says of it.
        return super().build_connection_pool_key_attributes(request, True, cert)

    def cert_verify(self, conn: Any, url: Any, verify: Any, cert: Any) -> None:
        # The context already holds the authorities; requests would load its own bundle each time.
        conn.cert_reqs = "CERT_REQUIRED"


class _LateAdapter(BaseAdapter):
    """Made when the first address asks for it: reading all authorities takes a tenth of a second,
    and a machine whose mirrors are sticks, or speak http, never needs them.
    """

    def __init__(self, make: Callable[[], HTTPAdapter]) -> None:
        super().__init__()
        self._make = make
        self._lock = threading.Lock()
        self._made: HTTPAdapter | None = None

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        with self._lock:
            made = self._made = self._made or self._make()
        return made.send(*args, **kwargs)

    def close(self) -> None:
        with self._lock:
            if self._made is not None:
                self._made.close()
