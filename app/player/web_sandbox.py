# SPDX-License-Identifier: GPL-3.0-or-later
"""The closed room that courseware runs in: its own files, and nothing else.

Layers, each enough alone for most attacks: only our scheme is served (from memory); an interceptor
blocks every other address; a content policy says the same to the page; Chromium itself can
resolve no host and open no peer connection; navigation, windows, downloads, permissions, file
dialogs and message boxes are refused. No object of ours is visible to scripts.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QUrl, Signal

from app.player.web_chromium import prepare_chromium

prepare_chromium()

from PySide6.QtWebEngineCore import (  # noqa: E402 - Chromium's variables must come first
    QWebEngineDownloadRequest,
    QWebEnginePage,
    QWebEnginePermission,
    QWebEngineProfile,
    QWebEngineSettings,
    QWebEngineUrlRequestInfo,
    QWebEngineUrlRequestInterceptor,
    QWebEngineUrlRequestJob,
    QWebEngineUrlScheme,
    QWebEngineUrlSchemeHandler,
)

from app.player.errors import WebPackageRefusedError  # noqa: E402
from app.player.web_package import (  # noqa: E402
    INDEX,
    WITHOUT_CODEC,
    media_type_of,
    suffix_of,
)

_log = logging.getLogger(__name__)

SCHEME = "course"
HOST = "lesson"
START_URL = QUrl(f"{SCHEME}://{HOST}/{INDEX}")
_INLINE_SCHEMES = frozenset({"data", "blob"})
# Courseware is a program; a book is only read.
COURSEWARE_POLICY = (
    "default-src 'self' data: blob: 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'"
)
BOOK_POLICY = (
    "default-src 'none'; img-src 'self' data:; font-src 'self' data:; media-src 'self'; "
    "style-src 'self' 'unsafe-inline'; script-src 'none'; base-uri 'none'; form-action 'none'"
)
_Attribute = QWebEngineSettings.WebAttribute
_FORBIDDEN_ATTRIBUTES = (
    _Attribute.LocalContentCanAccessRemoteUrls,
    _Attribute.LocalContentCanAccessFileUrls,
    _Attribute.JavascriptCanOpenWindows,
    _Attribute.JavascriptCanAccessClipboard,
    _Attribute.JavascriptCanPaste,
    _Attribute.AllowWindowActivationFromJavaScript,
    _Attribute.PluginsEnabled,
    _Attribute.PdfViewerEnabled,
    _Attribute.FullScreenSupportEnabled,
    _Attribute.ScreenCaptureEnabled,
    _Attribute.DnsPrefetchEnabled,
    _Attribute.NavigateOnDropEnabled,
    _Attribute.HyperlinkAuditingEnabled,
    _Attribute.ErrorPageEnabled,
    _Attribute.AutoLoadIconsForPage,
    _Attribute.PlaybackRequiresUserGesture,  # a lesson's own sound needs no second tap
)


class Courseware(Protocol):
    """Where files come from."""

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, or None."""

    def close(self) -> None:
        """Let go."""

    @property
    def has_mp4(self) -> bool:
        """Holds media that cannot play in here."""


@cache
def register_scheme() -> None:
    """Make the scheme known; must come before the first profile of the process."""
    scheme = QWebEngineUrlScheme(SCHEME.encode())
    scheme.setSyntax(QWebEngineUrlScheme.Syntax.Host)
    flag = QWebEngineUrlScheme.Flag
    scheme.setFlags(flag.SecureScheme | flag.CorsEnabled | flag.FetchApiAllowed)
    QWebEngineUrlScheme.registerScheme(scheme)


class _Server(QWebEngineUrlSchemeHandler):
    """Answers requests of our scheme from the package.

    Signals:
        film_asked(str): the page wants a file that Chromium cannot decode here.
    """

    film_asked = Signal(str)

    def __init__(self, courseware: Courseware, policy: str, parent: QObject) -> None:
        super().__init__(parent)
        self._courseware: Courseware | None = courseware
        self._policy = policy

    def close(self) -> None:
        """Answer nothing more."""
        self._courseware = None

    def requestStarted(self, job: QWebEngineUrlRequestJob) -> None:
        """Serve one file."""
        error = QWebEngineUrlRequestJob.Error
        if bytes(job.requestMethod().data()) != b"GET" or job.requestUrl().host() != HOST:
            job.fail(error.RequestDenied)
            return
        name = job.requestUrl().path().removeprefix("/") or INDEX
        try:
            content = self._courseware.read(name) if self._courseware is not None else None
        except WebPackageRefusedError:
            _log.info("a file of the courseware is damaged")
            job.fail(error.RequestFailed)
            return
        if content is None:
            job.fail(error.UrlNotFound)
            return
        if suffix_of(name) in WITHOUT_CODEC:
            self.film_asked.emit(name)
        # A list per name: PySide takes the letters of a bare value for many values.
        headers = {
            b"Content-Security-Policy": self._policy.encode(),
            b"X-Content-Type-Options": b"nosniff",
            b"Referrer-Policy": b"no-referrer",
        }
        job.setAdditionalResponseHeaders(
            {QByteArray(key): [QByteArray(value)] for key, value in headers.items()}  # type: ignore[misc]
        )
        buffer = QBuffer(job)
        buffer.setData(content)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        job.reply(media_type_of(name).encode(), buffer)


class _Guard(QWebEngineUrlRequestInterceptor):
    """Blocks every request that is not for the package itself."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.blocked = 0

    def interceptRequest(self, info: QWebEngineUrlRequestInfo) -> None:
        """Let our scheme and inline data pass."""
        if not is_allowed(info.requestUrl()):
            self.blocked += 1
            info.block(True)


class SandboxPage(QWebEnginePage):
    """A page that can go nowhere.

    Signals:
        spoke(str): the courseware called alert(); said quietly instead of in a box.
    """

    spoke = Signal(str)

    def acceptNavigationRequest(
        self, url: QUrl | str, _kind: QWebEnginePage.NavigationType, _is_main_frame: bool
    ) -> bool:
        """Stay inside."""
        return is_allowed(QUrl(url))

    def chooseFiles(  # noqa: N802 - Qt's name
        self,
        _mode: QWebEnginePage.FileSelectionMode,
        _old: Sequence[str],
        _types: Sequence[str],
    ) -> list[str]:
        """No file of this machine."""
        return []

    def javaScriptAlert(self, _origin: QUrl | str, text: str) -> None:
        """No box in front of the class."""
        self.spoke.emit(text[:200])

    def javaScriptConfirm(self, _origin: QUrl | str, _text: str) -> bool:
        """Mostly "once more?"."""
        return True

    def javaScriptPrompt(self, _origin: QUrl | str, _text: str, _default: str) -> tuple[bool, str]:
        """No box; the courseware goes on as if it had been cancelled."""
        return False, ""

    def javaScriptConsoleMessage(
        self,
        _level: QWebEnginePage.JavaScriptConsoleMessageLevel,
        _message: str,
        _line: int,
        _source: str,
    ) -> None:
        """Courseware may print what it likes; our log is not its place."""


def is_allowed(url: QUrl) -> bool:
    """Our own host, or data the page carries in itself."""
    if url.scheme() == SCHEME:
        return url.host() == HOST
    return url.scheme() in _INLINE_SCHEMES or url.toString() in ("about:blank", "about:srcdoc")


class Sandbox(QObject):
    """Profile, page, server and guard of one package.

    Signals:
        film_asked(str): the page wants this file, which only our own player can show.
    """

    film_asked = Signal(str)

    def __init__(
        self, courseware: Courseware, parent: QObject, policy: str = COURSEWARE_POLICY
    ) -> None:
        super().__init__(parent)
        register_scheme()
        self._profile = QWebEngineProfile()  # without a name: nothing reaches the disk
        self._server = _Server(courseware, policy, self._profile)
        self._server.film_asked.connect(self.film_asked)
        self._guard = _Guard(self._profile)
        self._profile.installUrlSchemeHandler(SCHEME.encode(), self._server)
        self._profile.setUrlRequestInterceptor(self._guard)
        self._profile.setHttpCacheType(QWebEngineProfile.HttpCacheType.MemoryHttpCache)
        self._profile.setSpellCheckEnabled(False)
        self._profile.downloadRequested.connect(self._refuse_download)
        self.page = SandboxPage(self._profile)
        self.page.permissionRequested.connect(self._refuse_permission)
        settings = self.page.settings()
        for attribute in _FORBIDDEN_ATTRIBUTES:
            settings.setAttribute(attribute, False)
        settings.setAttribute(_Attribute.WebRTCPublicInterfacesOnly, True)

    @property
    def blocked_requests(self) -> int:
        """How many requests wanted to leave."""
        return self._guard.blocked

    def close(self) -> None:
        """Answer nothing more and free everything, the page before its profile.

        Later, not now: a key or a signal of the page itself may have led here.
        """
        self._server.close()
        self.page.deleteLater()
        self._profile.deleteLater()
        self.deleteLater()

    def _refuse_download(self, download: QWebEngineDownloadRequest) -> None:
        download.cancel()

    def _refuse_permission(self, permission: QWebEnginePermission) -> None:
        permission.deny()
