# SPDX-License-Identifier: GPL-3.0-or-later
"""设置/关于: language, look, size, where the data lies, version and licences."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

import app
from app.base.settings import Settings
from app.ui.look.theme import SCALE_PERCENT_MAX, SCALE_PERCENT_MIN, Theme
from app.ui.pages.player_settings import PresentingCard
from app.ui.pages.settings_line import LineCard
from app.ui.pages.settings_place import PlaceCard
from app.ui.pages.settings_room import RoomCard, TeachersCard, TimetableCard
from app.ui.pages.settings_start import StartCard
from app.ui.services import Services
from app.ui.widgets.controls import Card, Chooser, ScrollPage, Segments, label, row

LANGUAGE_NAMES = {"zh_CN": "简体中文", "en": "English"}
_SCALE_STEP = 10


class SettingsPage(QWidget):
    """Every change holds at once and is kept."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        current = services.settings.current
        scroll = ScrollPage(theme, 860)
        body = scroll.body
        body.addWidget(label(theme, self.tr("Settings"), "display"))
        body.addWidget(self._make_look(current))
        self.presenting = PresentingCard(theme, services)
        body.addWidget(self.presenting)
        self.room_card = RoomCard(theme, services)
        self.room = self.room_card.field
        self.teachers = TeachersCard(theme, services)
        self.timetable = TimetableCard(theme, services)
        for card in (self.room_card, self.teachers, self.timetable):
            body.addWidget(card)
        if services.autostart is not None:
            self.start = StartCard(theme, services, services.autostart)
            body.addWidget(self.start)
        self.line = LineCard(theme, services)
        body.addWidget(self.line)
        self.place = PlaceCard(theme, services, services.mover)
        body.addWidget(self.place)
        body.addWidget(self._make_about())
        body.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)

    def _line(self, words: str, *parts: QWidget) -> QWidget:
        """A name at the leading edge, its control at the other; both wrap when it gets narrow."""
        theme = self._theme
        holder = QWidget()
        name = label(theme, words)
        line = row(name, gap=theme.px(16))
        line.setStretch(0, 1)
        for part in parts:
            line.addWidget(part)
        holder.setLayout(line)
        return holder

    def _make_look(self, current: Settings) -> Card:
        theme = self._theme
        card = Card(theme)
        card.body.addWidget(label(theme, self.tr("Look"), "title"))
        self.language = Chooser(theme, self.tr("Language"))
        for code, name in LANGUAGE_NAMES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(self.language.findData(current.language))
        self.language.activated.connect(self._set_language)
        self.look = Segments(
            theme,
            [
                ("system", self.tr("As the system")),
                ("light", self.tr("Light")),
                ("dark", self.tr("Dark")),
            ],
            self.tr("Colours"),
        )
        self.look.set_key(current.theme)
        self.look.picked.connect(self._set_theme)
        self.scale = QSlider(Qt.Orientation.Horizontal)
        self.scale.setRange(SCALE_PERCENT_MIN // _SCALE_STEP, SCALE_PERCENT_MAX // _SCALE_STEP)
        self.scale.setValue(current.scale_percent // _SCALE_STEP)
        self.scale.setPageStep(1)
        self.scale.setMinimumWidth(theme.px(240))
        self.scale.setAccessibleName(self.tr("Size"))
        self.scale.valueChanged.connect(self._show_scale)
        self.scale.sliderReleased.connect(self._set_scale)
        self.scale.actionTriggered.connect(self._scale_stepped)
        self.scale_words = label(theme, f"{current.scale_percent} %", is_bold=True)
        self.scale_words.setMinimumWidth(theme.px(64))
        card.body.addWidget(self._line(self.tr("Language"), self.language))
        card.body.addWidget(self._line(self.tr("Colours"), self.look))
        card.body.addWidget(self._line(self.tr("Size of everything"), self.scale, self.scale_words))
        return card

    def _make_about(self) -> Card:
        theme = self._theme
        card = Card(theme)
        card.body.addWidget(label(theme, self.tr("About Kezhan"), "title"))
        version = self.tr("Version {version}").format(version=app.__version__)
        card.body.addWidget(label(theme, version, is_bold=True))
        card.body.addWidget(
            label(
                theme,
                self.tr(
                    "Keeps a region's lessons on the classroom machine "
                    "and plays them without a network."
                ),
            )
        )
        card.body.addWidget(
            label(
                theme,
                self.tr(
                    "Free software under the GNU General Public License, version 3 or later. "
                    "It stands on Qt and PySide6 (LGPL), VLC (LGPL), python-tuf (Apache/MIT), "
                    "SQLite (public domain), NumPy (BSD), CRoaring (Apache/MIT) "
                    "and Zstandard (BSD)."
                ),
                "small",
                "muted",
            )
        )
        return card

    @Slot(int)
    def _set_language(self, _at: int) -> None:
        box = self._services.settings
        box.put(replace(box.current, language=str(self.language.currentData())))

    @Slot(str)
    def _set_theme(self, name: str) -> None:
        box = self._services.settings
        box.put(replace(box.current, theme=name))

    @Slot(int)
    def _show_scale(self, value: int) -> None:
        self.scale_words.setText(f"{value * _SCALE_STEP} %")

    @Slot(int)
    def _scale_stepped(self, action: int) -> None:
        """Keys and clicks beside the handle hold at once, dragging when it is let go."""
        if action != QSlider.SliderAction.SliderMove.value:
            self._put_scale(self.scale.sliderPosition())

    @Slot()
    def _set_scale(self) -> None:
        self._put_scale(self.scale.value())

    def _put_scale(self, value: int) -> None:
        box = self._services.settings
        box.put(replace(box.current, scale_percent=value * _SCALE_STEP))
