# SPDX-License-Identifier: GPL-3.0-or-later
"""Courseware really runs, and reaches nothing: hostile packages against real listeners."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from app.player.web_view import WebView
from app.region.media import WEB_PACKAGE
from tests.player.conftest import MakeView
from tests.player.listening import Ear, colour_name, opened, refused
from tests.player.media_cases import open_files
from tests.player.test_web_package import make_zip

pytestmark = [
    pytest.mark.media,
    # Chromium has no GPU and no D-Bus here.
    pytest.mark.qt_log_ignore(
        "GPU",
        "gl",
        "RHI",
        "QRhi",
        "Vulkan",
        "dbus",
        "sandbox",
        "SharedGL",
        "Path override failed",
        extend=True,
    ),
]

GOOD = {
    "index.html": b"""<!doctype html><meta charset=utf-8><body style="margin:0;background:#f00">
<script type=module src="js/main.mjs"></script>""",
    "js/main.mjs": b"""
import {colour} from './part.mjs';
const data = await (await fetch('data.json')).json();
localStorage.setItem('a', '1');
document.body.style.background = colour;
document.onclick = () => { document.body.style.background = '#00f'; };
document.title = data.word + localStorage.getItem('a') + (window.isSecureContext ? 's' : '');
""",
    "js/part.mjs": b"export const colour = '#0f0';",
    "data.json": '{"word": "钟"}'.encode(),
}


class Listener:
    """A TCP and a UDP socket on loopback that count who comes."""

    def __init__(self) -> None:
        self.tcp = socket.create_server(("127.0.0.1", 0))
        self.tcp.setblocking(False)
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind(("127.0.0.1", 0))
        self.udp.setblocking(False)
        self.tcp_port = self.tcp.getsockname()[1]
        self.udp_port = self.udp.getsockname()[1]

    def visitors(self) -> int:
        """Connections and datagrams that arrived; the kernel keeps them for us."""
        count = 0
        for take in (self._accept, lambda: self.udp.recvfrom(2000)):
            try:
                while True:
                    take()
                    count += 1
            except BlockingIOError:
                continue
        return count

    def _accept(self) -> None:
        connection, _ = self.tcp.accept()
        connection.close()

    def close(self) -> None:
        """Let go."""
        self.tcp.close()
        self.udp.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Open for one test."""
    listener = Listener()
    yield listener
    listener.close()


def title_of(view: WebView) -> str:
    """What the page wrote into its title."""
    return view.sandbox.page.title() if view.sandbox is not None else ""


def open_package(
    qtbot: QtBot, make_view: MakeView, path: Path, files: dict[str, bytes]
) -> tuple[WebView, Ear]:
    """Open and wait until it is loaded."""
    view = make_view(make_zip(path, files), WEB_PACKAGE)
    assert isinstance(view, WebView)
    return view, opened(qtbot, view)


def test_modules_fetch_and_storage_work(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    view, ear = open_package(qtbot, make_view, tmp_path / "course", GOOD)
    qtbot.waitUntil(lambda: title_of(view) == "钟1s", timeout=30_000)
    qtbot.waitUntil(lambda: colour_name(view.grab().toImage()) == "green", timeout=30_000)
    assert ear.kinds == ["initialized"]
    assert (tmp_path / "course") in open_files()
    view.close_item()
    assert (tmp_path / "course") not in open_files()
    assert ear.kinds[-1] == "terminated"


def test_a_tap_reaches_the_page(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    view, _ = open_package(qtbot, make_view, tmp_path / "course", GOOD)
    qtbot.waitUntil(lambda: title_of(view) == "钟1s", timeout=30_000)
    target = view.browser.focusProxy() if view.browser is not None else None
    assert target is not None
    QTest.mouseClick(target, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    qtbot.waitUntil(lambda: colour_name(view.grab().toImage()) == "blue", timeout=30_000)


def test_nothing_is_kept_from_one_opening_to_the_next(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    files = {
        "index.html": b"<script>document.title = 'n' + localStorage.length;"
        b"localStorage.setItem('secret', '1'); document.cookie = 'a=b'</script>"
    }
    for name in ("a", "b"):
        view, _ = open_package(qtbot, make_view, tmp_path / name, files)
        qtbot.waitUntil(lambda v=view: title_of(v) == "n0", timeout=30_000)  # type: ignore[misc]
        view.close_item()


HOSTILE = Path(__file__).with_name("hostile.html")


@pytest.mark.parametrize("has_policy", [True, False])
def test_a_hostile_package_reaches_nothing(
    qtbot: QtBot,
    make_view: MakeView,
    tmp_path: Path,
    listener: Listener,
    monkeypatch: pytest.MonkeyPatch,
    has_policy: bool,
) -> None:
    if not has_policy:  # the layers below it must hold alone
        monkeypatch.setattr("app.player.web_sandbox.COURSEWARE_POLICY", "")
    page = HOSTILE.read_text("utf-8").replace("TCP_PORT", str(listener.tcp_port))
    page = page.replace("UDP_PORT", str(listener.udp_port))
    view, ear = open_package(qtbot, make_view, tmp_path / "evil", {"index.html": page.encode()})
    qtbot.waitUntil(lambda: title_of(view).startswith("{"), timeout=30_000)
    log = json.loads(title_of(view))
    assert {name: got for name, got in log.items() if got != "no"} == {}
    assert len(log) == 19
    assert listener.visitors() == 0
    assert view.sandbox is not None
    assert view.sandbox.page.url().scheme() == "course"
    assert view.sandbox.blocked_requests >= (0 if has_policy else 4)
    assert ear.codes() == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil"]  # nothing was saved


def test_the_listener_would_have_noticed(listener: Listener) -> None:
    with socket.create_connection(("127.0.0.1", listener.tcp_port), timeout=5):
        listener.udp.sendto(b"x", ("127.0.0.1", listener.udp_port))
    assert listener.visitors() == 2


def test_the_policy_reaches_the_page(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    page = (
        b"<script>document.onsecuritypolicyviolation = (event) => {"
        b" document.title = event.effectiveDirective; };</script>"
        b"<object data='a.bin'></object>"
    )
    view, _ = open_package(qtbot, make_view, tmp_path / "a", {"index.html": page, "a.bin": b"x"})
    qtbot.waitUntil(lambda: title_of(view) == "object-src", timeout=30_000)


def test_boxes_become_a_quiet_line(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    files = {"index.html": "<meta charset=utf-8><script>alert('答对了')</script>".encode()}
    view, _ = open_package(qtbot, make_view, tmp_path / "a", files)
    qtbot.waitUntil(lambda: view.words_shown == "答对了", timeout=30_000)


def test_mp4_inside_gets_an_honest_word(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    files = {"index.html": b"<video src=a.mp4>", "a.mp4": b"x"}
    _, ear = open_package(qtbot, make_view, tmp_path / "a", files)
    assert [notice.code for notice in ear.notices] == ["web_package_video"]


def test_a_crash_of_the_page_is_one_error(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    view, ear = open_package(qtbot, make_view, tmp_path / "a", GOOD)
    assert view.sandbox is not None
    import psutil

    pid = view.sandbox.page.renderProcessPid()
    psutil.Process(pid).kill()
    qtbot.waitUntil(lambda: ear.codes() == ["view_crashed"], timeout=30_000)
    again, _ = open_package(qtbot, make_view, tmp_path / "b", GOOD)
    qtbot.waitUntil(lambda: title_of(again) == "钟1s", timeout=30_000)


def test_a_page_that_never_comes_to_rest_is_given_up(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.player.web_view._LOAD_DEADLINE_MS", 1500)
    page = tmp_path / "page.html"
    page.write_bytes(b"<p>ok<script>for(;;);</script>")
    ear = refused(qtbot, make_view(page, "text/html"))
    assert [error.data["reason"] for error in ear.errors] == ["timeout"]
    again, _ = open_package(qtbot, make_view, tmp_path / "b", GOOD)
    qtbot.waitUntil(lambda: title_of(again) == "钟1s", timeout=30_000)


@pytest.mark.parametrize("content", [b"", b"PK", bytes(100)])
def test_broken_packages_are_one_typed_error(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    ear = refused(qtbot, make_view(path, WEB_PACKAGE))
    assert ear.codes() == ["web_package_refused"]


def test_a_lone_page_is_shown_too(qtbot: QtBot, make_view: MakeView, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(b"<body style='background:#0f0'>")
    view = make_view(path, "text/html")
    opened(qtbot, view)
    qtbot.waitUntil(lambda: colour_name(view.grab().toImage()) == "green", timeout=30_000)
