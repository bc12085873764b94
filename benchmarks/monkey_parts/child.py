# SPDX-License-Identifier: GPL-3.0-or-later
"""One window under small hands: python -m benchmarks.monkey_parts.child DIR SEED SECONDS MS."""

from __future__ import annotations

import faulthandler
import logging
import random
import sys
import threading
import time
import traceback
from collections import deque
from pathlib import Path
from types import TracebackType

from app.ui.plain_imports import import_plainly

import_plainly()  # as the command does it

from PySide6.QtCore import QObject, Qt, QTimer, QtMsgType, Slot, qInstallMessageHandler  # noqa: E402
from PySide6.QtWidgets import QApplication, QFileDialog  # noqa: E402

from app.wiring import window  # noqa: E402
from app.wiring.window import Program, WindowOptions  # noqa: E402
from benchmarks.monkey_parts.acts import ACTS  # noqa: E402

_ACT_MS, _BEAT_MS = 40, 20
_QUIET_S = 2.0  # at the end, for what is still under way
# A machine without sound, a window manager, a file manager or a graphics card.
_HARMLESS = (
    *("pipewire", "PulseAudio", "RHI", "propagateSizeHints", "Vulkan", "GPU vendor"),
    "detect a launcher",
)


class Complaints(logging.Handler):
    """Whatever Python or Qt complained about, with what was done before."""

    def __init__(self, done: deque[str]) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []
        self._done = done

    def add(self, words: str) -> None:
        """Remember and print at once: the process may not live to its end."""
        self.found.append(words)
        print(f"COMPLAINT {words}\n  after: {' | '.join(self._done)}", flush=True)

    def take_error(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        """Python's own."""
        self.add("".join(traceback.format_exception(kind, error, trace)))

    def emit(self, record: logging.LogRecord) -> None:
        self.add(f"log: {self.format(record)}")

    def take_qt(self, kind: QtMsgType, _context: object, words: str) -> None:
        """Qt's own."""
        is_bad = kind in (QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg, QtMsgType.QtWarningMsg)
        if is_bad and not any(part in words for part in _HARMLESS):
            self.add(f"Qt: {words}")


class Watchdog(threading.Thread):
    """Says where the window's thread stands when it stands still."""

    def __init__(self, complaints: Complaints, most_s: float) -> None:
        super().__init__(daemon=True)
        self._complaints, self._most_s = complaints, most_s
        self.beat_at = time.monotonic()
        self.worst_s = 0.0

    def run(self) -> None:
        while True:
            time.sleep(_BEAT_MS / 1000)
            age_s = time.monotonic() - self.beat_at
            if age_s > self._most_s >= self.worst_s:
                self._complaints.add(f"the window stood still for {age_s:.1f} s")
                faulthandler.dump_traceback(all_threads=True)
            self.worst_s = max(self.worst_s, age_s)


class Hands(QObject):
    """Does one act after the other until the time is over, then closes the window."""

    def __init__(self, program: Program, seed: int, seconds: float, most_s: float) -> None:
        super().__init__()
        self._program, self._dice = program, random.Random(seed)
        self._end = time.monotonic() + seconds
        self._done: deque[str] = deque(maxlen=12)
        self.complaints = Complaints(self._done)
        self.acts = 0
        logging.getLogger().addHandler(self.complaints)
        qInstallMessageHandler(self.complaints.take_qt)
        sys.excepthook = lambda kind, error, _trace: self.complaints.add(
            f"{kind.__name__}: {error}"
        )
        self.watchdog = Watchdog(self.complaints, most_s)
        self._beats = QTimer(self, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._beats.timeout.connect(self._beat)
        self._beats.start()
        self.watchdog.start()
        QTimer.singleShot(_ACT_MS, self._act)

    @Slot()
    def _beat(self) -> None:
        self.watchdog.beat_at = time.monotonic()

    @Slot()
    def _act(self) -> None:
        if time.monotonic() > self._end:
            QTimer.singleShot(int(_QUIET_S * 1000), self._close)
            return
        # A timer of its own each time: an act may open a dialog, whose loop runs in here.
        QTimer.singleShot(_ACT_MS, self._act)
        target = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if isinstance(target, QFileDialog):  # the system's own, over the machine's real files
            target.reject()
            return
        acts, weights = zip(*ACTS, strict=True)
        act = self._dice.choices(acts, weights)[0]
        self.acts += 1
        self._done.append(f"{act.__name__} …")
        self._done[-1] = act(self._dice, target or self._program.window)

    @Slot()
    def _close(self) -> None:
        for top in QApplication.topLevelWidgets():
            if top is not self._program.window and top.isVisible():
                top.close()
        self._program.window.close()


def main() -> int:
    """Run it; 1 when there was something to complain about."""
    data_dir, seed, seconds, blocked_ms = sys.argv[1:5]
    hands: list[Hands] = []

    class PlayedWith(Program):
        def start(self) -> None:
            super().start()
            hands.append(Hands(self, int(seed), float(seconds), float(blocked_ms) / 1000))

    window.Program = PlayedWith  # type: ignore[misc]
    code = window.run_window(WindowOptions(data_dir=Path(data_dir)))
    QApplication.processEvents()
    found = hands[0].complaints.found
    print(
        f"seed {seed}: {hands[0].acts} acts, {len(found)} complaints, the window stood still "
        f"for {hands[0].watchdog.worst_s * 1000:.0f} ms at most, exit code {code}",
        flush=True,
    )
    return code or int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
