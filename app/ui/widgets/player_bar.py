# SPDX-License-Identifier: GPL-3.0-or-later
"""The bar over a lesson: a few large buttons that never take the keyboard from it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout

from app.player.view import LessonView
from app.ui.look.theme import Theme
from app.ui.words import clock_words

_SLIDER_STEPS = 10_000
_WHITE = "#edf3f1"
_GREY = "#70807b"


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
        self._buttons: dict[str, QToolButton] = {}
        self._icons: dict[str, str] = {}
        self._make_time()
        line = QHBoxLayout()
        line.setSpacing(theme.px(2))
        names = self._names()
        left = ("exit",)
        middle = ("previous", "play", "next", "zoom_out", "fit", "zoom_in")
        right = ("subtitles", "rate", "mute", "more", "black", "fullscreen")
        for at, group in enumerate((left, middle, right)):
            if at:
                line.addStretch(1)
            for key in group:
                line.addWidget(self._make(key, *names[key]))
            if at == 2:
                line.insertWidget(line.indexOf(self._buttons["more"]), self.volume)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(side) for side in (12, 6, 12, 6)))
        whole.setSpacing(0)
        whole.addLayout(self._time_line)
        whole.addLayout(line)

    def _names(self) -> dict[str, tuple[str, str]]:
        return {
            "exit": (self.tr("End"), "exit"),
            "previous": (self.tr("Previous page"), "prev"),
            "play": (self.tr("Play"), "play"),
            "next": (self.tr("Next page"), "next"),
            "zoom_out": (self.tr("Smaller"), "zoom_out"),
            "fit": (self.tr("Fit"), "fit"),
            "zoom_in": (self.tr("Larger"), "zoom_in"),
            "subtitles": (self.tr("Subtitles"), "subtitles"),
            "rate": (self.tr("Speed"), "speed"),
            "mute": (self.tr("Sound"), "volume"),
            "more": (self.tr("Next one"), "chevron_right"),
            "black": (self.tr("Black screen"), "black"),
            "fullscreen": (self.tr("Full screen"), "fullscreen"),
        }

    def _make(self, key: str, text: str, icon: str) -> QToolButton:
        theme = self._theme
        made = QToolButton()
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setFont(theme.font("caption"))
        made.setIconSize(QSize(theme.px(26), theme.px(26)))
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.setMinimumSize(theme.px(64), theme.px(60))
        made.setProperty("key", key)
        made.clicked.connect(self._press)
        self._buttons[key] = made
        self._set(key, text, icon)
        return made

    def _make_time(self) -> None:
        theme = self._theme
        self.place = QLabel("0:00")
        self.length = QLabel("0:00")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.slider.setRange(0, _SLIDER_STEPS)
        self.slider.setAccessibleName(self.tr("Position"))
        self.slider.sliderMoved.connect(self._seek)
        self.slider.actionTriggered.connect(self._step)
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.volume.setRange(0, 100)
        self.volume.setFixedWidth(theme.px(110))
        self.volume.setAccessibleName(self.tr("Volume"))
        self.volume.valueChanged.connect(self._set_volume)
        self._time_line = QHBoxLayout()
        self._time_line.setSpacing(theme.px(12))
        for part in (self.place, self.slider, self.length):
            self._time_line.addWidget(part, 1 if part is self.slider else 0)
        for part in (self.place, self.length):
            part.setFont(theme.font("small", is_bold=True))

    def _set(self, key: str, text: str, icon: str) -> None:
        made = self._buttons[key]
        made.setText(text)
        made.setAccessibleName(text)
        if self._icons.get(key) != icon:
            self._icons[key] = icon
            made.setIcon(self._theme.icon(icon, _WHITE, 26))

    def entry(self, key: str) -> QToolButton:
        """The button of that name."""
        return self._buttons[key]

    def follow(
        self, view: LessonView | None, *, has_next_item: bool, is_docked: bool = False
    ) -> None:
        """Show what applies to this view; a docked bar has no round corners."""
        self._view = view
        if self.property("docked") != is_docked:
            self.setProperty("docked", is_docked)
            self.style().unpolish(self)
            self.style().polish(self)
        self._buttons["more"].setVisible(has_next_item)
        self.show_state()

    @Slot()
    def show_state(self) -> None:
        """Bring buttons and sliders in line with the view."""
        view = self._view
        is_timed = view is not None and view.is_timed
        has_pages = view is not None and view.has_pages
        can_zoom = view is not None and view.can_zoom
        for part in (self.place, self.slider, self.length, self.volume):
            part.setVisible(is_timed)
        for key in ("play", "rate", "mute"):
            self._buttons[key].setVisible(is_timed)
        for key in ("previous", "next"):
            self._buttons[key].setVisible(has_pages)
        for key in ("zoom_out", "fit", "zoom_in"):
            self._buttons[key].setVisible(can_zoom)
        self._buttons["subtitles"].setVisible(view is not None and bool(view.subtitle_names))
        if view is not None and is_timed:
            self._show_time_state(view)
        elif view is not None and has_pages:
            self._show_page(view)

    def _show_time_state(self, view: LessonView) -> None:
        is_playing = view.is_playing
        self._set(
            "play", *((self.tr("Pause"), "pause") if is_playing else (self.tr("Play"), "play"))
        )
        self._set("rate", f"{view.rate:g}×", "speed")
        is_silent = view.is_muted or view.volume_percent == 0
        self._set("mute", self.tr("Sound"), "mute" if is_silent else "volume")
        self.length.setText(clock_words(view.duration_s))
        if not self.volume.isSliderDown():
            self.volume.blockSignals(True)
            self.volume.setValue(view.volume_percent)
            self.volume.blockSignals(False)
        shown = view.subtitle_index is not None
        self._buttons["subtitles"].setCheckable(True)
        self._buttons["subtitles"].setChecked(shown)
        self.show_position(view.position_s)

    def _show_page(self, view: LessonView) -> None:
        if view.page_count:
            counted = f"{view.page} / {view.page_count}"
            self._set("fit", counted, "fit") if view.can_zoom else None

    @Slot(float)
    def show_position(self, seconds: float) -> None:
        """Follow the medium's clock."""
        view = self._view
        if view is None or self.slider.isSliderDown():
            return
        self.place.setText(clock_words(seconds))
        if view.duration_s > 0:
            self.slider.setValue(round(seconds / view.duration_s * _SLIDER_STEPS))

    def show_full_screen(self, *, is_full: bool) -> None:
        """Name the button after what it would do."""
        if is_full:
            self._set("fullscreen", self.tr("Window"), "window")
        else:
            self._set("fullscreen", self.tr("Full screen"), "fullscreen")

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.pressed.emit(str(sender.property("key")))

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

    @Slot(int)
    def _set_volume(self, percent: int) -> None:
        if self._view is not None:
            self._view.set_volume(percent)
