# SPDX-License-Identifier: GPL-3.0-or-later
"""The bar below a lesson: where one is in a medium, four buttons, and the way to all the others.

On a touch board the four buttons stand in the side bars instead; only the time line stays here.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QSlider,
    QStyle,
    QStyleOptionSlider,
    QWidget,
)

from app.player.view import LessonView
from app.ui.board.stage_button import StageButton, use_style
from app.ui.look.theme import Theme
from app.ui.words import clock_words

_SLIDER_STEPS = 10_000
_WIDEST_PX = 1180
_SHORTEST_LINE_PX = 380
_INK_MARK = "#ffd166"


class TimeSlider(QSlider):
    """The time line; small marks show where something was written."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setRange(0, _SLIDER_STEPS)
        self.marks: tuple[float, ...] = ()  # shares of the whole length

    def show_marks(self, marks: tuple[float, ...]) -> None:
        """Where the ink is."""
        if marks != self.marks:
            self.marks = marks
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The slider, and a dot above each place with ink."""
        super().paintEvent(event)
        if not self.marks:
            return
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        groove = self.style().subControlRect(
            QStyle.ComplexControl.CC_Slider, option, QStyle.SubControl.SC_SliderGroove, self
        )
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(_INK_MARK))
        for share in self.marks:
            across = 1 - share if self.isRightToLeft() else share
            x = groove.left() + across * groove.width()
            painter.drawEllipse(QRectF(QPointF(x - 4, 2), QPointF(x + 4, 10)))


class PlayerBar(QFrame):
    """Signals: pressed(str) with the name of a button; sought(float) seconds."""

    pressed = Signal(str)
    sought = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._view: LessonView | None = None
        self._has_buttons = True
        self._has_items = False
        self._buttons: dict[str, StageButton] = {}
        self._measured: tuple[str, ...] = ()
        self._words_px = 0
        self.play = StageButton(theme, "play", self.tr("Play"), "play")
        self.play.clicked.connect(self._press)
        self._make_time()
        self._row = QWidget()
        line = QHBoxLayout(self._row)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(4))
        line.addStretch(1)
        for key, text, icon in self.four_buttons():
            line.addWidget(self._make(key, text, icon))
        line.addStretch(1)
        self._whole = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._whole.setContentsMargins(*(theme.px(side) for side in (12, 6, 12, 6)))
        self._whole.setSpacing(theme.px(16))
        self._whole.addWidget(self._time, 1)
        self._whole.addWidget(self._row)

    def four_buttons(self) -> tuple[tuple[str, str, str], ...]:
        """Key, word and icon of what is always at hand, and of the way to the rest."""
        return (
            ("previous", self.tr("Previous page"), "prev"),
            ("next", self.tr("Next page"), "next"),
            ("black", self.tr("Black screen"), "black"),
            ("pen", self.tr("Pen"), "pen"),
            ("more", self.tr("More"), "more"),
        )

    def _make(self, key: str, text: str, icon: str) -> StageButton:
        made = StageButton(self._theme, key, text, icon)
        made.setMinimumWidth(self._theme.px(76))
        made.clicked.connect(self._press)
        self._buttons[key] = made
        return made

    def _make_time(self) -> None:
        theme = self._theme
        self.place = QLabel("0:00")
        self.length = QLabel("0:00")
        self.slider = TimeSlider()
        self.slider.setAccessibleName(self.tr("Position"))
        self.slider.sliderMoved.connect(self._seek)
        self.slider.actionTriggered.connect(self._step)
        self._time = QWidget()
        line = QHBoxLayout(self._time)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(theme.px(12))
        for part in (self.play, self.place, self.slider, self.length):
            line.addWidget(part, 1 if part is self.slider else 0)
        for part in (self.place, self.length):
            part.setFont(theme.font("small", is_bold=True))

    def entry(self, key: str) -> StageButton:
        """The button of that name."""
        return self.play if key == "play" else self._buttons[key]

    @property
    def is_empty(self) -> bool:
        """Nothing to show: the buttons stand elsewhere and the lesson has no time."""
        return not self._has_buttons and (self._view is None or not self._view.is_timed)

    def best_size(self, room_px: int) -> QSize:
        """In one line where the time line keeps some length, else in two; sets the direction."""
        edges = self._whole.contentsMargins()
        sides, heights = edges.left() + edges.right(), edges.top() + edges.bottom()
        self._fit_words(room_px - sides)
        row, time = self._row.sizeHint(), self._time.sizeHint()
        if self._time.isHidden():
            return QSize(min(room_px, row.width() + sides), row.height() + heights)
        widest = min(room_px, self._theme.px(_WIDEST_PX))
        if self._row.isHidden():
            return QSize(widest, time.height() + heights)
        apart = self._theme.px(_SHORTEST_LINE_PX) + self.play.sizeHint().width()
        is_wide = row.width() + apart + sides <= widest
        directions = QBoxLayout.Direction
        self._whole.setDirection(directions.LeftToRight if is_wide else directions.TopToBottom)
        self._whole.setSpacing(self._theme.px(16) if is_wide else 0)
        inner = max(row.height(), time.height()) if is_wide else row.height() + time.height()
        return QSize(widest, inner + heights)

    def _fit_words(self, room_px: int) -> None:
        """Icons alone where their words would have to be cut."""
        buttons, words = self._buttons.values(), tuple(one.text() for one in self._buttons.values())
        if words != self._measured:
            use_style(self, buttons, self._theme, is_compact=False)
            self._measured, self._words_px = words, self._row.sizeHint().width()
        use_style(self, buttons, self._theme, is_compact=self._words_px > room_px)

    def name_turning(self, *, has_pages: bool, has_items: bool) -> None:
        """The first two buttons turn pages, else go from one resource to the next."""
        for key, icon in (("previous", "prev"), ("next", "next")):
            self._buttons[key].say(
                self.turning_words(key, has_pages=has_pages or not has_items), icon
            )
            self._buttons[key].setEnabled(has_pages or has_items)

    def turning_words(self, key: str, *, has_pages: bool) -> str:
        """What such a button is called."""
        if has_pages:
            return self.tr("Previous page") if key == "previous" else self.tr("Next page")
        return self.tr("Previous one") if key == "previous" else self.tr("Next one")

    def use_buttons(self, *, has_buttons: bool) -> None:
        """Show the four buttons here, or leave them to the side bars."""
        self._has_buttons = has_buttons
        self._row.setVisible(has_buttons)

    def follow(self, view: LessonView | None, *, has_items: bool, is_docked: bool = False) -> None:
        """Show what applies to this view; a docked bar has no round corners."""
        self._view, self._has_items = view, has_items
        if self.property("docked") != is_docked:
            self.setProperty("docked", is_docked)
            self.style().unpolish(self)
            self.style().polish(self)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Bring buttons and time line in line with the view."""
        view = self._view
        is_timed = view is not None and view.is_timed
        self._time.setVisible(is_timed)
        if view is not None and is_timed:
            self._show_time_state(view)

    def show_pen(self, *, is_writing: bool, is_offered: bool) -> None:
        """Whether our pen is in the hand, and whether it is offered at all."""
        pen = self._buttons["pen"]
        pen.setCheckable(True)
        pen.setChecked(is_writing)
        pen.setVisible(is_offered)

    def _show_time_state(self, view: LessonView) -> None:
        if view.is_playing:
            self.play.say(self.tr("Pause"), "pause")
        else:
            self.play.say(self.tr("Play"), "play")
        self.length.setText(clock_words(view.duration_s))
        self.show_position(view.position_s)

    @Slot(float)
    def show_position(self, seconds: float) -> None:
        """Follow the medium's clock."""
        view = self._view
        if view is None or self.slider.isSliderDown():
            return
        self.place.setText(clock_words(seconds))
        if view.duration_s > 0:
            self.slider.setValue(round(seconds / view.duration_s * _SLIDER_STEPS))

    def show_moments(self, moments_s: tuple[float, ...]) -> None:
        """Mark on the time line where something was written."""
        length_s = self._view.duration_s if self._view is not None else 0.0
        shares = (min(1.0, max(0.0, at / length_s)) for at in moments_s) if length_s else ()
        self.slider.show_marks(tuple(shares))

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, StageButton):
            self.pressed.emit(sender.key)

    @Slot(int)
    def _seek(self, value: int) -> None:
        if self._view is not None and self._view.duration_s > 0:
            seconds = value / _SLIDER_STEPS * self._view.duration_s
            self.place.setText(clock_words(seconds))
            self.sought.emit(seconds)

    @Slot(int)
    def _step(self, action: int) -> None:
        """A click beside the handle jumps there by a page step."""
        if action != QSlider.SliderAction.SliderMove.value:
            self._seek(self.slider.sliderPosition())
