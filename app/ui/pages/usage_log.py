# SPDX-License-Identifier: GPL-3.0-or-later
"""使用记录: what was opened and played on this machine, the newest first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QDialog, QListView, QVBoxLayout, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.ui.desk import Desk
from app.ui.look.theme import Theme
from app.ui.models.usage_rows import UsageModel, usage_rows
from app.ui.services import Services
from app.ui.widgets.card_grid import give_viewport, grab_scrolling
from app.ui.widgets.controls import Deck, EmptyState, Notice, button, label, row
from app.ui.widgets.usage_row import UsageDelegate

_EVENTS = 3000  # some weeks of lessons on one machine


class UsageLogPage(QWidget):
    """Read from desk.db when shown and when something new was stored."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self._theme, self._services = theme, services
        self.model = UsageModel()
        self._delegate = UsageDelegate(theme)
        self.view = QListView()
        self.view.setAccessibleName(self.tr("Usage log"))
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        grab_scrolling(give_viewport(self.view))
        self.empty = EmptyState(theme, "log")
        self.empty.say(
            self.tr("Nothing has been played yet"),
            self.tr("What you open and play is written down here by itself."),
        )
        self._shown = Deck(theme, self.view, self.empty)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(6))
        self.slip_button = button(theme, self.tr("Enter a slip: type its number"), "usb", "quiet")
        self.slip_button.clicked.connect(self.enter_slip)
        head = row(label(theme, self.tr("Usage log"), "display"), self.slip_button)
        head.setStretch(0, 1)
        layout.addLayout(head)
        self.said = Notice(theme, "noticeQuiet", "check")
        self.said.hide()
        layout.addWidget(self.said)
        layout.addWidget(
            label(
                theme,
                self.tr("Each lesson shown on this machine; the lesson register is made from it."),
                name="muted",
            )
        )
        layout.addWidget(self._shown, 1)
        self.setTabOrder(self.view, self.slip_button)
        services.lesson_log.stored.connect(self.refresh)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the log again."""

        def work(desk: Desk) -> object:
            return desk.usage.recent(_EVENTS)

        job = self._services.desk.submit(work, "usage")
        job.succeeded.connect(self._show)
        job.failed.connect(self._fail)

    @Slot(object)
    def _show(self, events: object) -> None:
        if isinstance(events, tuple):
            self.model.show(usage_rows(events))
        self._shown.setCurrentWidget(self.view if self.model.rows else self.empty)

    @Slot(object)
    def _fail(self, error: object) -> None:
        if isinstance(error, KnownError):
            said = message_of(error, self._services.settings.current.language)
            self.empty.say(said.title, said.line, icon="warning")
            self._shown.setCurrentWidget(self.empty)

    @Slot()
    def enter_slip(self) -> QDialog:
        """Ask for the lesson that was taught from a universal stick."""
        from app.ui.pages.stick_slip import SlipDialog

        dialog = SlipDialog(self._theme, self._services, self)
        dialog.entered.connect(self._entered)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    @Slot(str)
    def _entered(self, name: str) -> None:
        self.said.say(self.tr("“{name}” is in the register.").format(name=name))
        self.refresh()
