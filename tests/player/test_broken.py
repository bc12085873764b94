# SPDX-License-Identifier: GPL-3.0-or-later
"""Every broken file costs one sentence, and the next item of the lesson plays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from app.base.messages import message_of
from app.player.create import create_view
from app.player.view import LessonView
from tests.player.broken.case import Broken
from tests.player.broken.documents import broken_documents
from tests.player.broken.media import broken_media
from tests.player.broken.packages import broken_packages
from tests.player.broken.pictures import broken_pictures
from tests.player.conftest import MakeItem, ffmpeg
from tests.player.listening import Ear

Maker = Callable[[Path], Iterator[Broken]]

# The slowest way to give up is a film that neither player can begin: 4 s and 6 s.
PATIENCE_MS = 25_000
# One bomb unpacked would take more than this.
MOST_GROWTH_BYTES = 700 << 20

pytestmark = [
    pytest.mark.media,
    pytest.mark.timeout(300),
    pytest.mark.allow_warnings("app.player"),
    pytest.mark.qt_log_ignore(".*", extend=True),
]


@pytest.fixture(scope="module")
def png(media_dir: Path) -> Path:
    """A good picture: the next item of the lesson."""
    path = media_dir / "next.png"
    ffmpeg("-f", "lavfi", "-i", "color=lime:s=320x180", "-frames:v", "1", path)
    return path


def show(qtbot: QtBot, view: LessonView) -> Ear:
    """Open on a screen of ordinary size and wait until it is shown or says why not."""
    ear = Ear(view)
    view.resize(960, 540)
    view.show()
    view.open()
    qtbot.waitUntil(lambda: ear.readies + len(ear.errors) > 0, timeout=PATIENCE_MS)
    if ear.readies:
        press_everything(view)
    return ear


def press_everything(view: LessonView) -> None:
    """What a teacher may press next; none of it may hang or crash."""
    view.toggle_side_panel()
    view.next_page()
    view.go_to(max(1, view.page_count))
    view.zoom_in()
    view.rotate()
    view.search("分数")
    view.seek_by(1.0)
    view.snapshot()
    QCoreApplication.processEvents()


def close(view: LessonView) -> None:
    """Away with it, as the window does."""
    view.close_item()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def complaint(case: Broken, ear: Ear, name: str) -> str:
    """What is wrong with how a broken file was met; "" when nothing is."""
    codes = ear.codes() or [""]
    notices = {notice.code for notice in ear.notices}
    words = [message_of(error, language) for error in ear.errors for language in ("zh_CN", "en")]
    if len(codes) > 1 or codes[0] not in case.outcomes:
        return f"{case.name}: {codes}, not one of {sorted(case.outcomes)}"
    if not notices <= case.notices:
        return f"{case.name}: says besides {sorted(notices)}"
    if any(name not in word.sentence or "{" in word.line for word in words):
        return f"{case.name}: says {[word.sentence for word in words]}"
    return ""


@pytest.mark.parametrize(
    "maker", [broken_pictures, broken_documents, broken_packages, broken_media]
)
def test_each_broken_file_costs_one_sentence_and_the_lesson_goes_on(
    qtbot: QtBot, make_item: MakeItem, tmp_path: Path, png: Path, maker: Maker
) -> None:
    process = psutil.Process()
    before = process.memory_info().rss
    complaints = []
    for case in maker(tmp_path):
        path = tmp_path / "阿 blob"
        path.write_bytes(case.content)
        view = create_view(make_item(path, case.media_type, name=case.name))
        ear = show(qtbot, view)
        close(view)
        complaints.append(complaint(case, ear, case.name))
        following = create_view(make_item(png, "image/png"))
        assert show(qtbot, following).codes() == []
        close(following)
    assert [text for text in complaints if text] == []
    assert process.memory_info().rss - before < MOST_GROWTH_BYTES
