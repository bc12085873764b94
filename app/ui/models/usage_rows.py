# SPDX-License-Identifier: GPL-3.0-or-later
"""The usage log as a teacher reads it: one row a viewing, under the day it happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from PySide6.QtCore import QCoreApplication, Qt

from app.ui.models.rows import RowsModel
from app.ui.words import duration_words, type_words
from app.usage.events import Kind
from app.usage.store import LoggedEvent

USAGE_ROLE = Qt.ItemDataRole.UserRole + 4


class UsageKind(StrEnum):
    """What a row is."""

    DAY = "day"
    VIEWING = "viewing"


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One painted row."""

    kind: UsageKind
    day: date
    time: str = ""
    title: str = ""
    about: str = ""  # subject, type
    happened: str = ""
    media: str = ""
    subject: str = ""
    is_lesson: bool = False


@dataclass(frozen=True, slots=True)
class Viewing:
    """What became of one opening of a resource."""

    viewing_id: str
    started: datetime
    title: str
    subject: str
    resource_type: str
    media: str
    watched_s: float
    pages_seen: int
    pages: int
    is_completed: bool
    is_open: bool
    is_lesson: bool


def watched_seconds(played_segments: str) -> float:
    """Seconds of the medium that were played at least once (xAPI Video Profile notation)."""
    spans: list[tuple[float, float]] = []
    for piece in played_segments.split("[,]"):
        start, mark, end = piece.partition("[.]")
        try:
            if mark:
                spans.append((float(start), float(end)))
        except ValueError:
            continue
    total, reached = 0.0, 0.0
    for start_s, end_s in sorted(spans):
        total += max(0.0, end_s - max(start_s, reached))
        reached = max(reached, end_s)
    return total


def viewings_of(events: Sequence[LoggedEvent]) -> list[Viewing]:
    """Group events (newest first) into viewings, the newest first."""
    groups: dict[str, list[LoggedEvent]] = {}
    for logged in events:
        groups.setdefault(logged.event.viewing_id, []).append(logged)
    return [_viewing(group[::-1]) for group in groups.values()]


def _viewing(group: Sequence[LoggedEvent]) -> Viewing:
    first = group[0]
    events = [logged.event for logged in group]
    kinds = {event.kind for event in events}
    watched = 0.0
    pages: set[float] = set()
    page_count = 0.0
    for event in events:
        segments = event.numbers.get("played_segments")
        if isinstance(segments, str):
            watched = max(watched, watched_seconds(segments))
        page, count = event.numbers.get("page"), event.numbers.get("pages")
        if isinstance(page, float):
            pages.add(page)
        if isinstance(count, float):
            page_count = max(page_count, count)
    used = first.resource
    return Viewing(
        viewing_id=first.event.viewing_id,
        started=first.event.wall_raw,
        title=used.title if used else first.event.entry_id,
        subject=used.subject if used else "",
        resource_type=used.resource_type if used else "",
        media=first.event.media,
        watched_s=watched,
        pages_seen=len(pages),
        pages=int(page_count),
        is_completed=Kind.COMPLETED in kinds,
        is_open=Kind.TERMINATED not in kinds,
        is_lesson=bool(first.event.lesson_id),
    )


def happened_words(viewing: Viewing) -> str:
    """What happened, in a few words."""
    parts: list[str] = []
    if viewing.watched_s >= 1:
        words = QCoreApplication.translate("UsageLog", "played {duration}")
        parts.append(words.format(duration=duration_words(viewing.watched_s)))
    if viewing.pages_seen and viewing.pages:
        words = QCoreApplication.translate("UsageLog", "{seen} of {pages} pages")
        parts.append(words.format(seen=viewing.pages_seen, pages=viewing.pages))
    if viewing.is_completed:
        parts.append(QCoreApplication.translate("UsageLog", "to the end"))
    if not parts:
        parts.append(QCoreApplication.translate("UsageLog", "opened"))
    return " · ".join(parts)


def usage_rows(events: Sequence[LoggedEvent]) -> list[UsageRow]:
    """Rows with a heading for every day."""
    rows: list[UsageRow] = []
    day: date | None = None
    for viewing in viewings_of(events):
        local = viewing.started.astimezone()
        if local.date() != day:
            day = local.date()
            rows.append(UsageRow(UsageKind.DAY, day))
        about = (viewing.subject, type_words(viewing.resource_type))
        rows.append(
            UsageRow(
                UsageKind.VIEWING,
                local.date(),
                time=local.strftime("%H:%M"),
                title=viewing.title,
                about=" · ".join(part for part in about if part),
                happened=happened_words(viewing),
                media=viewing.media,
                subject=viewing.subject,
                is_lesson=viewing.is_lesson,
            )
        )
    return rows


def day_words(day: date, today: date) -> str:
    """Today, yesterday, or the date with its weekday."""
    if day == today:
        return QCoreApplication.translate("UsageLog", "Today")
    if (today - day).days == 1:
        return QCoreApplication.translate("UsageLog", "Yesterday")
    names = (
        QCoreApplication.translate("UsageLog", "Monday"),
        QCoreApplication.translate("UsageLog", "Tuesday"),
        QCoreApplication.translate("UsageLog", "Wednesday"),
        QCoreApplication.translate("UsageLog", "Thursday"),
        QCoreApplication.translate("UsageLog", "Friday"),
        QCoreApplication.translate("UsageLog", "Saturday"),
        QCoreApplication.translate("UsageLog", "Sunday"),
    )
    words = QCoreApplication.translate("UsageLog", "{year}-{month:02}-{day:02} {weekday}")
    return words.format(year=day.year, month=day.month, day=day.day, weekday=names[day.weekday()])


class UsageModel(RowsModel[UsageRow]):
    """Shows the rows it is given."""

    row_role = USAGE_ROLE

    def text_of(self, row: UsageRow) -> str:
        return f"{row.time} {row.title} {row.happened}".strip()

    def is_heading(self, row: UsageRow) -> bool:
        return row.kind is UsageKind.DAY
