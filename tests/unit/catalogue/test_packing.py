# SPDX-License-Identifier: GPL-3.0-or-later
"""Posting lists come back as they were, whatever form they take."""

import weakref
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.catalogue import builder, segment
from app.catalogue.decoding import ascending_bitmap
from app.catalogue.grams import Postings
from app.catalogue.packing import packed_rows
from app.catalogue.postings import Form, ListReader
from app.region.entry import Entry
from tests.unit.catalogue.samples import KEYS as SHARDS
from tests.unit.catalogue.samples import REGIONS, Pair

ENTRIES = 4_000_000
KEYS = st.integers(0, 40) | st.integers(0, (1 << 48) - 1)
NEAR = st.sets(st.integers(0, 300), min_size=1, max_size=200)
FAR = st.sets(st.integers(0, ENTRIES - 1), min_size=1, max_size=30)


def postings_of(lists: dict[int, list[int]]) -> Postings:
    keys = sorted(lists)
    return Postings(
        np.array(keys, np.uint64),
        np.array([len(lists[key]) for key in keys], np.uint32),
        np.array([doc for key in keys for doc in lists[key]], np.uint32),
    )


def read(rows: list[tuple[int, bytes]], key: int, is_many: bool) -> list[int] | None:
    """As the store does: the last row that begins at or before the key."""
    before = [row for row in rows if row[0] <= key]
    if not before:
        return None
    reader = ListReader(is_many)
    pack = reader.pack(*before[-1])
    raw = reader.alone(*before[-1], key) if pack is None else reader.packed(pack, key)
    return None if raw is None else list(reader.bitmap(raw))


@given(
    st.dictionaries(KEYS, st.one_of(NEAR, FAR).map(sorted), min_size=1, max_size=40),
    st.sampled_from([300, 20_000, ENTRIES]),
    st.booleans(),
)
def test_every_list_is_read_as_it_was_written(
    lists: dict[int, list[int]], entries: int, is_many: bool
) -> None:
    rows = list(packed_rows(postings_of(lists), entries))
    assert [key for key, _ in rows] == sorted({key for key, _ in rows})
    for row in rows:
        ListReader(is_many).check(*row)
    for key, docs in lists.items():
        assert read(rows, key, is_many) == docs
        absent = key + 1
        if absent not in lists:
            assert read(rows, absent, is_many) is None


@pytest.mark.parametrize(
    ("every", "form"), [(3, Form.ROARING), (100, Form.GAP8), (5_000, Form.GAP16)]
)
def test_frequent_lists_stand_alone_in_their_form(every: int, form: Form) -> None:
    docs = list(range(1, ENTRIES, every))
    lists = {7: docs, 8: [5], 9: [0, ENTRIES - 1]}
    rows = list(packed_rows(postings_of(lists), ENTRIES))
    assert [(key, Form(raw[-1])) for key, raw in rows] == [(7, form), (8, Form.PACK)]
    assert read(rows, 7, is_many=True) == docs
    assert read(rows, 9, is_many=False) == [0, ENTRIES - 1]


def test_nothing_is_packed_into_nothing() -> None:
    assert list(packed_rows(postings_of({}), 10)) == []


@pytest.mark.parametrize("every", [1, 2, 15, 17, 60_000])
def test_documents_become_a_bitmap_however_dense_they_are(every: int) -> None:
    docs = np.concatenate((np.arange(70_000, 140_000, every), [1_000_000], [3_999_999]))
    assert list(ascending_bitmap(docs.astype(np.uint32))) == docs.tolist()


@settings(max_examples=30)
@given(st.lists(st.one_of(NEAR, FAR).map(sorted), min_size=1, max_size=20), st.booleans())
def test_lists_are_joined_as_they_are_read(lists: list[list[int]], is_many: bool) -> None:
    rows = list(packed_rows(postings_of(dict(enumerate(lists))), ENTRIES))
    reader = ListReader(is_many)
    pack = reader.pack(*rows[0])
    assert pack is not None
    found = [reader.packed(pack, key) for key in range(len(lists)) if key <= pack.last]
    joined = reader.union([raw for raw in found if raw is not None], 1000)
    assert set(joined) == {doc + 1000 for docs in lists[: pack.last + 1] for doc in docs}


def test_an_import_lets_go_of_ranges_that_are_written(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that keeps them takes 2 GB for four million entries."""
    monkeypatch.setattr(builder, "PART_ROWS", 32)
    monkeypatch.setattr(segment, "CHUNK_DOCS", 16)
    for name, value in (("_MERGE_DOCS", 200), ("_SAMPLE", 3), ("_SAMPLE_DOCS", 7)):
        monkeypatch.setattr(segment, name, value)
    merged: list[weakref.ref[Any]] = []
    alive: list[int] = []
    merge = segment._merge

    def watched(*arguments: Any) -> Postings:
        found = merge(*arguments)
        alive.append(sum(one() is not None for one in merged))
        merged.append(weakref.ref(found.docs))
        return found

    monkeypatch.setattr(segment, "_merge", watched)
    pair.put(REGIONS[0], SHARDS[0], [Entry(id=f"e{n}", title=f"分数 {n}") for n in range(200)])
    pair.writer.finish()
    assert len(merged) > 5
    assert max(alive) <= 1
