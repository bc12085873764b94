# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks every mirror of every region for a small file, now, and says the truest reason why not."""

from __future__ import annotations

from collections.abc import Iterable

from app.base.errors import KnownError, OfflineError
from app.sync.carriers import open_carrier
from app.sync.errors import FirewallBlockedError
from app.sync.health import truest
from app.sync.http import NO_ANSWER, HttpSession, Timeouts
from app.sync.store import RegionRow

PROBED_PATH = "metadata/timestamp.json"
QUICK = Timeouts(connect_s=4.0, silence_s=4.0, total_s=8.0)


def probe(regions: Iterable[RegionRow], timeouts: Timeouts = QUICK) -> KnownError | None:
    """None when some mirror answers, or when no region has one on the network."""
    addresses = {
        address
        for region in regions
        for address in region.mirrors
        if address.lower().startswith(("http://", "https://"))
    }
    errors: list[KnownError] = []
    session = HttpSession(timeouts=timeouts)
    try:
        for address in sorted(addresses):
            try:
                if open_carrier(address, session).exists(PROBED_PATH):
                    return None
                errors.append(OfflineError(host=address))
            except KnownError as error:
                errors.append(error)
    finally:
        session.close()
    found = truest(errors)
    if isinstance(found, OfflineError) and found.data.get("reason") == NO_ANSWER:
        return FirewallBlockedError(host=found.data.get("host"), reason=NO_ANSWER)
    return found
