# SPDX-License-Identifier: GPL-3.0-or-later
"""计时器: counts down from some minutes, or up; large digits that may lie anywhere on the stage."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QPoint, QPointF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.ui.board.stage_button import StageButton
from app.ui.look.theme import Theme
from app.ui.words import clock_words

PRESETS_MIN = (1, 3, 5, 10)
_TICK_MS = 200
_FLASHES = 20
_DIGITS_PX = 64


class LessonTimer(QFrame):
    """Signals: closed(); rang() when a countdown has come to its end."""

    closed = Signal()
    rang = Signal()

    def __init__(
        self, theme: Theme, parent: QWidget, now_ms: Callable[[], int] | None = None
    ) -> None:
        """`now_ms` is a clock that never jumps; None takes Qt's."""
        super().__init__(parent)
        self._stage = parent
        self.setObjectName("bar")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.SizeAllCursor)
        clock = QElapsedTimer()
        clock.start()
        self._now_ms = now_ms or clock.elapsed
        self._length_ms = 0  # 0 counts up
        self._bell_at_ms: int | None = None
        self._passed_ms = 0
        self._since_ms: int | None = None
        self._flashes_left = 0
        self._hold: QPointF | None = None
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self.follow)
        self.digits = QLabel("0:00")
        font = theme.font("display")
        font.setPixelSize(theme.px(_DIGITS_PX))
        self.digits.setFont(font)
        self.digits.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.digits.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.presets = {
            minutes: StageButton(theme, str(minutes), self._minutes_words(minutes), "clock")
            for minutes in PRESETS_MIN
        }
        self.to_bell = StageButton(theme, "bell", self.tr("To the bell"), "bell")
        self.to_bell.hide()
        self.run = StageButton(theme, "run", self.tr("Start"), "play")
        self.reset = StageButton(theme, "reset", self.tr("Reset"), "rotate")
        self.close_button = StageButton(theme, "close", self.tr("Close"), "close")
        line = QHBoxLayout()
        line.setSpacing(theme.px(2))
        for made in (*self.presets.values(), self.to_bell, self.run, self.reset, self.close_button):
            made.clicked.connect(self._press)
            line.addWidget(made)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(side) for side in (12, 8, 12, 8)))
        whole.setSpacing(0)
        whole.addWidget(self.digits)
        whole.addLayout(line)
        self.hide()

    def _minutes_words(self, minutes: int) -> str:
        return self.tr("{count} min").format(count=minutes)

    # -- time --------------------------------------------------------------------------------

    @property
    def is_running(self) -> bool:
        """Whether time passes."""
        return self._since_ms is not None

    @property
    def shown_s(self) -> float:
        """What the digits say."""
        passed = self._passed()
        if not self._length_ms:
            return passed // 1000
        return max(0, -((passed - self._length_ms) // 1000))

    def _passed(self) -> int:
        return self._passed_ms + (
            self._now_ms() - self._since_ms if self._since_ms is not None else 0
        )

    def count_down(self, minutes: int) -> None:
        """Begin to count down at once."""
        self._count_down_ms(minutes * 60_000)

    def _count_down_ms(self, length_ms: int) -> None:
        self._length_ms, self._passed_ms = length_ms, 0
        self._start()

    def know_bell(self, seconds_left: int | None) -> None:
        """When the bell rings; None when nobody knows."""
        now = self._now_ms()
        self._bell_at_ms = None if seconds_left is None else now + seconds_left * 1000
        if self.to_bell.isHidden() is (seconds_left is not None):
            self.to_bell.setVisible(seconds_left is not None)
            self.adjustSize()

    def _to_bell(self) -> None:
        left_ms = 0 if self._bell_at_ms is None else self._bell_at_ms - self._now_ms()
        if left_ms > 0:
            self._count_down_ms(left_ms)

    def _start(self) -> None:
        self._flashes_left = 0
        self._since_ms = self._now_ms()
        self._tick.start()
        self.follow()

    def _stop(self) -> None:
        self._passed_ms, self._since_ms = self._passed(), None
        self._tick.stop()
        self.follow()

    @Slot()
    def follow(self) -> None:
        """Show the time; ring when it is over."""
        if self._flashes_left:
            self._flash()
            return
        self.digits.setText(clock_words(self.shown_s))
        if self.is_running and self._length_ms and self._passed() >= self._length_ms:
            self._passed_ms, self._since_ms = self._length_ms, None
            self._flashes_left = _FLASHES
            QApplication.beep()
            self.rang.emit()
        self._say_run()

    def _flash(self) -> None:
        self._flashes_left -= 1
        colour = "#ff6b5e" if self._flashes_left % 4 < 2 else "#edf3f1"
        self.digits.setStyleSheet(f"color: {colour if self._flashes_left else '#ff6b5e'}")
        if not self._flashes_left:
            self._tick.stop()

    def _say_run(self) -> None:
        is_new = self._passed() == 0
        if self.is_running:
            self.run.say(self.tr("Pause"), "pause")
        else:
            self.run.say(self.tr("Start") if is_new else self.tr("Go on"), "play")

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if not isinstance(sender, StageButton):
            return
        self.digits.setStyleSheet("")
        if sender.key == "run":
            self._toggle()
        elif sender.key == "reset":
            self._since_ms, self._passed_ms, self._flashes_left = None, 0, 0
            self._tick.stop()
            self.follow()
        elif sender.key == "bell":
            self._to_bell()
        elif sender.key == "close":
            self.put_away()
        else:
            self.count_down(int(sender.key))

    def _toggle(self) -> None:
        if self.is_running:
            self._stop()
            return
        if self._length_ms and self._passed_ms >= self._length_ms:
            self._passed_ms = 0
        self._start()

    @Slot()
    def put_away(self) -> None:
        """Stop and go."""
        self._since_ms, self._passed_ms, self._length_ms, self._flashes_left = None, 0, 0, 0
        self._tick.stop()
        self.digits.setStyleSheet("")
        self.follow()
        self.hide()
        self.closed.emit()

    # -- place -------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the card."""
        event.accept()
        self._hold = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry it, never off the stage."""
        event.accept()
        if self._hold is not None:
            self.keep_inside((QPointF(self.pos()) + event.position() - self._hold).toPoint())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put it down."""
        event.accept()
        self._hold = None

    def keep_inside(self, corner: QPoint | None = None) -> None:
        """Move to `corner`, or stay, but on the stage."""
        room = self._stage.rect()
        at = corner if corner is not None else self.pos()
        x = max(0, min(at.x(), room.width() - self.width()))
        y = max(0, min(at.y(), room.height() - self.height()))
        self.move(x, y)
