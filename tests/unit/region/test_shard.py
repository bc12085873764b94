# SPDX-License-Identifier: GPL-3.0-or-later
import gc
import json
import weakref
from collections.abc import Callable, Iterable
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from app.base.errors import BugError, DamagedDocumentError, KnownError, UnknownMajorError
from app.region.column_writer import columns_of, in_file_order
from app.region.columns import Coding, encode_text
from app.region.container import Column, Container, pack
from app.region.entry import Entry, parse_entry
from app.region.errors import ShardDamagedError
from app.region.index import ShardKey, key_to_json
from app.region.rows import MAX_ENTRIES
from app.region.shard import encode_delta, encode_snapshot, read_delta, read_snapshot
from tests.unit.region.samples import IDS, entries, lesson

KEY = ShardKey("小学", "数学", "人教版")
FILES = [
    {"name": "分数.mp4", "size_bytes": 5, "sha256": "ab" * 32, "duration_s": 12.345},
    {"role": "subtitles", "name": "分数.srt", "size_bytes": 6, "sha256": "cd" * 32},
]


def some_entries(count: int = 40) -> list[Entry]:
    return [
        parse_entry(
            lesson(
                f"e-{number}",
                title=f"分数 {number % 7}",
                grade=f"{number % 6}年级",
                popularity=number * 1000,
                files=FILES[: number % 3],
                cover=FILES[0] if number % 5 == 0 else None,
                updated=f"2026-01-{number % 28 + 1:02}",
            )
        )
        for number in range(count)
    ]


def unique(items: Iterable[Entry]) -> list[Entry]:
    return list({entry.id: entry for entry in items}.values())


@settings(max_examples=30, deadline=None)
@given(st.lists(entries(), max_size=4).map(unique))
def test_a_snapshot_gives_back_every_entry(given_entries: list[Entry]) -> None:
    reader = read_snapshot(encode_snapshot(KEY, 7, given_entries))
    assert (reader.key, reader.serial, reader.count) == (KEY, 7, len(given_entries))
    assert list(reader) == in_file_order(given_entries)


@settings(max_examples=20, deadline=None)
@given(
    st.lists(entries(), max_size=3).map(unique), st.lists(IDS | st.uuids().map(str), unique=True)
)
def test_a_delta_gives_back_upserts_and_deletions(
    upserts: list[Entry], deleted_ids: list[str]
) -> None:
    reader = read_delta(encode_delta(KEY, 3, 4, upserts, deleted_ids))
    assert (reader.key, reader.from_serial, reader.to_serial) == (KEY, 3, 4)
    assert list(reader.upserts) == in_file_order(upserts)
    assert reader.deleted_ids == tuple(sorted(deleted_ids))


@settings(max_examples=15, deadline=None)
@given(st.permutations(some_entries(12)))
def test_equal_entries_in_any_order_give_equal_bytes(shuffled: list[Entry]) -> None:
    assert encode_snapshot(KEY, 1, shuffled) == encode_snapshot(KEY, 1, some_entries(12))


def test_columns_say_the_same_as_entries() -> None:
    reader = read_snapshot(encode_snapshot(KEY, 1, some_entries()))
    held = list(reader)
    files = [file for entry in held for file in entry.files]
    covers = [entry.cover for entry in held if entry.cover]
    assert reader.column("title") == [entry.title for entry in held]
    assert reader.column("subtitle") == [""] * len(held)
    assert reader.column("updated") == [entry.updated for entry in held]
    assert reader.column("file.name") == [file.name for file in [*files, *covers]]
    assert reader.column("file.sha256") == [file.sha256 for file in [*files, *covers]]
    assert reader.numbers("popularity").tolist() == [entry.popularity for entry in held]
    assert reader.numbers("file_count").tolist() == [len(entry.files) for entry in held]
    assert reader.numbers("version").tolist() == [1] * len(held)
    for name in ("grade", "title", "revision", "file.name"):
        words, codes = reader.words(name)
        assert [words[code] for code in codes] == reader.column(name)


def test_file_names_that_repeat_the_title_cost_little() -> None:
    def size(name: Callable[[str], str]) -> int:
        made = [
            parse_entry(lesson(f"e{n}", title=t, files=[FILES[0] | {"name": name(t)}]))
            for n, t in enumerate(titles)
        ]
        assert [entry.files[0].name for entry in read_snapshot(encode_snapshot(KEY, 1, made))] == [
            entry.files[0].name for entry in in_file_order(made)
        ]
        return len(encode_snapshot(KEY, 1, made))

    titles = [f"{n * 7919 % 1000:03}课 {n * 104729 % 99991}" for n in range(400)]
    plain = size(lambda _: "课.mp4")
    assert size(lambda title: title + ".mp4") <= plain + 8
    assert size(lambda title: title[::-1] + ".mp4") > plain + 1000


# --- what is damaged or hostile


def all_of(raw: bytes) -> list[Entry]:
    return list(read_snapshot(raw))


def test_every_cut_is_noticed() -> None:
    raw = encode_snapshot(KEY, 1, some_entries(10))
    for length in range(len(raw)):
        with pytest.raises((ShardDamagedError, DamagedDocumentError)):
            all_of(raw[:length])


def test_every_altered_byte_is_noticed_or_harmless() -> None:
    """The hash in the index catches any change; this holds even for who forgot to look."""
    raw = encode_snapshot(KEY, 1, some_entries(10))
    for place in range(len(raw)):
        altered = raw[:place] + bytes([raw[place] ^ 0x55]) + raw[place + 1 :]
        try:
            all_of(altered)
        except KnownError:
            continue


def test_trailing_bytes_are_refused() -> None:
    with pytest.raises(ShardDamagedError):
        all_of(encode_snapshot(KEY, 1, some_entries(3)) + b"x")


def test_kinds_are_not_confused() -> None:
    with pytest.raises(ShardDamagedError):
        read_delta(encode_snapshot(KEY, 1, []))
    with pytest.raises(ShardDamagedError):
        read_snapshot(encode_delta(KEY, 1, 2, [], []))
    with pytest.raises(BugError):
        encode_delta(KEY, 2, 2, [], [])


def test_another_major_is_refused_politely() -> None:
    raw = encode_snapshot(KEY, 1, []).replace(b'"major":1', b'"major":9', 1)
    with pytest.raises(UnknownMajorError):
        read_snapshot(raw)


@pytest.mark.parametrize("raw", [b"", b"<html><body>login</body></html>", b"\x28\xb5\x2f\xfd"])
def test_what_is_no_shard_is_refused(raw: bytes) -> None:
    with pytest.raises(DamagedDocumentError):
        read_snapshot(raw)


def forged(columns: list[Column], **about: Any) -> bytes:
    rows = columns[0].rows if columns else 0
    told = {
        "kind": "snapshot",
        "shard": KEY.shard_id,
        "key": key_to_json(KEY),
        "serial": 1,
        "count": rows,
        "files": 0,
    }
    return pack(told | about, columns)


def text_column(name: str, *rows: str) -> Column:
    return Column(name, Coding.TEXT, len(rows), encode_text(rows))


GOOD = (text_column("id", "a", "b"), text_column("title", "分数", "小数"))

ONE_EACH = Column("file_count", Coding.INTS, 2, bytes([1]) + bytes(8))
WILD = Column("title", Coding.WORDS, 2, b"\x01\0\0\0A" + bytes([9]) + bytes(8))

FORGED: list[tuple[str, list[Column], dict[str, Any]]] = [
    ("path as id", [text_column("id", "a", "../b"), GOOD[1]], {}),
    ("id twice", [text_column("id", "a", "a"), GOOD[1]], {}),
    ("no title", [GOOD[0], text_column("title", "分数", "")], {}),
    ("no title column", [GOOD[0]], {}),
    ("no id column", [GOOD[1]], {}),
    ("long title", [GOOD[0], text_column("title", "分数", "x" * 501)], {}),
    ("control characters", [GOOD[0], text_column("title", "分数", "\x1b[2J")], {}),
    ("bidirectional override", [GOOD[0], text_column("title", "分数", "\u202e")], {}),
    ("not normalised", [GOOD[0], text_column("title", "分数", "e\u0301")], {}),
    ("not utf-8", [GOOD[0], Column("title", Coding.TEXT, 2, b"\xff\x00\xff")], {}),
    ("row missing", [GOOD[0], text_column("title", "分数")], {}),
    ("more rows than said", list(GOOD), {"count": 1}),
    ("absurd count", list(GOOD), {"count": MAX_ENTRIES + 1}),
    ("other key", list(GOOD), {"key": key_to_json(ShardKey("初中", "数学", "人教版"))}),
    ("no serial", list(GOOD), {"serial": None}),
    (
        "files without hashes",
        [*GOOD, ONE_EACH],
        {"files": 2},
    ),
    ("files not counted", [*GOOD, ONE_EACH], {"files": 1}),
    (
        "wild word number",
        [GOOD[0], WILD],
        {},
    ),
    ("integer too large", [*GOOD, Column("popularity", Coding.INTS, 2, b"\xff" * 8 + b"\0")], {}),
    ("integers in a text column", [GOOD[0], Column("title", Coding.INTS, 2, bytes(9))], {}),
    ("extra is no object", [*GOOD, text_column("extra", "[1]", "")], {}),
    ("extra is no json", [*GOOD, text_column("extra", "{", "")], {}),
]


@pytest.mark.parametrize(
    ("columns", "about"), [case[1:] for case in FORGED], ids=[case[0] for case in FORGED]
)
def test_columns_that_break_a_rule_are_refused(
    columns: list[Column], about: dict[str, Any]
) -> None:
    assert len(all_of(forged(list(GOOD)))) == 2
    with pytest.raises(ShardDamagedError):
        all_of(forged(columns, **about))


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = zstandard.ZstdCompressor(level=19).compress(bytes(300 * 1024 * 1024))
    assert len(bomb) < 100_000
    directory = json.dumps(
        {
            "kind": "snapshot",
            "shard": KEY.shard_id,
            "key": key_to_json(KEY),
            "serial": 1,
            "count": 1,
            "files": 0,
            "columns": [["title", "text", 1, 300 * 1024 * 1024]],
            "blocks": [[1, len(bomb), 300 * 1024 * 1024]],
        }
    ).encode()
    packed = zstandard.ZstdCompressor().compress(directory)
    header = {"format": "kezhan-shard", "major": 1, "minor": 0}
    line = json.dumps(header | {"directory": [len(packed), len(directory)]}).encode() + b"\n"
    with pytest.raises(ShardDamagedError) as caught:
        Container(line + packed + bomb)
    assert caught.value.data["reason"] == "too large when unpacked"


def test_a_block_larger_than_it_says_is_refused() -> None:
    raw = forged(list(GOOD))
    big = zstandard.ZstdCompressor().compress(bytes(10_000_000))
    container = Container(raw)
    first = container._blocks[0]
    swapped = raw[: first.start] + big
    container._raw = swapped
    container._blocks[0] = type(first)(first.start, len(big), first.unpacked)
    with pytest.raises(ShardDamagedError):
        container.read("id")


def test_a_column_far_too_long_for_its_rows_is_refused_unread() -> None:
    title = Column("title", Coding.TEXT, 2, b"x" * 10_000_000)
    with pytest.raises(ShardDamagedError) as caught:
        all_of(forged([GOOD[0], title]))
    assert caught.value.data["reason"] == "title: too long"


def test_columns_of_a_newer_publisher_end_in_extra() -> None:
    newer = [
        text_column("competence", "数感", ""),
        Column("difficulty", Coding.INTS, 2, bytes(8) + bytes([1, 0, 4])),
    ]
    first, second = all_of(forged([*GOOD, *newer]))
    assert first.extra == {"competence": "数感"}
    assert second.extra == {"difficulty": 4}


def test_absent_columns_cost_nothing() -> None:
    columns = columns_of([parse_entry(lesson("a"))])
    assert {column.name for column in columns} == {
        "id",
        "title",
        "stage",
        "subject",
        "edition",
        "resource_type",
    }


def test_a_shard_that_was_read_leaves_the_memory_at_once() -> None:
    """A region has hundreds of them, and waiting for the collector cost half a gigabyte."""
    gc.disable()
    try:
        reader = read_snapshot(encode_snapshot(KEY, 1, some_entries(3)))
        container = weakref.ref(reader.rows._container)
        list(reader)
        del reader
        assert container() is None
    finally:
        gc.enable()
