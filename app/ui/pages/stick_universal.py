# SPDX-License-Identifier: GPL-3.0-or-later
"""万能U盘: asks for a folder and writes the open lesson list into it, in a worker."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from app.base.errors import KnownError
from app.base.messages import message_of
from app.lesson.lists import Extract
from app.lesson.universal.plan import (
    SlipItem,
    SourceFile,
    UniversalItem,
    UniversalPlan,
    make_plan,
    new_slip,
)
from app.region.media import Format, format_of
from app.ui.jobs import Job, JobContext
from app.ui.models.card import Card
from app.ui.services import Services
from app.ui.words import clock_words

if TYPE_CHECKING:
    from app.lesson.universal.page import Words
    from app.ui.desk import Desk
    from app.ui.pages.lists import ListsPage

KEY = "universal"  # what the list's menu calls it
_PAPER = (Format.SLIDES, Format.DOCUMENT)


class UniversalStick(QObject):
    """Signals: said(str), one quiet line."""

    said = Signal(str)

    def __init__(self, services: Services) -> None:
        super().__init__()
        self._services = services
        self._job: Job | None = None
        self._plan: UniversalPlan | None = None
        self._on_slip: tuple[SlipItem, ...] = ()

    def ask(self, parent: QWidget, name: str, cards: Sequence[Card]) -> None:
        """Let the teacher choose the stick, then write."""
        title = self.tr("Choose the stick or folder")
        folder = QFileDialog.getExistingDirectory(parent, title)
        if folder:
            self.write(name, cards, Path(folder))

    def write(self, name: str, cards: Sequence[Card], folder: Path) -> None:
        """Write what of the list opens anywhere."""
        if self._job is not None:
            return
        plan = make_plan(name, new_slip(), (self._item(card) for card in cards))
        if not plan.items:
            self.said.emit(self.tr("Nothing in this list opens without Kezhan."))
            return
        words = self._page_words()
        self._plan = plan
        self._on_slip = tuple(
            SlipItem(card.key.region_id, card.entry.id, card.entry.title) for card in cards
        )
        total = plan.size_bytes

        def work(context: JobContext) -> object:
            from app.lesson.universal.write import write_universal

            done = 0

            def count(size_bytes: int) -> None:
                nonlocal done
                done += size_bytes
                context.report(done, total)

            return write_universal(plan, folder, words, count, context.is_cancelled)

        job = self._services.runner.start(work)
        self._job = job
        job.progressed.connect(self._progressed)
        job.succeeded.connect(self._written)
        job.failed.connect(self._failed)
        job.ended.connect(self._ended)
        self.said.emit(self._progress_words(0))

    @Slot()
    def cancel(self) -> None:
        """Stop; nothing half-made stays."""
        if self._job is not None:
            self._job.cancel()

    # -- what goes along ---------------------------------------------------------------------

    def _item(self, card: Card) -> UniversalItem:
        """The files of a card that are here; of slides also their pages, where they were made."""
        locator, entry = self._services.locator, card.entry
        found: list[SourceFile] = []
        main = entry.main_file
        for file in [main] if main is not None else []:
            path = locator.locate(file.sha256, file.size_bytes)
            if path is None:
                continue
            if format_of(file.media_type, file.name) in _PAPER:
                found += self._pages_of(file.sha256)
            found.append(SourceFile(path, file.name, file.media_type, file.size_bytes, file.sha256))
        return UniversalItem(entry.title, tuple(found), self._part_words(card.extract))

    def _pages_of(self, sha256: str) -> list[SourceFile]:
        pages = self._services.paths.converted_dir / f"{sha256}.pdf"
        try:
            size_bytes = pages.stat().st_size
        except OSError:
            return []
        return [SourceFile(pages, "pages.pdf", "application/pdf", size_bytes, "")]

    def _part_words(self, extract: Extract) -> str:
        if extract.is_whole:
            return ""
        if extract.first_page is not None or extract.last_page is not None:
            words = self.tr("Pages {first} to {last}")
            return words.format(first=extract.first_page or 1, last=extract.last_page or "…")
        end = clock_words(extract.end_s) if extract.end_s is not None else "…"
        words = self.tr("From {start} to {end}")
        return words.format(start=clock_words(extract.start_s or 0), end=end)

    def _page_words(self) -> Words:
        from app.lesson.universal.page import Words

        return Words(
            play=self.tr("Play"),
            listen=self.tr("Listen"),
            look=self.tr("Open the picture"),
            read=self.tr("Open the PDF"),
            open=self.tr("Open the file"),
            slip=self.tr("Slip number"),
            slip_use=self.tr(
                "After the lesson it can be entered in the usage log of the computer that made "
                "this stick, by this number."
            ),
            printable=self.tr("Print the list and the slip"),
            left=self.tr("These play in Kezhan only and are not on the stick:"),
            number=self.tr("No."),
            title=self.tr("Content"),
            files=self.tr("File"),
            date=self.tr("Date of the lesson"),
            lesson_class=self.tr("Class"),
            teacher=self.tr("Teacher"),
        )

    # -- how it goes -------------------------------------------------------------------------

    def _progress_words(self, percent: int) -> str:
        return self.tr("Being written to the stick: {percent} %").format(percent=percent)

    @Slot(object, object)
    def _progressed(self, done: int, total: int) -> None:
        self.said.emit(self._progress_words(min(100, done * 100 // total) if total else 0))

    @Slot(object)
    def _failed(self, error: object) -> None:
        if isinstance(error, KnownError):
            language = self._services.settings.current.language
            self.said.emit(message_of(error, language).line)

    @Slot(object)
    def _written(self, folder: Path) -> None:
        plan, items = self._plan, self._on_slip
        if plan is None:
            return

        def keep(desk: Desk) -> object:
            from app.lesson.universal.store import SlipStore

            SlipStore(desk.database).add(plan.slip, plan.name, items)
            return None

        self._services.desk.submit(keep)
        words = self.tr(
            "“{folder}” is on the stick; open 上课.html there. Slip {slip}. It can be pulled out."
        )
        self.said.emit(words.format(folder=folder.name, slip=plan.slip))

    @Slot()
    def _ended(self) -> None:
        self._job = None


class ListHost(QObject):
    """Joins the page of lesson lists with the universal stick; lives as long as the page."""

    def __init__(self, page: ListsPage, services: Services) -> None:
        super().__init__(page)
        self._page = page
        self.stick = UniversalStick(services)
        self.stick.said.connect(page.travel.said)
        page.open.wanted.connect(self._wanted)

    @Slot(str)
    def _wanted(self, what: str) -> None:
        if what == KEY:
            opened = self._page.open
            self.stick.ask(self._page, opened.name.text(), opened.cards.cards)
