# SPDX-License-Identifier: GPL-3.0-or-later
"""The published state of a shard as the publisher's database keeps it."""

from typing import Any

from app.publish.plan import DatedDelta, ShardState
from app.region import layout
from app.region.index import BundleRef, DeltaPart, Part, ShardKey


def state_to_json(state: ShardState) -> dict[str, Any]:
    key = state.key
    return {
        "key": [key.stage, key.subject, key.edition, key.is_exercise],
        "entries": state.entries,
        "files_bytes": state.files_bytes,
        "serial": state.serial,
        "snapshot": [state.snapshot.serial, state.snapshot.length, state.snapshot.sha256],
        "deltas": [
            [
                delta.part.from_serial,
                delta.part.to_serial,
                delta.part.length,
                delta.part.sha256,
                [delta.part.bundle.bundle_id, delta.part.bundle.offset]
                if delta.part.bundle
                else None,
                delta.issued,
            ]
            for delta in state.deltas
        ],
    }


def state_from_json(raw: dict[str, Any]) -> ShardState:
    key = ShardKey(*raw["key"])
    shard_id = key.shard_id
    serial, length, sha256 = raw["snapshot"]
    return ShardState(
        key=key,
        entries=raw["entries"],
        files_bytes=raw["files_bytes"],
        serial=raw["serial"],
        snapshot=Part(layout.snapshot_path(shard_id, serial, sha256), length, sha256, serial),
        deltas=tuple(
            DatedDelta(
                DeltaPart(
                    start,
                    end,
                    layout.delta_path(shard_id, start, end, delta_hash),
                    delta_length,
                    delta_hash,
                    BundleRef(*bundle) if bundle else None,
                ),
                issued,
            )
            for start, end, delta_length, delta_hash, bundle, issued in raw["deltas"]
        ),
    )
