# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the view an item needs; each kind's modules load with its first item."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.player.capabilities import capabilities
from app.player.content import with_true_type
from app.player.errors import (
    NoMediaBackendError,
    NoOfficeError,
    NoWebEngineError,
    UnplayableError,
)
from app.player.item import Backend, PlayItem
from app.player.kinds import EPUB, is_of_type, shown_format
from app.player.view import LessonView
from app.region.media import Format

_REASONS: dict[str, type[UnplayableError]] = {
    error.code: error
    for error in (UnplayableError, NoOfficeError, NoWebEngineError, NoMediaBackendError)
}


def create_view(
    item: PlayItem, parent: QWidget | None = None, backend: Backend | None = None
) -> LessonView:
    """The unopened view for `item`; connect its signals, then call `open()`.

    A file whose content is plainly of another kind than its name is shown as what it is.
    `backend` forces who decodes video and audio; None takes what is best here.

    Raises:
        UnplayableError: nothing on this machine shows this kind (its code says what is missing).
    """
    item = with_true_type(item)
    reason = capabilities().why_not(item.media_type, item.name)
    if reason:
        raise _REASONS[reason](media_type=item.media_type, name=item.name, reason=reason)
    return _make(shown_format(item.media_type, item.name), item, parent, backend)


def _make(
    shown: Format, item: PlayItem, parent: QWidget | None, backend: Backend | None
) -> LessonView:
    match shown:
        case Format.VIDEO | Format.AUDIO:
            from app.player.media_view import MediaView

            return MediaView(item, parent, backend)
        case Format.PDF:
            from app.player.pdf_view import PdfView

            return PdfView(item, parent)
        case Format.SLIDES | Format.DOCUMENT:
            from app.player.office_view import office_view

            return office_view(item, parent)
        case Format.IMAGE:
            from app.player.image_view import ImageView

            return ImageView(item, parent)
        case Format.WEB | Format.FLASH:
            return _make_web(item, parent)
        case _:
            from app.player.text_view import text_view

            return text_view(item, parent)


def _make_web(item: PlayItem, parent: QWidget | None) -> LessonView:
    """Whatever is shown in the closed room."""
    from app.player.epub_view import EpubView
    from app.player.web_view import WebView

    is_book = is_of_type(item.media_type, item.name, EPUB)
    return EpubView(item, parent) if is_book else WebView(item, parent)
