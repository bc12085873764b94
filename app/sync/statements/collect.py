# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes new events from the window's log into the outbox of statements."""

from __future__ import annotations

from app.sync.statements.store import Cursor, StatementStore
from app.usage.store import KEPT_EVENTS, UsageStore

_AT_ONCE = 500


def collect(usage: UsageStore, store: StatementStore, region_id: str) -> int:
    """Make a row for every event of a region that has none; returns how many.

    Rows and cursor move in one commit, so a kill at any moment neither loses nor doubles one. A log
    that was set back (restored copy, frozen disk) is read again from its start: known events are
    recognised by their id.
    """
    cursor = store.cursor(region_id)
    if cursor.position and usage.event_id_at(cursor.position) != cursor.event_id:
        cursor = Cursor()
    added = 0
    while found := usage.after(cursor.position, _AT_ONCE):
        own = [(one.position, one.event) for one in found if one.event.region_id == region_id]
        cursor = Cursor(found[-1].position, found[-1].event.event_id)
        added += store.collect(region_id, own, cursor)
    if added:
        store.forget_until(cursor.position - KEPT_EVENTS)
    return added
