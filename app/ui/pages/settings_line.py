# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: how much of the school's line Kezhan takes, and a folder that lessons arrive in."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog

from app.ui.look.theme import Theme
from app.ui.services import Services
from app.ui.widgets.controls import Card, Segments, button, label, row

OFF, ON = "off", "on"
NO_LIMIT = "0"
LIMITS_BYTES_S = (64 << 10, 256 << 10, 1 << 20)


class LineCard(Card):
    """Every change holds for the agent within two seconds."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__(theme)
        self._theme, self._services = theme, services
        now = services.settings.current
        self.body.addWidget(label(theme, self.tr("Line"), "title"))
        limits = [(str(one), _speed_words(one)) for one in LIMITS_BYTES_S]
        self.limit = self._add(
            self.tr("At most"),
            Segments(theme, [(NO_LIMIT, self.tr("No limit")), *limits], self.tr("At most")),
        )
        self.limit.set_key(str(now.limit_bytes_per_s or 0))
        self.limit.picked.connect(self._set_limit)
        words = self.tr(
            "The line costs by volume: hold the limit at night too, fetch nothing ahead"
        )
        self.metered = self._add(
            words, Segments(theme, [(OFF, self.tr("Off")), (ON, self.tr("On"))], words)
        )
        self.metered.set_key(ON if now.is_metered else OFF)
        self.metered.picked.connect(self._set_metered)
        self._add_folder()

    def _add(self, words: str, switch: Segments) -> Segments:
        line = row(label(self._theme, words), gap=self._theme.px(16))
        line.setStretch(0, 1)
        line.addWidget(switch)
        self.body.addLayout(line)
        return switch

    def _add_folder(self) -> None:
        words = self.tr(
            "Lessons that arrive in a folder of this machine, by satellite for example, "
            "are taken from it by themselves."
        )
        self.body.addWidget(label(self._theme, words, name="muted"))
        self.folder = label(self._theme, "")
        self.choose_folder = button(self._theme, self.tr("Choose folder …"), "folder")
        self.choose_folder.clicked.connect(self._choose)
        self.no_folder = button(self._theme, self.tr("Watch no folder"), "close")
        self.no_folder.clicked.connect(self._forget)
        self.body.addWidget(self.folder)
        self.body.addLayout(row(self.choose_folder, self.no_folder, 1))
        self._show_folder()

    def _show_folder(self) -> None:
        watched = self._services.settings.current.watched_folder
        self.folder.setText(watched)
        self.folder.setVisible(bool(watched))
        self.no_folder.setVisible(bool(watched))

    @Slot(str)
    def _set_limit(self, key: str) -> None:
        box = self._services.settings
        box.put(replace(box.current, limit_bytes_per_s=int(key) or None))

    @Slot(str)
    def _set_metered(self, key: str) -> None:
        box = self._services.settings
        box.put(replace(box.current, is_metered=key == ON))

    @Slot()
    def _choose(self) -> None:
        title = self.tr("The folder that lessons arrive in")
        chosen = QFileDialog.getExistingDirectory(self, title)
        if chosen:
            self.watch(Path(chosen))

    def watch(self, folder: Path) -> None:
        """Take lessons from that folder from now on."""
        box = self._services.settings
        box.put(replace(box.current, watched_folder=str(folder)))
        self._show_folder()

    @Slot()
    def _forget(self) -> None:
        box = self._services.settings
        box.put(replace(box.current, watched_folder=""))
        self._show_folder()


def _speed_words(bytes_s: int) -> str:
    """A unit of its own, the same in both languages."""
    return f"{bytes_s >> 20} MB/s" if bytes_s >= 1 << 20 else f"{bytes_s >> 10} KB/s"
