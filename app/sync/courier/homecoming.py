# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies the region's receipts to everything that left: uploads, own bundles, others' bundles."""

from __future__ import annotations

from collections.abc import Iterator

from app.base.db import Database
from app.base.paths import DataPaths
from app.region.receipts import BundleReceipt, UploadReceipt
from app.sync.courier.depot import let_go
from app.sync.courier.store import BundleStore, RelayState, RelayStore
from app.sync.statements.store import StatementStore
from app.sync.uploads.outbox import apply_receipts
from app.sync.uploads.receipts import parse_receipts
from app.sync.uploads.store import UploadStore


def apply_all(database: Database, paths: DataPaths, raw: bytes) -> bool:
    """Apply receipts; whether anything changed here. Applying them again changes nothing.

    Raises:
        DamagedDocumentError, UnknownMajorError: they are not receipts that we can read.
    """
    arrived: list[str] = []

    def uploads() -> Iterator[UploadReceipt]:
        for receipt in parse_receipts(raw):
            if isinstance(receipt, BundleReceipt):
                arrived.append(receipt.bundle_id)
            else:
                yield receipt

    changed = apply_receipts(UploadStore(database), paths, uploads())
    return _bundles_arrived(database, paths, arrived) or bool(changed)


def _bundles_arrived(database: Database, paths: DataPaths, arrived: list[str]) -> bool:
    """Statements of our bundles are delivered; of others' bundles we may let go."""
    bundles = BundleStore(database)
    news = bundles.arrived(arrived)
    for bundle_id in news:
        StatementStore(database).delivered(bundles.statements_of(bundle_id))
        bundles.settle(bundle_id)
    passed_on = RelayStore(database).set_state(arrived, RelayState.ARRIVED)
    if passed_on:
        let_go(paths, UploadStore(database), set(arrived))
    return bool(news) or bool(passed_on)
