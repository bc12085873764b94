# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, dates and the catalogue's fixed words, as a teacher reads them."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication, QLocale

from app.catalogue.query import Facet
from app.lesson.lists import Extract
from app.region.entry import Entry
from app.region.media import Format

_KB = 1024
_UNITS = ("KB", "MB", "GB", "TB")


def size_words(size_bytes: int) -> str:
    """1536 → 1.5 KB."""
    if size_bytes < _KB:
        return f"{size_bytes} B"
    amount, power = size_bytes / _KB, 0
    while amount >= 1000 and power < len(_UNITS) - 1:
        amount, power = amount / _KB, power + 1
    unit = _UNITS[power]
    digits = 0 if amount >= 100 or unit == "KB" else 1
    return f"{amount:.{digits}f} {unit}"


def clock_words(seconds: float) -> str:
    """75 → 1:15; above an hour 1:02:03."""
    whole = max(0, int(seconds + 0.5))
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}" if hour else f"{minute}:{second:02}"


def duration_words(seconds: float) -> str:
    """75 → 1分15秒."""
    whole = max(0, int(seconds + 0.5))
    minutes, second = divmod(whole, 60)
    if minutes == 0:
        return QCoreApplication.translate("Words", "{seconds} s").format(seconds=second)
    if second == 0 or minutes >= 60:
        return QCoreApplication.translate("Words", "{minutes} min").format(minutes=minutes)
    words = QCoreApplication.translate("Words", "{minutes} min {seconds} s")
    return words.format(minutes=minutes, seconds=second)


def pages_words(pages: int) -> str:
    """12 → 12 页."""
    if pages == 1:
        return QCoreApplication.translate("Words", "1 page")
    return QCoreApplication.translate("Words", "{count} pages").format(count=pages)


def count_words(count: int, *, is_exact: bool = True) -> str:
    """12345 → 12,345; an estimate is said to be one."""
    shown = QLocale(QLocale.Language.English).toString(count)
    if is_exact:
        return shown
    return QCoreApplication.translate("Words", "about {count}").format(count=shown)


def date_words(moment: datetime) -> str:
    """The local day."""
    local = moment.astimezone()
    words = QCoreApplication.translate("Words", "{year}-{month:02}-{day:02}")
    return words.format(year=local.year, month=local.month, day=local.day)


def time_words(moment: datetime) -> str:
    """The local time of day."""
    return moment.astimezone().strftime("%H:%M")


def moment_words(moment: datetime) -> str:
    """Day and time, in the local zone."""
    return f"{date_words(moment)} {time_words(moment)}"


def extent_words(entry: Entry) -> str:
    """How long or how many pages, whichever the entry knows."""
    main = entry.main_file
    seconds = entry.duration_s or (main.duration_s if main else None)
    if seconds:
        return duration_words(seconds)
    if main is not None and main.pages:
        return pages_words(main.pages)
    return ""


def part_words(part: Extract) -> str:
    """Which part of a resource a lesson list shows: 0:30–2:10, 第 3–5 页; nothing for all of it."""
    words: list[str] = []
    if part.start_s is not None or part.end_s is not None:
        start = clock_words(part.start_s or 0)
        end = clock_words(part.end_s) if part.end_s is not None else ""
        words.append(f"{start}–{end}")
    if part.first_page is not None or part.last_page is not None:
        pages = QCoreApplication.translate("Words", "pages {first}–{last}")
        last = str(part.last_page) if part.last_page is not None else ""
        words.append(pages.format(first=part.first_page or 1, last=last))
    return " · ".join(words)


def item_words(count: int) -> str:
    """How many things a lesson list holds."""
    if count == 1:
        return QCoreApplication.translate("Words", "1 item")
    return QCoreApplication.translate("Words", "{count} items").format(count=count_words(count))


def entry_size_bytes(entry: Entry) -> int:
    """All its files together."""
    return sum(file.size_bytes for file in entry.files)


def place_words(entry: Entry) -> str:
    """Subject, edition, grade and volume in one line."""
    grade = f"{entry.grade}{entry.volume}"
    return " · ".join(part for part in (entry.subject, entry.edition, grade) if part)


def chapter_words(entry: Entry) -> str:
    """Unit › lesson."""
    parts = entry.chapter_path or (entry.unit, entry.lesson)
    return " › ".join(part for part in parts if part)


def type_words(resource_type: str) -> str:
    """The nine resource types of the catalogue in the window language."""
    names = {
        "课件": QCoreApplication.translate("Words", "Slides"),
        "微课": QCoreApplication.translate("Words", "Micro-lesson"),
        "教案": QCoreApplication.translate("Words", "Lesson plan"),
        "任务单": QCoreApplication.translate("Words", "Task sheet"),
        "练习": QCoreApplication.translate("Words", "Exercise"),
        "电子教材": QCoreApplication.translate("Words", "Textbook"),
        "音频": QCoreApplication.translate("Words", "Audio"),
        "素材": QCoreApplication.translate("Words", "Material"),
        "其他": QCoreApplication.translate("Words", "Other"),
    }
    return names.get(resource_type, resource_type)


def item_kind_words(entry: Entry, is_own: bool) -> str:
    """What sort of thing stands in a lesson list."""
    if not is_own:
        return type_words(entry.resource_type)
    if entry.id.startswith("board-"):
        return QCoreApplication.translate("Words", "Board page")
    return QCoreApplication.translate("Words", "Own file")


def format_words(value: str) -> str:
    """The formats of the catalogue."""
    names: dict[str, str] = {
        Format.VIDEO: QCoreApplication.translate("Words", "Video"),
        Format.AUDIO: QCoreApplication.translate("Words", "Sound"),
        Format.PDF: QCoreApplication.translate("Words", "PDF"),
        Format.SLIDES: QCoreApplication.translate("Words", "PowerPoint"),
        Format.DOCUMENT: QCoreApplication.translate("Words", "Document"),
        Format.IMAGE: QCoreApplication.translate("Words", "Picture"),
        Format.TEXT: QCoreApplication.translate("Words", "Text"),
        Format.WEB: QCoreApplication.translate("Words", "Interactive page"),
        Format.FLASH: QCoreApplication.translate("Words", "Flash"),
        Format.ARCHIVE: QCoreApplication.translate("Words", "Archive"),
        Format.OTHER: QCoreApplication.translate("Words", "Other format"),
        Format.NONE: QCoreApplication.translate("Words", "Catalogue only"),
    }
    return names.get(value, value)


def facet_words(facet: Facet) -> str:
    """The name of a facet."""
    names = {
        Facet.STAGE: QCoreApplication.translate("Words", "Stage"),
        Facet.SUBJECT: QCoreApplication.translate("Words", "Subject"),
        Facet.EDITION: QCoreApplication.translate("Words", "Edition"),
        Facet.GRADE: QCoreApplication.translate("Words", "Grade"),
        Facet.VOLUME: QCoreApplication.translate("Words", "Volume"),
        Facet.REVISION: QCoreApplication.translate("Words", "Textbook revision"),
        Facet.TYPE: QCoreApplication.translate("Words", "Type"),
        Facet.FORMAT: QCoreApplication.translate("Words", "Format"),
        Facet.OFFLINE: QCoreApplication.translate("Words", "Offline"),
        Facet.PLAYABLE: QCoreApplication.translate("Words", "Plays here"),
    }
    return names[facet]


def facet_value_words(facet: Facet, value: str) -> str:
    """A value of a facet; names of books and subjects stay as they are."""
    if facet is Facet.TYPE:
        return type_words(value)
    if facet is Facet.FORMAT:
        return format_words(value)
    return value or QCoreApplication.translate("Words", "Not given")


def total_words(total: int, *, is_exact: bool = True) -> str:
    """How many resources there are."""
    shown = count_words(total, is_exact=is_exact)
    if total == 1:
        return QCoreApplication.translate("Words", "1 resource")
    return QCoreApplication.translate("Words", "{count} resources").format(count=shown)
