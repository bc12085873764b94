# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the words of the stage's buttons have no room, icons stand alone: no word is cut."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.look.theme import theme_for
from app.ui.pages.player_search import SearchStrip
from app.ui.widgets.player_bar import PlayerBar

WORDS = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
ICONS = Qt.ToolButtonStyle.ToolButtonIconOnly


def test_the_bar_drops_its_words_before_it_cuts_them(qtbot: QtBot) -> None:
    bar = PlayerBar(theme_for("light", 200))
    qtbot.addWidget(bar)
    bar.follow(None, has_items=False)
    more = bar.entry("more")
    wide = bar.best_size(3000).width()
    assert more.toolButtonStyle() is WORDS
    narrow = bar.best_size(wide - 1).width()
    assert more.toolButtonStyle() is ICONS
    assert narrow < wide
    assert more.accessibleName()
    bar.best_size(wide)
    assert more.toolButtonStyle() is WORDS


def test_a_longer_word_is_measured_anew(qtbot: QtBot) -> None:
    bar = PlayerBar(theme_for("light", 200))
    qtbot.addWidget(bar)
    bar.follow(None, has_items=False)
    wide = bar.best_size(3000).width()
    bar.entry("next").say("a word that needs much more room than the one before", "next")
    bar.best_size(wide)
    assert bar.entry("next").toolButtonStyle() is ICONS


def test_the_search_keeps_its_field(qtbot: QtBot) -> None:
    stage = QWidget()
    qtbot.addWidget(stage)
    strip = SearchStrip(theme_for("light", 200), stage)
    wide = strip.best_width(3000)
    assert strip.on.toolButtonStyle() is WORDS
    assert strip.best_width(wide // 2) <= wide // 2
    assert strip.on.toolButtonStyle() is ICONS
    assert strip.field.minimumWidth() > 0
    assert strip.best_width(3000) == wide
