# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of uploads, as the region signed it (`receipts/index.ndjson`).

`app.region.receipts` says what each line means. A line of a kind we do not know is passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from app.base.documents import check_header
from app.base.errors import DamagedDocumentError
from app.region.bundle import BUNDLE_ID
from app.region.fields import FORBIDDEN_IN_TEXT, SHA256
from app.region.receipts import (
    MAX_REASON_CHARS,
    MAX_RECEIPTS_BYTES,
    RECEIPTS_FORMAT,
    RECEIPTS_MAJOR,
    BundleReceipt,
    ReceiptState,
    UploadReceipt,
)

Receipt = UploadReceipt | BundleReceipt
_MAX_LINE_BYTES = 8192
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,127}")


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
    bundle_id = document.get("bundle")
    if isinstance(bundle_id, str):
        is_known = document.get("state") == ReceiptState.RECEIVED and BUNDLE_ID.fullmatch(bundle_id)
        return BundleReceipt(bundle_id) if is_known else None
    upload_id, sha256, state = (document.get(name) for name in ("id", "sha256", "state"))
    if not isinstance(upload_id, str) or not _ID.fullmatch(upload_id):
        return None
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        return None
    if state not in tuple(ReceiptState):
        return None
    reason = document.get("reason")
    text = FORBIDDEN_IN_TEXT.sub("", reason)[:MAX_REASON_CHARS] if isinstance(reason, str) else ""
    return UploadReceipt(upload_id, sha256, ReceiptState(state), text)
