# SPDX-License-Identifier: GPL-3.0-or-later
"""The status page's sentences, apart from its widgets."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import QCoreApplication

from app.sync.status import DiskStatus, Status
from app.sync.store import Problem
from app.ui.agent_link import AgentState
from app.ui.words import size_words

_HOUR_S = 3600
_UNSENT = ("queued", "sending", "paused")
_UNSAID = ("waiting", "frozen")
# Being without a line is how most rooms live; the tile "last sync" says enough about it.
_QUIET = frozenset({"offline", "cancelled"})


def agent_words(state: AgentState) -> str:
    """What the agent is doing."""
    words = {
        AgentState.STARTING: QCoreApplication.translate("Status", "Sync is starting."),
        AgentState.RUNNING: QCoreApplication.translate(
            "Status", "Works in the background; a lesson always comes first."
        ),
        AgentState.PAUSED: QCoreApplication.translate("Status", "Paused; nothing is transferred."),
        AgentState.FOLLOWING: QCoreApplication.translate(
            "Status", "Another program of this machine is syncing; its results are shown here."
        ),
        AgentState.STOPPED: QCoreApplication.translate("Status", "Sync is not running."),
    }
    return words[state]


def since_words(moment: datetime, now: datetime) -> str:
    """How long ago."""
    seconds = (now - moment).total_seconds()
    if seconds < 90:
        return QCoreApplication.translate("Status", "Just now")
    if seconds < _HOUR_S:
        minutes = int(seconds // 60)
        return QCoreApplication.translate("Status", "{minutes} min ago").format(minutes=minutes)
    hours = int(seconds // _HOUR_S)
    if hours == 1:
        return QCoreApplication.translate("Status", "One hour ago")
    if hours < 24:
        return QCoreApplication.translate("Status", "{hours} hours ago").format(hours=hours)
    days = hours // 24
    if days == 1:
        return QCoreApplication.translate("Status", "Yesterday")
    return QCoreApplication.translate("Status", "{days} days ago").format(days=days)


def age_words(age_days: int | None) -> str:
    """How old a region's catalogue is."""
    if age_days is None:
        return QCoreApplication.translate("Status", "no catalogue yet")
    if age_days == 0:
        return QCoreApplication.translate("Status", "catalogue of today")
    if age_days == 1:
        return QCoreApplication.translate("Status", "catalogue of yesterday")
    words = QCoreApplication.translate("Status", "catalogue is {days} days old")
    return words.format(days=age_days)


def outbox_words(status: Status) -> tuple[str, str]:
    """What waits, in large and in small print."""
    statements = sum(status.statements.get(state, 0) for state in _UNSAID)
    uploads = sum(status.uploads.get(state, 0) for state in _UNSENT)
    if not statements and not uploads:
        done = QCoreApplication.translate("Status", "Nothing")
        return done, QCoreApplication.translate("Status", "Everything has been sent.")
    waiting = QCoreApplication.translate("Status", "{count} waiting")
    total = waiting.format(count=statements + uploads)
    parts = []
    if uploads:
        words = QCoreApplication.translate("Status", "Uploads: {count}")
        parts.append(words.format(count=uploads))
    if statements:
        words = QCoreApplication.translate("Status", "Usage records: {count}")
        parts.append(words.format(count=statements))
    return total, " · ".join(parts)


def disk_words(disk: DiskStatus) -> str:
    """What the cache may use, what the disk has left, and what an import is about to take of it."""
    words = QCoreApplication.translate("Status", "of {quota}; the disk has {free} left")
    said = words.format(quota=size_words(disk.quota_bytes), free=size_words(disk.free_bytes))
    if not disk.import_bytes:
        return said
    words = QCoreApplication.translate(
        "Status", "The catalogue is being renewed; for this it takes up to {size} of the disk."
    )
    return said + "\n" + words.format(size=size_words(disk.import_bytes))


def left_words(left_s: int | None) -> str:
    """How long it will still take, as roughly as one can know; empty when nobody can."""
    if left_s is None:
        return ""
    if left_s < 90:
        return QCoreApplication.translate("Status", "about a minute left")
    if left_s < 90 * 60:
        words = QCoreApplication.translate("Status", "about {minutes} min left")
        return words.format(minutes=round(left_s / 60))
    if left_s < 36 * _HOUR_S:
        words = QCoreApplication.translate("Status", "about {hours} h left")
        return words.format(hours=round(left_s / _HOUR_S))
    words = QCoreApplication.translate("Status", "about {days} days left")
    return words.format(days=round(left_s / (24 * _HOUR_S)))


def transfer_words(kind: str) -> str:
    """What a transfer without a title is."""
    words = {
        "download": QCoreApplication.translate("Status", "Download"),
        "upload": QCoreApplication.translate("Status", "Upload"),
        "catalogue": QCoreApplication.translate("Status", "Catalogue"),
        "statements": QCoreApplication.translate("Status", "Usage records"),
    }
    return words.get(kind, kind)


def visible_problems(status: Status) -> tuple[Problem, ...]:
    """Problems that a person can do something about."""
    return tuple(problem for problem in status.problems if problem.code not in _QUIET)
