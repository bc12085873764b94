# SPDX-License-Identifier: GPL-3.0-or-later
"""MP4 inside courseware: Chromium as Qt ships it cannot decode it, so our own player is offered.

When the page asks for such a file a button stands at its lower edge; a press plays the film above
the page, and its end or the cross goes back to the courseware.
"""

from __future__ import annotations

import shutil
import time
import uuid
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from app.base.errors import KnownError, known_os_error
from app.player.errors import NoMediaBackendError
from app.player.item import PlayItem
from app.player.view import LessonView
from app.player.web_package import media_type_of

if TYPE_CHECKING:
    from app.player.web_sandbox import Courseware

_MOST_BUTTONS = 4
_LEFTOVER_S = 24 * 3600
_BUTTON_PX = 56
_EDGE_PX = 20
_STYLE = (
    "QPushButton { background: rgba(20, 30, 34, 225); color: white; border: none;"
    " border-radius: 14px; padding: 0 22px; font-size: 20px; }"
    " QPushButton:pressed { background: #22757e; }"
)


class WebFilms(QObject):
    """The films of one piece of courseware that were asked for."""

    def __init__(self, view: LessonView) -> None:
        super().__init__(view)
        self._view = view
        self._folder: Path | None = None
        self._row = QWidget(view)
        self._row.setStyleSheet(_STYLE)
        self._layout = QHBoxLayout(self._row)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._row.hide()
        self._buttons: dict[str, QPushButton] = {}
        self._film: LessonView | None = None
        self._away = QPushButton("✕", view)
        self._away.setStyleSheet(_STYLE)
        self._away.setAccessibleName(self.tr("Close the video"))
        self._away.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._away.clicked.connect(self.close_film)
        self._away.hide()

    @property
    def names(self) -> tuple[str, ...]:
        """Films with a button, in the order they were asked for."""
        return tuple(self._buttons)

    @property
    def film(self) -> LessonView | None:
        """The film that plays above the page."""
        return self._film

    def offer(self, name: str, courseware: Courseware) -> None:
        """A button for this file."""
        if name in self._buttons or len(self._buttons) >= _MOST_BUTTONS:
            return
        shown = name.rpartition("/")[2]
        button = QPushButton("▶  " + self.tr("Play “{name}”").format(name=shown), self._row)
        button.setMinimumHeight(_BUTTON_PX)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(partial(self.play, name, courseware))
        self._buttons[name] = button
        self._layout.addWidget(button)
        self.lay_out()
        self._row.show()
        self._row.raise_()

    def play(self, name: str, courseware: Courseware) -> None:
        """Above the page, from a copy that lies on the disk as long as the courseware is open."""
        from app.player.media_view import MediaView

        self.close_film()
        try:
            path = self._copy(name, courseware)
        except KnownError as error:
            self._view.noticed.emit(error)
            return
        if path is None:
            return
        short = name.rpartition("/")[2]
        item = PlayItem(
            region_id=self._view.item.region_id,
            entry_id=self._view.item.entry_id,
            title=short,
            path=path,
            media_type=media_type_of(name),
            name=short,
            sha256="",
            converted_dir=self._view.item.converted_dir,
        )
        self._film = MediaView(item, self._view)
        self._film.failed.connect(self._give_up)
        self._film.noticed.connect(self._view.noticed)
        self._film.ended.connect(self.close_film)
        self._film.installEventFilter(self)
        self.lay_out()
        self._film.show()
        self._film.raise_()
        self._away.show()
        self._away.raise_()
        self._film.open()

    def close_film(self) -> None:
        """Back to the page."""
        self._away.hide()
        if self._film is not None:
            film, self._film = self._film, None
            film.hide()
            film.close_item()
            film.deleteLater()

    def close_all(self) -> None:
        """The courseware closes; its copies go too."""
        self.close_film()
        for button in self._buttons.values():
            button.deleteLater()
        self._buttons.clear()
        self._row.hide()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def lay_out(self) -> None:
        """The film fills the view; buttons stand at the lower edge, the cross above the film."""
        area = self._view.rect()
        if self._film is not None:
            self._film.setGeometry(area)
        left = _EDGE_PX if self._view.isRightToLeft() else area.width() - _BUTTON_PX - _EDGE_PX
        self._away.setGeometry(left, _EDGE_PX, _BUTTON_PX, _BUTTON_PX)
        size = self._row.sizeHint()
        width = min(size.width(), area.width() - 2 * _EDGE_PX)
        top = area.height() - size.height() - _EDGE_PX
        self._row.setGeometry((area.width() - width) // 2, top, width, size.height())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A tap on the film holds it or lets it run."""
        if watched is self._film and event.type() is QEvent.Type.MouseButtonRelease:
            self._film.toggle_play()
            return True
        return super().eventFilter(watched, event)

    def _copy(self, name: str, courseware: Courseware) -> Path | None:
        if self._folder is None:
            _drop_leftovers(self._view.item.converted_dir)
            self._folder = self._view.item.converted_dir / f"web-{uuid.uuid4().hex[:12]}"
        path = self._folder / str(list(self._buttons).index(name))
        try:
            content = courseware.read(name)
            if content is None:
                return None
            self._folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        except OSError as error:
            raise known_os_error(error, path) from error
        return path

    def _give_up(self, error: KnownError) -> None:
        """One sentence, and the page is there again."""
        self.close_film()
        if not isinstance(error, NoMediaBackendError):
            self._view.noticed.emit(error)


def _drop_leftovers(folder: Path) -> None:
    """Copies of a run that lost power."""
    now = time.time()
    for left in folder.glob("web-*"):
        if now - left.stat().st_mtime > _LEFTOVER_S:
            shutil.rmtree(left, ignore_errors=True)
