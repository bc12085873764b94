# SPDX-License-Identifier: GPL-3.0-or-later
"""What a build tells the schools about what they sent."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from app.base.messages import DEFAULT_LANGUAGE, message
from app.publish import times
from app.publish.receiving.store import ARRIVED, ReceivedStore, ReceivedUpload, State
from app.region.receipts import BundleReceipt, ReceiptState, UploadReceipt

# A machine that is visited once a year still hears that its bundles have arrived.
_BUNDLES_KEPT: Final = timedelta(days=400)
_STATES: Final = {
    State.WAITING: ReceiptState.RECEIVED,
    State.ACCEPTED: ReceiptState.ACCEPTED,
    State.RETURNED: ReceiptState.REJECTED,
    State.DAMAGED: ReceiptState.REJECTED,
}


def receipts(store: ReceivedStore, issued: datetime) -> Iterator[UploadReceipt | BundleReceipt]:
    """Bundles first, then uploads by their last change: what does not fit is the oldest."""
    for bundle_id in store.bundle_ids_since(times.show(issued - _BUNDLES_KEPT)):
        yield BundleReceipt(bundle_id)
    for row in store.by_last_change((*ARRIVED, State.DAMAGED)):
        yield UploadReceipt(row.upload_id, row.sha256, _STATES[row.state], _reason(row))


def _reason(row: ReceivedUpload) -> str:
    if row.state is State.DAMAGED:
        return message("receipt_damaged", {}, DEFAULT_LANGUAGE).sentence
    return row.reason
