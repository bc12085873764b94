# SPDX-License-Identifier: GPL-3.0-or-later
"""TLS is always verified; with a wrong clock too, by the time that the server tells."""

import datetime as dt
import email.utils
import ssl
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.base.errors import KnownError
from app.sync import guard
from app.sync.http import HttpSession
from tests.sync.machine import QUICK

NOW = dt.datetime.now(dt.UTC)
DAY = dt.timedelta(days=1)
Serve = Callable[..., str]


class Authority:
    """Signs certificates for a test."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test CA")])
        self.certificate = self._sign(self.name, self.key, NOW - 900 * DAY, NOW + 900 * DAY, None)

    def issue(
        self, folder: Path, host: str, start: dt.datetime, end: dt.datetime
    ) -> tuple[Path, Path]:
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        certificate = self._sign(subject, key, start, end, host)
        chain, secret = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return chain, secret

    def _sign(
        self,
        subject: x509.Name,
        key: ec.EllipticCurvePrivateKey,
        start: dt.datetime,
        end: dt.datetime,
        host: str | None,
    ) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(end)
            .add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
        )
        if host is not None:
            names = x509.SubjectAlternativeName([x509.DNSName(host)])
            builder = builder.add_extension(names, critical=False)
        return builder.sign(self.key, hashes.SHA256())


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Authority:
    """An authority that this machine trusts."""
    authority = Authority()
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(authority.certificate.public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    return authority


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Serves "hello" over TLS; the address has the host name localhost."""
    servers: list[ThreadingHTTPServer] = []

    def start(
        authority: Authority,
        *,
        host: str = "localhost",
        valid: tuple[dt.datetime, dt.datetime] = (NOW - DAY, NOW + DAY),
        says: dt.datetime = NOW,
    ) -> str:
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                self.send_response_only(200)
                self.send_header("Date", email.utils.format_datetime(says, usegmt=True))
                self.send_header("Content-Length", "5")
                self.end_headers()
                if self.command == "GET":
                    self.wfile.write(b"hello")

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*authority.issue(tmp_path, host, *valid))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        server.handle_error = lambda *_: None  # type: ignore[method-assign]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
        return f"https://localhost:{server.server_port}/"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def ask(url: str, *, earliest: dt.datetime = NOW - 400 * DAY) -> tuple[bytes, list[dt.datetime]]:
    dates: list[dt.datetime] = []
    session = HttpSession(timeouts=QUICK, on_date=dates.append)
    session.true_time.earliest = earliest
    try:
        reply = session.request("GET", url)
        again = session.request("GET", url)
        assert reply.content == again.content
        return reply.content, dates
    finally:
        session.abort()
        session.close()


def test_a_good_certificate_is_accepted_and_its_date_heard(
    authority: Authority, serve: Serve
) -> None:
    content, dates = ask(serve(authority))

    assert content == b"hello"
    assert abs(dates[0] - NOW) < dt.timedelta(seconds=2)


def test_another_authority_is_refused(authority: Authority, serve: Serve) -> None:
    with pytest.raises(KnownError) as caught:
        ask(serve(Authority()))
    assert caught.value.code == "certificate_refused"


def test_another_name_is_refused(authority: Authority, serve: Serve) -> None:
    with pytest.raises(KnownError) as caught:
        ask(serve(authority, host="elsewhere.example"))
    assert caught.value.code == "certificate_refused"


@pytest.mark.parametrize("off", [-60 * DAY, 60 * DAY], ids=["clock-ahead", "clock-behind"])
def test_with_a_wrong_clock_the_server_tells_the_time(
    authority: Authority, serve: Serve, off: dt.timedelta
) -> None:
    """For a machine whose clock is 60 days off, a good server looks like this one."""
    truth = NOW + off
    url = serve(authority, valid=(truth - DAY, truth + DAY), says=truth)

    content, dates = ask(url)

    assert content == b"hello"
    assert abs(dates[0] - truth) < dt.timedelta(seconds=2)


def test_a_certificate_that_has_really_expired_is_refused(
    authority: Authority, serve: Serve
) -> None:
    with pytest.raises(KnownError) as caught:
        ask(serve(authority, valid=(NOW - 60 * DAY, NOW - 30 * DAY), says=NOW))
    assert caught.value.code == "clock_wrong"


def test_a_time_before_what_we_know_is_not_believed(authority: Authority, serve: Serve) -> None:
    """An old certificate and key, stolen and played back, cannot turn the time back."""
    truth = NOW - 300 * DAY
    with pytest.raises(KnownError) as caught:
        ask(serve(authority, valid=(truth - DAY, truth + DAY), says=truth), earliest=NOW - DAY)
    assert caught.value.code == "clock_wrong"


def test_a_relaxed_host_says_nothing_about_another_authority(
    authority: Authority, serve: Serve
) -> None:
    truth = NOW - 60 * DAY
    with pytest.raises(KnownError) as caught:
        ask(serve(Authority(), valid=(truth - DAY, truth + DAY), says=truth))
    assert caught.value.code in ("certificate_refused", "clock_wrong")


# -- one context, late, and never without verification ---------------------------------------------


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[ssl.SSLContext]:
    """Every TLS context that a session has made."""
    made: list[ssl.SSLContext] = []

    def make(*, is_time_checked: bool = True) -> ssl.SSLContext:
        made.append(guard.tls_context(is_time_checked=is_time_checked))
        return made[-1]

    monkeypatch.setattr("app.sync.http.tls_context", make)
    return made


def test_authorities_are_read_once_and_only_for_tls(
    authority: Authority, serve: Serve, made: list[ssl.SSLContext]
) -> None:
    url = serve(authority)
    session = HttpSession(timeouts=QUICK)
    try:
        with pytest.raises(KnownError):
            session.request("GET", "http://127.0.0.1:9/")
        assert made == []
        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(lambda _: session.request("GET", url), range(8)))
    finally:
        session.abort()
        session.close()
    assert [reply.content for reply in replies] == [b"hello"] * 8
    assert len(made) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_is_reached_with_the_same_context(made: list[ssl.SSLContext], scheme: str) -> None:
    adapter: Any = HttpSession()._session.get_adapter(f"{scheme}://county.example/")
    speaker = adapter._make() if scheme == "https" else adapter

    manager = speaker.proxy_manager_for("https://proxy.example:8443")

    assert [manager.connection_pool_kw["ssl_context"]] == made


@pytest.mark.parametrize("way", ["request", "session", "environment"])
def test_nobody_can_switch_verification_off(
    authority: Authority, serve: Serve, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    url = serve(Authority())
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PYTHONHTTPSVERIFY"):
        monkeypatch.setenv(name, "0" if name.startswith("PYTHON") else "")
    session = HttpSession(timeouts=QUICK)
    if way == "request":
        send = session._session.send
        monkeypatch.setattr(
            session._session, "send", lambda *words, **more: send(*words, **more | OFF)
        )
    elif way == "session":
        session._session.verify = False
    try:
        with pytest.raises(KnownError) as caught:
            session.request("GET", url)
    finally:
        session.abort()
        session.close()
    assert caught.value.code == "certificate_refused"


OFF = {"verify": False}


@pytest.mark.parametrize("what", ["chain", "name"])
def test_a_context_that_does_not_verify_is_never_spoken_with(
    authority: Authority, serve: Serve, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    def careless(*, is_time_checked: bool = True) -> ssl.SSLContext:
        context = guard.tls_context(is_time_checked=is_time_checked)
        context.check_hostname = False
        if what == "chain":
            context.verify_mode = ssl.CERT_NONE
        return context

    monkeypatch.setattr("app.sync.http.tls_context", careless)
    with pytest.raises(KnownError) as caught:
        ask(serve(authority))
    assert caught.value.code == "certificate_refused"
