# SPDX-License-Identifier: GPL-3.0-or-later
"""A bundle holds what its deltas hold, says so in its head, and refuses whatever does not fit."""

import hashlib
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.base.errors import BugError, DamagedDocumentError, KnownError
from app.region import layout
from app.region.delta_bundle import DeltaBundle, ShardChanges, encode_bundle
from app.region.entry import Entry
from app.region.errors import RegionInvalidError, ShardDamagedError
from app.region.index import DeltaBundleLine, DeltaPart, Index, Part, Prefix, ShardKey, ShardLine
from app.region.shard import encode_delta, read_delta
from app.region.short_index import (
    parse_either_index,
    parse_short_index,
    short_index_to_bytes,
)
from tests.unit.region.samples import REGION_ID, entries

KEYS = (
    ShardKey("小学", "数学", "人教版"),
    ShardKey("小学", "语文", "统编版"),
    ShardKey("", "", ""),
    ShardKey("小学", "数学", "人教版", is_exercise=True),
)


def changes_of(key: ShardKey, upserts: list[Entry], deleted: list[str]) -> ShardChanges:
    mine = [replace(e, stage=key.stage, subject=key.subject, edition=key.edition) for e in upserts]
    raw = encode_delta(key, 3, 5, mine, deleted)
    return ShardChanges(key, 3, 5, mine, deleted, len(raw), hashlib.sha256(raw).hexdigest())


def some(count: int = 40) -> list[ShardChanges]:
    """Two shards of lessons and one of exercises, with text that differs from row to row."""
    chance = random.Random(7)
    made = [
        Entry(id=f"e{n}", title=f"第{n}课 {chance.randrange(10**6)}", unit=f"单元{n % 7}")
        for n in range(count)
    ]
    cut = count // 2
    return [
        changes_of(KEYS[0], made[:cut], ["gone-2", "gone-1"]),
        changes_of(KEYS[1], made[cut:], []),
        changes_of(KEYS[3], [Entry(id="drill", title="口算")], ["gone-3"]),
    ]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(entries(), max_size=3, unique_by=lambda entry: entry.id),
            st.lists(st.uuids().map(str), max_size=3, unique=True),
        ),
        min_size=1,
        max_size=len(KEYS),
    )
)
def test_a_bundle_says_what_its_deltas_say(drawn: list[tuple[list[Entry], list[str]]]) -> None:
    changes = [changes_of(key, *one) for key, one in zip(KEYS, drawn, strict=False)]
    encoded = encode_bundle(changes)
    assert encoded == encode_bundle(list(reversed(changes)))
    bundle = DeltaBundle(encoded.raw)
    by_shard = {one.key.shard_id: one for one in changes}
    seen = 0
    ids = [entry.id for one in changes for entry in one.upserts]
    for section in bundle.sections() if len(set(ids)) == len(ids) else []:
        found = iter(section.rows)
        for delta, deleted in zip(section.deltas, section.deleted_ids, strict=True):
            one = by_shard[delta.shard_id]
            single = read_delta(encode_delta(one.key, 3, 5, one.upserts, one.deleted_ids))
            assert [next(found) for _ in range(delta.entries)] == list(single.upserts)
            assert deleted == single.deleted_ids
            assert (delta.key, delta.length) == (one.key, one.length)
            assert one.sha256.startswith(delta.sha256)
            seen += 1
        assert next(found, None) is None
    assert seen in (0, len(changes))


def test_a_bundle_can_end_with_its_head_or_with_its_lessons() -> None:
    encoded = encode_bundle(some())
    whole = DeltaBundle(encoded.raw)
    head = DeltaBundle(encoded.raw[: encoded.head_length])
    lessons = DeltaBundle(encoded.raw[: encoded.lessons_length])
    assert head.deltas == lessons.deltas == whole.deltas
    assert head.sections() == []
    assert [[d.key for d in part] for part in lessons.deltas_here()] == [list(KEYS[:2])]
    assert [len(part.rows) for part in whole.sections()] == [40, 1]
    for end in (encoded.head_length - 1, encoded.head_length + 1, len(encoded.raw) - 1):
        with pytest.raises(KnownError):
            DeltaBundle(encoded.raw[:end]).sections()


def test_together_deltas_are_smaller_than_alone() -> None:
    shards = [
        changes_of(
            ShardKey("小学", "数学", f"第{n}版"),
            [Entry(id=f"e{n}-{k}", title=f"分数的初步认识 {k}", unit="分数") for k in range(6)],
            [],
        )
        for n in range(50)
    ]
    assert 5 * len(encode_bundle(shards).raw) < sum(one.length for one in shards)


def test_no_changed_byte_is_ever_a_crash() -> None:
    raw = encode_bundle(some()).raw
    chance = random.Random(11)
    for _ in range(300):
        place = chance.randrange(len(raw))
        damaged = raw[:place] + bytes([raw[place] ^ 1 << chance.randrange(8)]) + raw[place + 1 :]
        try:
            for section in DeltaBundle(damaged).sections():
                list(section.rows)
        except KnownError:
            continue


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    raw = encode_bundle(some()).raw
    line, _, rest = raw.partition(b"\n")
    packed = line.partition(b'"table":[')[2].partition(b",")[0]
    unpacked = line.partition(b'"table":[' + packed + b",")[2].partition(b",")[0]
    swollen = line.replace(b"," + unpacked + b",", b",999999999,")
    with pytest.raises(ShardDamagedError):
        DeltaBundle(swollen + b"\n" + rest)
    with pytest.raises(DamagedDocumentError):
        DeltaBundle(b"<html>")


def test_an_entry_of_another_shard_is_our_own_mistake() -> None:
    wrong = replace(some()[0], key=KEYS[1])
    with pytest.raises(BugError):
        encode_bundle([wrong])


# --- the short index


def index(*bundles: DeltaBundleLine) -> Index:
    key, sha256 = KEYS[0], "ab" * 32
    path = layout.delta_path(key.shard_id, 4, 5, sha256)
    snapshot = Part(layout.snapshot_path(key.shard_id, 2, sha256), 100, sha256, 2)
    direct = DeltaPart(4, 5, path, 10, sha256, None)
    line = ShardLine(key.shard_id, key, 7, 70, 9, snapshot, (direct,))
    return Index(REGION_ID, "2026-11-01T00:00:00Z", (line,), (), bundles)


def bundle_line(bundle_id: str, *lengths: int) -> DeltaBundleLine:
    head, lessons, whole = (Prefix(length, "cd" * 32) for length in lengths)
    path = layout.delta_bundle_path(bundle_id, whole.sha256)
    return DeltaBundleLine(bundle_id, path, head, lessons, whole, 3)


def test_the_short_index_comes_back_as_it_was() -> None:
    one = index(bundle_line("b1", 10, 10, 30), bundle_line("b2", 10, 20, 20))
    raw = short_index_to_bytes(one)
    assert parse_short_index(raw) == parse_either_index(raw) == one


def test_a_short_index_that_contradicts_itself_is_refused() -> None:
    for bad in (
        index(bundle_line("b1", 30, 20, 40)),
        index(bundle_line("b1", 1, 2, 3), bundle_line("b1", 1, 2, 3)),
        replace(index(), shards=(replace(index().shards[0], serial=4),)),
    ):
        with pytest.raises(RegionInvalidError):
            parse_short_index(short_index_to_bytes(bad))
    raw = short_index_to_bytes(index(bundle_line("b1", 10, 10, 30)))
    for end in range(0, len(raw), 7):
        with pytest.raises(KnownError):
            parse_short_index(raw[:end])


def test_a_hundred_weeks_cost_the_short_index_little() -> None:
    chance = random.Random(3)

    def line(number: int) -> DeltaBundleLine:
        one = bundle_line(f"b{number}", 20_000, 400_000, 520_000)
        digits = [chance.randbytes(32).hex() for _ in range(3)]
        head, lessons, whole = (
            replace(part, sha256=sha256)
            for part, sha256 in zip((one.head, one.lessons, one.whole), digits, strict=True)
        )
        path = layout.delta_bundle_path(one.bundle_id, whole.sha256)
        return replace(one, head=head, lessons=lessons, whole=whole, path=path)

    few, many = (len(short_index_to_bytes(index(*map(line, range(n))))) for n in (1, 101))
    assert many - few < 100 * 150
