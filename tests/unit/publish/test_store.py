# SPDX-License-Identifier: GPL-3.0-or-later
from pathlib import Path

import pytest

from app.base.db import open_reader
from app.base.errors import DamagedDatabaseError
from app.publish.plan import ShardState
from app.publish.store import Changes, PublishStore
from app.region import layout
from app.region.entry import parse_entry
from app.region.index import Part, ShardKey
from tests.unit.region.samples import lesson

KEY = ShardKey("小学", "数学", "人教版")
PART = Part(layout.snapshot_path(KEY.shard_id, 1, "a" * 64), 10, "a" * 64, 1)
ONE = parse_entry(lesson("a", files=[{"name": "x", "sha256": "b" * 64, "size_bytes": 7}]))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "entries" / "entries.db"


def test_m001_first_makes_the_tables(path: Path) -> None:
    PublishStore(path).close()
    names = set(open_reader(path).table_names())
    assert {"entry", "shard_key", "shard", "bundle", "build", "blob", "source_file"} <= names


def test_a_file_of_zeros_is_no_database(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(bytes(8192))
    with pytest.raises(DamagedDatabaseError):
        PublishStore(path)
    assert path.read_bytes() == bytes(8192)


def test_changes_are_counted_against_the_last_release(path: Path) -> None:
    store = PublishStore(path)
    try:
        assert store.put_entries([ONE]) == 1
        assert store.put_entries([ONE]) == 0
        assert store.changes(KEY.shard_id) == Changes((ONE,), ())
        assert store.size(KEY.shard_id) == (1, 7)
        build = store.begin("2026-11-02T00:00:00Z", 1)
        assert store.pending() == build
        state = ShardState(KEY, 1, 7, 1, PART, ())
        store.stage_shards([state])
        assert store.shards(is_staged=True) == [state]
        store.finish(build, [state], [])
        assert store.pending() is None
        assert store.changed_shards() == []
        assert store.shard(KEY.shard_id) == state
        store.remove_entries(["a"])
        assert store.changes(KEY.shard_id) == Changes((), ("a",))
        store.put_entries([ONE])
        assert store.changed_shards() == []
    finally:
        store.close()


def test_an_entry_that_was_never_published_leaves_no_trace(path: Path) -> None:
    store = PublishStore(path)
    try:
        store.put_entries([ONE])
        store.remove_entries(["a"])
        assert store.changes(KEY.shard_id) == Changes((), ())
        store.finish(store.begin("2026-11-02T00:00:00Z", 1), [], [])
        assert store.entry_count() == 0
    finally:
        store.close()
