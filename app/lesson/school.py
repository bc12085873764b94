# SPDX-License-Identifier: GPL-3.0-or-later
"""What the enrolments on this machine say about the school: rooms, classes, textbook editions.

The agent checked them, root of trust and all, before it kept them; here only these facts are read,
so that the window starts without the means to check signatures.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

from app.base.documents import parse_document
from app.base.errors import DamagedDocumentError, KnownError
from app.base.paths import DataPaths
from app.region.fields import Fields, Reason
from app.region.layout import ENROLMENT_NAME

log = logging.getLogger(__name__)

_FORMAT, _MAJOR = "kezhan-enrolment", 1
_MAX_BYTES = 1 << 20
_MAX_NAMES = 2000
_MAX_BOOKS = 20_000


@dataclass(frozen=True, slots=True)
class Book:
    """What a school subscribed to: one stage × subject × edition."""

    stage: str
    subject: str
    edition: str


@dataclass(frozen=True, slots=True)
class School:
    """All regions of this machine together."""

    name: str = ""
    rooms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    books: frozenset[Book] = frozenset()


def read_school(paths: DataPaths) -> School:
    """Read every enrolment; what cannot be read is left out and noted in the log."""
    found = list(_enrolments(paths))
    return School(
        name=next((one.name for one in found if one.name), ""),
        rooms=tuple(dict.fromkeys(room for one in found for room in one.rooms)),
        classes=tuple(dict.fromkeys(name for one in found for name in one.classes)),
        books=frozenset(book for one in found for book in one.books),
    )


def _enrolments(paths: DataPaths) -> Iterator[School]:
    try:
        folders = sorted(paths.regions_dir.iterdir())
    except OSError:
        return
    for folder in folders:
        try:
            with (folder / ENROLMENT_NAME).open("rb") as file:
                raw = file.read(_MAX_BYTES + 1)
            yield _school_of(parse_document(raw, _FORMAT, _MAJOR, max_bytes=_MAX_BYTES))
        except (OSError, KnownError) as error:
            log.warning("enrolment of %s says nothing: %s", folder.name, error)


def _school_of(document: object) -> School:
    def fail(name: str, reason: Reason) -> KnownError:
        return DamagedDocumentError(what=_FORMAT, reason=f"{name}: {reason.value}")

    fields = Fields(document, fail)
    school = fields.raw.get("school")
    books = [
        fields.inside("subscriptions", one) for one in fields.items("subscriptions", _MAX_BOOKS)
    ]
    return School(
        name=fields.inside("school", school).text("name", 200) if school is not None else "",
        rooms=fields.texts("rooms", _MAX_NAMES, 100),
        classes=fields.texts("classes", _MAX_NAMES, 100),
        books=frozenset(
            Book(one.text("stage", 100), one.text("subject", 100), one.text("edition", 100))
            for one in books
        ),
    )
