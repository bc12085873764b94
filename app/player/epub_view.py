# SPDX-License-Identifier: GPL-3.0-or-later
"""EPUB books on the screen: chapters one after the other, large letters, no scripts."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, QUrl
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.player.epub import EpubBook
from app.player.item import Fit, PlayItem, Position
from app.player.page_log import PageLog
from app.player.web_view import WebView

if TYPE_CHECKING:
    from app.player.web_sandbox import Courseware

_SCREENFUL = 0.88
_LETTER_SHARE = 1 / 26  # as on `ReadingPage`
_SMALLEST_PX = 18
_SETTLE_MS = 150
# Set by us in a world of our own: the book's scripts are forbidden, its style sheets stay.
_STYLE_SCRIPT = """(() => {{
  let style = document.getElementById('kezhan-style');
  if (!style) {{
    style = document.createElementNS('http://www.w3.org/1999/xhtml', 'style');
    style.id = 'kezhan-style';
    (document.head || document.documentElement).append(style);
  }}
  style.textContent = {css};
}})()"""
# The end of an earlier load can arrive after the next chapter was asked for: the document that
# is there says whether it is the one to be scrolled.
_SCROLL_SCRIPT = """(() => {{
  if (decodeURIComponent(location.pathname) !== {path}) return false;
  const page = document.documentElement;
  scrollTo(0, {share} * (page.scrollHeight - innerHeight));
  return true;
}})()"""


class EpubView(WebView):
    """A book; its pages are its chapters. See `LessonView` for the signals."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._book: EpubBook | None = None
        self._page = 1
        self._scroll_share = 0.0
        self._awaited: str | None = None  # the chapter asked for and not yet loaded
        self._log = PageLog(self.happened.emit, self)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._apply_style)

    @property
    def has_own_controls(self) -> bool:
        """Only links, so the bar may lie above it."""
        return False

    @property
    def has_pages(self) -> bool:
        """Its chapters."""
        return True

    @property
    def page(self) -> int:
        """See `LessonView.page`."""
        return self._page if self._book is not None else 0

    @property
    def page_count(self) -> int:
        """See `LessonView.page_count`."""
        return len(self._book.chapters) if self._book is not None else 0

    def position(self) -> Position:
        """See `LessonView.position`."""
        return Position(page=self._page, fit=Fit.FREE, zoom=self._zoom, y=self._share())

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        super().restore(position)
        self._page, self._scroll_share = max(1, position.page), position.y
        if self._book is not None:
            self._show_chapter(min(self.page_count, self._page), position.y)

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        self._settle.stop()
        self._log.terminate()
        self._is_ready = False  # the log has said what a page would say
        super().close_item()
        self._book = None

    # -- turning -----------------------------------------------------------------------------

    def next_page(self) -> bool:
        """On by a screenful, else to the next chapter."""
        if self._scroll_by(1):
            return True
        if self._page >= self.page_count:
            if self._book is not None:
                self.ended.emit()
            return False
        self._show_chapter(self._page + 1, 0.0)
        return True

    def previous_page(self) -> bool:
        """Back by a screenful, else to the end of the chapter before."""
        if self._scroll_by(-1):
            return True
        if self._page <= 1 or self._book is None:
            return False
        self._show_chapter(self._page - 1, 1.0)
        return True

    def go_to(self, page: int) -> None:
        """See `LessonView.go_to`."""
        if self._book is not None:
            self._show_chapter(min(self.page_count, max(1, page)), 0.0)

    def _show_chapter(self, page: int, share: float) -> None:
        if self._book is None or self.sandbox is None:
            return
        has_changed, self._page, self._scroll_share = page != self._page, page, share
        self._awaited = self._book.chapters[page - 1]
        self.sandbox.page.setUrl(self._start_url())
        if has_changed:
            self._log.show(page)
            self.state_changed.emit()

    # -- what differs from courseware --------------------------------------------------------

    def _open_courseware(self) -> Courseware:
        self._book = EpubBook(self.item.path, self.item.name)
        self._page = min(self._page, len(self._book.chapters))
        return self._book

    def _start_url(self) -> QUrl:
        from app.player.web_sandbox import HOST, SCHEME

        url = QUrl(f"{SCHEME}://{HOST}/")
        url.setPath("/" + (self._book.chapters[self._page - 1] if self._book else ""))
        return url

    def _policy(self) -> str:
        from app.player.web_sandbox import BOOK_POLICY

        return BOOK_POLICY

    def _begin_log(self) -> None:
        self._log.begin(self.page_count)
        self._log.show(self._page)

    def _take_load(self, is_loaded: bool) -> None:
        super()._take_load(is_loaded)
        if self.sandbox is None or self._book is None:
            return
        name = self.sandbox.page.url().path().removeprefix("/")
        if self._awaited in (None, name):
            self._awaited = None
            self._follow_link(self._book.chapters, name)
        self._apply_style()

    def _follow_link(self, chapters: Sequence[str], name: str) -> None:
        """A link inside the book may have led to another chapter."""
        if name in chapters and name != chapters[self._page - 1]:
            self._page = chapters.index(name) + 1
            self._log.show(self._page)
            self.state_changed.emit()

    def _set_zoom(self, zoom: float) -> None:
        """Larger letters, not a larger page: lines are broken anew."""
        super()._set_zoom(zoom)
        if self._browser is not None:
            self._browser.setZoomFactor(1.0)
        self._apply_style()

    def _apply_style(self) -> None:
        if self.sandbox is None:
            return
        letters_px = round(max(_SMALLEST_PX, self.height() * _LETTER_SHARE) * self._zoom)
        css = (
            f"html {{ font-size: {letters_px}px !important; background: white; }}"
            " body { font-size: 1rem !important; line-height: 1.6 !important;"
            " max-width: 44em; margin: 1em auto !important; padding: 0 1em !important; }"
            " img, svg, video { max-width: 100% !important; height: auto; }"
        )
        self._run(_STYLE_SCRIPT.format(css=json.dumps(css)))
        if self._scroll_share > 0:
            path = json.dumps(self._start_url().path())
            script = _SCROLL_SCRIPT.format(path=path, share=f"{self._scroll_share:.6f}")
            self._run(script, self._take_scrolled)

    def _take_scrolled(self, has_scrolled: object) -> None:
        if has_scrolled is True:
            self._scroll_share = 0.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Letters follow the size of the window."""
        super().resizeEvent(event)
        self._settle.start()

    # -- scrolling ---------------------------------------------------------------------------

    def _run(self, script: str, take: Callable[[object], None] | None = None) -> None:
        from PySide6.QtWebEngineCore import QWebEngineScript

        if self.sandbox is not None:
            world = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
            if take is None:
                self.sandbox.page.runJavaScript(script, world)
            else:
                self.sandbox.page.runJavaScript(script, world, take)

    def _left_below(self) -> float:
        """How much more there is to scroll, in pixels."""
        if self.sandbox is None or self._browser is None:
            return 0.0
        return self.sandbox.page.contentsSize().height() - self._browser.height()

    def _share(self) -> float:
        left = self._left_below()
        if self.sandbox is None or left <= 0:
            return self._scroll_share
        return min(1.0, max(0.0, self.sandbox.page.scrollPosition().y() / left))

    def _scroll_by(self, direction: int) -> bool:
        if self.sandbox is None or self._browser is None:
            return False
        now = self.sandbox.page.scrollPosition().y()
        is_at_end = now >= self._left_below() - 2 if direction > 0 else now <= 2
        if is_at_end:
            return False
        self._run(f"scrollBy(0, {direction} * {_SCREENFUL} * innerHeight)")
        return True
