# SPDX-License-Identifier: GPL-3.0-or-later
"""What the home page shows, read in one go from desk.db and one from the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.catalogue.query import EntryKey
from app.lesson.classes import grade_of_class
from app.lesson.lists import LessonList
from app.lesson.teaching import Taught
from app.ui.classroom import Classroom
from app.ui.models.books import (
    BookCache,
    BookCover,
    ContentsLine,
    catalogue_subject,
    known_subjects,
    lesson_after,
    newest,
    teaching_rank,
)
from app.ui.models.card import Card, card_of
from app.ui.services import CatalogueReader, Services, card_from_entry

if TYPE_CHECKING:
    from app.lesson.school import Book
    from app.ui.desk import Desk

SHOWN_LISTS = 3
_SHOWN_FAVOURITES = 2
_SHOWN_NEWS = 3


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom the page is for."""

    number: int
    class_id: str
    grades: frozenset[str]
    subject: str  # as the timetable says it
    subscribed: frozenset[Book]
    taught: tuple[Taught, ...]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the teachers of this room have put ready."""

    lists: tuple[LessonList, ...] = ()
    favourites: tuple[EntryKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Last:
    """Where the class is, and what comes next."""

    card: Card
    lesson: tuple[Card, ...]
    following: ContentsLine | None


@dataclass(frozen=True, slots=True)
class Shown:
    """All that is on the page."""

    number: int = 0
    subject: str = ""
    subjects: tuple[str, ...] = ()
    books: tuple[BookCover, ...] = ()
    last: Last | None = None
    news: tuple[Card, ...] = ()
    lists: tuple[LessonList, ...] = ()
    favourites: tuple[Card, ...] = ()


def asked_of(room: Classroom, number: int) -> Asked:
    """The question, from who is taught what now."""
    classes = (room.class_id,) if room.class_id else room.school.classes
    grades = frozenset(grade for one in classes if (grade := grade_of_class(one)))
    return Asked(number, room.class_id, grades, room.subject, room.school.books, room.facts.taught)


def read_prepared(desk: Desk) -> Prepared:
    """On the desk's thread."""
    from app.lesson.store import FAVOURITES_ID

    favourites = desk.lessons.items(FAVOURITES_ID)[:_SHOWN_FAVOURITES]
    keys = tuple(EntryKey(item.region_id, item.entry_id) for item in favourites)
    return Prepared(desk.lessons.lists()[:SHOWN_LISTS], keys)


def read_shown(
    services: Services,
    asked: Asked,
    prepared: Prepared,
    cache: BookCache,
    catalogue: CatalogueReader,
) -> Shown:
    """On the catalogue's thread."""
    subjects = known_subjects(catalogue)
    subject = catalogue_subject(asked.subject, subjects)
    books = cache.covers(catalogue, asked.grades, asked.subscribed)
    if not books and asked.grades:
        books = cache.covers(catalogue, frozenset(), asked.subscribed)
    if subject:
        books = tuple(sorted(books, key=lambda book: book.subject != subject))
    found = (catalogue.entry(key) for key in prepared.favourites)
    pairs = zip(prepared.favourites, found, strict=True)
    return Shown(
        number=asked.number,
        subject=subject,
        subjects=subjects,
        books=books,
        last=_last(services, asked, subject, catalogue),
        news=newest(catalogue, subject, asked.grades, services.playable, _SHOWN_NEWS),
        lists=prepared.lists,
        favourites=tuple(
            card_from_entry(services, key, entry) for key, entry in pairs if entry is not None
        ),
    )


def _last(
    services: Services, asked: Asked, subject: str, catalogue: CatalogueReader
) -> Last | None:
    """The last thing this class saw in this subject, if the catalogue still has it."""
    for taught in asked.taught:
        if subject and taught.subject != subject:
            continue
        key = EntryKey(taught.region_id, taught.entry_id)
        entry = catalogue.entry(key)
        if entry is None:
            continue
        hits = catalogue.lesson_resources(key)
        cards = (card_of(hit, services.playable, services.wanted) for hit in hits)
        lesson = tuple(sorted((one for one in cards if one.plays), key=teaching_rank))
        card = next((one for one in lesson if one.key == key), None)
        if card is None:
            card = card_from_entry(services, key, entry)
        if not card.plays and lesson:
            card = lesson[0]
        return Last(card, lesson, lesson_after(catalogue, entry))
    return None
