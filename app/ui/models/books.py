# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of two taps: book covers, table of contents, lesson. Read on the catalogue's thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, Qt

from app.catalogue.query import TREE_DEPTH, YES, EntryKey, Facet, NodePath, Order, Query
from app.lesson.classes import grade_rank
from app.lesson.school import Book as Subscribed
from app.region.entry import Entry
from app.ui.models.card import Card, Wishes, card_of
from app.ui.models.rows import RowsModel
from app.ui.services import CatalogueReader

BOOK_ROLE = Qt.ItemDataRole.UserRole + 7
CONTENTS_ROLE = Qt.ItemDataRole.UserRole + 8
BOOK_DEPTH = 5  # stage, subject, edition, grade, volume
MAX_BOOKS = 60
_LEVELS = (Facet.STAGE, Facet.SUBJECT, Facet.EDITION, Facet.GRADE, Facet.VOLUME)
_LESSON_HITS = 200
# What one shows first in front of a class; what is for the teacher alone comes last.
_TEACHING_ORDER = ("课件", "微课", "音频", "素材", "任务单", "练习", "电子教材", "其他", "教案")
_SUBJECTS = ("语文", "数学", "英语", "道德与法治", "科学", "音乐", "美术", "艺术", "体育与健康")


@dataclass(frozen=True, slots=True)
class BookCover:
    """One textbook of which something plays here."""

    path: NodePath
    count: int
    playable_count: int

    @property
    def subject(self) -> str:
        """数学."""
        return self.path[1]

    @property
    def edition(self) -> str:
        """人教版."""
        return self.path[2]

    @property
    def volume(self) -> str:
        """三年级上册."""
        return f"{self.path[3]}{self.path[4]}"

    @property
    def entry(self) -> Entry:
        """A textbook entry as the drawn covers want it."""
        stage, subject, edition, grade, volume = self.path
        return Entry(
            id="book",
            title="",
            stage=stage,
            subject=subject,
            edition=edition,
            grade=grade,
            volume=volume,
            resource_type="电子教材",
        )


class LineKind(StrEnum):
    """What a line of a table of contents is."""

    UNIT = "unit"
    LESSON = "lesson"


@dataclass(frozen=True, slots=True)
class ContentsLine:
    """One line of a table of contents."""

    kind: LineKind
    text: str
    path: NodePath
    count: int = 0
    playable_count: int = 0
    is_last_taught: bool = False


class BooksModel(RowsModel[BookCover]):
    """Book covers."""

    row_role = BOOK_ROLE

    def text_of(self, row: BookCover) -> str:
        return f"{row.subject} {row.volume} {row.edition}"


class ContentsModel(RowsModel[ContentsLine]):
    """A table of contents."""

    row_role = CONTENTS_ROLE

    def text_of(self, row: ContentsLine) -> str:
        return row.text

    def is_heading(self, row: ContentsLine) -> bool:
        return row.kind is LineKind.UNIT


def book_covers(
    catalogue: CatalogueReader, grades: frozenset[str], subscribed: frozenset[Subscribed]
) -> tuple[BookCover, ...]:
    """The school's textbooks of these grades (all without any) of which something plays here."""
    found: list[BookCover] = []
    for path, count, playable in _walk(catalogue, (), grades, subscribed):
        found.append(BookCover(path, count, playable))
        if len(found) >= 4 * MAX_BOOKS:
            break
    found.sort(key=_book_rank)
    return tuple(found[:MAX_BOOKS])


class BookCache:
    """The covers as read last, until the catalogue or the question is another.

    Walking through thousands of textbooks takes a good part of a second, and the page is read anew
    with every bell. Used on the catalogue's thread only.
    """

    def __init__(self) -> None:
        self._key: object = None
        self._books: tuple[BookCover, ...] = ()

    def covers(
        self,
        catalogue: CatalogueReader,
        grades: frozenset[str],
        subscribed: frozenset[Subscribed],
    ) -> tuple[BookCover, ...]:
        """As `book_covers`; the counts of the stages tell whether anything has changed."""
        key = (catalogue.browse(()), grades, subscribed)
        if key != self._key:
            self._books = book_covers(catalogue, grades, subscribed)
            self._key = key
        return self._books


def _walk(
    catalogue: CatalogueReader,
    path: NodePath,
    grades: frozenset[str],
    subscribed: frozenset[Subscribed],
) -> Iterator[tuple[NodePath, int, int]]:
    for node in catalogue.browse(path):
        below = tuple(node.path)
        if not node.playable_count:
            continue
        if len(below) == 3 and subscribed and Subscribed(*below) not in subscribed:
            continue
        if len(below) == 4 and grades and node.name not in grades:
            continue
        if len(below) == BOOK_DEPTH:
            yield below, node.count, node.playable_count
        else:
            yield from _walk(catalogue, below, grades, subscribed)


def _book_rank(book: BookCover) -> tuple[int, int, str, str]:
    subject = book.subject
    rank = _SUBJECTS.index(subject) if subject in _SUBJECTS else len(_SUBJECTS)
    return grade_rank(book.path[3]), rank, subject, book.volume


def contents(
    catalogue: CatalogueReader, book: NodePath, last: Entry | None = None
) -> tuple[ContentsLine, ...]:
    """Units and lessons of a textbook in its order; `last` marks where the class is."""
    lines: list[ContentsLine] = []
    for unit in catalogue.browse(book):
        heading = unit.name or QCoreApplication.translate("Books", "The whole book")
        if unit.name or lines:
            lines.append(ContentsLine(LineKind.UNIT, heading, tuple(unit.path)))
        for lesson in catalogue.browse(tuple(unit.path)):
            is_last = last is not None and last.lesson == lesson.name != ""
            lines.append(
                ContentsLine(
                    LineKind.LESSON,
                    lesson.name or _whole_words(unit.name),
                    tuple(lesson.path),
                    lesson.count,
                    lesson.playable_count,
                    is_last,
                )
            )
    return tuple(lines)


def _whole_words(unit: str) -> str:
    if unit:
        return QCoreApplication.translate("Books", "For the whole unit")
    return QCoreApplication.translate("Books", "For the whole book")


def lesson_cards(
    catalogue: CatalogueReader, path: NodePath, playable: frozenset[str], wishes: Wishes
) -> tuple[Card, ...]:
    """Everything of one lesson, what is shown to a class first."""
    key = _one_of(catalogue, path)
    if key is None:
        return ()
    cards = (card_of(hit, playable, wishes) for hit in catalogue.lesson_resources(key))
    return tuple(sorted(cards, key=teaching_rank))


def _one_of(catalogue: CatalogueReader, path: NodePath) -> EntryKey | None:
    """Some resource of a lesson."""
    filters = {facet: frozenset({name}) for facet, name in zip(_LEVELS, path, strict=False)}
    unit, lesson = path[BOOK_DEPTH:TREE_DEPTH]
    for words in dict.fromkeys((lesson, "")):
        page = catalogue.search(Query(words=words, filters=filters, limit=_LESSON_HITS))
        for hit in page.hits:
            entry = hit.entry
            if place_of(entry)[BOOK_DEPTH:] == (unit, lesson):
                return hit.key
    return None


def teaching_rank(card: Card) -> tuple[bool, int]:
    """What plays comes first, then by what it is for."""
    kind = card.entry.resource_type
    rank = _TEACHING_ORDER.index(kind) if kind in _TEACHING_ORDER else len(_TEACHING_ORDER)
    return not card.plays, rank


def place_of(entry: Entry) -> NodePath:
    """Where an entry stands in the books."""
    from app.catalogue.records import tree_names  # loads the catalogue: not on the GUI thread

    book = (entry.stage, entry.subject, entry.edition, entry.grade, entry.volume)
    return (*book, *tree_names(entry.unit, entry.lesson, entry.chapter_path))


def lesson_after(catalogue: CatalogueReader, entry: Entry) -> ContentsLine | None:
    """The next lesson of the same book of which something plays here."""
    if not entry.lesson:
        return None
    place = place_of(entry)
    lines = [
        line for line in contents(catalogue, place[:BOOK_DEPTH]) if line.kind is LineKind.LESSON
    ]
    at = next((n for n, line in enumerate(lines) if line.path == place), None)
    if at is None:
        return None
    return next((line for line in lines[at + 1 :] if line.playable_count), None)


def newest(
    catalogue: CatalogueReader,
    subject: str,
    grades: frozenset[str],
    playable: frozenset[str],
    limit: int,
) -> tuple[Card, ...]:
    """What came last of a subject (of all without one) and plays here."""
    filters = {Facet.PLAYABLE: frozenset({YES})}
    if subject:
        filters[Facet.SUBJECT] = frozenset({subject})
    if grades:
        filters[Facet.GRADE] = grades
    page = catalogue.search(Query(filters=filters, order=Order.DATE, limit=limit))
    return tuple(card_of(hit, playable) for hit in page.hits)


def catalogue_subject(name: str, known: Iterable[str]) -> str:
    """What the catalogue calls a subject of a timetable: 体育 → 体育与健康, 道法 → 道德与法治."""
    wanted, subjects = name.strip(), list(dict.fromkeys(known))
    if not wanted or wanted in subjects:
        return wanted
    starts = [one for one in subjects if one.startswith(wanted) or wanted.startswith(one)]
    if starts:
        return min(starts, key=len)
    return next((one for one in subjects if _is_short_for(wanted, one)), wanted)


def _is_short_for(short: str, long: str) -> bool:
    rest = iter(long)
    return len(short) > 1 and all(letter in rest for letter in short)


def known_subjects(catalogue: CatalogueReader) -> tuple[str, ...]:
    """Every subject of the catalogue of which something plays here."""
    names = (
        node.name
        for stage in catalogue.browse(())
        for node in catalogue.browse(tuple(stage.path))
        if node.playable_count
    )
    return tuple(dict.fromkeys(names))
