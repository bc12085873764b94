# SPDX-License-Identifier: GPL-3.0-or-later
"""The session itself: total deadlines, stops from another thread, nothing followed or kept."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from app.base.errors import CancelledError, KnownError, OfflineError
from app.sync.bandwidth import Throttle
from app.sync.errors import (
    AddressInvalidError,
    ConnectionLostError,
    MirrorBrokenError,
    MirrorSilentError,
    PortalError,
    TransferPausedError,
)
from app.sync.http import HttpSession, SizedBody, Timeouts

Talk = Callable[[socket.socket], None]
SOON = Timeouts(connect_s=30.0, silence_s=30.0, total_s=1.5)
PATIENT = Timeouts(connect_s=30.0, silence_s=30.0, total_s=60.0)


class RawServer:
    """Accepts one connection after the other and lets the test talk on each."""

    def __init__(self, talk: Talk) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._talk = talk
        self._talking: socket.socket | None = None
        self.heard: list[bytes] = []
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with connection:
                self._talking = connection
                try:
                    self.heard.append(connection.recv(65536))
                    self._talk(connection)
                except OSError:
                    continue

    def close(self) -> None:
        self.ended.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        if self._talking is not None:
            with suppress(OSError):  # it was closed
                self._talking.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join(30)


@pytest.fixture
def raw() -> Iterator[Callable[[Talk], RawServer]]:
    servers: list[RawServer] = []

    def start(talk: Talk) -> RawServer:
        servers.append(RawServer(talk))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


@pytest.fixture
def session() -> Iterator[HttpSession]:
    session = HttpSession(timeouts=PATIENT)
    yield session
    session.abort()
    session.close()


def test_dripping_headers_end_at_the_deadline(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    ended = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        while not ended.wait(0.1):
            connection.sendall(b"x")

    server = raw(drip)
    with pytest.raises(MirrorSilentError):
        session.request("GET", server.url, timeout=SOON)
    assert not ended.is_set()  # the drip would have gone on for ever
    ended.set()


def test_a_stop_wakes_who_waits_in_another_thread(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    asked, ended = threading.Event(), threading.Event()

    def hang(_: socket.socket) -> None:
        asked.set()
        ended.wait(60)

    server = raw(hang)
    found: list[KnownError] = []

    def ask() -> None:
        try:
            session.request("GET", server.url, timeout=Timeouts(total_s=60, silence_s=60))
        except KnownError as error:
            found.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    assert asked.wait(30)
    session.abort()
    thread.join(30)
    ended.set()
    assert isinstance(found[0], CancelledError)


def test_redirects_are_not_followed_and_credentials_stay(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    thief = raw(lambda connection: connection.sendall(b"HTTP/1.1 204 No\r\n\r\n"))
    redirect = f"HTTP/1.1 302 Found\r\nLocation: {thief.url}\r\nContent-Length: 0\r\n\r\n"
    server = raw(lambda connection: connection.sendall(redirect.encode()))

    with pytest.raises(PortalError):
        session.request("GET", server.url, headers={"Authorization": "Basic x"})

    assert thief.heard == []


def test_no_cookie_is_kept_and_nothing_compressed_is_asked_for(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    reply = b"HTTP/1.1 204 No\r\nSet-Cookie: a=b\r\nConnection: close\r\n\r\n"
    server = raw(lambda connection: connection.sendall(reply))

    session.request("GET", server.url)
    session.request("GET", server.url)

    assert len(server.heard) == 2
    assert not any(b"cookie" in heard.lower() for heard in server.heard)
    assert all(b"accept-encoding: identity" in heard.lower() for heard in server.heard)


def test_a_body_longer_than_allowed_is_refused(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    server = raw(
        lambda connection: connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + b"x" * 5000
        )
    )
    with pytest.raises(MirrorBrokenError):
        session.request("GET", server.url, max_bytes=4999)


def test_a_body_is_sent_with_its_length_and_its_progress(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    def read_it_all(connection: socket.socket) -> None:
        heard = server.heard[-1]
        while not heard.endswith(b"abcdef"):
            heard += connection.recv(65536)
        connection.sendall(b"HTTP/1.1 204 No\r\n\r\n")

    server = raw(read_it_all)
    sent: list[int] = []

    session.request("PATCH", server.url, data=SizedBody(6, [b"abc", b"def"]), on_sent=sent.append)

    assert b"content-length: 6\r\n" in server.heard[0].lower()
    assert sent == [3, 6]


@pytest.mark.parametrize(
    "address", ["ftp://x/", "http:///x", "http://x:99999/", "http://a b/", "file:///x", "x" * 5000]
)
def test_what_is_no_address_is_refused(session: HttpSession, address: str) -> None:
    with pytest.raises(AddressInvalidError):
        session.request("GET", address)


def test_nobody_there_is_offline(session: HttpSession) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(OfflineError):
        session.request("GET", f"http://127.0.0.1:{port}/")


def test_paused_transfers_end_and_say_so(raw: Callable[[Talk], RawServer]) -> None:
    throttle = Throttle()
    session = HttpSession(throttle, timeouts=PATIENT)
    throttle.pause()
    try:
        with pytest.raises(TransferPausedError):
            session.request("GET", "http://127.0.0.1:9/")
    finally:
        session.close()


def test_a_web_page_is_fine_where_one_is_expected(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi"
    server = raw(lambda connection: connection.sendall(page))

    assert session.request("GET", server.url, accepts_html=True).content == b"hi"
    with pytest.raises(PortalError):
        session.request("GET", server.url)


PAGE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


@pytest.fixture
def tired(raw: Callable[[Talk], RawServer]) -> RawServer:
    """A server that keeps a connection and closes it just when the second request comes."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(PAGE)
        connection.recv(65536)

    return raw(talk)


def test_a_kept_connection_that_was_just_closed_is_opened_anew(
    session: HttpSession, tired: RawServer
) -> None:
    answers = [session.request("GET", tired.url).content for _ in range(3)]
    assert answers == [b"hi"] * 3
    assert len(tired.heard) == 3


def test_what_changes_something_is_never_sent_twice_by_itself(
    session: HttpSession, tired: RawServer
) -> None:
    session.request("GET", tired.url)
    with pytest.raises(ConnectionLostError):
        session.request("POST", tired.url, data=b"once")
    assert len(tired.heard) == 1


def test_a_new_connection_that_is_closed_at_once_is_not_tried_again(
    session: HttpSession, raw: Callable[[Talk], RawServer]
) -> None:
    server = raw(lambda _: None)
    with pytest.raises(ConnectionLostError):
        session.request("GET", server.url)
    assert len(server.heard) == 1
