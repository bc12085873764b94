# SPDX-License-Identifier: GPL-3.0-or-later
"""Who this machine is in its bundles, and the word by which a depot knows one from another."""

from __future__ import annotations

import secrets
from hashlib import sha256

from app.base.errors import BugError
from app.sync.first_look import DEVICE_META
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


def device_id_of(store: SyncStore) -> str:
    """The id that the agent has found for this machine at its start."""
    device_id = store.meta(DEVICE_META)
    if not isinstance(device_id, str):
        raise BugError("the agent looks who it is before it does anything")
    return device_id
