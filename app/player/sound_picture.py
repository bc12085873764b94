# SPDX-License-Identifier: GPL-3.0-or-later
"""What the class looks at while a sound plays: its title and how far it has come."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QLinearGradient,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QWidget

_TOP, _BOTTOM = QColor("#16323b"), QColor("#0b1c22")
_RING, _RING_DONE, _TITLE = QColor(255, 255, 255, 40), QColor("#6fc7c4"), QColor("#f4f7f6")
_QUIET = QColor(244, 247, 246, 170)


class SoundPicture(QWidget):
    """Calm and dark, so that listening comes first."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._title = title
        self._time_s = self._length_s = 0.0

    def set_progress(self, time_s: float, length_s: float) -> None:
        """Repaint when a second has passed."""
        if int(time_s) != int(self._time_s) or length_s != self._length_s:
            self._time_s, self._length_s = time_s, length_s
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ring, note, title, time."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = QLinearGradient(0, 0, 0, self.height())
        shade.setColorAt(0, _TOP)
        shade.setColorAt(1, _BOTTOM)
        painter.fillRect(self.rect(), shade)
        side = min(self.width(), self.height()) * 0.4
        ring = QRectF(self.width() / 2 - side / 2, self.height() * 0.42 - side / 2, side, side)
        self._paint_ring(painter, ring)
        self._paint_note(painter, ring)
        self._paint_words(painter, ring)
        painter.end()

    def _paint_ring(self, painter: QPainter, ring: QRectF) -> None:
        pen = QPen(_RING, ring.width() * 0.035)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawEllipse(ring)
        if self._length_s > 0 and self._time_s > 0:
            pen.setColor(_RING_DONE)
            painter.setPen(pen)
            share = min(1.0, self._time_s / self._length_s)
            painter.drawArc(ring, 90 * 16, -round(share * 360 * 16))

    def _paint_note(self, painter: QPainter, ring: QRectF) -> None:
        """Two quavers, drawn: fonts differ too much in their musical signs."""
        unit = ring.width() / 20
        centre = ring.center()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(_TITLE)
        for x in (-3.4, 2.6):
            painter.drawEllipse(
                QPointF(centre.x() + x * unit, centre.y() + 3 * unit), 1.7 * unit, 1.25 * unit
            )
            painter.drawRect(
                QRectF(
                    centre.x() + (x + 1.0) * unit, centre.y() - 4.2 * unit, 0.7 * unit, 7.2 * unit
                )
            )
        painter.drawRect(
            QRectF(centre.x() - 2.4 * unit, centre.y() - 4.6 * unit, 6.7 * unit, 1.5 * unit)
        )

    def _paint_words(self, painter: QPainter, ring: QRectF) -> None:
        font = QFont(self.font())
        font.setPixelSize(max(18, round(self.height() / 18)))
        painter.setFont(font)
        painter.setPen(_TITLE)
        below = QRectF(
            self.width() * 0.06,
            ring.bottom() + self.height() * 0.05,
            self.width() * 0.88,
            self.height() * 0.17,
        )
        wrapped = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(below, wrapped | Qt.TextFlag.TextWordWrap, self._title)
        font.setPixelSize(max(14, round(self.height() / 30)))
        painter.setFont(font)
        painter.setPen(_QUIET)
        line = f"{clock_text(self._time_s)} / {clock_text(self._length_s)}"
        painter.drawText(
            QRectF(0, self.height() * 0.9, self.width(), self.height() * 0.08), wrapped, line
        )


def clock_text(seconds: float) -> str:
    """`3:07`, or `1:02:03` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
