# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent does to the outbox of uploads besides sending: take in, give up, decide."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.base.paths import DataPaths
from app.region.fields import SHA256, Reason
from app.region.receipts import UploadReceipt
from app.sync.uploads.details import clean_name, details_to_json, parse_details
from app.sync.uploads.errors import CopyDamagedError, DetailsInvalidError
from app.sync.uploads.staging import staged_path
from app.sync.uploads.store import UploadStore


def add_staged(
    store: UploadStore,
    paths: DataPaths,
    upload_id: str,
    region_id: str,
    *,
    sha256: str,
    size_bytes: int,
    name: str,
    details: Mapping[str, Any],
) -> str:
    """Queue a file that `stage_file` put into the outbox; returns the id of its row.

    Raises:
        DetailsInvalidError: what was said about it breaks a rule.
        CopyDamagedError: the copy is not there, or has another size.
    """
    if not SHA256.fullmatch(sha256):
        raise DetailsInvalidError(field="sha256", reason=Reason.NOT_A_HASH.value)
    checked = parse_details(details)
    shown = clean_name(name)
    try:
        found_bytes = staged_path(paths, sha256).stat().st_size
    except OSError as error:
        raise CopyDamagedError(name=shown) from error
    if found_bytes != size_bytes:
        raise CopyDamagedError(name=shown)
    return store.add(
        upload_id,
        region_id,
        sha256=sha256,
        size_bytes=size_bytes,
        name=shown,
        details=details_to_json(checked),
    )


def forget_upload(store: UploadStore, paths: DataPaths, upload_id: str) -> None:
    """The teacher deletes an upload: the local copy goes at once, the server is told later.

    Raises:
        UnknownUploadError: there is none.
    """
    sha256 = store.get(upload_id).sha256
    store.forget(upload_id)
    release_copies(store, paths, [sha256])


def apply_receipts(store: UploadStore, paths: DataPaths, receipts: Iterable[UploadReceipt]) -> int:
    """Record the region's decisions, then delete the copies of what was accepted.

    Returns how many uploads changed. Applying the same receipts again changes nothing.
    """
    changed = store.apply_receipts(receipts)
    if changed:
        release_copies(store, paths, {upload.sha256 for upload in store.all()})
    return changed


def release_copies(store: UploadStore, paths: DataPaths, contents: Iterable[str]) -> None:
    """Delete those of the named copies that no row needs any more."""
    needed = store.contents()
    for sha256 in contents:
        if sha256 in needed:
            continue
        try:
            staged_path(paths, sha256).unlink(missing_ok=True)
        except OSError:
            continue  # a scanner holds it; `sweep_abandoned` comes by later
