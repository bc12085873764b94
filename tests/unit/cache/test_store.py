# SPDX-License-Identifier: GPL-3.0-or-later
"""Blobs: partial files, verification, pins, eviction, rot, shelves."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.base.db import open_writer
from app.base.errors import CancelledError, DiskFullError, MissingFileError
from app.base.paths import DataPaths
from app.cache.errors import BlobMismatchError
from app.cache.reader import BlobReader
from app.cache.store import MIGRATIONS, BlobStore
from app.region.layout import blob_path

KEY = ("region", "entry-1")


class TickingClock:
    """Each look is a minute later."""

    def __init__(self) -> None:
        self._now = datetime(2026, 12, 1, tzinfo=UTC)

    def wall(self) -> datetime:
        self._now += timedelta(minutes=1)
        return self._now

    def boot_id(self) -> str:
        return "boot"

    def boot_s(self) -> float:
        return 0.0


def sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def paths(tmp_path: Path) -> DataPaths:
    data = DataPaths(tmp_path / "课栈 数据")
    data.ensure()
    return data


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "resources_cache"


@pytest.fixture
def store(paths: DataPaths, shelf: Path) -> Iterator[BlobStore]:
    database = open_writer(paths.state_db, [MIGRATIONS])
    yield BlobStore(database, paths, [shelf], TickingClock())
    database.conn.close()


def put(store: BlobStore, content: bytes) -> str:
    partial = store.begin(sha(content), len(content))
    partial.write_at(0, content)
    store.commit(partial)
    return partial.sha256


def test_a_committed_blob_is_found_by_store_and_reader(store: BlobStore, paths: DataPaths) -> None:
    name = put(store, b"lesson")
    assert store.held(name)
    located = BlobReader(paths, []).locate(name, 6)
    assert located is not None
    assert located.read_bytes() == b"lesson"
    assert BlobReader(paths, []).locate(name, 7) is None
    assert store.used_bytes() == 6


def test_an_empty_file_is_a_blob_too(store: BlobStore) -> None:
    assert store.held(put(store, b""))


def test_wrong_bytes_are_never_accepted(store: BlobStore) -> None:
    partial = store.begin(sha(b"right"), 5)
    partial.write_at(0, b"wrong")
    with pytest.raises(BlobMismatchError):
        store.commit(partial)
    assert not store.held(partial.sha256)
    assert not partial.path.exists()


def test_verified_pieces_survive_a_restart(store: BlobStore, paths: DataPaths, shelf: Path) -> None:
    content = bytes(range(256)) * 40
    partial = store.begin(sha(content), len(content), piece_bytes=1000)
    assert partial.piece_count == 11
    for index in (0, 7, 10):
        offset, length = partial.piece_range(index)
        partial.write_at(offset, content[offset : offset + length])
        partial.done.add(index)
    store.record(partial)

    database = open_writer(paths.state_db, [MIGRATIONS])
    again = BlobStore(database, paths, [shelf], TickingClock())
    resumed = again.begin(sha(content), len(content), piece_bytes=1000)
    assert resumed.done == {0, 7, 10}
    for index in resumed.missing():
        offset, length = resumed.piece_range(index)
        resumed.write_at(offset, content[offset : offset + length])
    assert again.commit(resumed).read_bytes() == content
    database.conn.close()


def test_adopting_from_a_stick(store: BlobStore, tmp_path: Path) -> None:
    source = tmp_path / "U盘 文件.mp4"
    source.write_bytes(b"v" * 3_000_000)
    store.adopt(source, sha(source.read_bytes()), 3_000_000, lambda: False)
    assert store.used_bytes() == 3_000_000


def test_adopting_can_be_cancelled_and_leaves_nothing(store: BlobStore, tmp_path: Path) -> None:
    source = tmp_path / "a.mp4"
    source.write_bytes(b"v" * 3_000_000)
    answers = iter([False, True])
    with pytest.raises(CancelledError):
        store.adopt(source, sha(source.read_bytes()), 3_000_000, lambda: next(answers))
    assert not list(tmp_path.rglob("*.part"))


def test_adopting_a_file_that_is_gone_or_changed(store: BlobStore, tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        store.adopt(tmp_path / "none", sha(b"x"), 1, lambda: False)
    changed = tmp_path / "changed"
    changed.write_bytes(b"y")
    with pytest.raises(BlobMismatchError):
        store.adopt(changed, sha(b"x"), 1, lambda: False)


def test_shelf_blobs_are_held_without_rows(paths: DataPaths, shelf: Path) -> None:
    on_shelf = shelf / blob_path(sha(b"starter"))
    on_shelf.parent.mkdir(parents=True)
    on_shelf.write_bytes(b"starter")
    database = open_writer(paths.state_db, [MIGRATIONS])
    store = BlobStore(database, paths, [shelf], TickingClock())
    assert store.held(sha(b"starter"))
    assert store.locate(sha(b"starter"), 7) == on_shelf
    assert store.used_bytes() == 0
    database.conn.close()


def test_eviction_spares_pinned_and_playing(store: BlobStore) -> None:
    pinned, playing, old, new = (put(store, text) for text in (b"pin", b"play", b"old", b"new"))
    store.link(pinned, [KEY])
    store.pin([KEY])
    store.touch([old])
    store.touch([new])
    assert store.evict(3, in_use={playing}) == [old]
    assert store.evict(1000, in_use={playing}) == [new]
    assert store.held(pinned)
    assert store.held(playing)
    store.unpin([KEY])
    assert pinned in store.evict(1000)


def test_rot_is_found_and_removed(store: BlobStore, paths: DataPaths) -> None:
    good, bad = put(store, b"good"), put(store, b"fine")
    (paths.root / blob_path(bad)).write_bytes(b"rot!")
    assert list(store.scrub(1000)) == [bad]
    assert store.held(good)
    assert not store.held(bad)
    assert store.locate(bad, 4) is None


def test_files_lost_behind_our_back_are_noticed_at_start(
    store: BlobStore, paths: DataPaths
) -> None:
    lost, cut = put(store, b"lost"), put(store, b"cut off")
    (paths.root / blob_path(lost)).unlink()
    (paths.root / blob_path(cut)).write_bytes(b"cut")
    assert sorted(store.check()) == sorted([lost, cut])
    assert not store.held(lost)


def test_a_download_that_would_choke_the_system_is_refused(store: BlobStore) -> None:
    with pytest.raises(DiskFullError):
        store.begin(sha(b"huge"), 1 << 50)


def test_holders(store: BlobStore) -> None:
    name = put(store, b"shared")
    store.link(name, [KEY, ("other", "entry-9"), KEY])
    assert set(store.holders(name)) == {KEY, ("other", "entry-9")}


def half(store: BlobStore, content: bytes, touched: datetime) -> Path:
    partial = store.begin(sha(content), len(content), 4)
    partial.write_at(0, content[:4])
    partial.done.add(0)
    store.record(partial)
    os.utime(partial.path, (touched.timestamp(), touched.timestamp()))
    return partial.path


def test_what_half_arrived_and_nobody_wants_is_swept(store: BlobStore) -> None:
    today, long_ago = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 11, 20, tzinfo=UTC)
    wrong_clock = datetime(2031, 1, 1, tzinfo=UTC)
    wanted = half(store, b"wanted by a job", long_ago)
    fresh = half(store, b"cut a minute ago", today)
    old = half(store, b"given up last week", long_ago)
    ahead = half(store, b"given up while the clock was wrong", wrong_clock)
    assert store.sweep_partials({sha(b"wanted by a job")}) == 8
    assert [path.exists() for path in (wanted, fresh, old, ahead)] == [True, True, False, False]
    assert store.begin(sha(b"wanted by a job"), 15, 4).done == {0}
    assert store.begin(sha(b"given up last week"), 18, 4).done == set()


def test_a_half_file_of_which_no_row_is_left_is_swept_too(
    store: BlobStore, paths: DataPaths
) -> None:
    partial = store.part_of(sha(b"small"), 5)
    partial.write_at(0, b"sma")
    os.utime(partial.path, (0, 0))
    whole = put(store, b"whole")
    assert store.sweep_partials(()) == 3
    assert not partial.path.exists()
    assert (paths.root / blob_path(whole)).is_file()


def test_what_is_abandoned_begins_anew(store: BlobStore) -> None:
    path = half(store, b"taken back", datetime(2026, 12, 1, tzinfo=UTC))
    store.abandon(sha(b"taken back"))
    store.abandon(sha(b"never begun"))
    assert not path.exists()
    assert store.begin(sha(b"taken back"), 10, 4).done == set()
