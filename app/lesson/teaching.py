# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may be teaching whom in this room; names stay on this machine, only random ids leave it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Teacher:
    """A name on this room's list."""

    teacher_id: str  # random, school-scoped
    name: str
    has_pin: bool = False


@dataclass(frozen=True, slots=True)
class RoomChoice:
    """What was chosen in this room last; everything may be empty."""

    class_id: str = ""  # the class's name, as enrolment or teacher say it
    subject: str = ""
    teacher_id: str = ""
    bell_offset_s: int = 0  # the bell rings so much later than the timetable says
    term_start: str = ""  # ISO date of a day in the first week of the term


@dataclass(frozen=True, slots=True)
class Taught:
    """What a class saw last in a subject."""

    class_id: str
    subject: str
    region_id: str
    entry_id: str
    title: str
    lesson: str
    moment: datetime
