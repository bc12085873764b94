# SPDX-License-Identifier: GPL-3.0-or-later
"""receipts/index.ndjson: what has arrived at the region and what it decided; signed as a target.

The first line is the header of format `kezhan-receipts`. A line with `id` and `sha256` is about an
upload: `state` is `received` (已收到), `accepted` (已入库) or `rejected` (退回, with a `reason`). A
line with `bundle` says that everything in that sealed bundle has arrived: its statements are told,
its pieces of uploads are kept, and the machine need not bring it again.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.base.documents import document_header

RECEIPTS_FORMAT: Final = "kezhan-receipts"
RECEIPTS_MAJOR: Final = 1
RECEIPTS_MINOR: Final = 1
MAX_RECEIPTS_BYTES: Final = 64 << 20
MAX_REASON_CHARS: Final = 500


class ReceiptState(StrEnum):
    """How far an upload has come at the region."""

    RECEIVED = "received"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class UploadReceipt:
    """About one upload, by its id and its content."""

    upload_id: str
    sha256: str
    state: ReceiptState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BundleReceipt:
    """Everything in this bundle has arrived."""

    bundle_id: str


def receipts_to_bytes(
    region_id: str, issued: str, receipts: Iterable[UploadReceipt | BundleReceipt]
) -> bytes:
    """The whole document; of more than fits, the first are left out (callers sort by age)."""
    header = document_header(RECEIPTS_FORMAT, RECEIPTS_MAJOR, RECEIPTS_MINOR)
    first = _line(header | {"region_id": region_id, "issued": issued})
    lines = [_receipt_line(receipt) for receipt in receipts]
    size_bytes = len(first)
    kept = len(lines)
    while kept and size_bytes + len(lines[kept - 1]) <= MAX_RECEIPTS_BYTES:
        kept -= 1
        size_bytes += len(lines[kept])
    return b"".join([first, *lines[kept:]])


def _receipt_line(receipt: UploadReceipt | BundleReceipt) -> bytes:
    if isinstance(receipt, BundleReceipt):
        return _line({"bundle": receipt.bundle_id, "state": ReceiptState.RECEIVED.value})
    document: dict[str, object] = {
        "id": receipt.upload_id,
        "sha256": receipt.sha256,
        "state": receipt.state.value,
    }
    if receipt.reason:
        document["reason"] = receipt.reason[:MAX_REASON_CHARS]
    return _line(document)


def _line(document: dict[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"
