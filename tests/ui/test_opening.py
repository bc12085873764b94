# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan open ID`: at once, as soon as the first catalogue is there, or one sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.query import EntryKey
from app.ui.main_window import MainWindow
from tests.ui.fixture_services import Bench

Wait = Callable[[Callable[[], bool]], None]


def test_a_known_id_plays_at_once(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        window.open_by_id("fraction-slides")
    assert window.is_in_lesson
    window.page("player").leave()  # type: ignore[attr-defined]


def test_an_unknown_id_is_one_sentence(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.open_failed, timeout=30_000):
        window.open_by_id("no-such-lesson")
    assert "no-such-lesson" in window.library.notice.words.text()
    assert not window.is_in_lesson


def test_an_id_waits_for_the_first_catalogue(
    qtbot: QtBot, window: MainWindow, bench: Bench, wait: Wait
) -> None:
    entries, bench.catalogue.entries = bench.catalogue.entries, []
    window.open_by_id("fraction-slides")
    wait(lambda: window._wanted_id == "fraction-slides")
    bench.catalogue.entries = entries
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        bench.agent.changed.emit("catalogue")
    window.page("player").leave()  # type: ignore[attr-defined]


def test_a_second_starts_wish_is_taken(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        window.come_forward("fraction-slides")
    window.page("player").leave()  # type: ignore[attr-defined]


def test_an_id_waits_for_a_catalogue_that_is_built_anew(
    qtbot: QtBot,
    window: MainWindow,
    bench: Bench,
    wait: Wait,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def damaged(_: str) -> list[EntryKey]:
        raise CatalogueDamagedError(path="00000001.db", reason="another schema")

    with monkeypatch.context() as before:
        before.setattr(bench.catalogue, "find", damaged)
        with qtbot.assertNotEmitted(window.open_failed):
            window.open_by_id("fraction-slides")
            wait(lambda: window._wanted_id == "fraction-slides")
    with qtbot.waitSignal(window.shown_player, timeout=30_000):
        bench.agent.changed.emit("catalogue")
    window.page("player").leave()  # type: ignore[attr-defined]
