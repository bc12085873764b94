# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the screen awake while a lesson runs; where the system offers no way, nothing happens."""

from __future__ import annotations

import logging
import sys
from typing import Protocol

log = logging.getLogger(__name__)

_ES_CONTINUOUS, _ES_SYSTEM, _ES_DISPLAY = 0x8000_0000, 0x1, 0x2
_SERVICE, _PATH = "org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"


class Wakefulness(Protocol):
    """The system's own way."""

    def hold(self) -> bool:
        """No sleep from now on; False when the system would not hear of it."""
        ...

    def release(self) -> None:
        """Sleep as you like."""
        ...


class WindowsWakefulness:
    """SetThreadExecutionState; it ends with the thread, so a crash leaves nothing behind."""

    def hold(self) -> bool:
        """See `Wakefulness`."""
        return self._set(_ES_CONTINUOUS | _ES_SYSTEM | _ES_DISPLAY)

    def release(self) -> None:
        """See `Wakefulness`."""
        self._set(_ES_CONTINUOUS)

    def _set(self, state: int) -> bool:
        if sys.platform != "win32":
            return False
        import ctypes

        return bool(ctypes.WinDLL("kernel32").SetThreadExecutionState(state))


class DesktopWakefulness:
    """The freedesktop screen saver service; it forgets us when we end."""

    def __init__(self) -> None:
        self._cookie: int | None = None

    def hold(self) -> bool:
        """See `Wakefulness`."""
        answer = self._call("Inhibit", "Kezhan", "a lesson is on the screen")
        self._cookie = answer if isinstance(answer, int) else None
        return self._cookie is not None

    def release(self) -> None:
        """See `Wakefulness`."""
        if self._cookie is not None:
            self._call("UnInhibit", self._cookie)
            self._cookie = None

    def _call(self, method: str, *arguments: object) -> object:
        try:
            from PySide6.QtDBus import QDBus, QDBusConnection, QDBusInterface
        except ImportError:
            return None
        bus = QDBusConnection.sessionBus()
        if not bus.isConnected():
            return None
        service = QDBusInterface(_SERVICE, _PATH, _SERVICE, bus)
        if not service.isValid():
            return None
        mode = QDBus.CallMode.Block
        given = service.callWithArgumentList(mode, method, list(arguments)).arguments()
        return given[0] if given else None


class Awake:
    """Holds while asked to."""

    def __init__(self, way: Wakefulness | None = None) -> None:
        usual = WindowsWakefulness() if sys.platform == "win32" else DesktopWakefulness()
        self._way: Wakefulness = way if way is not None else usual
        self.is_held = False

    def set_held(self, is_held: bool) -> None:
        """Keep awake, or let sleep."""
        if is_held == self.is_held:
            return
        self.is_held = is_held
        if not is_held:
            self._way.release()
        elif not self._way.hold():
            log.info("this system offers no way to keep the screen awake")
