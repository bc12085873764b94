# SPDX-License-Identifier: GPL-3.0-or-later
"""Slides and documents: as pages made by LibreOffice, or in the window of PowerPoint or WPS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from app.base.errors import KnownError, MissingFileError
from app.player.errors import ConversionFailedError, NoOfficeError
from app.player.item import PlayerEvent, PlayItem
from app.player.office import OfficeWay, find_converter, find_office, program_for
from app.player.office_check import check_office_file
from app.player.office_convert import (
    OfficeConversion,
    finished_pages,
    office_suffix,
    pages_path,
)
from app.player.outside import copy_for_outside, open_outside
from app.player.pdf_view import PdfView
from app.player.view import LessonView

_DARK, _INK, _QUIET, _MARK = (
    QColor("#20282c"),
    QColor("#f4f7f6"),
    QColor(244, 247, 246, 60),
    QColor("#6fc7c4"),
)
# Only as pages of ours: LibreOffice converts without their macros, an office program would ask.
_WITH_MACROS = frozenset({"pptm", "ppsm", "potm", "docm", "dotm"})
_TURN_MS = 40
_TURN_DEGREES = 7


def office_view(item: PlayItem, parent: QWidget | None = None) -> LessonView:
    """The office program's own window where one is installed, else our pages."""
    found = find_office()
    has_choice = find_converter() is not None and office_suffix(item) in _WITH_MACROS
    if found is not None and found.way is OfficeWay.OPEN and not has_choice:
        return OutsideView(item, parent)
    return OfficeView(item, parent)


class OfficeView(PdfView):
    """Pages of slides or a document; converted the first time, from the cache ever after."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._conversion: OfficeConversion | None = None
        self._waiting = Waiting(self.tr("Preparing the pages…"), self)
        self._waiting.hide()

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`."""
        self._is_preparing = True
        try:
            if not self.item.path.is_file():
                raise MissingFileError(path=str(self.item.path))
            check_office_file(self.item.path, self.item.name)
            ready = finished_pages(self.item)
            converter = find_converter()
            if ready is None and converter is None:
                raise NoOfficeError(
                    media_type=self.item.media_type, name=self.item.name, reason="no_office"
                )
        except KnownError as error:
            self._fail(error)
            return
        if ready is not None:
            self._open_pages(ready)
        elif converter is not None:
            self._convert(converter)

    def _convert(self, converter: Path) -> None:
        self._waiting.setGeometry(self.rect())
        self._waiting.show()
        self._waiting.raise_()
        self._conversion = OfficeConversion(self.item, converter, self)
        self._conversion.succeeded.connect(self._open_pages)
        self._conversion.failed.connect(self._fail)
        self.state_changed.emit()
        self._conversion.start()

    def _open_pages(self, pages: Path) -> None:
        self._forget_conversion()
        self._path = pages
        super().open()

    def _forget_conversion(self) -> None:
        self._waiting.hide()
        if self._conversion is not None:
            self._conversion.cancel()
            self._conversion.deleteLater()
            self._conversion = None

    def close_item(self) -> None:
        """See `LessonView.close_item`; a running conversion is stopped and leaves nothing."""
        self._forget_conversion()
        super().close_item()

    def _fail(self, problem: KnownError) -> None:
        if self._path != self.item.path:
            # Pages that cannot be read are made again next time.
            pages_path(self.item).unlink(missing_ok=True)
            problem = ConversionFailedError(name=self.item.name, reason="no_output")
            self._path = self.item.path
        super()._fail(problem)

    def _lay_out(self) -> None:
        super()._lay_out()
        self._waiting.setGeometry(self.rect())


class OutsideView(LessonView):
    """Opens the file with PowerPoint or WPS. Not tried with PowerPoint itself yet."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._waiting = Waiting(self.tr("Opened in its own program."), self)
        self._waiting.stand_still()
        self._again = QPushButton(self.tr("Open again"), self)
        self._again.setMinimumHeight(56)
        self._again.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._again.clicked.connect(self.open)
        layout = QVBoxLayout(self)
        layout.addWidget(self._waiting, 1)
        layout.addWidget(self._again, 0, Qt.AlignmentFlag.AlignHCenter)

    @property
    def has_picture(self) -> bool:
        """The picture is in another window."""
        return False

    def open(self, *, is_playing: bool = True) -> None:
        """Hand a copy to the program, slides as a show where it knows how."""
        suffix = office_suffix(self.item)
        named = replace(self.item, name=f"{self.item.title}.{suffix}")
        try:
            check_office_file(self.item.path, self.item.name)
            open_outside(copy_for_outside(named), program=program_for(suffix), is_show=True)
        except KnownError as error:
            self.failed.emit(error)
            return
        self.happened.emit(PlayerEvent("initialized", {"pages": 0.0}))
        self.ready.emit()
        self.state_changed.emit()


class Waiting(QWidget):
    """A turning ring with a few words: something is being prepared and the lesson can wait."""

    def __init__(self, words: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._words = words
        self._angle = 0
        self._turn = QTimer(self, interval=_TURN_MS)
        self._turn.timeout.connect(self._advance)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def stand_still(self) -> None:
        """Words without a ring."""
        self._angle = -1

    def showEvent(self, _event: object) -> None:
        """Turn only while seen."""
        if self._angle >= 0:
            self._turn.start()

    def hideEvent(self, _event: object) -> None:
        """Stand still unseen."""
        self._turn.stop()

    def _advance(self) -> None:
        self._angle = (self._angle + _TURN_DEGREES) % 360
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ring and words."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), _DARK)
        side = max(48.0, min(self.width(), self.height()) / 9)
        ring = QRectF(self.width() / 2 - side / 2, self.height() * 0.42 - side / 2, side, side)
        if self._angle >= 0:
            pen = QPen(_QUIET, side / 9)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawEllipse(ring)
            pen.setColor(_MARK)
            painter.setPen(pen)
            painter.drawArc(ring, -self._angle * 16, 90 * 16)
        font = QFont(self.font())
        font.setPixelSize(max(18, self.height() // 26))
        painter.setFont(font)
        painter.setPen(_INK)
        below = QRectF(0, ring.bottom() + side * 0.4, self.width(), self.height() * 0.2)
        painter.drawText(
            below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, self._words
        )
        painter.end()
