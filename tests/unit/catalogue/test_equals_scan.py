# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is imported, changed and asked: the answer is the one of a plain scan."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from app.catalogue import (
    builder,
    bulk,
    columns,
    decoding,
    fetch,
    letters,
    list_rows,
    matching,
    packing,
    postings,
    search,
    segment,
    state,
    store,
    update,
    writer,
)
from app.catalogue.query import Order, Query
from app.catalogue.reader import Catalogue
from app.region.index import ShardKey
from tests.unit.catalogue.samples import (
    HASHES,
    IDS,
    KEYS,
    QUERIES,
    REGIONS,
    SHARDS,
    Pair,
    snapshot,
)

SLOW = settings(
    max_examples=int(os.environ.get("KEZHAN_EXAMPLES", "40")),
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture(params=["as shipped", "everything rare made common"])
def _sizes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make small catalogues take the ways of large ones: chunks, segments, stored counts."""
    if request.param == "as shipped":
        return
    for module in (builder, update):
        monkeypatch.setattr(module, "PART_ROWS", 32)
    monkeypatch.setattr(segment, "CHUNK_DOCS", 16)
    monkeypatch.setattr(columns, "STORED_COUNTS_FROM", 4)
    monkeypatch.setattr(store, "_PAGE_BYTES", 512)
    monkeypatch.setattr(list_rows, "SHORT_BYTES", 12)
    monkeypatch.setattr(list_rows, "_LEAST_BYTES", 24)
    monkeypatch.setattr(fetch, "_BLOCKS_KEPT", 1)
    monkeypatch.setattr(segment, "_MERGE_DOCS", 200)
    monkeypatch.setattr(segment, "_SORTED_AT_ONCE", 7)
    monkeypatch.setattr(segment, "IDENT_BLOCK", 4)
    monkeypatch.setattr(fetch, "IDENT_BLOCK", 4)
    monkeypatch.setattr(segment, "_SAMPLE", 3)
    monkeypatch.setattr(segment, "_SAMPLE_DOCS", 7)
    for module in (state, postings, packing):
        monkeypatch.setattr(module, "FEW", 3)
    monkeypatch.setattr(packing, "_ALONE_FROM_BYTES", 5)
    monkeypatch.setattr(packing, "_PACK_BYTES", 80)
    monkeypatch.setattr(packing, "_GAP8_UP_TO", 4)
    monkeypatch.setattr(packing, "_GAP16_UP_TO", 7)
    monkeypatch.setattr(packing, "_ROARING_BELOW", 2)
    monkeypatch.setattr(state, "_LARGE", 0)
    monkeypatch.setattr(state, "FEW_OF_MANY", 3)
    monkeypatch.setattr(state, "SAMPLED", 3)
    monkeypatch.setattr(bulk, "_AT_ONCE", 4)
    monkeypatch.setattr(bulk, "_SAMPLE_RUN", 2)
    monkeypatch.setattr(postings, "_BYTES_ONE_BY_ONE", 2)
    monkeypatch.setattr(decoding, "_ADDED_BELOW", 2)
    monkeypatch.setattr(decoding, "_LONG_BYTES", 8)
    for module in (letters, matching, search):
        monkeypatch.setattr(module, "VERIFY_AT_ONCE", 2)
    monkeypatch.setattr(search, "_SPARE", 0)
    monkeypatch.setattr(search, "_MANY", 1)
    monkeypatch.setattr(state, "_HEAD_SHIFT", 1)
    monkeypatch.setattr(postings, "_BYTES_READ_WHOLE", 2)
    monkeypatch.setattr(decoding, "_SPARE", 1)
    monkeypatch.setattr(writer, "REBUILD_AT_LEAST", 10_000)
    monkeypatch.setattr(writer, "MAX_DELTA_SEGMENTS", 2)


@pytest.fixture
def roots(tmp_path: Path) -> Path:
    return tmp_path


CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.sampled_from(REGIONS), st.sampled_from(KEYS), SHARDS),
        st.tuples(
            st.just("change"),
            st.sampled_from(REGIONS),
            st.sampled_from(KEYS),
            SHARDS,
            st.lists(IDS, max_size=3, unique=True),
        ),
        st.tuples(st.just("remove"), st.sampled_from(REGIONS), st.sampled_from(KEYS)),
        st.tuples(st.just("hold"), st.sets(st.sampled_from(HASHES))),
        st.tuples(st.just("finish")),
    ),
    min_size=1,
    max_size=9,
)


ASIDE = ShardKey("小学", "科学", "教科版")


def everything(reader: Catalogue) -> list[object]:
    """All that a reader shows, in its order."""
    shown: list[object] = []
    for order in Order:
        page = reader.search(Query("", order=order, limit=1000, with_facets=True))
        shown += [[hit.key for hit in page.hits], page.total, page.facets]
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        nodes = reader.browse(waiting.pop())
        shown.append(nodes)
        waiting += [node.path for node in nodes]
    return shown


@pytest.mark.usefixtures("_sizes")
@SLOW
@given(changes=CHANGES)
def test_snapshot_and_deltas_end_where_the_final_snapshot_starts(
    roots: Path, changes: list[tuple[object, ...]]
) -> None:
    root = Path(tempfile.mkdtemp(dir=roots))
    pair, final = Pair(root / "deltas"), Pair(root / "final")
    try:
        pair.put(REGIONS[0], ASIDE, [])
        for change in changes:
            play(pair, change)
            pair.writer.finish()
        final.model.held.update(pair.model.held)
        final.put(REGIONS[0], ASIDE, [])
        for (region, key), serial in pair.serials.items():
            entries = pair.model.shards[region, key.shard_id].values()
            final.writer.apply_snapshot(region, snapshot(key, serial, entries))
        final.writer.finish()
        for reader in (pair.reader, final.reader):
            reader.reopen_if_changed()
        assert everything(pair.reader) == everything(final.reader)
    finally:
        pair.close()
        final.close()
        shutil.rmtree(root)


def play(pair: Pair, change: tuple[object, ...]) -> None:
    name, *arguments = change
    if name == "hold":
        pair.writer.finish()
        pair.hold(*arguments)  # type: ignore[arg-type]
    else:
        target = pair.writer.finish if name == "finish" else getattr(pair, str(name))
        target(*arguments)


@pytest.mark.usefixtures("_sizes")
@SLOW
@given(changes=CHANGES, queries=st.lists(QUERIES, min_size=1, max_size=12))
def test_every_answer_equals_a_plain_scan(
    roots: Path, changes: list[tuple[object, ...]], queries: list[object]
) -> None:
    root = Path(tempfile.mkdtemp(dir=roots))
    pair = Pair(root)
    try:
        for change in changes:
            play(pair, change)
        pair.writer.finish()
        pair.reader.reopen_if_changed()
        for query in queries:
            pair.check(query)  # type: ignore[arg-type]
        pair.check_tree()
    finally:
        pair.close()
        shutil.rmtree(root)
