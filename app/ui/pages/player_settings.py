# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of presenting: screen, TV margin, pointer, where the bars stand, palm and pen."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSlider

from app.ui.look.theme import Theme
from app.ui.screens import ScreenWatch, screen_key, screen_words
from app.ui.services import Services
from app.ui.widgets.controls import Card, Chooser, Segments, label, row

_MOST_OVERSCAN_PERCENT = 10


class PresentingCard(Card):
    """Every change holds at once, in a running lesson too."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme)
        self._theme, self._box = theme, services.settings
        current = self._box.current
        self.body.addWidget(label(theme, self.tr("In front of the class"), "title"))
        self.screen_choice = Chooser(theme, self.tr("Screen"))
        self.screen_choice.activated.connect(self._set_screen)
        self._fill_screens()
        self._watch = ScreenWatch(self)
        self._watch.changed.connect(self._fill_screens)
        self._line(self.tr("Screen for lessons"), self.screen_choice)
        self._make_overscan(current.overscan_percent)
        self.bars = Segments(
            theme,
            [
                ("auto", self.tr("As fits")),
                ("bottom", self.tr("Below")),
                ("sides", self.tr("Both sides")),
            ],
            self.tr("Where the buttons stand"),
        )
        self.bars.set_key(current.bar_place)
        self.bars.picked.connect(self._set_bars)
        self._line(self.tr("Where the buttons stand"), self.bars)
        self.palm = Segments(
            theme,
            [("erase", self.tr("Wipes")), ("ignore", self.tr("Does nothing"))],
            self.tr("A palm on the board"),
        )
        self.palm.set_key(current.palm)
        self.palm.picked.connect(self._set_palm)
        self._line(self.tr("A palm on the board"), self.palm)
        self.pointer = self._switch(self.tr("Large pointer"), is_on=current.is_pointer_large)
        self.pointer.picked.connect(self._set_pointer)
        self.pen = self._switch(
            self.tr("Show our pen even while the board's own pen program runs"),
            is_on=current.is_pen_always_offered,
        )
        self.pen.picked.connect(self._set_pen)

    def _line(self, words: str, *parts: Chooser | Segments | QSlider) -> None:
        line = row(label(self._theme, words), gap=self._theme.px(16))
        line.setStretch(0, 1)
        for part in parts:
            line.addWidget(part)
        self.body.addLayout(line)

    def _make_overscan(self, percent: int) -> None:
        theme = self._theme
        self.overscan = QSlider(Qt.Orientation.Horizontal)
        self.overscan.setRange(0, _MOST_OVERSCAN_PERCENT)
        self.overscan.setPageStep(1)
        self.overscan.setValue(percent)
        self.overscan.setMinimumWidth(theme.px(200))
        self.overscan.setAccessibleName(self.tr("Margin of a TV"))
        self.overscan.valueChanged.connect(self._set_overscan)
        self.overscan_words = label(theme, f"{percent} %", is_bold=True)
        self.overscan_words.setMinimumWidth(theme.px(48))
        words = label(theme, self.tr("Margin, when a TV cuts off the edge of the picture"))
        line = row(words, self.overscan, self.overscan_words, gap=theme.px(16))
        line.setStretch(0, 1)
        self.body.addLayout(line)

    def _switch(self, words: str, *, is_on: bool) -> Segments:
        made = Segments(self._theme, [("off", self.tr("Off")), ("on", self.tr("On"))], words)
        made.set_key("on" if is_on else "off")
        self._line(words, made)
        return made

    @Slot()
    def _fill_screens(self) -> None:
        """What is plugged in now; the chosen one stays on the list while it is away."""
        chosen = self._box.current.screen
        box = self.screen_choice
        box.clear()
        box.addItem(self.tr("Where the window is"), "")
        keys = []
        for number, screen in enumerate(QGuiApplication.screens(), 1):
            keys.append(screen_key(screen))
            box.addItem(screen_words(screen, number), keys[-1])
        if chosen and chosen not in keys:
            box.addItem(self.tr("{name} (not connected)").format(name=chosen), chosen)
        box.setCurrentIndex(max(0, box.findData(chosen)))

    @Slot(int)
    def _set_screen(self, _at: int) -> None:
        self._put(screen=str(self.screen_choice.currentData()))

    @Slot(int)
    def _set_overscan(self, percent: int) -> None:
        self.overscan_words.setText(f"{percent} %")
        self._put(overscan_percent=percent)

    @Slot(str)
    def _set_bars(self, place: str) -> None:
        self._put(bar_place=place)

    @Slot(str)
    def _set_palm(self, palm: str) -> None:
        self._put(palm=palm)

    @Slot(str)
    def _set_pointer(self, key: str) -> None:
        self._put(is_pointer_large=key == "on")

    @Slot(str)
    def _set_pen(self, key: str) -> None:
        self._put(is_pen_always_offered=key == "on")

    def _put(self, **changes: str | int | bool) -> None:
        self._box.put(replace(self._box.current, **changes))  # type: ignore[arg-type]
