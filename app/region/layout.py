# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of everything in a region's tree, always with forward slashes, relative to its root."""

import hashlib
import re
from typing import Final

METADATA_DIR: Final = "metadata"
TARGETS_DIR: Final = "targets"
CATALOGUE_DIR: Final = "catalogue"
BLOBS_DIR: Final = "blobs"
PIECES_DIR: Final = "pieces"
ENROLMENT_NAME: Final = "enrolment.json"

REGION_TARGET: Final = "region.json"
SHORT_INDEX_TARGET: Final = "catalogue/shards.index"
INDEX_TARGET: Final = "catalogue/index.ndjson"
RECEIPTS_TARGET: Final = "receipts/index.ndjson"
UPDATES_TARGET: Final = "updates/updates.json"
# The short index says what the long one says; who knows it needs no other.
TARGET_NAMES: Final = (
    REGION_TARGET,
    SHORT_INDEX_TARGET,
    INDEX_TARGET,
    RECEIPTS_TARGET,
    UPDATES_TARGET,
)
OPTIONAL_TARGETS: Final = frozenset({SHORT_INDEX_TARGET, RECEIPTS_TARGET, UPDATES_TARGET})

SHARD_ID: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")


def blob_path(sha256: str) -> str:
    return f"{BLOBS_DIR}/{sha256[:2]}/{sha256}"


def piece_list_path(sha256: str) -> str:
    """Where the piece list whose own hash is `sha256` lies."""
    return f"{PIECES_DIR}/{sha256[:2]}/{sha256}"


def shard_id_of(stage: str, subject: str, edition: str, is_exercise: bool) -> str:
    """A stable, path-safe name of a shard, equal wherever it is made."""
    key = "\0".join((stage, subject, edition, "exercise" if is_exercise else ""))
    return hashlib.sha256(key.encode("utf-8")).hexdigest()[:16]


def snapshot_path(shard_id: str, serial: int, sha256: str) -> str:
    return f"{CATALOGUE_DIR}/{shard_id}/{serial}-{sha256[:16]}.snapshot"


def delta_path(shard_id: str, from_serial: int, to_serial: int, sha256: str) -> str:
    return f"{CATALOGUE_DIR}/{shard_id}/{from_serial}-{to_serial}-{sha256[:16]}.delta"


def bundle_path(bundle_id: str, sha256: str) -> str:
    return f"{CATALOGUE_DIR}/bundles/{bundle_id}-{sha256[:16]}.bundle"


def delta_bundle_path(bundle_id: str, sha256: str) -> str:
    return f"{CATALOGUE_DIR}/bundles/{bundle_id}-{sha256[:16]}.deltas"


def target_path(target_name: str, sha256: str) -> str:
    """Consistent snapshots put the hash first: targets/catalogue/<sha256>.index.ndjson."""
    folder, _, name = target_name.rpartition("/")
    return "/".join(part for part in (TARGETS_DIR, folder, f"{sha256}.{name}") if part)
