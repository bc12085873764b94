# SPDX-License-Identifier: GPL-3.0-or-later
"""Sockets that obey a total deadline.

A socket's own timeout starts anew with every byte, so a server that drips one byte a second, in
its headers or its body, holds a standard client for hours. These sockets shrink their timeout to
what is left of the exchange's deadline before every call.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
import time
import weakref
from typing import Any

import certifi

# X509_V_FLAG_NO_CHECK_TIME of OpenSSL: chain and host name are verified, dates are not.
_NO_CHECK_TIME = 0x200000


class Deadline:
    """A moment on the monotonic clock; None means there is no end."""

    def __init__(self, total_s: float | None) -> None:
        self._at_s = None if total_s is None else time.monotonic() + total_s

    def left_s(self) -> float | None:
        """Seconds left, not below zero."""
        return None if self._at_s is None else max(0.0, self._at_s - time.monotonic())

    def restart(self, total_s: float) -> None:
        """Count from now again."""
        self._at_s = time.monotonic() + total_s


class _Active(threading.local):
    """Of the exchange that this thread is starting: its deadline, and whether it had to connect."""

    deadline: Deadline | None = None
    is_new = False


active = _Active()


class OpenSockets:
    """All sockets of a session, so that a stop can end calls that wait in other threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._is_aborted = False

    def add(self, opened: socket.socket) -> None:
        """Watch a socket; after an abort it is shut at once."""
        with self._lock:
            self._sockets.add(opened)
            is_aborted = self._is_aborted
        if is_aborted:
            _shut(opened)

    def abort(self) -> None:
        """Shut every socket: waiting reads and writes return at once, in whatever thread."""
        with self._lock:
            self._is_aborted = True
            sockets = list(self._sockets)
        for opened in sockets:
            _shut(opened)


def _shut(opened: socket.socket) -> None:
    with contextlib.suppress(OSError):
        # SSLSocket.shutdown would forget the TLS state under a reader; the descriptor is enough.
        socket.socket.shutdown(opened, socket.SHUT_RDWR)


def _shrink_timeout(sock: GuardedSocket | GuardedTlsSocket) -> None:
    if sock.deadline is None:
        return
    left_s = sock.deadline.left_s()
    if left_s is None:
        return
    if left_s <= 0:
        raise TimeoutError("the exchange took longer than its deadline")
    timeout_s = sock.gettimeout()
    if timeout_s is None or timeout_s > left_s:
        sock.settimeout(left_s)


class GuardedSocket(socket.socket):
    """A TCP socket with a total deadline per exchange."""

    __slots__ = ("deadline",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.deadline: Deadline | None = active.deadline

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive within what is left of the deadline."""
        _shrink_timeout(self)
        return super().recv_into(*args, **kwargs)

    def sendall(self, *args: Any, **kwargs: Any) -> None:
        """Send within what is left of the deadline."""
        _shrink_timeout(self)
        super().sendall(*args, **kwargs)


class GuardedTlsSocket(ssl.SSLSocket):
    """A TLS socket with a total deadline per exchange."""

    deadline: Deadline | None = None

    def recv_into(self, *args: Any, **kwargs: Any) -> int:
        """Receive within what is left of the deadline."""
        _shrink_timeout(self)
        return super().recv_into(*args, **kwargs)

    def send(self, *args: Any, **kwargs: Any) -> int:
        """Send within what is left of the deadline (`sendall` of TLS sockets calls this)."""
        _shrink_timeout(self)
        return super().send(*args, **kwargs)


def tls_context(*, is_time_checked: bool = True) -> ssl.SSLContext:
    """Full verification against the system's and certifi's authorities.

    With `is_time_checked=False` chain and name are still verified and only the dates are not: for
    the one request that finds out the true time when this machine's clock is wrong.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    context.sslsocket_class = GuardedTlsSocket
    if not is_time_checked:
        # The flag has no name in the ssl module of 3.11; its number is part of OpenSSL's ABI.
        context.verify_flags = ssl.VerifyFlags(int(context.verify_flags) | _NO_CHECK_TIME)
    return context
