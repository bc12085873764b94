# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: what happens when the computer starts and when the window is closed."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Slot

from app.base.errors import KnownError
from app.base.messages import message_of
from app.ui.look.theme import Theme
from app.ui.services import Services
from app.ui.widgets.controls import Card, Segments, label, row

STATE_OFF, STATE_MACHINE = "off", "machine"
OFF, ON = "off", "on"


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
        self._theme, self._services, self._autostart = theme, services, autostart
        state = autostart.state()
        self.body.addWidget(label(theme, self.tr("Start and end"), "title"))
        self.autostart = self._add_switch(
            self.tr("Start with the computer"), is_on=state != STATE_OFF
        )
        self.autostart.setDisabled(state == STATE_MACHINE)
        self.autostart.picked.connect(self._set_autostart)
        if state == STATE_MACHINE:
            words = self.tr("The administrator has set this for all accounts.")
            self.body.addWidget(label(theme, words, "small", "muted"))
        self.tray = self._add_switch(
            self.tr("Closing the window leaves Kezhan beside the clock"),
            is_on=services.settings.current.is_tray,
        )
        self.tray.picked.connect(self._set_tray)
        self.notice = label(theme, "", "small", "muted")
        self.notice.hide()
        self.body.addWidget(self.notice)

    def _add_switch(self, words: str, *, is_on: bool) -> Segments:
        switch = Segments(self._theme, [(OFF, self.tr("Off")), (ON, self.tr("On"))], words)
        switch.set_key(ON if is_on else OFF)
        line = row(label(self._theme, words), gap=self._theme.px(16))
        line.setStretch(0, 1)
        line.addWidget(switch)
        self.body.addLayout(line)
        return switch

    @Slot(str)
    def _set_autostart(self, key: str) -> None:
        box = self._services.settings
        try:
            self._autostart.switch(is_on=key == ON)
        except KnownError as error:
            self.notice.setText(message_of(error, box.current.language).line)
            self.notice.show()
            self.autostart.set_key(OFF if key == ON else ON)
            return
        self.notice.hide()
        box.put(replace(box.current, is_autostart=key == ON))

    @Slot(str)
    def _set_tray(self, key: str) -> None:
        box = self._services.settings
        box.put(replace(box.current, is_tray=key == ON))
