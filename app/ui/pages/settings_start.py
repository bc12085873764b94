# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: what happens when the computer starts and when the window is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox

from app.base.errors import KnownError
from app.base.messages import message_of
from app.ui.look.theme import Theme
from app.ui.services import Services
from app.ui.widgets.controls import Card, label

STATE_OFF, STATE_MACHINE = "off", "machine"


class AutostartSwitch(Protocol):
    """The system's own switch (`app.wiring.autostart.Autostart`)."""

    def state(self) -> str:
        """off, user or machine."""
        ...

    def switch(self, *, is_on: bool) -> None:
        """Change it for this account."""
        ...


class StartCard(Card):
    """Two switches that hold at once; both are off at first."""

    def __init__(self, theme: Theme, services: Services, autostart: AutostartSwitch) -> None:
        super().__init__(theme)
        self._services, self._autostart = services, autostart
        state = autostart.state()
        self.body.addWidget(label(theme, self.tr("Start and end"), "title"))
        self.autostart = QCheckBox(self.tr("Start with the computer"))
        self.autostart.setFont(theme.font())
        self.autostart.setChecked(state != STATE_OFF)
        self.autostart.setDisabled(state == STATE_MACHINE)
        self.autostart.toggled.connect(self._set_autostart)
        self.tray = QCheckBox(self.tr("Closing the window leaves Kezhan beside the clock"))
        self.tray.setFont(theme.font())
        self.tray.setChecked(services.settings.current.is_tray)
        self.tray.toggled.connect(self._set_tray)
        self.body.addWidget(self.autostart)
        if state == STATE_MACHINE:
            words = self.tr("The administrator has set this for all accounts.")
            self.body.addWidget(label(theme, words, "small", "muted"))
        self.body.addWidget(self.tray)
        self.notice = label(theme, "", "small", "muted")
        self.notice.hide()
        self.body.addWidget(self.notice)

    @Slot(bool)
    def _set_autostart(self, is_on: bool) -> None:
        box = self._services.settings
        try:
            self._autostart.switch(is_on=is_on)
        except KnownError as error:
            self.notice.setText(message_of(error, box.current.language).line)
            self.notice.show()
            self.autostart.blockSignals(True)
            self.autostart.setChecked(not is_on)
            self.autostart.blockSignals(False)
            return
        self.notice.hide()
        box.put(replace(box.current, is_autostart=is_on))

    @Slot(bool)
    def _set_tray(self, is_on: bool) -> None:
        box = self._services.settings
        box.put(replace(box.current, is_tray=is_on))
