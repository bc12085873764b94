# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the board's own pen program runs: then ours hides, two palettes are one too many.

Decided by process, since those palettes take the foreground and lie above everything.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from app.ui.jobs import JobContext, JobRunner

LOOK_MS = 5_000
# Names of processes, lower case, without ".exe": pens that write over other programs. Not here:
# whiteboards that keep to their own window, and helpers that always run on such a board (希沃's
# PPTService waits for slide shows), or our pen would never be seen there.
PEN_PROGRAMS = frozenset(
    {
        "desktopannotation",  # 希沃
        "hiteannotation",  # 鸿合屏幕书写
        "vcomteach",  # 优教授课
        "smartink",  # SMART
        "ink canvas",  # InkCanvas and its descendants
        "inkcanvas",
        "inkcanvasforclass",
        "icc-ce",
        "inkeys",  # 智绘教
        "智绘教inkeys",
    }
)


def running_programs() -> frozenset[str]:
    """Names of all processes, lower case, without ".exe"."""
    names = _windows_names() if sys.platform == "win32" else _linux_names()
    return frozenset(name.lower().removesuffix(".exe") for name in names)


def _linux_names() -> Iterator[str]:
    for place in Path("/proc").glob("[0-9]*/comm"):
        try:
            yield place.read_text("utf-8", "replace").strip()
        except OSError:
            continue  # ended meanwhile


def _windows_names() -> Iterator[str]:
    if sys.platform != "win32":
        return
    import ctypes
    from ctypes import wintypes

    class Entry(ctypes.Structure):
        _fields_ = (
            ("dwSize", wintypes.DWORD),
            ("cntUsage", wintypes.DWORD),
            ("th32ProcessID", wintypes.DWORD),
            ("th32DefaultHeapID", ctypes.c_size_t),
            ("th32ModuleID", wintypes.DWORD),
            ("cntThreads", wintypes.DWORD),
            ("th32ParentProcessID", wintypes.DWORD),
            ("pcPriClassBase", wintypes.LONG),
            ("dwFlags", wintypes.DWORD),
            ("szExeFile", wintypes.WCHAR * 260),
        )

    kernel = ctypes.WinDLL("kernel32")
    kernel.CreateToolhelp32Snapshot.restype = wintypes.HANDLE
    kernel.CreateToolhelp32Snapshot.argtypes = (wintypes.DWORD, wintypes.DWORD)
    for function in (kernel.Process32FirstW, kernel.Process32NextW):
        function.argtypes = (wintypes.HANDLE, ctypes.POINTER(Entry))
    kernel.CloseHandle.argtypes = (wintypes.HANDLE,)
    snapshot = kernel.CreateToolhelp32Snapshot(0x2, 0)  # TH32CS_SNAPPROCESS
    if snapshot in (None, wintypes.HANDLE(-1).value):
        return
    try:
        entry = Entry(dwSize=ctypes.sizeof(Entry))
        has_entry = kernel.Process32FirstW(snapshot, ctypes.byref(entry))
        while has_entry:
            yield entry.szExeFile
            has_entry = kernel.Process32NextW(snapshot, ctypes.byref(entry))
    finally:
        kernel.CloseHandle(snapshot)


class RivalPens(QObject):
    """Looks now and then, on a worker thread. Signals: changed(bool) whether one runs."""

    changed = Signal(bool)

    def __init__(
        self,
        runner: JobRunner,
        parent: QObject | None = None,
        list_programs: Callable[[], frozenset[str]] = running_programs,
    ) -> None:
        super().__init__(parent)
        self._runner, self._list_programs = runner, list_programs
        self._is_watching = False
        self.is_running = False
        self._timer = QTimer(self, interval=LOOK_MS, singleShot=True)
        self._timer.timeout.connect(self.look)

    def watch(self) -> None:
        """From now on."""
        self._is_watching = True
        self.look()

    def rest(self) -> None:
        """No more."""
        self._is_watching = False
        self._timer.stop()

    @Slot()
    def look(self) -> None:
        """Look once."""
        list_programs = self._list_programs

        def work(_context: JobContext) -> object:
            return bool(PEN_PROGRAMS & list_programs())

        job = self._runner.start(work)
        job.succeeded.connect(self._take)
        job.ended.connect(self._again)

    @Slot(object)
    def _take(self, is_running: object) -> None:
        if bool(is_running) != self.is_running:
            self.is_running = bool(is_running)
            self.changed.emit(self.is_running)

    @Slot()
    def _again(self) -> None:
        if self._is_watching:
            self._timer.start()
