# SPDX-License-Identifier: GPL-3.0-or-later
"""Search results of any number, fetched in small pages when they come into view.

Every answer carries the number of the query it belongs to; answers to older queries are dropped.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
    Slot,
)

from app.base.errors import BugError
from app.catalogue.query import Facet, Page, Query
from app.ui.jobs import Job, SerialQueue
from app.ui.models.card import CARD_ROLE, Card, Wishes, card_of
from app.ui.services import CatalogueReader

PAGE_ROWS = 24
_KEPT_PAGES = 40
_EXACT = -1  # instead of a page's number: the same query once more, counted exactly


@dataclass(frozen=True, slots=True)
class _Answer:
    query_no: int
    page_no: int
    page: Page
    cards: tuple[Card, ...]


class ResultsModel(QAbstractListModel):
    """Signals: answered() after a query's first page came, and again when a total that was shown
    as 「约」 has been counted; failed(KnownError)."""

    answered = Signal()
    failed = Signal(object)

    def __init__(
        self,
        catalogue: SerialQueue[CatalogueReader],
        playable: frozenset[str],
        parent: QObject | None = None,
        wishes: Wishes | None = None,
    ) -> None:
        super().__init__(parent)
        self._catalogue = catalogue
        self._wishes = wishes
        self.playable = playable
        self._query = Query()
        self._query_no = 0
        self._pages: OrderedDict[int, tuple[Card, ...]] = OrderedDict()
        self._asked: dict[Job, int] = {}
        self.total = 0
        self.is_total_exact = True
        self.are_counts_exact = True
        self.facets: Mapping[Facet, Mapping[str, int]] = {}
        self.is_waiting = False
        self.has_answer = False

    # -- asking ------------------------------------------------------------------------------

    @property
    def query(self) -> Query:
        """What is shown or being fetched."""
        return self._query

    def ask(self, query: Query) -> None:
        """Show another query's results; the old ones stay until the first answer."""
        self._query = query
        self._query_no += 1
        self.is_waiting = True
        first = replace(query, offset=0, limit=PAGE_ROWS, with_facets=True)
        self._submit(first, 0, "search")

    def ask_again(self) -> None:
        """The catalogue or the cache has changed: bring the same query up to date."""
        if self._query_no:
            self.ask(self._query)

    def _submit(self, query: Query, page_no: int, lane: str) -> None:
        query_no, playable, wishes = self._query_no, self.playable, self._wishes

        def work(catalogue: CatalogueReader) -> object:
            page = catalogue.search(query)
            cards = (card_of(hit, playable, wishes) for hit in page.hits)
            return _Answer(query_no, page_no, page, tuple(cards))

        job = self._catalogue.submit(work, lane)
        self._asked[job] = page_no
        job.succeeded.connect(self._take)
        job.failed.connect(self._fail)
        job.ended.connect(self._forget_job)

    @Slot(object)
    def _take(self, answer: _Answer) -> None:
        if answer.query_no != self._query_no:
            return
        cards = answer.cards
        if answer.page_no == _EXACT:
            self._refine(answer.page)
            return
        if answer.page_no == 0 and self.is_waiting:
            self._start_over(answer.page, cards)
            self._count_exactly()
            return
        self._keep(answer.page_no, cards)
        first = answer.page_no * PAGE_ROWS
        last = min(first + PAGE_ROWS, self.total) - 1
        if last >= first:
            self.dataChanged.emit(self.index(first), self.index(last))

    def _start_over(self, page: Page, cards: tuple[Card, ...]) -> None:
        is_same = self.has_answer and page.total == self.total and cards == self._pages.get(0)
        self.is_waiting = False
        self.has_answer = True
        self.facets = page.facets
        self.are_counts_exact = page.are_counts_exact
        self.is_total_exact = page.is_total_exact
        if is_same:
            self._pages.clear()
            self._keep(0, cards)
            if self.total:
                self.dataChanged.emit(self.index(0), self.index(self.total - 1))
        else:
            self.beginResetModel()
            self._pages.clear()
            self._keep(0, cards)
            self.total = page.total
            self.endResetModel()
        self.answered.emit()

    def _count_exactly(self) -> None:
        """A large result is counted after it is shown, so that the keystroke never waits for it."""
        if self.is_total_exact and self.are_counts_exact:
            return
        exact = replace(self._query, offset=0, limit=1, with_facets=True, is_exact=True)
        self._submit(exact, _EXACT, "count")

    def _refine(self, page: Page) -> None:
        self.facets = page.facets
        self.are_counts_exact = page.are_counts_exact
        self.is_total_exact = page.is_total_exact
        nowhere = QModelIndex()
        if page.total < self.total:
            self.beginRemoveRows(nowhere, page.total, self.total - 1)
            self.total = page.total
            self.endRemoveRows()
        elif page.total > self.total:
            self.beginInsertRows(nowhere, self.total, page.total - 1)
            self.total = page.total
            self.endInsertRows()
        self.answered.emit()

    def _keep(self, page_no: int, cards: tuple[Card, ...]) -> None:
        self._pages[page_no] = cards
        self._pages.move_to_end(page_no)
        while len(self._pages) > _KEPT_PAGES:
            self._pages.popitem(last=False)

    @Slot(object)
    def _fail(self, error: object) -> None:
        if self._asked.get(self._sender_job()) == 0:
            self.is_waiting = False
            self.failed.emit(error)

    @Slot()
    def _forget_job(self) -> None:
        self._asked.pop(self._sender_job(), None)

    def _sender_job(self) -> Job:
        job = self.sender()
        if not isinstance(job, Job):
            raise BugError("a slot of jobs was called by something else")
        return job

    @property
    def is_settled(self) -> bool:
        """Whether everything asked for has come."""
        return not self._asked and not self.is_waiting

    # -- the model ---------------------------------------------------------------------------

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else self.total

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid() or role not in (CARD_ROLE, Qt.ItemDataRole.DisplayRole):
            return None
        card = self.card(index.row())
        if role == CARD_ROLE:
            return card
        return card.entry.title if card is not None else ""

    def card(self, row: int) -> Card | None:
        """The card of a row; None while its page is being fetched."""
        page_no, at = divmod(row, PAGE_ROWS)
        cards = self._pages.get(page_no)
        if cards is None:
            self._fetch(page_no)
            return None
        self._pages.move_to_end(page_no)
        return cards[at] if at < len(cards) else None

    def _fetch(self, page_no: int) -> None:
        if page_no in self._asked.values() or self.is_waiting:
            return
        page = replace(self._query, offset=page_no * PAGE_ROWS, limit=PAGE_ROWS, with_facets=False)
        self._submit(page, page_no, "page")
