# SPDX-License-Identifier: GPL-3.0-or-later
"""H5P, Flash, EPUB, folders, and MP4 inside courseware, in the closed room."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from app.player.epub_view import EpubView
from app.player.item import Position
from app.player.media_view import MediaView
from app.player.view import LessonView
from app.player.web_h5p import H5pContent
from app.player.web_view import WebView
from app.region.media import FLASH, H5P_PACKAGE, WEB_PACKAGE
from tests.player.conftest import MakeView
from tests.player.flash_samples import swf_of_classes
from tests.player.listening import Ear, colour_name, opened, refused
from tests.player.test_web import Listener, title_of
from tests.player.web_samples import epub, h5p_files, swf, write_zip

EPUB = "application/epub+zip"
SHOW = "box.classList.add('h5p-ours'); top.document.title = words.words;"
LONG = "<p>一行字</p>" * 200

pytestmark = [pytest.mark.media, pytest.mark.qt_log_ignore(".*", extend=True)]


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Open for one test."""
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def make_hidden(make_view: MakeView) -> MakeView:
    """A view as it is opened ahead: there, but out of sight."""

    def make(path: Path, media_type: str, **more: object) -> LessonView:
        view = make_view(path, media_type, **more)
        view.hide()
        return view

    return make


def shown(qtbot: QtBot, make_view: MakeView, path: Path, media_type: str) -> tuple[WebView, Ear]:
    """Open and wait until it is loaded."""
    view = make_view(path, media_type)
    assert isinstance(view, WebView)
    return view, opened(qtbot, view)


def wait_title(qtbot: QtBot, view: WebView, title: str) -> None:
    """Until the page calls itself so."""
    qtbot.waitUntil(lambda: title_of(view) == title, timeout=30_000)


def wait_green(qtbot: QtBot, view: WebView) -> None:
    """Until its middle is green."""
    qtbot.waitUntil(lambda: colour_name(view.grab().toImage()) == "green", timeout=30_000)


def test_h5p_runs_its_own_library(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    view, ear = shown(qtbot, make_view, write_zip(tmp_path / "a", h5p_files(SHOW)), H5P_PACKAGE)
    wait_title(qtbot, view, "一半")
    wait_green(qtbot, view)
    assert ear.codes() == []


def test_h5p_reaches_nothing(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, listener: Listener
) -> None:
    url = f"http://127.0.0.1:{listener.tcp_port}/"
    script = (
        "const tries = [fetch('URL'), fetch('file:///etc/passwd'), fetch('/../../etc/passwd').then("
        "(r) => r.ok || Promise.reject()), fetch('course://other/index.html')];"
        "Promise.allSettled(tries).then((all) => { top.document.title ="
        " all.map((one) => one.status).join() + typeof window.qt; });"
    ).replace("URL", url)
    files = h5p_files(script)
    view, _ = shown(qtbot, make_view, write_zip(tmp_path / "a", files), H5P_PACKAGE)
    wait_title(qtbot, view, ",".join(["rejected"] * 4) + "undefined")
    assert listener.visitors() == 0


def test_h5p_without_its_library_is_one_error(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    files = h5p_files(SHOW)
    del files["H5P.Ours-1.0/library.json"]
    view = make_view(write_zip(tmp_path / "a", files), H5P_PACKAGE)
    assert refused(qtbot, view).codes() == ["web_package_refused"]


def test_h5p_without_a_library_of_its_library_is_one_error(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    files = h5p_files(SHOW)
    name = "H5P.Ours-1.0/library.json"
    library = json.loads(files[name])
    other = {"machineName": "H5P.Other", "majorVersion": 1, "minorVersion": 2}
    library["preloadedDependencies"] = [other]
    files[name] = json.dumps(library).encode()
    view = make_view(write_zip(tmp_path / "a", files), H5P_PACKAGE)
    ear = refused(qtbot, view)
    assert [error.data["reason"] for error in ear.errors] == ["no_library"]
    library["preloadedDependencies"] = [own_name(library)]  # round and round
    files[name] = json.dumps(library).encode()
    H5pContent(write_zip(tmp_path / "b", files), "b").close()


def own_name(library: dict[str, object]) -> dict[str, object]:
    """How another library names this one."""
    return {key: library[key] for key in ("machineName", "majorVersion", "minorVersion")}


def test_flash_plays(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(swf())
    view, ear = shown(qtbot, make_view, film, FLASH)
    wait_green(qtbot, view)
    assert ear.codes() == []


def test_flash_reaches_nothing(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, listener: Listener
) -> None:
    film = tmp_path / "film"
    film.write_bytes(swf(address=f"http://127.0.0.1:{listener.tcp_port}/"))
    view, ear = shown(qtbot, make_view, film, FLASH)
    wait_green(qtbot, view)
    assert view.sandbox is not None
    qtbot.waitUntil(lambda: title_of(view) == "kezhan:started", timeout=30_000)
    assert listener.visitors() == 0
    assert view.sandbox.page.url().scheme() == "course"
    assert ear.codes() == []


def test_flash_of_the_later_kind_plays_and_reaches_nothing(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, listener: Listener
) -> None:
    for name, address in (("plain", ""), ("asks", f"http://127.0.0.1:{listener.tcp_port}/")):
        film = tmp_path / name
        film.write_bytes(swf_of_classes(address=address))
        view, ear = shown(qtbot, make_view, film, FLASH)
        wait_green(qtbot, view)  # its own class has painted the red stage
        assert ear.codes() == []
        assert view.sandbox is not None
        assert view.sandbox.page.url().scheme() == "course"
        view.close_item()
    assert listener.visitors() == 0


def test_a_page_opened_ahead_stands_still_and_is_silent_until_it_is_seen(
    qtbot: QtBot, make_hidden: MakeView, tmp_path: Path
) -> None:
    from PySide6.QtWebEngineCore import QWebEnginePage

    page = b"<body><script>let n = 0; setInterval(() => { document.title = ++n; }, 10);</script>"
    path = write_zip(tmp_path / "a", {"index.html": page})
    view = make_hidden(path, WEB_PACKAGE)
    assert isinstance(view, WebView)
    ear = Ear(view)
    view.open(is_playing=False)
    qtbot.waitUntil(lambda: bool(ear.readies), timeout=30_000)
    assert view.sandbox is not None
    sandbox = view.sandbox
    assert sandbox.page.lifecycleState() is QWebEnginePage.LifecycleState.Frozen
    assert sandbox.page.isAudioMuted()
    view.resize(400, 300)
    view.show()
    assert sandbox.page.lifecycleState() is QWebEnginePage.LifecycleState.Active
    assert not sandbox.page.isAudioMuted()
    seen = sandbox.page.title()
    qtbot.waitUntil(lambda: sandbox.page.title() != seen, timeout=30_000)


def test_a_book_turns_by_screenfuls_and_chapters(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    book.write_bytes(epub({"一.xhtml": LONG, "b/two.xhtml": "<p>完</p>"}))
    view, ear = shown(qtbot, make_view, book, EPUB)
    assert isinstance(view, EpubView)
    assert (view.page, view.page_count) == (1, 2)
    assert view.sandbox is not None
    page = view.sandbox.page
    qtbot.waitUntil(lambda: page.contentsSize().height() > 2000, timeout=30_000)
    assert view.next_page()
    qtbot.waitUntil(lambda: page.scrollPosition().y() > 200, timeout=30_000)
    assert view.page == 1
    view.go_to(2)
    wait_title(qtbot, view, "b/two.xhtml")
    qtbot.waitUntil(lambda: page.contentsSize().height() <= view.height(), timeout=30_000)
    assert not view.next_page()
    assert ear.ends == 1
    assert view.previous_page()
    wait_title(qtbot, view, "一.xhtml")
    qtbot.waitUntil(lambda: page.scrollPosition().y() > 1000, timeout=30_000)
    for _ in range(5):  # the end of the load before arrives after the next was asked for
        view.go_to(2)
        view.restore(Position(page=1, y=1.0))
        qtbot.waitUntil(lambda: page.scrollPosition().y() > 1000, timeout=30_000)
        assert view.page == 1
    view.close_item()
    assert ear.kinds[0] == "initialized"
    assert ear.kinds[-1] == "terminated"


def test_a_book_runs_no_scripts_and_asks_nobody(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, listener: Listener
) -> None:
    url = f"http://127.0.0.1:{listener.tcp_port}/"
    body = (
        f'<script>document.title = "ran"</script><img src="{url}"/><p onclick="1">ok</p>'
        f'<iframe src="{url}"></iframe><style>@import url("{url}");</style>'
    )
    book = tmp_path / "book"
    book.write_bytes(epub({"a.xhtml": body}))
    view, _ = shown(qtbot, make_view, book, EPUB)
    wait_title(qtbot, view, "a.xhtml")
    assert listener.visitors() == 0


def test_a_folder_is_a_package_too(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    folder = tmp_path / "课件"
    (folder / "js").mkdir(parents=True)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (folder / "index.html").write_text(
        "<body style='background:#0f0'><script src='js/a.js'></script>", "utf-8"
    )
    (folder / "link.txt").symlink_to(secret)
    (folder / "js/a.js").write_text(
        "Promise.all(['link.txt', '../secret.txt', '%2e%2e/secret.txt'].map((name) =>"
        " fetch(name).then((r) => r.ok, () => false))).then((all) => {"
        " document.title = all.join(); });",
        "utf-8",
    )
    view, _ = shown(qtbot, make_view, folder, WEB_PACKAGE)
    wait_title(qtbot, view, "false,false,false")
    wait_green(qtbot, view)


def test_mp4_in_courseware_plays_in_our_player(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, mp4: Path
) -> None:
    pages = {
        "asked": "<video src='v/a.mp4'></video>",
        "passed-over": "<video><source src='v/a.mp4' type='video/mp4; codecs=\"avc1.42E01E\"'>",
    }
    for name, page in pages.items():
        files = {"index.html": page.encode(), "v/a.mp4": mp4.read_bytes()}
        view, ear = shown(qtbot, make_view, write_zip(tmp_path / name, files), WEB_PACKAGE)
        qtbot.waitUntil(
            lambda v=view: any("a.mp4" in b.text() for b in v.findChildren(QPushButton)),  # type: ignore[misc]
            timeout=30_000,
        )
        buttons = [one for one in view.findChildren(QPushButton) if "a.mp4" in one.text()]
        QTest.mouseClick(buttons[0], Qt.MouseButton.LeftButton)
        film = view.findChild(MediaView)
        assert isinstance(film, MediaView)
        qtbot.waitUntil(lambda f=film: colour_name(f.surface.frame()) == "red", timeout=30_000)  # type: ignore[misc]
        away = next(one for one in view.findChildren(QPushButton) if one.text() == "✕")
        QTest.mouseClick(away, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda v=view: v.findChild(MediaView) is None, timeout=30_000)  # type: ignore[misc]
        assert [notice.code for notice in ear.notices] == ["web_package_video"]
        copies = view.item.converted_dir
        assert any(copies.iterdir())
        view.close_item()
        assert list(copies.iterdir()) == []


def test_a_book_opened_ahead_is_where_it_was_when_it_is_seen(
    qtbot: QtBot, make_hidden: MakeView, tmp_path: Path
) -> None:
    book = tmp_path / "book"
    book.write_bytes(epub({"a.xhtml": LONG, "b.xhtml": LONG}))
    view = make_hidden(book, EPUB)
    assert isinstance(view, EpubView)
    view.resize(640, 360)
    view.restore(Position(page=2, y=1.0))
    ear = Ear(view)
    view.open(is_playing=False)
    qtbot.waitUntil(lambda: bool(ear.readies), timeout=30_000)
    view.show()
    assert view.sandbox is not None
    page = view.sandbox.page
    qtbot.waitUntil(lambda: view.page == 2 and page.scrollPosition().y() > 1000, timeout=30_000)
