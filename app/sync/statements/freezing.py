# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixes the bytes of statements before the first of them leaves, by line or by stick."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.base.clock import Anchor, Estimate
from app.sync.statements.store import FrozenStatement, StatementStore
from app.usage.events import Event
from app.usage.statements import Actor, school_address, statement_bytes, to_statement
from app.usage.times import EventTime, judge_times

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Times:
    """What judging the time of events needs: the estimate now and everything that vouches for it.

    `not_before` is the release date of this program.
    """

    now: Callable[[], Estimate]
    anchors: Callable[[], Sequence[Anchor]]
    not_before: datetime


def freeze_oldest(
    store: StatementStore, region_id: str, school_code: str, times: Times, count: int
) -> bool:
    """Fix the bytes of the oldest waiting statements of a region; False when none waits."""
    events = store.waiting(region_id, count)
    if not events:
        return False
    not_before = store.frozen_until(region_id) or times.not_before
    judged = judge_times(events, times.anchors(), not_before=not_before, now=times.now())
    home_page = school_address(region_id, school_code)

    def make(account_of: Callable[[str, str], str]) -> list[FrozenStatement]:
        made = []
        for event, moment in zip(events, judged, strict=True):
            actor = Actor(home_page, account_of(home_page, event.teacher_id))
            made.append(_frozen(event, actor, moment))
        return made

    until = max(not_before, *(moment.at for moment in judged))
    store.freeze(region_id, make, until)
    return True


def _frozen(event: Event, actor: Actor, time: EventTime) -> FrozenStatement:
    """The bytes of an event. One whose ids are none (a log edited by hand) must not stop the rest:
    the store will refuse its empty object, and it is set aside like any other offender.
    """
    try:
        return FrozenStatement(event.event_id, statement_bytes(to_statement(event, actor, time)))
    except ValueError:
        logger.warning("event %s cannot be told as a statement", event.event_id)
        return FrozenStatement(event.event_id, b"{}")
