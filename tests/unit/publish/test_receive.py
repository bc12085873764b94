# SPDX-License-Identifier: GPL-3.0-or-later
"""What schools send ends up at the region exactly once, whatever the folder it comes in."""

import errno
import json
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.base.errors import DiskFullError
from app.publish import commands, inbound
from app.publish.errors import KeyMissingError
from app.publish.home import RegionHome
from app.publish.receiving.names import safe_file_name
from app.region.enrolment import Credentials
from tests.unit.publish.sent import (
    VIDEO,
    Stick,
    codes,
    described,
    receipts_of,
    receive,
    review_file,
    statement,
    statements_at,
)
from tests.unit.region.samples import Region


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
    assert (upload["state"], upload["reason"]) == ("rejected", "文件没有完整送到，请重新上传。")
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
    stick.bundle([statement(1)], account=account)
    stick.bundle([statement(2)], [(described(b"3", "u-3"), b"3")])
    report = receive(region, stick.root)
    assert (report.bundles, report.bundles_unvouched) == (4, 2)
    assert statements_at(region) == [statement(1)[0]]
    (apart,) = (region.root / "statements" / "unvouched").iterdir()
    assert json.loads(apart.read_bytes())["id"] == statement(2)[0]
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


def test_read_errors_in_the_middle_cost_one_bundle(
    region: Region, stick: Stick, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick.bundle([statement(n) for n in range(300)], part_bytes=40_000)
    stick.bundle([statement(n) for n in range(300, 310)])
    real = os.open
    left = 6

    def failing(path: Any, *arguments: Any, **named: Any) -> int:
        nonlocal left
        is_part = str(path).endswith(".part")
        left -= is_part
        if is_part and not left:
            raise OSError(errno.EIO, "Input/output error")
        return real(path, *arguments, **named)

    monkeypatch.setattr(os, "open", failing)
    report = receive(region, stick.root)
    monkeypatch.undo()
    assert (report.bundles, codes(report)) == (1, ["file_unreadable"])
    assert codes(receive(region, stick.root)) == []
    assert sorted(statements_at(region)) == sorted(statement(n)[0] for n in range(310))


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
