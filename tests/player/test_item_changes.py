# SPDX-License-Identifier: GPL-3.0-or-later
"""A day of lessons: five hundred changes of item leave no memory, thread or file behind."""

from __future__ import annotations

import ctypes
import gc
from pathlib import Path
from statistics import median

import psutil
import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.player.create import create_view
from app.player.item import Backend
from app.ui.rubbish import Rubbish
from tests.player.conftest import MakeItem
from tests.player.listening import Ear
from tests.player.media_cases import open_files
from tests.player.test_image import two_halves
from tests.player.test_pdf import write_pdf

pytestmark = [
    pytest.mark.media,
    pytest.mark.timeout(400),
    pytest.mark.qt_log_ignore(".*", extend=True),
]

Kind = tuple[Path, str, Backend | None]

CHANGES = 500
# By then every kind has been shown 25 times and the allocators have what they keep.
WARM_UP = 150
MOST_GROWTH_SHARE = 0.05


@pytest.fixture
def kinds(qapp: QApplication, media_dir: Path, mp4: Path, mp3: Path, tmp_path: Path) -> list[Kind]:
    """One file of most kinds; video by both players."""
    text = tmp_path / "t.md"
    text.write_text("# 教案\n" + "内容\n" * 200, "utf-8")
    picture = tmp_path / "p.png"
    assert two_halves(1920, 1080).save(str(picture))
    return [
        (mp4, "video/mp4", Backend.VLC),
        (write_pdf(media_dir / "changes.pdf", 3), "application/pdf", None),
        (mp4, "video/mp4", Backend.QT),
        (picture, "image/png", None),
        (mp3, "audio/mpeg", Backend.VLC),
        (text, "text/markdown", None),
    ]


def show_once(qtbot: QtBot, make_item: MakeItem, kind: Kind) -> None:
    """Open, wait, close, delete."""
    path, media_type, backend = kind
    view = create_view(make_item(path, media_type), None, backend)
    ear = Ear(view)
    view.resize(960, 540)
    view.show()
    view.open()
    qtbot.waitUntil(lambda: ear.readies + len(ear.errors) > 0, timeout=30_000)
    assert ear.codes() == []
    view.close_item()
    view.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def memory_in_use() -> int:
    """Bytes that are held, without those that the allocator could give back at any time."""
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    return int(psutil.Process().memory_info().rss)


def test_five_hundred_items_leave_nothing(
    qtbot: QtBot, make_item: MakeItem, kinds: list[Kind]
) -> None:
    process = psutil.Process()
    early: list[int] = []
    late: list[int] = []
    threads = 0
    rubbish = Rubbish()  # as in the window, where it looks once a second
    for change in range(CHANGES):
        show_once(qtbot, make_item, kinds[change % len(kinds)])
        rubbish.look()
        if change == WARM_UP:
            threads = process.num_threads()
        for start, held in ((WARM_UP, early), (CHANGES - len(kinds), late)):
            if start <= change < start + len(kinds):
                held.append(memory_in_use())  # once after each kind: they differ among themselves
    rubbish.close()
    qtbot.waitUntil(lambda: process.num_threads() <= threads + 2, timeout=30_000)
    assert median(late) < median(early) * (1 + MOST_GROWTH_SHARE)
    qtbot.waitUntil(lambda: not {kind[0] for kind in kinds} & open_files(), timeout=30_000)
    assert QApplication.topLevelWidgets() == []
