# SPDX-License-Identifier: GPL-3.0-or-later
import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest

from app.base.errors import DamagedDocumentError, UnknownMajorError
from app.region import layout
from app.region.errors import RegionInvalidError
from app.region.index import (
    BundleLine,
    BundleRef,
    DeltaPart,
    Index,
    Part,
    ShardKey,
    ShardLine,
    index_to_bytes,
    parse_index,
)
from tests.unit.region.samples import REGION_ID

KEY = ShardKey("小学", "数学", "人教版")
ID = KEY.shard_id
HASH = "a" * 64


def delta(start: int, end: int, bundle: BundleRef | None = None) -> DeltaPart:
    path = layout.delta_path(ID, start, end, HASH)
    return DeltaPart(start, end, path, 10, HASH, bundle)


SHARD = ShardLine(
    shard_id=ID,
    key=KEY,
    entries=3,
    files_bytes=12,
    serial=5,
    snapshot=Part(layout.snapshot_path(ID, 3, HASH), 99, HASH, 3),
    deltas=(delta(2, 3), delta(3, 4), delta(4, 5, BundleRef("b4", 20))),
)
BUNDLE = BundleLine("b4", layout.bundle_path("b4", HASH), 30, HASH)
INDEX = Index(REGION_ID, "2026-11-21T00:00:00Z", (SHARD,), (BUNDLE,))


def test_bytes_and_back() -> None:
    assert parse_index(index_to_bytes(INDEX)) == INDEX
    assert INDEX.bundle("b4") == BUNDLE
    assert INDEX.bundle("b5") is None


def test_deltas_lead_from_any_known_serial_or_a_snapshot_is_due() -> None:
    assert SHARD.deltas_from(5) == ()
    assert SHARD.deltas_from(3) == SHARD.deltas[1:]
    assert SHARD.deltas_from(1) is None
    assert SHARD.deltas_from(6) is None


def test_shard_ids_differ_by_every_part_of_the_key() -> None:
    keys = [
        KEY,
        ShardKey("小学", "数学", "人教版", is_exercise=True),
        ShardKey("小学", "数学人教版", ""),
        ShardKey("", "小学数学", "人教版"),
    ]
    assert len({key.shard_id for key in keys}) == len(keys)


def change(lines: list[dict[str, Any]], number: int, *path: str | int, to: object) -> None:
    place: Any = lines[number]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to


BROKEN: list[Callable[[list[dict[str, Any]]], object]] = [
    lambda lines: change(lines, 0, "shards", to=2),
    lambda lines: change(lines, 0, "region_id", to="../x"),
    lambda lines: change(lines, 0, "issued", to="gestern"),
    lambda lines: lines.append(lines[1]),
    lambda lines: change(lines, 1, "shard", to="../../etc"),
    lambda lines: change(lines, 1, "serial", to=0),
    lambda lines: change(lines, 1, "serial", to=6),
    lambda lines: change(lines, 1, "key", to="小学"),
    lambda lines: change(lines, 1, "snapshot", "sha256", to="zz"),
    lambda lines: change(lines, 1, "snapshot", "length", to=2**40),
    lambda lines: change(lines, 1, "snapshot", "serial", to=6),
    lambda lines: change(lines, 1, "snapshot", "serial", to=1),
    lambda lines: change(lines, 1, "deltas", 1, "to", to=5),
    lambda lines: change(lines, 1, "deltas", 2, "offset", to=21),
    lambda lines: change(lines, 1, "deltas", 2, "bundle", to="b9"),
]


@pytest.mark.parametrize("break_it", BROKEN, ids=range(len(BROKEN)))
def test_lines_that_do_not_fit_are_refused(
    break_it: Callable[[list[dict[str, Any]]], object],
) -> None:
    lines = [json.loads(line) for line in index_to_bytes(INDEX).splitlines()]
    break_it(lines)
    with pytest.raises(RegionInvalidError):
        parse_index("\n".join(json.dumps(line) for line in lines).encode())


def test_a_line_that_is_no_json_is_refused() -> None:
    with pytest.raises(RegionInvalidError):
        parse_index(index_to_bytes(INDEX) + b"{")


def test_other_documents_and_majors_are_told_apart() -> None:
    with pytest.raises(DamagedDocumentError):
        parse_index(b"<html>")
    raw = index_to_bytes(INDEX).replace(b'"major":1', b'"major":2', 1)
    with pytest.raises(UnknownMajorError) as caught:
        parse_index(raw)
    assert caught.value.data["found"] == 2


def test_lines_of_a_kind_we_do_not_know_are_passed_over() -> None:
    raw = index_to_bytes(INDEX) + b'{"playlist":"x"}\n\n'
    assert parse_index(raw) == INDEX


def large_index(shards: int = 300, weeks: int = 3) -> Index:
    """As many shards as are packed; every delta but each seventh lies in its week's bundle."""
    lines, ends = [], [0] * weeks
    for number in range(shards):
        key = ShardKey("小学", f"学科{number % 7}", f"版本{number // 7}", number % 3 == 0)
        deltas = []
        for week in range(weeks):
            length, start = 100 + number, week + 2
            sha256 = f"{number:032x}{week:032x}"
            path = layout.delta_path(key.shard_id, start, start + 1, sha256)
            ref = BundleRef(f"b{week}", ends[week]) if (number + week) % 7 else None
            ends[week] += length if ref else 0
            deltas.append(DeltaPart(start, start + 1, path, length, sha256, ref))
        snapshot = Part(layout.snapshot_path(key.shard_id, 2, HASH), 99, HASH, 2)
        line = ShardLine(key.shard_id, key, number, 12, weeks + 2, snapshot, tuple(deltas))
        lines.append(line)
    bundles = [
        BundleLine(f"b{week}", layout.bundle_path(f"b{week}", HASH), ends[week], HASH)
        for week in range(weeks)
    ]
    return Index(REGION_ID, "2026-11-21T00:00:00Z", tuple(lines), tuple(bundles))


def test_a_large_index_is_packed_and_read_back_as_it_was() -> None:
    index = large_index()
    raw = index_to_bytes(index)
    assert parse_index(raw) == index
    assert raw == index_to_bytes(index)
    hashes = 32 * sum(1 + len(line.deltas) for line in index.shards)
    assert len(raw) < hashes + 10 * 1024  # beside the hashes, 10 bytes a delta at most


@pytest.mark.parametrize("place", [30, 200, 300, 700, 2_000, -1, -40])
def test_a_packed_index_with_lost_bits_is_refused_or_still_fits(place: int) -> None:
    """The signed hash guards the bytes; whatever else happens must end in a known error."""
    raw = bytearray(index_to_bytes(large_index()))
    raw[place] ^= 0x55
    with contextlib.suppress(RegionInvalidError, DamagedDocumentError):
        assert len(parse_index(bytes(raw)).shards) == 300


@pytest.mark.parametrize("cut", [1, 33, 5_000])
def test_a_packed_index_that_is_cut_is_refused(cut: int) -> None:
    raw = index_to_bytes(large_index())
    with pytest.raises(RegionInvalidError):
        parse_index(raw[:-cut])
    with pytest.raises(RegionInvalidError):
        parse_index(raw + bytes(cut))
