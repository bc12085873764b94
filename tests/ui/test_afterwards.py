# SPDX-License-Identifier: GPL-3.0-or-later
"""The rest of a start: in order, one step at a time, and not after the end."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from app.ui.afterwards import Afterwards


def test_steps_come_in_order_with_room_between(qtbot: QtBot) -> None:
    done: list[str] = []
    afterwards = Afterwards()

    def first() -> None:
        done.append("first")
        QTimer.singleShot(0, lambda: done.append("a tap"))

    afterwards.begin([first, lambda: done.append("second")])
    assert done == []
    qtbot.waitUntil(lambda: len(done) == 3, timeout=30_000)
    assert done == ["first", "a tap", "second"]


def test_nothing_begins_after_the_end(qtbot: QtBot) -> None:
    done: list[str] = []
    afterwards = Afterwards()

    def first() -> None:
        done.append("first")
        afterwards.close()
        QTimer.singleShot(200, lambda: done.append("later"))

    afterwards.begin([first, lambda: done.append("second")])
    qtbot.waitUntil(lambda: "later" in done, timeout=30_000)
    assert done == ["first", "later"]


def test_a_start_reads_no_sources_and_looks_for_no_garbage() -> None:
    script = (
        "import gc;"
        "looks = []; gc.callbacks.append(lambda phase, _: looks.append(phase));"
        "from app.ui.plain_imports import import_plainly; import_plainly();"
        "looks.clear();"
        "import linecache, app.ui.services;"
        "print([name for name in linecache.cache if 'paths.py' in name], looks, flush=True);"
        "gc.callbacks.clear()"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[] []"
