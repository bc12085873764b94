# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page opens in Chinese, and in a language twice as long that runs from right to left."""

from __future__ import annotations

import html
import re
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, Qt, QTranslator
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from pytestqt.qtbot import QtBot

from app.ui.i18n import build
from app.ui.i18n.install import Translations
from app.ui.look.theme import theme_for
from app.ui.main_window import MainWindow
from tests.ui.fixture_services import Bench

PAGES = ("library", "lists", "log", "uploads", "status", "settings")
Wait = Callable[[Callable[[], bool]], None]


@pytest.fixture(scope="module")
def compiled() -> None:
    """The .qm files, made from the .ts files of this checkout."""
    assert build.main(["--compile-only"]) == 0


@pytest.fixture
def chinese(qapp: QApplication, compiled: None) -> Iterator[None]:
    """The program speaks Chinese."""
    translations = Translations()
    assert translations.use("zh_CN")
    yield
    translations.clear()


def test_collecting_again_changes_nothing() -> None:
    assert build.main(["--check"]) == 0


@pytest.mark.allow_warnings("app.ui.i18n.install")
def test_a_missing_translation_is_said_and_english_is_spoken(qapp: QApplication) -> None:
    translations = Translations()
    assert not translations.use("xx")
    assert QCoreApplication.translate("MainWindow", "Library") == "Library"
    translations.clear()


def test_chinese_words_are_the_teachers_words(
    chinese: None, qtbot: QtBot, bench: Bench, wait: Wait
) -> None:
    window = MainWindow(theme_for("light", 100), bench.services)
    qtbot.addWidget(window)
    window.show()
    wait(lambda: window.library.is_settled)
    assert window.rail.entry("library").text() == "资源库"
    assert window.library.where.choice("playable").text() == "本机能放"
    assert window.library.count.text() == "9 个资源"


@pytest.fixture
def long_language(qapp: QApplication, tmp_path: Path) -> Iterator[None]:
    """Every text twice as long, in a language from right to left."""
    source = build.FOLDER / "kezhan_zh_CN.ts"
    text = source.read_text(encoding="utf-8")

    def double(match: re.Match[str]) -> str:
        words = html.unescape(match.group(1))
        doubled = html.escape(f"⟦{words} {re.sub('[{].*?[}]', '', words)}⟧")
        if "<numerusform>" in match.group(0):
            doubled = f"<numerusform>{doubled}</numerusform>"
        return f"<source>{match.group(1)}</source>\n<translation>{doubled}</translation>"

    text = re.sub(
        r"<source>(.*?)</source>\s*<translation>.*?</translation>", double, text, flags=re.DOTALL
    )
    target = tmp_path / "long.ts"
    target.write_text(text.replace('language="zh_CN"', 'language="ar"'), encoding="utf-8")
    subprocess.run([build.tool("lrelease"), "-silent", target], check=True)
    translator = QTranslator()
    assert translator.load(str(target.with_suffix(".qm")))
    QCoreApplication.installTranslator(translator)
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
    QCoreApplication.removeTranslator(translator)


@pytest.mark.parametrize("scale", [100, 200])
def test_every_page_opens_in_a_language_twice_as_long(
    long_language: None, qtbot: QtBot, bench: Bench, wait: Wait, scale: int
) -> None:
    window = MainWindow(theme_for("light", scale), bench.services)
    window.resize(1280, 720)
    qtbot.addWidget(window)
    window.show()
    wait(lambda: window.library.is_settled)
    card = window.library.results.card(0)
    assert card is not None
    for key in PAGES:
        window.show_page(key)
        page = window.page(key)
        wait(page.isVisible)
        assert not page.grab().isNull()
        words = [w.text() for w in page.findChildren(QLabel) + page.findChildren(QPushButton)]
        assert any("⟦" in text for text in words), key
    window.show_details(card)
    assert not window.grab().isNull()
    assert window.width() <= 1280, "the words push the window off the screen"


def test_another_language_is_taken_on_at_once(
    chinese: None, qtbot: QtBot, bench: Bench, wait: Wait
) -> None:
    window = MainWindow(theme_for("light", 100), bench.services)
    qtbot.addWidget(window)
    window.show()
    window.show_page("settings")
    box = bench.services.settings
    box.put(replace(box.current, language="en", theme="dark"))
    translations = Translations()
    translations.use("en")
    window.rebuild(theme_for("dark", 120))
    wait(lambda: window.library.is_settled)
    assert window.page("settings").isVisible()
    assert window.theme.scale_percent == 120
    translations.clear()
