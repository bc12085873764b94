# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the picture lies inside a lesson's view, so that ink stays on what it was written on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, SignalInstance

from app.player.reading_page import ReadingPage
from app.player.video_surface import VideoSurface
from app.player.view import LessonView
from app.player.zoom_canvas import ZoomCanvas


def picture_area(view: LessonView) -> QRectF:
    """The page, picture or text column in the view's coordinates; larger than it when zoomed."""
    canvas = view.findChild(ZoomCanvas)
    if canvas is not None and not canvas.isHidden() and not canvas.target().isEmpty():
        return canvas.target().translated(QPointF(canvas.pos()))
    surface = view.findChild(VideoSurface)
    if surface is not None and not surface.isHidden():
        return surface.picture_rect().translated(QPointF(surface.pos()))
    text = _scrolled_text(view)
    if text is not None:
        port = text.viewport()
        corner = port.mapTo(view, QPointF(0, -text.verticalScrollBar().value()))
        return QRectF(corner, port.size())
    return QRectF(view.rect())


def is_one_long_page(view: LessonView) -> bool:
    """Whether its pages are only screenfuls of one text that scrolls."""
    return _scrolled_text(view) is not None


def moves_of(view: LessonView) -> list[SignalInstance]:
    """What tells that `picture_area` has changed, besides the view's own signals."""
    signals = [canvas.moved for canvas in view.findChildren(ZoomCanvas)]
    text = _scrolled_text(view)
    return [*signals, text.scrolled] if text is not None else signals


def _scrolled_text(view: LessonView) -> ReadingPage | None:
    found = view.findChildren(ReadingPage)
    return found[0] if len(found) == 1 else None
