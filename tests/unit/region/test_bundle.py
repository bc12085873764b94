# SPDX-License-Identifier: GPL-3.0-or-later
"""A sealed bundle comes out as it went in, or says by a typed error why not."""

import os
import random
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nacl.public import PrivateKey

from app.base.errors import BugError, DiskFullError, KnownError, MissingFileError, UnknownMajorError
from app.region import bundle as form
from app.region.bundle import (
    BundledUpload,
    BundleHeader,
    DataRecord,
    Kind,
    Record,
    RefusedRecord,
    StatementRecord,
    UploadEndRecord,
    UploadRecord,
)
from app.region.bundle_reader import open_bundle, part_paths
from app.region.bundle_writer import BundleWriter, remove_unfinished
from app.region.enrolment import Credentials
from app.region.errors import BundleDamagedError, BundleForeignError, BundleUnfinishedError

REGION_ID = "5f0c0a52-9c5e-4f5a-8a35-2f4f6f3f1a01"
BUNDLE_ID = "0b5b7a3e-1111-4222-8333-444455556666"
KEY = PrivateKey(bytes(range(32)))
PUBLIC, SECRET = bytes(KEY.public_key), bytes(KEY)
HEADER = BundleHeader(BUNDLE_ID, REGION_ID, "device-1", "school-17", 7, "2026-11-22T08:00:00Z")
UPLOAD = BundledUpload("u-1", "a" * 64, 5, "课件.pptx", "school-17", {"title": "分数"})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "U 盘" / "kezhan" / "out" / REGION_ID / BUNDLE_ID


def write(
    folder: Path,
    fill: Callable[[BundleWriter], None] = lambda _: None,
    *,
    part_bytes: int = 2**30,
) -> BundleWriter:
    with BundleWriter(folder, HEADER, PUBLIC, part_bytes=part_bytes) as writer:
        fill(writer)
    return writer


def read(folder: Path, keys: Sequence[bytes] = (SECRET,)) -> list[Record]:
    with open_bundle(part_paths(folder), keys) as bundle:
        assert bundle.header == HEADER
        return list(bundle.records())


def statements(raws: Sequence[bytes]) -> Callable[[BundleWriter], None]:
    def fill(writer: BundleWriter) -> None:
        for number, raw in enumerate(raws):
            writer.add_statement(f"s-{number}", raw)

    return fill


def some_of_each(writer: BundleWriter) -> None:
    writer.add_statement("s-1", b'{"id": "s-1"}')
    writer.add_upload_start(UPLOAD)
    writer.add_upload_bytes(b"12")
    writer.add_upload_bytes(b"345")
    writer.add_upload_end()


SOME = [
    StatementRecord("s-1", b'{"id": "s-1"}'),
    UploadRecord(UPLOAD),
    DataRecord(b"12"),
    DataRecord(b"345"),
    UploadEndRecord(),
]


def test_what_went_in_comes_out(folder: Path) -> None:
    write(folder, some_of_each)
    assert read(folder) == SOME


@settings(max_examples=25)
@given(st.lists(st.binary(max_size=200_000), max_size=4), st.integers(1, 90_000))
def test_any_contents_and_any_size_of_parts(
    tmp_path_factory: pytest.TempPathFactory, raws: list[bytes], part_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("stick") / BUNDLE_ID
    part_bytes = max(part_bytes, 2000)
    writer = write(folder, statements(raws), part_bytes=part_bytes)
    assert read(folder) == [StatementRecord(f"s-{n}", raw) for n, raw in enumerate(raws)]
    assert all(path.stat().st_size <= part_bytes for path in part_paths(folder))
    assert [part.name for part in writer.parts] == sorted(path.name for path in folder.iterdir())


def test_nothing_readable_lies_on_the_stick(folder: Path) -> None:
    write(folder, some_of_each, part_bytes=3000)
    raw = b"".join(path.read_bytes() for path in part_paths(folder))
    for word in ("课件.pptx", "分数", "device-1", "school-17", "upload", BUNDLE_ID):
        assert word.encode() not in raw
    assert {path.name for path in folder.parent.iterdir()} == {BUNDLE_ID}


def test_small_bundles_look_alike(tmp_path: Path) -> None:
    sizes = set()
    for count in (0, 1, 200):
        writer = write(tmp_path / str(count) / BUNDLE_ID, statements([b"x" * 900] * count))
        sizes.add(sum(part.size_bytes for part in writer.parts))
    assert len(sizes) == 1


@given(st.integers(0, 10**7))
def test_padding_costs_at_most_an_eighth(chunks: int) -> None:
    padded = form.padded_chunks(chunks)
    assert chunks <= padded <= max(4, chunks + chunks // 8 + 1)
    assert form.padded_chunks(padded) == padded


def test_the_size_on_the_stick_is_known_before(folder: Path) -> None:
    writer = write(folder, lambda one: one.add_statement("s", b"x" * 700_000))
    size_bytes = sum(part.size_bytes for part in writer.parts)
    assert 0 <= form.sealed_bytes(writer.plain_bytes) - size_bytes < form.MAX_PRELUDE_BYTES


def test_another_regions_key_cannot_open_it(folder: Path) -> None:
    write(folder, some_of_each)
    other = bytes(PrivateKey.generate())
    with pytest.raises(BundleForeignError):
        read(folder, [other])
    assert read(folder, [other, SECRET]) == SOME


def test_the_school_vouches_for_its_bundle(folder: Path) -> None:
    account = Credentials("S1", "geheim")
    with BundleWriter(folder, HEADER, PUBLIC, account=account):
        pass
    with open_bundle(part_paths(folder), [SECRET]) as bundle:
        assert bundle.header.user == "S1"
        assert bundle.is_vouched_by("geheim")
        assert not bundle.is_vouched_by("geraten")


def test_a_bundle_without_proof_is_vouched_for_by_nobody(folder: Path) -> None:
    write(folder)
    with open_bundle(part_paths(folder), [SECRET]) as bundle:
        assert not bundle.is_vouched_by("")


# --- hostile and broken


def records_until_error(folder: Path) -> tuple[list[Record], KnownError | None]:
    found: list[Record] = []
    try:
        with open_bundle(part_paths(folder), [SECRET]) as bundle:
            for record in bundle.records():
                found.append(record)  # noqa: PERF402 (what came before an error counts)
    except KnownError as error:
        return found, error
    return found, None


def test_every_cut_is_noticed_and_what_stood_before_it_is_kept(folder: Path) -> None:
    write(folder, statements([b"x" * 9000] * 60))
    (part,) = part_paths(folder)
    raw = part.read_bytes()
    chance = random.Random(1)
    for cut in [0, 1, 50, 150, len(raw) - 1, *(chance.randrange(len(raw)) for _ in range(20))]:
        part.write_bytes(raw[:cut])
        found, error = records_until_error(folder)
        assert isinstance(error, BundleUnfinishedError), cut
        assert found == [StatementRecord(f"s-{n}", b"x" * 9000) for n in range(len(found))]
        assert len(found) >= min(60, (cut - 65_600) // 9100)


def test_every_changed_bit_is_noticed(folder: Path) -> None:
    write(folder, some_of_each)
    (part,) = part_paths(folder)
    raw = part.read_bytes()
    chance = random.Random(2)
    for place in [*range(0, 250, 7), *(chance.randrange(len(raw)) for _ in range(20))]:
        part.write_bytes(raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :])
        found, error = records_until_error(folder)
        assert isinstance(error, (BundleDamagedError, BundleForeignError, UnknownMajorError)), place
        assert found in ([], SOME)


def test_parts_cannot_be_left_out_added_or_exchanged(folder: Path) -> None:
    write(folder, some_of_each, part_bytes=100_000)
    first, second, *_ = paths = part_paths(folder)
    kept = {path: path.read_bytes() for path in paths}
    second.unlink()
    assert isinstance(records_until_error(folder)[1], BundleUnfinishedError)
    second.write_bytes(kept[first])
    assert isinstance(records_until_error(folder)[1], BundleDamagedError)
    second.write_bytes(kept[second])
    paths[-1].with_name("0004.part").write_bytes(b"more")
    assert isinstance(records_until_error(folder)[1], BundleDamagedError)


@pytest.mark.parametrize("content", [b"", b"\n", b"x" * 5000, b"[]\n", b'{"format":"zip"}\n'])
def test_what_is_no_bundle_is_no_bundle(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / "0001.part").write_bytes(content)
    with pytest.raises((BundleDamagedError, BundleUnfinishedError)):
        read(folder)


def test_a_newer_major_is_refused_politely(folder: Path) -> None:
    write(folder)
    (part,) = part_paths(folder)
    part.write_bytes(part.read_bytes().replace(b'"major":1', b'"major":2', 1))
    with pytest.raises(UnknownMajorError):
        read(folder)


def test_links_are_never_followed(folder: Path, tmp_path: Path) -> None:
    write(folder, some_of_each)
    (part,) = part_paths(folder)
    part.rename(tmp_path / "elsewhere")
    part.symlink_to(tmp_path / "elsewhere")
    assert part_paths(folder) == ()
    with pytest.raises(BundleDamagedError), open_bundle([part], [SECRET]):
        pass
    with pytest.raises(MissingFileError):
        part_paths(folder.with_name("not-there"))


class _Forger(BundleWriter):
    """Somebody who knows the format and our key, and breaks its rules inside the seal."""

    def put(self, kind: int, payload: bytes) -> None:
        self._plain(bytes([kind]) + len(payload).to_bytes(4, "big") + payload)

    def put_raw(self, raw: bytes) -> None:
        self._plain(raw)


def forge(
    folder: Path, fill: Callable[[_Forger], object]
) -> tuple[list[Record], KnownError | None]:
    with _Forger(folder, HEADER, PUBLIC) as writer:
        fill(writer)
    return records_until_error(folder)


def test_an_upload_longer_than_it_said_is_refused_and_the_rest_goes_on(folder: Path) -> None:
    def fill(writer: _Forger) -> None:
        writer.add_upload_start(UPLOAD)
        writer.add_upload_bytes(b"123")
        writer.add_upload_bytes(b"456")
        writer.add_upload_bytes(b"789")
        writer.add_upload_end()
        writer.add_statement("s-1", b"{}")

    found, error = forge(folder, fill)
    assert error is None
    assert found[1:] == [
        DataRecord(b"123"),
        RefusedRecord("upload", "longer_than_said"),
        StatementRecord("s-1", b"{}"),
    ]


@pytest.mark.parametrize(
    "change",
    [
        b"no json",
        b"[]",
        b'{"id":"../u","sha256":"S","size_bytes":5}',
        b'{"id":"u","sha256":"S","size_bytes":-1}',
        b'{"id":"u","sha256":"S","size_bytes":99999999999999999}',
        b'{"id":"u","sha256":"S","size_bytes":5,"offset_bytes":5}',
        b'{"id":"u","sha256":"S","size_bytes":5,"name":"a\\u0000"}',
        b'{"id":"u","sha256":"S","size_bytes":5,"details":[]}',
        b'{"id":"u","sha256":"kurz","size_bytes":5}',
        b"[" * 60_000,
        b" " * 70_000,
    ],
)
def test_an_upload_that_breaks_a_rule_is_refused_alone(folder: Path, change: bytes) -> None:
    def fill(writer: _Forger) -> None:
        writer.put(Kind.UPLOAD, change.replace(b'"S"', b'"' + b"a" * 64 + b'"'))
        writer.put(Kind.DATA, b"12345")
        writer.put(Kind.UPLOAD_END, b"")
        some_of_each(writer)

    found, error = forge(folder, fill)
    assert error is None
    assert isinstance(found[0], RefusedRecord)
    assert found[1:] == SOME


@pytest.mark.parametrize("payload", [b"", b"\x00{}", b"\xff{}", b"\x03../{}"])
def test_a_statement_without_an_id_is_refused_alone(folder: Path, payload: bytes) -> None:
    def fill(writer: _Forger) -> None:
        writer.put(Kind.STATEMENT, payload)
        some_of_each(writer)

    found, error = forge(folder, fill)
    assert error is None
    assert isinstance(found[0], RefusedRecord)
    assert found[1:] == SOME


def test_records_of_a_newer_minor_are_passed_over(folder: Path) -> None:
    def fill(writer: _Forger) -> None:
        writer.put(77, b"new")
        some_of_each(writer)

    found, error = forge(folder, fill)
    assert (found, error) == (SOME, None)


@pytest.mark.parametrize(
    "raw", [b"\x02\xff\xff\xff\xff", b"\x00" * 9, b"\x02\x00\x10\x00\x00short"]
)
def test_a_record_that_lies_about_its_length_ends_the_bundle(folder: Path, raw: bytes) -> None:
    def fill(writer: _Forger) -> None:
        some_of_each(writer)
        writer.put_raw(raw)

    found, error = forge(folder, fill)
    assert found == SOME
    assert isinstance(error, BundleDamagedError)


# --- writing


def test_a_writer_that_fails_leaves_nothing(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        write(folder, lambda one: one.add_statement("s", bytes([1 // len(one.parts)])))
    assert list(folder.parent.iterdir()) == []


@pytest.mark.linux
def test_a_full_stick_is_one_error_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync

    def full(descriptor: int) -> None:
        real(descriptor)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DiskFullError):
        write(folder, some_of_each)
    assert list(folder.parent.iterdir()) == []


def test_what_a_cut_writer_left_is_swept(folder: Path) -> None:
    write(folder)
    other = f"0{BUNDLE_ID[1:]}" if BUNDLE_ID[0] != "0" else f"1{BUNDLE_ID[1:]}"
    left = folder.with_name(f".{other}.writing")
    left.mkdir()
    (left / "0001.part").write_bytes(b"half")
    assert remove_unfinished(folder.parent) == 1
    assert [path.name for path in folder.parent.iterdir()] == [BUNDLE_ID]


def test_a_rename_that_fat_left_half_done_costs_no_bundle(folder: Path) -> None:
    write(folder)
    before = folder.with_name(f".{BUNDLE_ID}.writing")
    before.mkdir()
    for part in folder.iterdir():
        (before / part.name).hardlink_to(part)  # two names for the same bytes
    assert remove_unfinished(folder.parent) == 0
    assert sorted(path.name for path in before.iterdir()) == [
        path.name for path in part_paths(folder)
    ]


def test_misuse_is_our_own_mistake(folder: Path) -> None:
    with pytest.raises(BugError):
        BundleWriter(folder.with_name("other"), HEADER, PUBLIC)
    with pytest.raises(BugError):
        write(folder, lambda one: one.add_upload_start(UPLOAD))
