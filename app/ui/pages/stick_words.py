# SPDX-License-Identifier: GPL-3.0-or-later
"""What the card says about a stick."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication

from app.ui.widgets.stick_card import minutes_of, number
from app.ui.words import size_words

if TYPE_CHECKING:
    from app.sync.courier.survey import StickFacts

_SOON_S = 45.0


def offer_title(facts: StickFacts) -> str:
    """U盘里有 312 个新资源，约 2 分钟."""
    if not facts.new_resources:
        if facts.parcels:
            return QCoreApplication.translate(
                "StickCard", "The stick carries parcels for the county"
            )
        if facts.has_news:
            return QCoreApplication.translate("StickCard", "The stick brings news from the county")
        return QCoreApplication.translate("StickCard", "Records and files wait for the county")
    if facts.seconds < _SOON_S:
        words = QCoreApplication.translate(
            "StickCard", "{count} new resources on the stick, done in a moment"
        )
        return words.format(count=facts.new_resources)
    words = QCoreApplication.translate(
        "StickCard", "{count} new resources on the stick, about {minutes} min"
    )
    return words.format(count=facts.new_resources, minutes=minutes_of(facts.seconds))


def place_words(facts: StickFacts) -> str:
    """Which stick, and how much."""
    if not facts.new_bytes:
        return str(facts.root)
    return f"{facts.root} · {size_words(facts.new_bytes)}"


def along_words(facts: StickFacts, others: int) -> str:
    """What goes along, and that another stick waits."""
    lines = []
    if facts.waiting_statements or facts.waiting_uploads:
        words = QCoreApplication.translate(
            "StickCard",
            "{statements} records and {uploads} files wait here for the county;"
            " they go along, sealed.",
        )
        lines.append(
            words.format(statements=facts.waiting_statements, uploads=facts.waiting_uploads)
        )
    if facts.waiting_parcels:
        words = QCoreApplication.translate(
            "StickCard", "{count} sealed parcels of other schools wait here; they go along."
        )
        lines.append(words.format(count=facts.waiting_parcels))
    if facts.parcels and facts.new_resources:
        words = QCoreApplication.translate(
            "StickCard", "{count} sealed parcels of other schools are on it."
        )
        lines.append(words.format(count=facts.parcels))
    if others:
        lines.append(
            QCoreApplication.translate("StickCard", "Another stick is plugged in; it comes next.")
        )
    return "\n".join(lines)


def suspect_words(count: int, names: tuple[str, ...]) -> str:
    """此U盘带有可疑文件."""
    if not count:
        return ""
    words = QCoreApplication.translate(
        "StickCard", "This stick has suspicious files: {names}. None of them was opened."
    )
    more = QCoreApplication.translate("StickCard", " and {count} more")
    shown = QCoreApplication.translate("StickCard", ", ").join(names)
    if count > len(names):
        shown += more.format(count=count - len(names))
    return words.format(names=shown)


def offer_buttons(facts: StickFacts) -> tuple[str, str]:
    """One to do it all, one to leave it."""
    quiet = QCoreApplication.translate("StickCard", "Not now")
    if facts.can_bring and facts.can_take:
        return QCoreApplication.translate("StickCard", "Import and take along"), quiet
    if facts.can_bring:
        return QCoreApplication.translate("StickCard", "Import"), quiet
    return QCoreApplication.translate("StickCard", "Take along"), quiet


def done_words(imported: Mapping[str, Any], exported: Mapping[str, Any]) -> str:
    """What came, what was left, what went along."""
    lines = []
    files = number(imported, "files")
    if files:
        words = QCoreApplication.translate("StickCard", "{files} files came ({size}).")
        lines.append(words.format(files=files, size=size_words(number(imported, "bytes"))))
    elif imported and not number(imported, "news"):
        lines.append(QCoreApplication.translate("StickCard", "There was nothing new on it."))
    if number(imported, "news"):
        lines.append(
            QCoreApplication.translate("StickCard", "The county's catalogue and receipts are here.")
        )
    if number(imported, "left_files"):
        words = QCoreApplication.translate(
            "StickCard", "{files} files ({size}) did not fit on this machine."
        )
        size = size_words(number(imported, "left_bytes"))
        lines.append(words.format(files=number(imported, "left_files"), size=size))
    if number(imported, "relayed"):
        words = QCoreApplication.translate(
            "StickCard", "{count} parcels of other schools were taken in."
        )
        lines.append(words.format(count=number(imported, "relayed")))
    if number(exported, "aboard") and not number(exported, "bundles"):
        lines.append(
            QCoreApplication.translate("StickCard", "What waits here is on the stick already.")
        )
    elif number(exported, "bundles"):
        words = QCoreApplication.translate(
            "StickCard", "{statements} records and {uploads} files are sealed on the stick."
        )
        lines.append(
            words.format(
                statements=number(exported, "statements"), uploads=number(exported, "uploads")
            )
        )
    if number(exported, "relayed"):
        words = QCoreApplication.translate(
            "StickCard", "{count} parcels of other schools were put on the stick."
        )
        lines.append(words.format(count=number(exported, "relayed")))
    if number(exported, "refilled"):
        words = QCoreApplication.translate(
            "StickCard", "{count} lesson files were put on the stick for its school."
        )
        lines.append(words.format(count=number(exported, "refilled")))
    left = number(exported, "left_statements") + number(exported, "left_uploads")
    if left:
        words = QCoreApplication.translate(
            "StickCard", "{left} more wait for the next stick: this one is full."
        )
        lines.append(words.format(left=left))
    return "\n".join(lines)
