# SPDX-License-Identifier: GPL-3.0-or-later
"""The word by which a depot knows one machine's bundles from another's, and nothing else."""

from __future__ import annotations

import secrets
from hashlib import sha256

from app.sync.store import SyncStore

_SECRET = "point_secret"  # noqa: S105 - the name of a row
_CHARS = 32


def point_of(store: SyncStore, device_id: str) -> str:
    """This machine's label: random, the same on every trip, another one on a cloned disk."""
    secret = store.meta(_SECRET)
    if not isinstance(secret, str):
        secret = secrets.token_hex(16)
        store.set_meta(_SECRET, secret)
    return sha256(f"kezhan-point:{secret}:{device_id}".encode()).hexdigest()[:_CHARS]
