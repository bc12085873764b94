# SPDX-License-Identifier: GPL-3.0-or-later
"""What to fetch so that the local catalogue matches an index: decisions only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from app.region.index import BundleLine, DeltaPart, Index, Part, ShardKey, ShardLine

# One more request costs a round trip: 300 ms of a line of 1 Mbit/s.
REQUEST_COST_BYTES = 37_500
# So many shards are fetched at once: each of them waits a part of a round trip only.
AT_ONCE = 4
# Instead of a path: these bytes lie in a bundle that is here.
IN_BUNDLE = "bundle:"


@dataclass(frozen=True, slots=True)
class ShardPlan:
    """How to bring one shard to its newest serial: maybe a snapshot, then deltas in order."""

    line: ShardLine
    snapshot: Part | None
    deltas: tuple[DeltaPart, ...]

    @property
    def cost_bytes(self) -> int:
        """Bytes to fetch, each request counted as its round trip in bytes."""
        single = [delta for delta in self.deltas if bundle_of(delta) is None]
        parts = len(single) + (self.snapshot is not None)
        length = sum(delta.length for delta in single)
        length += self.snapshot.length if self.snapshot is not None else 0
        return length + parts * REQUEST_COST_BYTES


def bundle_of(delta: DeltaPart) -> str | None:
    """The bundle that is here and holds a delta; None where it is fetched by itself."""
    is_inside = delta.path.startswith(IN_BUNDLE)
    return delta.path.removeprefix(IN_BUNDLE) if is_inside else None


@dataclass(frozen=True, slots=True)
class CataloguePlan:
    """Everything to do for one region."""

    shards: tuple[ShardPlan, ...]
    bundles: tuple[BundleLine, ...]
    removed: tuple[str, ...]


def wanted_shards(
    index: Index,
    subscriptions: Sequence[ShardKey] | None,
    switched: Mapping[ShardKey, bool],
) -> list[ShardLine]:
    """The shards to keep: the enrolment's (None: all but exercises), as switched here."""

    def is_wanted(key: ShardKey) -> bool:
        default = not key.is_exercise if subscriptions is None else key in subscriptions
        return switched.get(key, default)

    return [line for line in index.shards if is_wanted(line.key)]


def plan_shard(line: ShardLine, serial: int | None) -> ShardPlan | None:
    """The cheapest way from `serial` (None: nothing here yet); None when nothing is to do.

    Where bundles could not be had, an older snapshot is better than nothing, but than nothing else.
    """
    if serial == line.serial:
        return None
    after_snapshot = line.deltas_from(line.snapshot.serial)
    ways = []
    if after_snapshot is not None or serial is None or serial > line.serial:
        ways.append(ShardPlan(line, line.snapshot, after_snapshot or ()))
    chain = line.deltas_from(serial) if serial is not None and serial < line.serial else None
    if chain:
        ways.append(ShardPlan(line, None, chain))
    return min(ways, key=lambda way: way.cost_bytes, default=None)


def plan_catalogue(
    index: Index,
    wanted: Iterable[ShardLine],
    serial_of: Callable[[str], int | None],
    held_shards: Iterable[str],
) -> CataloguePlan:
    """What to fetch and what to drop."""
    lines = list(wanted)
    plans = [
        plan for line in lines if (plan := plan_shard(line, serial_of(line.shard_id))) is not None
    ]
    kept = {line.shard_id for line in lines}
    removed = tuple(sorted(shard_id for shard_id in held_shards if shard_id not in kept))
    return CataloguePlan(tuple(plans), _cheaper_bundles(index, plans), removed)


def _cheaper_bundles(index: Index, plans: Iterable[ShardPlan]) -> tuple[BundleLine, ...]:
    """Bundles that cost less than the deltas we need from them."""
    needed: dict[str, int] = defaultdict(int)
    for plan in plans:
        for delta in plan.deltas:
            if delta.bundle is not None:
                needed[delta.bundle.bundle_id] += delta.length + REQUEST_COST_BYTES
    return tuple(
        bundle
        for bundle in index.bundles
        if needed.get(bundle.bundle_id, 0) > bundle.length + REQUEST_COST_BYTES
    )
