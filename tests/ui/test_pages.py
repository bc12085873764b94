# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads, sync status, settings and lesson lists: real clicks, and what is on disk afterwards."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSlider, QWidget
from pytestqt.qtbot import QtBot

from app.base.settings import load_settings
from app.ui.agent_link import AgentState, Progress
from app.ui.main_window import MainWindow
from app.ui.pages.settings import SettingsPage
from app.ui.pages.status import StatusPage
from app.ui.pages.upload_dialog import UploadDialog
from app.ui.pages.uploads import UploadsPage
from app.ui.widgets.controls import Notice
from app.wiring.courier import AgentCourier
from tests.ui.fixture_services import Bench
from tests.ui.fixture_state import sample_status, sample_uploads

Wait = Callable[[Callable[[], bool]], None]


def left_click(qtbot: QtBot, widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def uploads_page(window: MainWindow) -> UploadsPage:
    window.show_page("uploads")
    page = window.page("uploads")
    assert isinstance(page, UploadsPage)
    return page


def filled_dialog(qtbot: QtBot, page: UploadsPage, source: Path) -> UploadDialog:
    left_click(qtbot, page.empty.button)
    dialog = page.dialog
    assert dialog is not None
    assert not dialog.send_button.isEnabled()
    dialog.set_file(str(source))
    assert dialog.title_field.text() == source.stem
    assert not dialog.send_button.isEnabled()
    dialog.subject.setCurrentIndex(dialog.subject.findData("数学"))
    dialog.subject.activated.emit(1)
    dialog.grade.setCurrentIndex(dialog.grade.findData("三年级"))
    assert dialog.send_button.isEnabled()
    return dialog


def test_an_upload_is_safe_in_the_outbox_before_the_dialog_closes(
    qtbot: QtBot, window: MainWindow, bench: Bench, tmp_path: Path, wait: Wait
) -> None:
    object.__setattr__(bench.services, "courier", AgentCourier(bench.paths))
    source = tmp_path / "几分之一 我的课件.pptx"
    source.write_bytes(b"slides" * 400_000)
    page = uploads_page(window)
    wait(page.empty.isVisible)
    dialog = filled_dialog(qtbot, page, source)
    with qtbot.waitSignal(dialog.left_file, timeout=30_000):
        left_click(qtbot, dialog.send_button)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    assert (bench.paths.outbox_dir / digest).read_bytes() == source.read_bytes()
    (request,) = bench.paths.inbox_dir.glob("*.json")
    document = json.loads(request.read_bytes())
    assert document["kind"] == "upload"
    assert document["body"]["sha256"] == digest
    assert document["body"]["metadata"]["stage"] == "小学"
    assert document["body"]["metadata"]["subject"] == "数学"
    assert page.notice.isVisible()


def test_an_empty_file_is_refused_in_the_dialog(
    qtbot: QtBot, window: MainWindow, bench: Bench, tmp_path: Path, wait: Wait
) -> None:
    object.__setattr__(bench.services, "courier", AgentCourier(bench.paths))
    source = tmp_path / "空.pptx"
    source.write_bytes(b"")
    page = uploads_page(window)
    wait(page.empty.isVisible)
    dialog = filled_dialog(qtbot, page, source)
    left_click(qtbot, dialog.send_button)
    wait(dialog.notice.isVisible)
    assert len(dialog.notice.words.text()) > 10
    assert list(bench.paths.inbox_dir.iterdir()) == []
    assert list(bench.paths.outbox_dir.iterdir()) == []
    dialog.reject()


def test_uploads_say_where_they_are(window: MainWindow, bench: Bench, wait: Wait) -> None:
    sample_uploads(bench.paths)
    page = uploads_page(window)
    page.refresh()
    wait(lambda: len(page.model.uploads) == 5)
    assert {upload.state.value for upload in page.model.uploads} == {
        "queued",
        "sending",
        "delivered",
        "accepted",
        "rejected",
    }


def test_status_page_says_what_waits_and_what_to_do(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    object.__setattr__(bench.services, "read_status", sample_status)
    window.show_page("status")
    page = window.page("status")
    assert isinstance(page, StatusPage)
    wait(lambda: page.outbox.fact.text() == "43 waiting")
    assert page.outbox.more.text() == "Uploads: 2 · Usage records: 41"
    assert page.last.fact.text() == "3 hours ago"
    assert page.disk.fact.text() == "3.0 GB"

    def notices() -> list[str]:
        return [one.words.text() for one in page.findChildren(Notice) if one.isVisible()]

    wait(lambda: len(notices()) == 1)
    assert "KezhanData" in notices()[0]
    bench.agent.transfers["1"] = Progress("1", "download", "水的三态变化", 5, 10)
    bench.agent.progressed.emit(bench.agent.transfers["1"])
    assert page.moving.isVisible()


def test_status_page_announces_what_an_import_takes(
    window: MainWindow, bench: Bench, wait: Wait
) -> None:
    status = sample_status()
    disk = replace(status.disk, import_bytes=1_200_000_000)
    object.__setattr__(bench.services, "read_status", lambda: replace(status, disk=disk))
    window.show_page("status")
    page = window.page("status")
    assert isinstance(page, StatusPage)
    wait(lambda: "it takes up to 1.1 GB of the disk" in page.disk.more.text())
    assert "left\n" in page.disk.more.text()


def test_status_page_of_a_fresh_machine(window: MainWindow, wait: Wait) -> None:
    window.show_page("status")
    page = window.page("status")
    assert isinstance(page, StatusPage)
    wait(lambda: page.last.fact.text() == "Not yet")
    assert page.outbox.fact.text() == "Nothing"
    assert not page.moving.isVisible()


def test_pause_follows_the_agent(window: MainWindow, bench: Bench) -> None:
    window.show_page("status")
    page = window.page("status")
    assert isinstance(page, StatusPage)
    assert not page.pause_button.isEnabled()
    bench.agent.state = AgentState.PAUSED
    bench.agent.state_changed.emit()
    assert page.pause_button.isEnabled()
    assert page.pause_button.text() == "Go on"


def test_settings_hold_at_once_and_are_kept(qtbot: QtBot, window: MainWindow, bench: Bench) -> None:
    window.show_page("settings")
    page = window.page("settings")
    assert isinstance(page, SettingsPage)
    left_click(qtbot, page.look.choice("dark"))
    page.scale.setFocus()
    QTest.keyClick(page.scale, Qt.Key.Key_Right)
    saved = load_settings(bench.paths)
    assert (saved.theme, saved.scale_percent) == ("dark", 110)
    assert page.scale_words.text() == "110 %"
    assert isinstance(page.scale, QSlider)
