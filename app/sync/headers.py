# SPDX-License-Identifier: GPL-3.0-or-later
"""What stands in addresses and headers, read with suspicion."""

from __future__ import annotations

import base64
import email.utils
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.base.errors import KnownError
from app.sync.errors import (
    AddressInvalidError,
    AuthRefusedError,
    MirrorBrokenError,
    MirrorBusyError,
    MirrorMissingError,
)

USER_AGENT = "Kezhan/1"
MAX_RETRY_AFTER_S = 3600.0
_CONTENT_RANGE = re.compile(r"bytes (\d{1,19})-(\d{1,19})/(\d{1,19}|\*)\s*\Z")


@dataclass(frozen=True, slots=True)
class ContentRange:
    """The part of an object that a 206 says it carries; `last` is inclusive, as on the wire."""

    first: int
    last: int
    total: int | None


def parse_content_range(value: str | None) -> ContentRange | None:
    """A Content-Range header, or None when there is none that makes sense."""
    match = _CONTENT_RANGE.match(value or "")
    if match is None:
        return None
    first, last, total = int(match[1]), int(match[2]), match[3]
    return ContentRange(first, last, None if total == "*" else int(total))


def parse_length(value: str | None) -> int | None:
    """A Content-Length header as a number, or None."""
    return int(value) if value is not None and value.isascii() and value.isdigit() else None


def parse_http_date(value: str | None) -> datetime | None:
    """An HTTP date as aware UTC, or None when it is missing or nonsense."""
    try:
        parsed = email.utils.parsedate_to_datetime(value or "")
    except ValueError:
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def parse_retry_after(value: str | None, server_date: datetime | None) -> float | None:
    """Retry-After in seconds, between 0 and an hour; a date counts from the server's own clock."""
    if value is None:
        return None
    try:
        wait_s = float(value)
    except ValueError:
        at = parse_http_date(value)
        if at is None or server_date is None:
            return None
        wait_s = (at - server_date).total_seconds()
    return min(max(wait_s, 0.0), MAX_RETRY_AFTER_S) if math.isfinite(wait_s) else None


def host_of(address: str) -> str:
    """The host (and port when it is unusual) of an address, for sentences and back-off."""
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
    except ValueError:
        return "?"
    if not host:
        return address
    return host if port in (None, 80, 443) else f"{host}:{port}"


def check_address(address: str) -> None:
    """Refuse what is no plain http(s) address, before anything looks at it."""
    try:
        parts = urlsplit(address)
        is_good = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_good = is_good and (parts.port is None or parts.port > 0)
    except ValueError:
        is_good = False
    if not is_good or len(address) > 4096 or re.search(r"[\x00-\x20\x7f]", address):
        raise AddressInvalidError(address=address[:200])


def basic_auth(user: str, password: str) -> dict[str, str]:
    """The header of HTTP Basic authentication."""
    token = base64.b64encode(f"{user}:{password}".encode()).decode("ascii")
    return {"Authorization": f"Basic {token}"}


def bearer_auth(token: str) -> dict[str, str]:
    """The header of a bearer token."""
    return {"Authorization": f"Bearer {token}"}


def error_of_status(
    status: int, host: str, path: str, retry_after_s: float | None
) -> KnownError | None:
    """What a status means to who fetches a file; None for 200 and 206."""
    if status in (200, 206):
        return None
    if status in (404, 410):
        return MirrorMissingError(host=host, path=path)
    if status in (401, 403):
        return AuthRefusedError(host=host, status=status)
    if status in (408, 425, 429) or status >= 500:
        return MirrorBusyError(host=host, status=status, retry_after_s=retry_after_s)
    return MirrorBrokenError(host=host, path=path, reason=f"status_{status}")


def request_headers(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """What every request says."""
    # identity: a compressed body has other bytes, and no ranges (measured with nginx gzip on).
    base = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "identity"}
    return {**base, **(more or {})}
