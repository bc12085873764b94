# SPDX-License-Identifier: GPL-3.0-or-later
"""What time it really is, when certificates say that this machine's clock is wrong.

A certificate that is "not yet valid" or "expired" here is verified in everything but its dates; the
server's own Date then tells the time, and the certificate must have been valid at that time. A date
before something that this machine knows for sure (its release, a signed issue date) is no date.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any


class TrueTime:
    """A moment heard from a verified server, carried on by the monotonic clock; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: tuple[datetime, float] | None = None
        self._hosts: set[str] = set()
        self.earliest = datetime(2026, 1, 1, tzinfo=UTC)

    def learn(self, host: str, date: datetime | None, certificate: Mapping[str, Any]) -> bool:
        """Believe `date` if it is possible and `certificate` was valid then."""
        if date is None or date < self.earliest or not _is_valid_at(certificate, date):
            return False
        with self._lock:
            self._heard = (date, time.monotonic())
            self._hosts.add(host)
        return True

    def is_for(self, host: str) -> bool:
        """Whether this host's certificate is to be judged by the true time."""
        with self._lock:
            return host in self._hosts

    def judge(self, certificate: Mapping[str, Any]) -> None:
        """Refuse a certificate that is not valid at the true time.

        Raises:
            ssl.SSLError: it is not, or the true time is not known.
        """
        with self._lock:
            heard = self._heard
        if heard is not None:
            now = heard[0] + timedelta(seconds=time.monotonic() - heard[1])
            if _is_valid_at(certificate, now):
                return
        raise ssl.SSLError("the certificate is not valid at the true time")


def _is_valid_at(certificate: Mapping[str, Any], moment: datetime) -> bool:
    try:
        first_s = ssl.cert_time_to_seconds(certificate["notBefore"])
        last_s = ssl.cert_time_to_seconds(certificate["notAfter"])
    except (KeyError, ValueError):
        return False
    return first_s <= moment.timestamp() <= last_s
