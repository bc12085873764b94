# SPDX-License-Identifier: GPL-3.0-or-later
"""最小化到托盘: where the settings say so, a closed window waits beside the clock."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Signal, Slot
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QSessionManager
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from app.ui.look.icons import icon_pixmap
from app.ui.main_window import MainWindow

LOGO_COLOUR = "#0b6e5a"


class Tray(QObject):
    """Signals: end_wanted(), chosen from the menu.

    While it is in use, closing the window only hides it: the lesson ends, the agent works on.
    """

    end_wanted = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__()
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.commitDataRequest.connect(self._session_ends)
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        self._menu: QMenu | None = None
        self._has_told = False

    @property
    def is_in_use(self) -> bool:
        """Whether closing hides."""
        return self._icon is not None

    def use(self, *, is_wanted: bool) -> None:
        """Follow the settings; a system without a tray keeps closing what is closed."""
        is_possible = is_wanted and QSystemTrayIcon.isSystemTrayAvailable()
        if is_possible == self.is_in_use:
            return
        if is_possible:
            self._begin()
        else:
            self.close()
        # Without a window on the screen the program would end with the next closed dialog.
        QGuiApplication.setQuitOnLastWindowClosed(not is_possible)

    @Slot(QSessionManager)
    def _session_ends(self, _manager: QSessionManager) -> None:
        """Who signs out or shuts down is not held up by a window that only hides."""
        self.close()

    def close(self) -> None:
        """The icon goes; closing the window closes it again."""
        self._window.removeEventFilter(self)
        if self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def rename(self) -> None:
        """Another language."""
        if self._icon is not None:
            self.close()
            self._begin()

    def _begin(self) -> None:
        icon = QSystemTrayIcon(QIcon(icon_pixmap("logo", LOGO_COLOUR, 64, 1.0)), self)
        translate = QCoreApplication.translate
        icon.setToolTip(translate("Tray", "Kezhan"))
        menu = QMenu()
        show = QAction(translate("Tray", "Open Kezhan"), menu)
        show.triggered.connect(self._show)
        end = QAction(translate("Tray", "Quit"), menu)
        end.triggered.connect(self._end)
        menu.addAction(show)
        menu.addAction(end)
        icon.setContextMenu(menu)
        icon.activated.connect(self._activated)
        icon.show()
        self._icon, self._menu = icon, menu
        self._window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is not self._window or event.type() != QEvent.Type.Close:
            return False
        event.ignore()
        self.hide_window()
        return True

    def hide_window(self) -> None:
        """The window goes to the tray; a lesson on it ends as by its own button."""
        if self._window.is_in_lesson:
            leave = getattr(self._window.page("player"), "leave", None)
            if callable(leave):
                leave()
        self._window.hide()
        if self._icon is not None and not self._has_told:
            self._has_told = True
            self._icon.showMessage(
                QCoreApplication.translate("Tray", "Kezhan"),
                QCoreApplication.translate("Tray", "Kezhan is still here, beside the clock."),
            )

    @Slot()
    def _show(self) -> None:
        self._window.come_forward("")

    @Slot()
    def _end(self) -> None:
        self.close()
        self.end_wanted.emit()

    @Slot(QSystemTrayIcon.ActivationReason)
    def _activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        wanted = (
            QSystemTrayIcon.ActivationReason.Trigger,
            QSystemTrayIcon.ActivationReason.DoubleClick,
        )
        if reason in wanted:
            self._show()
