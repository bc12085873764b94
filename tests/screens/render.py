# SPDX-License-Identifier: GPL-3.0-or-later
"""Renders every page into pictures, for one size, language and theme a run.

    python -m tests.screens.render OUT --size 1280x720 --language zh_CN --theme light

Screens with a higher density are rendered with QT_SCALE_FACTOR set by the caller; the size is then
the logical one. The pictures are for looking at; what code can check, it checks here
(`app.ui` labels cut off, buttons too small, things lying on each other) and prints as `PROBLEM …`.
"""

from __future__ import annotations

import argparse
import gc
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import time
from pathlib import Path

from PySide6.QtCore import QDeadlineTimer, QEventLoop
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QWidget

from app.base.settings import Settings
from app.lesson.universal.plan import SlipItem, new_slip
from app.lesson.universal.store import SlipStore
from app.ui.i18n.install import Translations
from app.ui.look.theme import percent_on_screen, theme_for
from app.ui.main_window import MainWindow
from tests.screens.inspect_layout import problems_of
from tests.ui.fixture_lessons import lessons
from tests.ui.fixture_library import MemoryLocator, textbooks
from tests.ui.fixture_services import Bench
from tests.ui.fixture_state import (
    enrol_school,
    fill_desk,
    sample_points,
    sample_status,
    sample_uploads,
)

_DEADLINE_MS = 60_000  # LibreOffice converts slides meanwhile


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Let Qt work until it is so."""
    deadline = QDeadlineTimer(_DEADLINE_MS)
    while not condition():
        if deadline.hasExpired():
            raise TimeoutError(what)
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 50)
    for _ in range(12):  # layouts within layouts ask their parents one event after the other
        QApplication.processEvents()


class Photographer:
    """Goes through the pages of one window and saves each."""

    def __init__(self, out: Path, window: MainWindow, bench: Bench, prefix: str) -> None:
        self._out, self._window, self._bench, self._prefix = out, window, bench, prefix
        self.problems: list[str] = []

    def take(self, name: str, widget: QWidget | None = None) -> None:
        """Save a picture and look for what code can see."""
        shown = widget or self._window
        self.settle()
        shown.grab()
        self.settle()  # painting asks for covers
        shown.grab().save(str(self._out / f"{self._prefix}-{name}.png"))
        self.problems += [f"{self._prefix}-{name}: {found}" for found in problems_of(shown)]

    def settle(self) -> None:
        """Wait for queues and covers."""
        bench = self._bench

        def is_quiet() -> bool:
            is_idle = bench.catalogue_queue.is_idle and bench.desk.is_idle and bench.runner.is_idle
            return is_idle and self._is_settled()

        wait_until(is_quiet, "the window never settled")

    def _is_settled(self) -> bool:
        window = self._window
        return window.home.is_settled if window.is_at_home else window.library.is_settled

    def first_run(self) -> None:
        """A machine on which nothing has come yet, and then a school that knows its rooms."""
        window = self._window
        self.take("home")
        window.show_page("library")
        self.take("library")
        for key in ("lists", "log", "uploads"):
            window.show_page(key)
            self.take(key)
        window.show_page("home")
        enrol_school(self._bench.paths)
        self._bench.classroom.refresh()
        wait_until(lambda: self._bench.classroom.is_asking_room, "nobody asked for the room")
        self.take("home-room")

    def pages(self) -> None:
        """Every page in the order a teacher meets it."""
        self._home()
        window, library = self._window, self._window.library
        window.show_page("library")
        self.take("library")
        library.panel.show_list("facets")
        self.take("library-filters")
        library.panel.show_list("chapters")
        library.where.choice("all").click()
        self.take("library-all")
        library.search.setText("分数")
        library.ask()
        self.take("search")
        library.search.setText("不存在的课")
        library.ask()
        self.take("search-empty")
        library.search.clear()
        library.where.choice("playable").click()
        self.settle()
        self._details()
        for key in ("lists", "log", "uploads", "status", "settings"):
            window.show_page(key)
            self.take(key)
        window.show_page("status")
        points = window.page("status").points  # type: ignore[attr-defined]
        wait_until(points.isVisible, "the points were never read")
        self.take("status-points", points)
        self._lists()
        self._upload_dialog()
        self._slip_dialog()
        self._player()

    def _home(self) -> None:
        """The first page, its table of contents, its questions."""
        home = self._window.home
        self.take("home")
        home.books_view.chosen.emit(home.books.index(0))
        self.take("home-contents")
        home.contents.left.emit()
        home.bar.class_button.click()
        self.take("home-class")
        home.questions.left.emit()
        home.bar.teacher_button.click()
        self.take("home-teacher")
        home.questions.left.emit()
        self._tv()

    def _tv(self) -> None:
        """The whole screen of a TV that cuts off its edge."""
        window, box = self._window, self._bench.services.settings
        before, size = box.current, window.size()
        box.put(replace(before, overscan_percent=5))
        window.place.set_full(True)
        wait_until(window.isFullScreen, "the window never filled the screen")
        self.take("home-tv")
        window.place.set_full(False)
        box.put(before)
        wait_until(lambda: not window.isFullScreen(), "the window never came back")
        window.resize(size)

    def _details(self) -> None:
        from app.ui.models.card import card_of

        window = self._window
        catalogue = self._bench.catalogue
        for name, entry_id in (
            ("details", "fraction-video"),
            ("details-download", "decimal-video"),
            ("details-catalogue", "book-0007"),
        ):
            entry = next(e for e in catalogue.entries if e.id == entry_id)
            window.show_details(card_of(catalogue._hit(entry), self._bench.services.playable))
            self.take(name)
        window.show_page("library")

    def _lists(self) -> None:
        window = self._window
        page = window.page("lists")
        window.show_page("lists")
        for key in ("favourites", "recent"):
            page.tabs.choice(key).click()  # type: ignore[attr-defined]
            self.take(f"lists-{key}")
        page.tabs.choice("lists").click()  # type: ignore[attr-defined]
        self.settle()
        view = page.lists_view  # type: ignore[attr-defined]
        rows = view.model().rowCount()
        if rows:
            view.chosen.emit(view.model().index(rows - 1, 0))
            self.settle()
            self.take("list-open")
            opened = page.open  # type: ignore[attr-defined]
            opened.view.chosen.emit(opened.cards.index(0))
            self.take("list-item")
            opened.part_button.click()
            self.take("list-part")
            page.close_list()  # type: ignore[attr-defined]
        page.tabs.choice("own").click()  # type: ignore[attr-defined]
        self.take("lists-own")
        self._stick()

    def _stick(self) -> None:
        """The teacher's own stick."""
        folder = self._bench.paths.root.parent / "U盘"
        (folder / "复习课").mkdir(parents=True)
        for name in ("几分之一 我的课件.pdf", "分数儿歌.mp3", "课堂实录.mp4", "板书照片.jpg"):
            (folder / name).write_bytes(bytes(300_000))
        self._window.show_stick()
        page = self._window.page("stick")
        page.open_folder(folder)  # type: ignore[attr-defined]
        self.settle()
        self.take("stick")
        self._window.back()

    def _upload_dialog(self) -> None:
        window = self._window
        window.show_page("uploads")
        page = window.page("uploads")
        page.open_dialog()  # type: ignore[attr-defined]
        dialog = page.dialog  # type: ignore[attr-defined]
        dialog.set_file(str(next(self._bench.paths.root.parent.glob("*教案*"), __file__)))
        self.take("upload-dialog", dialog)
        dialog.reject()

    def _slip_dialog(self) -> None:
        """A lesson taught from a universal stick, about to go into the register."""
        entries = self._bench.catalogue.entries[:3]
        number = new_slip()
        items = [SlipItem("region", one.id, one.title) for one in entries]
        job = self._bench.desk.submit(
            lambda desk: SlipStore(desk.database).add(number, "三年级 认识几分之一", items)
        )
        wait_until(lambda: job.is_ended, "the slip was never kept")
        self._window.show_page("log")
        dialog = self._window.page("log").enter_slip()  # type: ignore[attr-defined]
        dialog.number.setText(number)
        wait_until(dialog.enter_button.isEnabled, "the slip was never found")
        self.take("slip-dialog", dialog)
        dialog.reject()

    def _player(self) -> None:
        window, catalogue = self._window, self._bench.catalogue
        from app.ui.models.card import card_of

        playable = self._bench.services.playable
        for name, entry_id in (
            ("player-pages", "fraction-slides"),
            ("player-failure", "old-flash"),
        ):
            entry = next(e for e in catalogue.entries if e.id == entry_id)
            card = card_of(catalogue._hit(entry), playable)
            shown = QSignalSpy(window.shown_player)
            window.play(card, (card,))
            wait_until(lambda spy=shown: spy.count() > 0, "the player never showed anything")  # type: ignore[misc]
            self.take(name)
            window.page("player").leave()  # type: ignore[attr-defined]


def main() -> int:
    """Render one set."""
    gc.disable()  # a collection on a worker thread could stop the window (app/ui/rubbish.py)
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--language", default="zh_CN")
    parser.add_argument("--theme", default="light")
    parser.add_argument("--scale", type=int, default=100)
    parser.add_argument("--name", default="")
    parser.add_argument("--empty", action="store_true", help="a machine without any lesson")
    options = parser.parse_args()
    application = QApplication.instance() or QApplication(sys.argv[:1])
    options.out.mkdir(parents=True, exist_ok=True)
    width, height = map(int, options.size.split("x"))
    settings = Settings(language=options.language, theme=options.theme, scale_percent=options.scale)
    if not options.empty:
        settings = replace(settings, room="三(2)班教室")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        translations = Translations()
        translations.use(options.language)
        locator = MemoryLocator()
        entries = [] if options.empty else [*lessons(place, locator), *textbooks(900)]
        bench = Bench(place / "data", entries, locator, replace(settings), sample_status)
        if not options.empty:
            fill_desk(bench, entries)
            sample_uploads(bench.paths)
            sample_points(bench.paths)
            bench.clock.set_to(time(9, 5))
            bench.classroom.refresh()
        percent = percent_on_screen(settings.scale_percent, height)
        window = MainWindow(theme_for(settings.theme, percent), bench.services)
        window.resize(width, height)
        window.show()
        name = options.name or f"{options.size}-{options.language}-{options.theme}"
        photographer = Photographer(options.out, window, bench, name)
        if options.empty:
            photographer.first_run()
        else:
            photographer.pages()
        window.close()
        bench.close()
        window.deleteLater()
        application.processEvents()
    for found in photographer.problems:
        print("PROBLEM", found)
    return 1 if photographer.problems else 0


if __name__ == "__main__":
    sys.exit(main())
