# SPDX-License-Identifier: GPL-3.0-or-later
"""The bundle of a build: all its deltas packed together, and how the short index names them."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from app.publish.plan import IssuedBundle, ShardState
from app.publish.store import Build, PublishStore
from app.publish.tree import PublicTree
from app.region import layout
from app.region.delta_bundle import DeltaBundle, ShardChanges, encode_bundle
from app.region.index import DeltaBundleLine, Index, Prefix, ShardLine
from app.region.short_index import MAX_DELTA_BUNDLES

# A build that changes more is fetched shard by shard: who follows few should not wait for it.
MAX_BUNDLED_ENTRIES: Final = 100_000


def stage_bundle(store: PublishStore, tree: PublicTree, build: Build) -> None:
    """Pack the deltas of this build, unless a build that was cut has done so."""
    bundle_id = f"b{build.number}"
    if any(one.line.bundle_id == bundle_id for one in store.delta_bundles()):
        return
    changes: list[ShardChanges] = []
    entries = 0
    for state in store.shards(is_staged=True):
        if not is_new(state, build):
            continue
        found, part = store.changes(state.shard_id), state.deltas[-1].part
        entries += len(found.upserts)
        if entries > MAX_BUNDLED_ENTRIES:
            return
        changes.append(
            ShardChanges(
                key=state.key,
                from_serial=part.from_serial,
                to_serial=part.to_serial,
                upserts=found.upserts,
                deleted_ids=found.deleted_ids,
                length=part.length,
                sha256=part.sha256,
            )
        )
    if not changes:
        return
    encoded = encode_bundle(changes)
    lengths = (encoded.head_length, encoded.lessons_length, len(encoded.raw))
    head, lessons, whole = (
        Prefix(length, hashlib.sha256(encoded.raw[:length]).hexdigest()) for length in lengths
    )
    path = layout.delta_bundle_path(bundle_id, whole.sha256)
    line = DeltaBundleLine(bundle_id, path, head, lessons, whole, len(changes))
    tree.write(path, encoded.raw)
    store.stage_delta_bundle(IssuedBundle(line, build.issued))


def is_new(state: ShardState, build: Build) -> bool:
    """Whether this build has made the newest delta of a staged shard."""
    return bool(state.deltas) and state.deltas[-1].issued == build.issued


@dataclass(frozen=True, slots=True)
class Listed:
    """The bundles that the short index names, and the deltas, as (shard, serial), in them."""

    bundles: tuple[IssuedBundle, ...]
    deltas: frozenset[tuple[str, int]]


def listed_bundles(
    bundles: Sequence[IssuedBundle], tree: PublicTree, shards: Iterable[ShardState]
) -> Listed:
    """Bundles that hold a delta which is still kept: the newest of them, oldest first.

    One that the tree has lost counts for nothing; its deltas are named one by one.
    """
    kept = {(state.shard_id, one.part.to_serial) for state in shards for one in state.deltas}
    used: list[IssuedBundle] = []
    inside: set[tuple[str, int]] = set()
    for bundle in reversed(bundles):
        deltas = _deltas_in(bundle, tree) & kept
        if deltas and len(used) < MAX_DELTA_BUNDLES:
            used.append(bundle)
            inside |= deltas
    return Listed(tuple(reversed(used)), frozenset(inside))


def _deltas_in(bundle: IssuedBundle, tree: PublicTree) -> set[tuple[str, int]]:
    raw = tree.read(bundle.line.path)
    if raw is None or hashlib.sha256(raw).hexdigest() != bundle.line.whole.sha256:
        return set()
    return {(delta.shard_id, delta.to_serial) for delta in DeltaBundle(raw).deltas}


def short_index(index: Index, listed: Listed) -> Index:
    """The same region; deltas that lie in a bundle are not named again."""
    return replace(
        index,
        shards=tuple(_short_line(line, listed) for line in index.shards),
        bundles=(),
        delta_bundles=tuple(bundle.line for bundle in listed.bundles),
    )


def _short_line(line: ShardLine, listed: Listed) -> ShardLine:
    parts = [part for part in line.deltas if (line.shard_id, part.to_serial) not in listed.deltas]
    return replace(line, deltas=tuple(replace(part, bundle=None) for part in parts))
