# SPDX-License-Identifier: GPL-3.0-or-later
"""One window per data directory: a second start hands its wish to the first and ends."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer, Signal, Slot
from PySide6.QtNetwork import QLocalServer, QLocalSocket  # noqa: TID251 - the one allowed place

_CONNECT_MS = 700
_ATTEMPTS = 20  # the first window answers once its first page is shown
_PAUSE_MS = 150
_ANSWER_MS = 1500
_MAX_WISH_BYTES = 4096


def server_name(data_root: Path) -> str:
    """A name for the local server of a data directory, without the path in it."""
    digest = hashlib.sha256(str(data_root.resolve()).encode("utf-8")).hexdigest()
    return f"kezhan-{digest[:24]}"


def hand_over(data_root: Path, open_id: str | None) -> bool:
    """Ask a running window to come to the front; False when there is none."""
    socket = QLocalSocket()
    if not _connects(socket, server_name(data_root)):
        return False
    socket.write(json.dumps({"open": open_id}).encode("ascii") + b"\n")
    socket.waitForBytesWritten(_ANSWER_MS)
    is_heard = socket.waitForReadyRead(_ANSWER_MS)
    socket.disconnectFromServer()
    return is_heard


def _connects(socket: QLocalSocket, name: str) -> bool:
    for _ in range(_ATTEMPTS):
        socket.connectToServer(name)
        if socket.waitForConnected(_CONNECT_MS):
            return True
        pause = QEventLoop()
        QTimer.singleShot(_PAUSE_MS, pause.quit)
        pause.exec()
    return False


class SingleInstance(QObject):
    """Signals: asked(str) when another start wants this window; the id to open, or ""."""

    asked = Signal(str)

    def __init__(self, data_root: Path) -> None:
        super().__init__()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._name = server_name(data_root)
        self._server.newConnection.connect(self._welcome)

    def listen(self) -> bool:
        """Be the one instance; what a crashed one left behind is removed."""
        if self._server.listen(self._name):
            return True
        QLocalServer.removeServer(self._name)
        return self._server.listen(self._name)

    def close(self) -> None:
        """Stop listening."""
        self._server.close()

    @Slot()
    def _welcome(self) -> None:
        while (socket := self._server.nextPendingConnection()) is not None:
            socket.readyRead.connect(self._hear)
            socket.disconnected.connect(socket.deleteLater)
            if socket.bytesAvailable():
                self._read(socket)

    @Slot()
    def _hear(self) -> None:
        socket = self.sender()
        if isinstance(socket, QLocalSocket):
            self._read(socket)

    def _read(self, socket: QLocalSocket) -> None:
        if not socket.canReadLine():
            if socket.bytesAvailable() > _MAX_WISH_BYTES:
                socket.abort()
            return
        raw = bytes(socket.readLine(_MAX_WISH_BYTES).data())
        socket.write(b"ok\n")
        socket.flush()
        try:
            wish = json.loads(raw).get("open")
        except (ValueError, AttributeError):
            wish = None
        self.asked.emit(wish if isinstance(wish, str) else "")
