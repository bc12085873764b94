# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML5 courseware in Qt WebEngine, which loads with the first package and not before."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, QUrl
from PySide6.QtGui import QFont, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QWidget

from app.base.errors import KnownError
from app.player.errors import (
    NoWebEngineError,
    ViewCrashedError,
    WebPackageRefusedError,
    WebPackageVideoNotice,
)
from app.player.item import Fit, PlayerEvent, PlayItem, Position
from app.player.kinds import is_of_type, shown_format
from app.player.view import LessonView
from app.player.web_films import WebFilms
from app.player.web_flash import FlashFilm
from app.player.web_h5p import FAILED_TITLE, H5pContent
from app.player.web_loose import FolderPackage, SinglePage
from app.player.web_package import WITHOUT_CODEC, WebPackage, suffix_of
from app.player.zoom_canvas import ZOOM_STEP
from app.region.media import H5P_PACKAGE, Format

if TYPE_CHECKING:
    from PySide6.QtWebEngineWidgets import QWebEngineView

    from app.player.web_sandbox import Courseware, Sandbox

_log = logging.getLogger(__name__)

_LOAD_DEADLINE_MS = 20_000
_WORDS_MS = 4000
_FILMS_OF_PAGE = (
    "[...document.querySelectorAll('video,audio,source')].map((one) => one.src).join('\\n')"
)
_SMALLEST_ZOOM, _LARGEST_ZOOM = 0.5, 4.0


class WebView(LessonView):
    """A courseware package or a lone page; see `LessonView` for the signals."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._courseware: Courseware | None = None
        self.sandbox: Sandbox | None = None
        self._browser: QWebEngineView | None = None
        self._is_preparing = self._is_ready = False
        self._is_ahead = False  # opened unseen: silent, and standing still once it is loaded
        self._zoom = 1.0
        self._films = WebFilms(self)
        self._deadline = QTimer(self, interval=_LOAD_DEADLINE_MS, singleShot=True)
        self._deadline.timeout.connect(self._give_up)
        self._words = QLabel(self)
        self._words.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setStyleSheet(
            "background: rgba(20, 30, 34, 220); color: white; border-radius: 10px; padding: 14px;"
        )
        self._words.hide()
        self._silence = QTimer(self, interval=_WORDS_MS, singleShot=True)
        self._silence.timeout.connect(self._words.hide)

    @property
    def browser(self) -> QWebEngineView | None:
        """The widget the page runs in."""
        return self._browser

    @property
    def words_shown(self) -> str:
        """What the courseware says at the moment."""
        return "" if self._words.isHidden() else self._words.text()

    @property
    def can_zoom(self) -> bool:
        """Always."""
        return True

    @property
    def has_own_controls(self) -> bool:
        """Always: courseware is pressed and dragged everywhere."""
        return True

    # -- life --------------------------------------------------------------------------------

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`; ahead, the page is loaded and then stands still until shown."""
        self._is_preparing = True
        self._is_ahead = not is_playing and not self.isVisible()
        try:
            self._courseware = self._open_courseware()
            self._start(self._courseware)
        except KnownError as error:
            self._fail(error)

    def _open_courseware(self) -> Courseware:
        path, kind, name = self.item.path, self.item.media_type, self.item.name
        if path.is_dir():
            return FolderPackage(path, name)
        if is_of_type(kind, name, H5P_PACKAGE):
            return H5pContent(path, name)
        if shown_format(kind, name) is Format.FLASH:
            return FlashFilm(path, name)
        is_page = is_of_type(kind, name, "text/html") or name.lower().endswith((".html", ".htm"))
        return SinglePage(path, name) if is_page else WebPackage(path, name)

    def _start(self, courseware: Courseware) -> None:
        try:
            from PySide6.QtWebEngineWidgets import QWebEngineView

            from app.player.web_sandbox import Sandbox
        except ImportError as error:
            _log.warning("Qt WebEngine cannot be loaded: %s", error)
            raise NoWebEngineError(
                media_type=self.item.media_type, name=self.item.name, reason="no_web_engine"
            ) from error
        self.sandbox = Sandbox(courseware, self, self._policy())
        page = self.sandbox.page
        # Queued: whoever answers may close this view, and with it the page that just spoke.
        queued = Qt.ConnectionType.QueuedConnection
        page.loadFinished.connect(self._take_load, queued)
        page.renderProcessTerminated.connect(self._take_crash, queued)
        page.spoke.connect(self._say, queued)
        page.titleChanged.connect(self._take_title, queued)
        self.sandbox.film_asked.connect(self._offer_film, queued)
        self._browser = QWebEngineView(self)
        self._browser.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._browser.setAcceptDrops(False)
        self._browser.setPage(page)
        self._browser.setGeometry(self.rect())
        self._browser.setZoomFactor(self._zoom)
        self._browser.show()
        self._words.raise_()
        self._deadline.start()
        page.setAudioMuted(self._is_ahead)
        page.setUrl(self._start_url())

    def _start_url(self) -> QUrl:
        from app.player.web_sandbox import START_URL

        return START_URL

    def _policy(self) -> str:
        from app.player.web_sandbox import COURSEWARE_POLICY

        return COURSEWARE_POLICY

    def _begin_log(self) -> None:
        self.happened.emit(PlayerEvent("initialized", {"pages": 1.0}))

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        if self._is_ready:
            self.happened.emit(PlayerEvent("terminated", {"page": 1.0, "pages": 1.0}))
        self._is_preparing = self._is_ready = False
        self._deadline.stop()
        self._silence.stop()
        self._words.hide()
        self._films.close_all()
        if self._browser is not None:
            self._browser.hide()
            self._browser.deleteLater()
            self._browser = None
        if self.sandbox is not None:
            self.sandbox.close()
            self.sandbox = None
        if self._courseware is not None:
            self._courseware.close()
            self._courseware = None

    def _fail(self, problem: KnownError) -> None:
        self.close_item()
        self.failed.emit(problem)
        self.state_changed.emit()

    @property
    def is_preparing(self) -> bool:
        """See `LessonView.is_preparing`."""
        return self._is_preparing

    def position(self) -> Position:
        """Only the zoom: where one is inside, only the courseware knows."""
        return Position(page=1, fit=Fit.FREE, zoom=self._zoom)

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        self._set_zoom(position.zoom)

    # -- what the page said --------------------------------------------------------------------

    def _take_load(self, is_loaded: bool) -> None:
        if not self._is_preparing:
            return  # the courseware went on to another page of its own
        self._deadline.stop()
        if not is_loaded:
            self._fail(WebPackageRefusedError(name=self.item.name, reason="damaged"))
            return
        self._is_preparing, self._is_ready = False, True
        if self._is_ahead:
            self._freeze(is_frozen=True)
        self._begin_log()
        self.ready.emit()
        self.state_changed.emit()
        if self._courseware is not None and self._courseware.has_mp4:
            self.noticed.emit(WebPackageVideoNotice(name=self.item.name))
            self._look_for_films()

    def _freeze(self, *, is_frozen: bool) -> None:
        """Stop its clocks and scripts, or let them run."""
        from PySide6.QtWebEngineCore import QWebEnginePage

        if self.sandbox is not None:
            states = QWebEnginePage.LifecycleState
            self.sandbox.page.setLifecycleState(states.Frozen if is_frozen else states.Active)

    def showEvent(self, event: QShowEvent) -> None:
        """What was opened ahead begins when it is seen."""
        super().showEvent(event)
        if self._is_ahead and self.sandbox is not None:
            self._is_ahead = False
            self._freeze(is_frozen=False)
            self.sandbox.page.setAudioMuted(False)

    def _look_for_films(self) -> None:
        """Films that Chromium does not even ask for, because their type says enough."""
        from PySide6.QtWebEngineCore import QWebEngineScript

        if self.sandbox is not None:
            world = QWebEngineScript.ScriptWorldId.ApplicationWorld.value
            self.sandbox.page.runJavaScript(_FILMS_OF_PAGE, world, self._take_films)

    def _take_films(self, addresses: object) -> None:
        for address in str(addresses).split("\n"):
            name = QUrl(address).path().removeprefix("/")
            if suffix_of(name) in WITHOUT_CODEC:
                self._offer_film(name)

    def _offer_film(self, name: str) -> None:
        """The courseware asks for a film that only our own player can show."""
        if self._courseware is None:
            return
        self._films.offer(name, self._courseware)

    def _take_title(self, title: str) -> None:
        """Our own start pages say in their title that nothing will come."""
        is_ours = isinstance(self._courseware, H5pContent | FlashFilm)
        if is_ours and title == FAILED_TITLE:
            self._fail(WebPackageRefusedError(name=self.item.name, reason="damaged"))

    def _take_crash(self, _status: object, _code: int) -> None:
        if self.sandbox is not None:
            self._fail(ViewCrashedError(name=self.item.name))

    def _give_up(self) -> None:
        self._fail(WebPackageRefusedError(name=self.item.name, reason="timeout"))

    def _say(self, text: str) -> None:
        """What the courseware wanted to put into a box."""
        if self.sandbox is None:
            return
        self._words.setText(text)
        self._lay_out_words()
        self._words.show()
        self._words.raise_()
        self._silence.start()

    # -- look --------------------------------------------------------------------------------

    @property
    def fit_mode(self) -> Fit:
        """Pages lay themselves out."""
        return Fit.FREE

    def zoom_in(self) -> None:
        """See `LessonView.zoom_in`."""
        self._set_zoom(self._zoom * ZOOM_STEP)

    def zoom_out(self) -> None:
        """See `LessonView.zoom_out`."""
        self._set_zoom(self._zoom / ZOOM_STEP)

    def fit(self, mode: Fit = Fit.PAGE) -> None:
        """Back to the courseware's own size."""
        self._set_zoom(1.0)

    def _set_zoom(self, zoom: float) -> None:
        self._zoom = min(_LARGEST_ZOOM, max(_SMALLEST_ZOOM, zoom))
        if self._browser is not None:
            self._browser.setZoomFactor(self._zoom)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The page fills the view."""
        super().resizeEvent(event)
        if self._browser is not None:
            self._browser.setGeometry(self.rect())
        self._films.lay_out()
        self._lay_out_words()

    def changeEvent(self, event: QEvent) -> None:
        """Fonts of the words follow ours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._lay_out_words()

    def _lay_out_words(self) -> None:
        font = QFont(self.font())
        font.setPixelSize(max(16, self.height() // 30))
        self._words.setFont(font)
        width = self.width() * 2 // 3
        height = max(1, self._words.heightForWidth(width))
        self._words.setGeometry(
            (self.width() - width) // 2, self.height() - height - 24, width, height
        )
