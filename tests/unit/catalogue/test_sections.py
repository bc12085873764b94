# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle brings what its single deltas bring, for all shards or for those that are followed."""

import hashlib
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from app.base.paths import DataPaths
from app.catalogue.query import Facet, Order, Query
from app.catalogue.reader import Catalogue
from app.catalogue.restoring import BundleSource, ShardSource
from app.catalogue.writer import CatalogueWriter
from app.region.delta_bundle import DeltaBundle, ShardChanges, encode_bundle
from app.region.entry import Entry
from app.region.index import ShardKey
from app.region.shard import encode_delta, encode_snapshot, read_delta, read_snapshot

REGION = "region-a"
KEYS = (
    *(ShardKey("小学", subject, "人教版") for subject in ("语文", "数学", "英语", "科学")),
    ShardKey("小学", "数学", "人教版", is_exercise=True),
)


def lesson(key: ShardKey, number: int, week: int) -> Entry:
    return Entry(
        id=f"{key.shard_id[:4]}-{number}",
        title=f"{key.subject}分数 {number} 第{week}周",
        stage=key.stage,
        subject=key.subject,
        edition=key.edition,
        grade=f"{number % 3}年级",
        unit=f"单元{number % 4}",
        lesson=f"第{number + week}课",
        resource_type="练习" if key.is_exercise else "微课",
        popularity=number * 37 % 11,
        version=week,
    )


def changes(week: int) -> dict[ShardKey, tuple[list[Entry], list[str]]]:
    """Every shard but one changes; some entries change, one is new, one goes."""
    return {
        key: (
            [lesson(key, number, week) for number in (week, week + 5, 100 + week)],
            [lesson(key, 2 * week + 20, week).id],
        )
        for key in KEYS
        if key is not KEYS[week % len(KEYS)] or key is KEYS[0]
    }


class Machine:
    """A catalogue, fed with single deltas or with bundles."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root)
        self.paths.ensure()
        self.writer = CatalogueWriter.open(self.paths, lambda _: False)
        self.serials: dict[ShardKey, int] = {}

    def start(self, keys: Iterable[ShardKey]) -> None:
        for key in keys:
            entries = [lesson(key, number, 0) for number in range(40)]
            self.writer.apply_snapshot(REGION, read_snapshot(encode_snapshot(key, 1, entries)))
        self.writer.finish()

    def answers(self) -> list[object]:
        """Everything a window can see."""
        catalogue = Catalogue.open(self.paths, frozenset())
        try:
            asked = [
                Query(words, filters=filters, order=order, limit=100, with_facets=True)
                for words in ("", "分数 第2周", "单元3", "第3课")
                for filters in ({}, {Facet.SUBJECT: frozenset({"数学"})})
                for order in (Order.POPULARITY, Order.DATE)
            ]
            pages = [catalogue.search(query) for query in asked]
            tree = [(node.path, node.count) for node in catalogue.browse(())]
            return [
                tree,
                *([hit.entry for hit in page.hits] for page in pages),
                *((page.total, page.facets) for page in pages),
            ]
        finally:
            catalogue.close()


def encoded(week: int, serials: dict[ShardKey, int]) -> tuple[DeltaBundle, dict[ShardKey, bytes]]:
    """The week's bundle and its single deltas; `serials` are led on."""
    singles, parts = {}, []
    for key, (upserts, deleted) in changes(week).items():
        start = serials.get(key, 1)
        serials[key] = start + 1
        raw = encode_delta(key, start, start + 1, upserts, deleted)
        digest = hashlib.sha256(raw).hexdigest()
        singles[key] = raw
        parts.append(ShardChanges(key, start, start + 1, upserts, deleted, len(raw), digest))
    return DeltaBundle(encode_bundle(parts).raw), singles


@pytest.mark.parametrize("followed", [KEYS, KEYS[:2], KEYS[3:]])
def test_a_bundle_brings_what_single_deltas_bring(
    tmp_path: Path, followed: tuple[ShardKey, ...]
) -> None:
    one, other = Machine(tmp_path / "one"), Machine(tmp_path / "other")
    one.start(followed)
    other.start(followed)
    serials: dict[ShardKey, int] = {}
    ids = {key.shard_id for key in followed}
    for week in range(1, 7):
        bundle, singles = encoded(week, serials)
        changed = sum(one.writer.apply_section(REGION, s, ids) for s in bundle.sections())
        for key in followed:
            if key in singles:
                other.writer.apply_delta(REGION, read_delta(singles[key]))
        one.writer.finish()
        other.writer.finish()
        assert changed == 4 * len(singles.keys() & set(followed))
        assert one.writer.shards_of(REGION) == other.writer.shards_of(REGION)
    assert one.answers() == other.answers()
    one.writer.close()
    other.writer.close()


def test_shards_that_a_bundle_does_not_join_stay_as_they_are(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "one")
    machine.start(KEYS[:2])
    serials: dict[ShardKey, int] = {}
    bundles = [encoded(week, serials)[0] for week in (1, 2)]
    maths, chinese = KEYS[1].shard_id, KEYS[0].shard_id  # maths rested in the first week
    ids = machine.writer.shards_of(REGION)
    changed = [machine.writer.apply_section(REGION, s, ids) for s in bundles[1].sections()]
    assert changed == [4, 0]
    assert machine.writer.shards_of(REGION) == {maths: 2, chinese: 1}
    machine.writer.close()


@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_catalogue_is_made_anew_from_snapshots_bundles_and_single_deltas(
    tmp_path: Path, is_reversed: bool
) -> None:
    machine = Machine(tmp_path / "one")
    machine.start(KEYS)
    serials: dict[ShardKey, int] = {}
    ids = {key.shard_id for key in KEYS}
    bundles: list[BundleSource] = []
    singles: dict[ShardKey, list[Path]] = {key: [] for key in KEYS}
    for week in range(1, 5):
        bundle, deltas = encoded(week, serials)
        for section in bundle.sections():
            machine.writer.apply_section(REGION, section, ids)
        machine.writer.finish()
        if week == 2:  # this week came shard by shard
            for key, raw in deltas.items():
                singles[key].append(tmp_path / f"{key.shard_id}-{week}")
                singles[key][-1].write_bytes(raw)
        else:
            bundles.append(BundleSource(REGION, bundle))
    wanted = machine.answers(), machine.writer.shards_of(REGION)
    sources = []
    for key in KEYS:
        path = tmp_path / f"{key.shard_id}.snapshot"
        path.write_bytes(encode_snapshot(key, 1, [lesson(key, n, 0) for n in range(40)]))
        sources.append(ShardSource(REGION, path, tuple(singles[key])))
    problems = machine.writer.rebuild(sources, list(reversed(bundles)) if is_reversed else bundles)
    assert problems == []
    assert (machine.answers(), machine.writer.shards_of(REGION)) == wanted
    machine.writer.close()


def test_a_row_that_breaks_a_rule_stages_nothing(tmp_path: Path) -> None:
    machine = Machine(tmp_path / "one")
    machine.start(KEYS[:2])
    twice = [lesson(KEYS[0], 1, 3), replace(lesson(KEYS[0], 1, 3), title="又")]
    part = ShardChanges(KEYS[0], 1, 2, twice, [], 9, "ab" * 32)
    (section,) = DeltaBundle(encode_bundle([part]).raw).sections()
    before = machine.answers()
    with pytest.raises(Exception, match="twice"):
        machine.writer.apply_section(REGION, section, {KEYS[0].shard_id})
    machine.writer.finish()
    assert machine.answers() == before
    assert machine.writer.serial_of(REGION, KEYS[0].shard_id) == 1
    machine.writer.close()
