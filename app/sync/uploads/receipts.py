# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of uploads, as the region signed it (`receipts/index.ndjson`).

The first line is the header of format `kezhan-receipts`; each further line is one receipt: `id` and
`sha256` of the upload, `state` `accepted` or `rejected`, and for the latter a `reason`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.base.documents import check_header
from app.base.errors import DamagedDocumentError
from app.region.fields import FORBIDDEN_IN_TEXT, SHA256

RECEIPTS_FORMAT = "kezhan-receipts"
RECEIPTS_MAJOR = 1
# 300,000 uploads at 200 bytes a line; the region format (docs/region-format.md) allows no more.
MAX_RECEIPTS_BYTES = 64 << 20
_MAX_LINE_BYTES = 8192
_MAX_REASON_CHARS = 500
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The region's decision about one upload."""

    upload_id: str
    sha256: str
    is_accepted: bool
    reason: str = ""


def parse_receipts(raw: bytes) -> Iterator[Receipt]:
    """Read receipts line by line; a line of a kind we do not know is left to newer programs.

    Raises:
        DamagedDocumentError, UnknownMajorError: the header is not one of ours; nothing is yielded.
    """
    if len(raw) > MAX_RECEIPTS_BYTES:
        raise DamagedDocumentError(what=RECEIPTS_FORMAT, reason="too_large")
    start = raw.find(b"\n")
    header = _line(raw[: start if start >= 0 else len(raw)])
    if header is None:
        raise DamagedDocumentError(what=RECEIPTS_FORMAT, reason="not_json")
    check_header(header, RECEIPTS_FORMAT, RECEIPTS_MAJOR)
    return _receipts(raw, start + 1 if start >= 0 else len(raw))


def _receipts(raw: bytes, start: int) -> Iterator[Receipt]:
    while start < len(raw):
        end = raw.find(b"\n", start)
        end = len(raw) if end < 0 else end
        receipt = _receipt(_line(raw[start:end]))
        if receipt is not None:
            yield receipt
        start = end + 1


def _line(raw: bytes) -> dict[str, Any] | None:
    if len(raw) > _MAX_LINE_BYTES:
        return None
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _receipt(document: dict[str, Any] | None) -> Receipt | None:
    if document is None:
        return None
    upload_id, sha256, state = (document.get(name) for name in ("id", "sha256", "state"))
    if not isinstance(upload_id, str) or not _ID.fullmatch(upload_id):
        return None
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        return None
    if state not in ("accepted", "rejected"):
        return None
    reason = document.get("reason")
    text = FORBIDDEN_IN_TEXT.sub("", reason)[:_MAX_REASON_CHARS] if isinstance(reason, str) else ""
    return Receipt(upload_id, sha256, state == "accepted", text)
