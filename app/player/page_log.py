# SPDX-License-Identifier: GPL-3.0-or-later
"""Says which pages the class really saw."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from app.player.item import PlayerEvent

# Pages that are only leafed through were not shown.
_DWELL_MS = 500


class PageLog(QObject):
    """One viewing of something with pages."""

    def __init__(self, emit: Callable[[PlayerEvent], None], parent: QObject) -> None:
        super().__init__(parent)
        self._emit = emit
        self._page = self._pages = 0
        self._seen: set[int] = set()
        self._is_begun = self._is_completed = False
        self._dwell = QTimer(self, interval=_DWELL_MS, singleShot=True)
        self._dwell.timeout.connect(self._say_shown)

    def begin(self, pages: int) -> None:
        """It is open."""
        self._pages, self._is_begun = pages, True
        self._emit(PlayerEvent("initialized", {"pages": float(pages)}))

    def show(self, page: int) -> None:
        """`page` (from 1) is on the screen."""
        if page != self._page and self._is_begun:
            self._page = page
            self._dwell.start()

    def terminate(self) -> None:
        """The view closes."""
        if not self._is_begun:
            return
        if self._dwell.isActive():
            self._dwell.stop()
        self._emit(PlayerEvent("terminated", self._numbers()))
        self._is_begun = False

    def _numbers(self) -> dict[str, float | str]:
        return {"page": float(self._page), "pages": float(self._pages)}

    def _say_shown(self) -> None:
        self._seen.add(self._page)
        self._emit(PlayerEvent("page_shown", self._numbers()))
        if len(self._seen) >= self._pages and not self._is_completed:
            self._is_completed = True
            self._emit(PlayerEvent("completed", self._numbers()))
