# SPDX-License-Identifier: GPL-3.0-or-later
"""What schools send ends up at the region exactly once, whatever the folder it comes in."""

import contextlib
import hashlib
import json
import shutil
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base import files
from app.base.errors import DiskFullError, KnownError, MissingFileError
from app.publish import commands, inbound
from app.publish.errors import KeyMissingError, NothingReceivedError
from app.publish.home import RegionHome
from app.publish.keys import KeyFolder
from app.publish.metadata import MetadataWriter
from app.publish.receiving.names import safe_file_name
from app.publish.receiving.receiver import ReceiveReport
from app.publish.receiving.store import ReceivedStore
from app.region.bundle import BundledUpload, BundleHeader
from app.region.bundle_writer import BundleWriter
from app.region.enrolment import Credentials
from app.region.layout import RECEIPTS_TARGET
from tests.unit.region.samples import REGION_ID, Region, at

VIDEO = bytes(range(256)) * 3000


def statement(number: int) -> tuple[str, bytes]:
    statement_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"s-{number}"))
    return statement_id, json.dumps({"id": statement_id, "verb": {"id": "读"}}).encode()


def described(
    content: bytes, upload_id: str = "u-1", *, offset_bytes: int = 0, size_bytes: int | None = None
) -> BundledUpload:
    return BundledUpload(
        upload_id=upload_id,
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content) if size_bytes is None else size_bytes,
        name="分数.mp4",
        school_code="S1",
        details={"title": "分数的认识", "subject": "数学", "author": "王老师"},
        offset_bytes=offset_bytes,
    )


class Stick:
    """What machines of one school put on a stick."""

    def __init__(self, region: Region, root: Path) -> None:
        self.root = root
        self._region = region
        self._count = 0

    def bundle(
        self,
        statements: Sequence[tuple[str, bytes]] = (),
        uploads: Sequence[tuple[BundledUpload, bytes]] = (),
        *,
        region_id: str = REGION_ID,
        account: Credentials | None = None,
        key: bytes | None = None,
        part_bytes: int = 100_000,
    ) -> Path:
        self._count += 1
        bundle_id = str(uuid.uuid4())
        folder = self.root / "kezhan" / "out" / region_id / bundle_id
        header = BundleHeader(bundle_id, region_id, "device-1", "S1", self._count)
        public = key or RegionHome(self._region.root).load_settings().bundle_key
        assert public is not None
        with BundleWriter(folder, header, public, account=account, part_bytes=part_bytes) as writer:
            for statement_id, raw in statements:
                writer.add_statement(statement_id, raw)
            for upload, content in uploads:
                writer.add_upload_start(upload)
                writer.add_upload_bytes(content)
                writer.add_upload_end()
        return folder


@pytest.fixture
def stick(region: Region, tmp_path: Path) -> Stick:
    return Stick(region, tmp_path / "U盘")


def receive(region: Region, folder: Path) -> ReceiveReport:
    return inbound.receive(region.root, folder, at(5))


def codes(report: ReceiveReport) -> list[str]:
    return [error.code for error in report.problems]


def statements_at(region: Region) -> list[str]:
    """Ids in all files of statements, in order, repeats included."""
    lines: list[str] = []
    for path in sorted((region.root / "statements").glob("*.ndjson")):
        lines += [json.loads(line)["id"] for line in path.read_bytes().splitlines()]
    return lines


def receipts_of(region: Region, day: int = 6) -> list[dict[str, Any]]:
    commands.build(region.root, at(day))
    home = RegionHome(region.root)
    raw = MetadataWriter(home.tree, KeyFolder(home.keys_dir)).target_bytes(RECEIPTS_TARGET)
    assert raw is not None
    return [json.loads(line) for line in raw.splitlines()[1:]]


def review_file(region: Region) -> bytes:
    (row,) = inbound.waiting(region.root)
    return Path(row.path).read_bytes()


def test_a_stick_brings_statements_and_uploads_and_gets_receipts(
    region: Region, stick: Stick
) -> None:
    folder = stick.bundle([statement(1), statement(2)], [(described(VIDEO), VIDEO)])
    report = receive(region, stick.root)
    assert (report.bundles, report.statements, report.uploads) == (1, 2, 1)
    assert codes(report) == []
    assert statements_at(region) == [statement(1)[0], statement(2)[0]]
    assert review_file(region) == VIDEO
    assert receipts_of(region) == [
        {"bundle": folder.name, "state": "received"},
        {"id": "u-1", "sha256": described(VIDEO).sha256, "state": "received"},
    ]


def test_everything_twice_in_any_order_is_there_once(region: Region, stick: Stick) -> None:
    stick.bundle([statement(n) for n in range(4)], [(described(VIDEO), VIDEO)])
    stick.bundle([statement(n) for n in range(2, 7)], [(described(VIDEO), VIDEO)])
    copy = stick.root.with_name("copy")
    shutil.copytree(stick.root, copy)
    reports = [receive(region, folder) for folder in (copy, stick.root, copy)]
    assert [codes(report) for report in reports] == [[], [], []]
    assert [report.bundles for report in reports] == [2, 0, 0]
    assert sorted(statements_at(region)) == sorted(statement(n)[0] for n in range(7))
    assert len(inbound.waiting(region.root)) == 1


def test_a_cut_bundle_gives_what_it_has_and_no_receipt(region: Region, stick: Stick) -> None:
    folder = stick.bundle([statement(n) for n in range(300)], [(described(VIDEO), VIDEO)])
    parts = sorted(folder.iterdir())
    kept = parts[5].read_bytes()
    parts[5].unlink()
    report = receive(region, stick.root)
    assert codes(report) == ["bundle_unfinished"]
    assert len(statements_at(region)) == 300
    assert inbound.waiting(region.root) == []
    assert receipts_of(region) == []
    parts[5].write_bytes(kept)
    report = receive(region, stick.root)
    assert (report.bundles, report.statements, report.statements_known) == (1, 0, 300)
    assert review_file(region) == VIDEO
    assert len(receipts_of(region, 7)) == 2


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_a_file_in_pieces_comes_together_in_any_order(
    region: Region, stick: Stick, order: tuple[int, ...]
) -> None:
    cuts = [(0, 300_000), (250_000, 500_000), (500_000, len(VIDEO))]
    for number in order:
        start, end = cuts[number]
        stick.bundle((), [(described(VIDEO, offset_bytes=start), VIDEO[start:end])])
        report = receive(region, stick.root)
        assert codes(report) == []
    assert review_file(region) == VIDEO
    assert list(RegionHome(region.root).arriving_dir.iterdir()) == []


def test_other_bytes_than_announced_are_sent_back(region: Region, stick: Stick) -> None:
    wrong = VIDEO[:-1] + b"x"
    stick.bundle((), [(described(VIDEO), wrong)])
    report = receive(region, stick.root)
    assert codes(report) == ["upload_damaged"]
    _, upload = receipts_of(region)
    assert (upload["state"], upload["reason"]) == ("rejected", "文件在路上损坏，请重新上传。")
    stick.bundle((), [(described(VIDEO), VIDEO)])
    receive(region, stick.root)
    assert review_file(region) == VIDEO
    assert receipts_of(region, 7)[-1]["state"] == "received"


def test_the_schools_account_is_checked(region: Region, stick: Stick, tmp_path: Path) -> None:
    schools = tmp_path / "schools.csv"
    schools.write_text("学校代码,校名\nS1,一小\n", encoding="utf-8")
    commands.enrol(region.root, schools)
    enrolment = json.loads((region.root / "enrolments" / "S1.json").read_bytes())
    account = Credentials(**enrolment["credentials"])
    stick.bundle((), [(described(VIDEO), VIDEO)], account=account)
    stick.bundle((), [(described(b"2", "u-2"), b"2")], account=Credentials("S1", "geraten"))
    stick.bundle((), [(described(b"3", "u-3"), b"3")])
    report = receive(region, stick.root)
    assert (report.bundles, report.bundles_unvouched) == (3, 2)
    vouched = {row.size_bytes: row.is_vouched for row in inbound.waiting(region.root)}
    assert vouched == {len(VIDEO): True, 1: False}


def test_an_old_key_still_opens_what_was_on_its_way(region: Region, stick: Stick) -> None:
    stick.bundle([statement(1)])
    old = RegionHome(region.root).load_settings().bundle_key
    commands.rotate_bundle_key(region.root)
    assert RegionHome(region.root).load_settings().bundle_key != old
    stick.bundle([statement(2)])
    assert receive(region, stick.root).bundles == 2


def test_without_the_secret_nothing_is_touched(region: Region, stick: Stick) -> None:
    stick.bundle([statement(1)])
    (region.root / "keys" / "bundle.pem").unlink()
    with pytest.raises(KeyMissingError):
        receive(region, stick.root)


# --- hostile and broken: one typed error each, the others go on


def test_a_hostile_stick_costs_one_error_each(region: Region, stick: Stick, tmp_path: Path) -> None:
    good = stick.bundle([statement(1)])
    out = good.parent
    stick.bundle([statement(2)], region_id="00000000-0000-4000-8000-000000000001")
    stranger = Stick(Region(tmp_path / "other", tmp_path / "template"), stick.root)
    sealed_for_another = stranger.bundle([statement(3)], key=bytes([9]) + bytes(31))
    damaged = stick.bundle([statement(4)])
    part = damaged / "0001.part"
    part.write_bytes(part.read_bytes()[:200] + b"x" + part.read_bytes()[201:])
    link = out / str(uuid.uuid4())
    link.symlink_to(good)
    (out / str(uuid.uuid4())).mkdir()
    (out / f".{uuid.uuid4()}.writing").mkdir()
    (stick.root / "autorun.inf").write_text("[autorun]\nopen=virus.exe\n")
    (stick.root / "aux.ndjson").write_bytes(b"no json\n" + statement(5)[1] + b"\n[]\n{}\n")
    report = receive(region, stick.root)
    assert sealed_for_another.is_dir()
    assert sorted(codes(report)) == sorted(
        ["parcels_foreign", "bundle_foreign", "bundle_damaged", "link_refused"]
        + ["record_refused"] * 3
    )
    assert sorted(statements_at(region)) == sorted([statement(1)[0], statement(5)[0]])


def test_a_statement_with_another_id_than_it_says_is_refused(region: Region, stick: Stick) -> None:
    stick.bundle([(statement(1)[0], statement(2)[1]), statement(3)])
    report = receive(region, stick.root)
    assert codes(report) == ["record_refused"]
    assert statements_at(region) == [statement(3)[0]]
    assert report.bundles == 1


def test_an_upload_that_claims_more_than_the_disk_holds_waits(region: Region, stick: Stick) -> None:
    stick.bundle([statement(1)], [(described(b"x", size_bytes=1 << 40), b"x")])
    report = receive(region, stick.root)
    assert codes(report) == ["upload_no_room"]
    assert (report.bundles, report.statements) == (0, 1)
    assert receipts_of(region) == []


def test_our_own_full_disk_ends_the_run(
    region: Region, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick.bundle([statement(1)], [(described(VIDEO), VIDEO)])

    def full(_: object, target: Path) -> None:
        raise DiskFullError(path=str(target))

    monkeypatch.setattr("app.base.files.publish_file", full)
    with pytest.raises(DiskFullError):
        receive(region, stick.root)
    monkeypatch.undo()
    assert receive(region, stick.root).bundles == 1
    assert review_file(region) == VIDEO


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("课件.pptx", "课件.pptx"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\a.txt", "a.txt"),
        ("CON", "_CON"),
        ("aux.txt", "_aux.txt"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("a:b?.mp4 . ", "a_b_.mp4"),
        ("..", "file"),
        ("", "file"),
        ("课件.pptx.EXE", "课件.pptx.EXE.unsafe"),
        ("autorun.inf", "autorun.inf.unsafe"),
        ("a\u202egnp.exe", "agnp.exe.unsafe"),
    ],
)
def test_names_become_harmless(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


@given(st.text(max_size=300))
def test_any_name_becomes_a_plain_one(name: str) -> None:
    safe = safe_file_name(name)
    assert 0 < len(safe) <= 130
    assert not set(safe) & set('/\\:*?"<>|\0')
    assert safe.strip(" .") == safe
    assert safe_file_name(safe) in {safe, f"{safe}.unsafe"}


# --- folders without any stick


def tus(
    folder: Path, name: str, payload: bytes, metadata: dict[str, str], *, is_tusd: bool
) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(payload)
    if is_tusd:
        info = {"ID": name, "Size": len(payload), "Offset": 0, "MetaData": metadata}
        (folder / f"{name}.info").write_text(json.dumps(info))
    else:
        info = {"id": name, "size": len(payload), "offset": 0, "metadata": metadata}
        (folder / f"{name}.json").write_text(json.dumps(info))


@pytest.mark.parametrize("is_tusd", [True, False])
def test_the_folder_of_an_upload_server_is_taken_in(
    region: Region, tmp_path: Path, is_tusd: bool
) -> None:
    folder = tmp_path / "tus"
    upload = described(VIDEO)
    metadata = {"filename": "分数.mp4", "id": "u-1", "sha256": upload.sha256, "school": "S1"}
    tus(folder, "aa", VIDEO, metadata | {"title": "分数"}, is_tusd=is_tusd)
    tus(folder, "bb", b"half", metadata | {"id": "u-2"}, is_tusd=is_tusd)
    (folder / "bb").write_bytes(b"ha")
    tus(folder, "cc", b"1", {"id": "../u"}, is_tusd=is_tusd)
    report = receive(region, folder)
    assert (report.uploads, codes(report)) == (1, ["record_refused"])
    assert review_file(region) == VIDEO
    again = receive(region, folder)
    assert (again.uploads, again.uploads_known) == (0, 1)


def test_bundles_that_depots_passed_on_in_parts_are_opened(
    region: Region, stick: Stick, tmp_path: Path
) -> None:
    folder = stick.bundle([statement(1)], [(described(VIDEO), VIDEO)])
    depot = tmp_path / "tus"
    parts = sorted(folder.iterdir())
    assert len(parts) > 6
    for number, part in enumerate(parts, 1):
        metadata = {"kind": "bundle", "bundle_id": folder.name, "part": str(number)}
        tus(depot, f"x{number * 7919 % 97}", part.read_bytes(), metadata, is_tusd=False)
        if number == 3:
            assert codes(receive(region, depot)) == ["bundle_unfinished"]
    assert receive(region, depot).bundles == 1
    assert review_file(region) == VIDEO


def test_statements_in_files_are_taken_once(region: Region, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    lines = [statement(n)[1] for n in range(1200)]
    (folder / "a.ndjson").write_bytes(b"\xef\xbb\xbf" + b"\n".join(lines + lines[:50]))
    report = receive(region, folder)
    assert (report.statements, report.statements_known) == (1200, 50)
    assert statements_at(region) == [statement(n)[0] for n in range(1200)]


def test_nothing_and_nowhere_are_said(region: Region, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(NothingReceivedError):
        receive(region, tmp_path / "empty")
    with pytest.raises(MissingFileError):
        receive(region, tmp_path / "nowhere")


# --- cut anywhere


class CutError(Exception):
    """The process ends here."""


@pytest.mark.parametrize("step", range(12))
def test_a_cut_anywhere_is_caught_up_with(
    region: Region, stick: Stick, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    stick.bundle([statement(n) for n in range(3)], [(described(VIDEO), VIDEO)])
    left = step

    def maybe_cut(real: Any) -> Any:
        def work(*arguments: Any, **named: Any) -> Any:
            nonlocal left
            if left == 0:
                raise CutError
            left -= 1
            return real(*arguments, **named)

        return work

    for name in ("publish_file", "replace_bytes"):
        monkeypatch.setattr(files, name, maybe_cut(getattr(files, name)))
    for name in ("announce", "set_state", "add_statements", "next_batch", "batch_written"):
        monkeypatch.setattr(ReceivedStore, name, maybe_cut(getattr(ReceivedStore, name)))
    monkeypatch.setattr(ReceivedStore, "add_bundle", maybe_cut(ReceivedStore.add_bundle))
    with contextlib.suppress(CutError, KnownError):
        receive(region, stick.root)
    monkeypatch.undo()
    receive(region, stick.root)
    assert sorted(statements_at(region)) == sorted(statement(n)[0] for n in range(3))
    assert review_file(region) == VIDEO
    assert len(receipts_of(region)) == 2
