# SPDX-License-Identifier: GPL-3.0-or-later
"""urllib3's connections over sockets that obey a total deadline; nothing goes out unverified."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Mapping
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from app.sync.guard import GuardedSocket, GuardedTlsSocket, OpenSockets, active

Judge = Callable[[Mapping[str, Any]], None]
"""Hears the certificate of a connection whose dates nobody has checked."""


def pool_classes(sockets: OpenSockets, judge: Judge | None) -> dict[str, type[HTTPConnectionPool]]:
    """By scheme, pools whose connections are watched by `sockets`."""
    plain = type("Plain", (GuardedConnection,), {"open_sockets": sockets})
    attributes = {"open_sockets": sockets, "judge": judge and staticmethod(judge)}
    tls = type("Tls", (GuardedTlsConnection,), attributes)
    return {
        "http": type("Pool", (HTTPConnectionPool,), {"ConnectionCls": plain}),
        "https": type("TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": tls}),
    }


def _guard(opened: Any) -> None:
    if isinstance(opened, (GuardedSocket, GuardedTlsSocket)):
        opened.deadline = active.deadline


class GuardedConnection(HTTPConnection):
    """Opens sockets with a total deadline."""

    open_sockets: OpenSockets

    def _new_conn(self) -> GuardedSocket:
        active.is_new = True
        plain = super()._new_conn()
        timeout_s = plain.gettimeout()
        opened = GuardedSocket(plain.family, plain.type, plain.proto, fileno=plain.detach())
        opened.settimeout(timeout_s)
        self.open_sockets.add(opened)
        return opened

    def request(self, *args: Any, **kwargs: Any) -> None:
        _guard(self.sock)
        super().request(*args, **kwargs)


class GuardedTlsConnection(GuardedConnection, HTTPSConnection):
    """The same with TLS on top."""

    judge: Judge | None

    def connect(self) -> None:
        super().connect()
        _guard(self.sock)
        if not (self.is_verified and self.ssl_context and self.ssl_context.check_hostname):
            self.close()
            raise ssl.SSLError("a connection without verification")
        certificate: Mapping[str, Any] = {}
        if isinstance(self.sock, GuardedTlsSocket):
            self.open_sockets.add(self.sock)
            certificate = self.sock.getpeercert() or {}
        if self.judge is not None:
            self.judge(certificate)
