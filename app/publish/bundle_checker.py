# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the short index and its bundles say what the long index and its deltas say."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice

from app.base.errors import KnownError
from app.publish.tree import PublicTree
from app.region.delta_bundle import BundledDelta, DeltaBundle, Section, short_hash
from app.region.entry import Entry
from app.region.index import DeltaBundleLine, DeltaPart, Index
from app.region.layout import SHORT_INDEX_TARGET
from app.region.shard import read_delta


@dataclass(frozen=True, slots=True)
class Problem:
    """Something a client would stumble over: where, and a stable word for what."""

    path: str
    reason: str


def check_short(tree: PublicTree, short: Index | None, index: Index) -> list[Problem]:
    """What is wrong; a region published by an older program has no short index."""
    if short is None:
        return []
    without_deltas = (
        tuple(replace(line, deltas=()) for line in one.shards) for one in (short, index)
    )
    if len({short.region_id, index.region_id}) != 1 or len(set(without_deltas)) != 1:
        return [Problem(SHORT_INDEX_TARGET, "other_shards")]
    wanted = {
        (line.shard_id, part.to_serial): part for line in index.shards for part in line.deltas
    }
    found = {(line.shard_id, part.to_serial) for line in short.shards for part in line.deltas}
    problems: list[Problem] = []
    for line in short.delta_bundles:
        try:
            for delta, reason in _bundle(tree, line, wanted):
                found.add((delta.shard_id, delta.to_serial))
                problems += [Problem(line.path, reason)] if reason else []
        except KnownError as error:
            problems.append(Problem(line.path, error.code))
        except _DamagedError as error:
            problems.append(Problem(line.path, error.reason))
    problems += [Problem(part.path, "unlisted") for key, part in wanted.items() if key not in found]
    return problems


class _DamagedError(Exception):
    """A bundle is not there as the index says."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _bundle(
    tree: PublicTree, line: DeltaBundleLine, wanted: dict[tuple[str, int], DeltaPart]
) -> Iterator[tuple[BundledDelta, str]]:
    """Each delta of a bundle, and what is wrong with it or nothing."""
    raw = tree.read(line.path)
    if raw is None:
        raise _DamagedError("missing")
    for prefix in (line.head, line.lessons, line.whole):
        beginning = raw[: prefix.length]
        if len(beginning) != prefix.length or (
            hashlib.sha256(beginning).hexdigest() != prefix.sha256
        ):
            raise _DamagedError("damaged")
    bundle = DeltaBundle(raw)
    if len(raw) != line.whole.length or len(bundle.deltas) != line.shards:
        raise _DamagedError("length")
    for section in bundle.sections():
        yield from _section(tree, section, wanted)


def _section(
    tree: PublicTree, section: Section, wanted: dict[tuple[str, int], DeltaPart]
) -> Iterator[tuple[BundledDelta, str]]:
    entries = iter(section.rows)
    for delta, deleted in zip(section.deltas, section.deleted_ids, strict=True):
        mine = list(islice(entries, delta.entries))
        part = wanted.get((delta.shard_id, delta.to_serial))
        reason = _compare(tree, delta, part, (mine, deleted)) if part is not None else ""
        yield delta, reason


def _compare(
    tree: PublicTree,
    delta: BundledDelta,
    part: DeltaPart,
    content: tuple[list[Entry], tuple[str, ...]],
) -> str:
    raw = tree.read(part.path)
    if raw is None:
        return ""  # said where the shard is checked
    if (delta.from_serial, delta.length, delta.sha256) != (
        part.from_serial,
        part.length,
        short_hash(raw),
    ):
        return f"other_delta: {part.path}"
    single = read_delta(raw)
    if (list(single.upserts), single.deleted_ids) != content:
        return f"other_content: {part.path}"
    return ""
