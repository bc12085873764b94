# SPDX-License-Identifier: GPL-3.0-or-later
"""The time of a build: whole seconds in UTC, given by `--issued` or taken once from the clock."""

from datetime import UTC, datetime

from app.base.clock import SystemClock
from app.publish.errors import IssuedInvalidError


def parse_issued(text: str | None) -> datetime:
    """The moment of a build; a time without a zone is UTC."""
    if text is None:
        return SystemClock().wall().astimezone(UTC).replace(microsecond=0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise IssuedInvalidError(issued=text[:100], newest="") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).replace(microsecond=0)


def show(moment: datetime) -> str:
    """As documents carry it: 2026-11-21T08:00:00Z."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read(text: str) -> datetime:
    """Back from `show`."""
    return datetime.fromisoformat(text).astimezone(UTC)
