# SPDX-License-Identifier: GPL-3.0-or-later
"""Which screen a lesson is shown on, and staying on it when screens come, go or change.

A screen is known by what it says of itself (maker, model, serial number), else by its name: Windows
numbers its outputs anew after every change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QMargins, QObject, QRect, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from app.ui.board.pointer import Pointer

if TYPE_CHECKING:
    from app.ui.services import SettingsBox

_SETTLE_MS = 250  # Win+P: screens go and come again within moments


def screen_key(screen: QScreen) -> str:
    """By what a screen is found again."""
    parts = (screen.manufacturer(), screen.model(), screen.serialNumber())
    told = " ".join(part.strip() for part in parts if part.strip())
    size = screen.size()
    return told or screen.name() or f"{size.width()}x{size.height()}"


def screen_words(screen: QScreen, number: int) -> str:
    """How a teacher tells it from the others: number and size."""
    size = screen.size() * screen.devicePixelRatio()
    name = screen.model().strip() or screen.name()
    return f"{number} · {size.width()} × {size.height()} · {name}"


def choose_screen(screens: Sequence[QScreen], key: str, current: QScreen | None) -> QScreen:
    """The chosen screen if it is there, else the current one, else the first."""
    for screen in screens:
        if key and screen_key(screen) == key:
            return screen
    return current if current in screens and current is not None else screens[0]


def next_screen(screens: Sequence[QScreen], current: QScreen | None) -> QScreen:
    """The one after it, round and round."""
    at = screens.index(current) if current in screens and current is not None else -1
    return screens[(at + 1) % len(screens)]


def show_full(window: QWidget, screen: QScreen) -> None:
    """Fill that screen."""
    fills = window.screen() is screen and window.geometry() == screen.geometry()
    if window.isFullScreen() and not fills:
        window.showNormal()  # a full-screen window is not moved or resized by every system
    window.setScreen(screen)
    window.setGeometry(screen.geometry())
    window.showFullScreen()


def bring_inside(window: QWidget) -> None:
    """A window that lies where no screen is comes back."""
    screens = QGuiApplication.screens()
    if not screens or any(
        s.availableGeometry().intersects(window.frameGeometry()) for s in screens
    ):
        return
    room = QGuiApplication.primaryScreen().availableGeometry()
    window.setGeometry(QRect(room.topLeft(), window.size().boundedTo(room.size())))


class ScreenWatch(QObject):
    """Signals: changed() once screens have come, gone or changed, and settled."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self.changed)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenAdded.connect(self._added)
            application.screenRemoved.connect(self._touched)
            application.primaryScreenChanged.connect(self._touched)
        for screen in QGuiApplication.screens():
            self._listen(screen)

    def _listen(self, screen: QScreen) -> None:
        screen.geometryChanged.connect(self._touched)
        screen.logicalDotsPerInchChanged.connect(self._touched)

    @Slot(QScreen)
    def _added(self, screen: QScreen) -> None:
        self._listen(screen)
        self._settle.start()

    @Slot()
    def _touched(self) -> None:
        self._settle.start()


class TvMargin(QObject):
    """Keeps pages off the edge that a TV cuts away while their window fills the screen.

    The lesson is no page: its picture keeps off the edge by itself, on black.
    """

    def __init__(self, page: QWidget, settings: SettingsBox) -> None:
        super().__init__(page)
        self._page, self._settings = page, settings
        self._window: QWidget | None = None
        settings.changed.connect(self.follow)
        page.installEventFilter(self)
        self.follow()

    @Slot()
    def follow(self) -> None:
        """As the settings want it, as large as the window is now."""
        page = self._page
        percent = self._settings.current.overscan_percent
        share = percent / 100 if page.window().isFullScreen() else 0.0
        x, y = round(page.width() * share), round(page.height() * share)
        if page.contentsMargins() != QMargins(x, y, x, y):
            page.setContentsMargins(x, y, x, y)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Another size of the page, another state of its window: they come in any order."""
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Show, QEvent.Type.WindowStateChange):
            self._listen_to_window()
            self.follow()
        return super().eventFilter(watched, event)

    def _listen_to_window(self) -> None:
        """It is known only once the page stands in it."""
        window = self._page.window()
        if window is not self._window and window is not self._page:
            self._window = window
            window.installEventFilter(self)


class WindowPlace(QObject):
    """Where one window stands: full on the chosen screen, or where it was before; its pointer.

    Signals: became_full(bool).
    """

    became_full = Signal(bool)

    def __init__(self, window: QWidget, settings: SettingsBox) -> None:
        super().__init__(window)
        self._window, self._settings = window, settings
        self.pointer = Pointer()
        settings.changed.connect(self.show_pointer)
        self.show_pointer()
        self._before = QByteArray()
        self._is_wanted_full = False
        self._full_on = ""  # the screen that was filled; it may be pulled out and come again
        self._watch = ScreenWatch(self)
        self._watch.changed.connect(self.settle)

    def set_full(self, is_full: bool) -> None:
        """Fill the chosen screen, or go back to where the window was."""
        window = self._window
        self._is_wanted_full = is_full
        if is_full:
            if not window.isFullScreen():
                self._before = window.saveGeometry()
            self._fill(self._screen())
        elif window.isFullScreen():
            window.showNormal()
            window.restoreGeometry(self._before)
            bring_inside(window)
        self.became_full.emit(is_full)

    def _fill(self, screen: QScreen) -> None:
        self._full_on = screen_key(screen)
        show_full(self._window, screen)

    def _screen(self) -> QScreen:
        chosen = self._settings.current.screen
        return choose_screen(QGuiApplication.screens(), chosen, self._window.screen())

    @Slot()
    def show_pointer(self) -> None:
        """As large as the settings want it, over all of the window."""
        is_large = self._settings.current.is_pointer_large
        self.pointer.show(is_large=is_large, ratio=self._window.devicePixelRatioF())

    def to_next_screen(self) -> str:
        """Move to the next screen; returns what it is known by."""
        screen = next_screen(QGuiApplication.screens(), self._window.screen())
        if self._is_wanted_full:
            self._fill(screen)
        else:
            room = screen.availableGeometry()
            size = self._window.size().boundedTo(room.size())
            self._window.setGeometry(QRect(room.topLeft(), size))
        return screen_key(screen)

    @Slot()
    def settle(self) -> None:
        """Screens have changed: fill the chosen one again, never stay where none is."""
        window = self._window
        if not QGuiApplication.screens() or not window.isVisible():
            return
        if self._is_wanted_full:
            # Where the lesson was before a cable was pulled, though nobody chose that screen.
            wanted = self._settings.current.screen or self._full_on
            show_full(window, choose_screen(QGuiApplication.screens(), wanted, window.screen()))
        else:
            bring_inside(window)
