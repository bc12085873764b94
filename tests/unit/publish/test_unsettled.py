# SPDX-License-Identifier: GPL-3.0-or-later
"""What never becomes whole takes bounded room, and the county sees it."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.publish import commands, inbound
from app.publish.__main__ import main
from app.publish.home import RegionHome
from app.publish.inbound import opened_received
from app.publish.receipts import receipts
from app.publish.receiving.store import State
from app.publish.receiving.uploads import UploadShelf, _needless, _Piece, _union_bytes
from app.region.receipts import ReceiptState, UploadReceipt
from tests.unit.publish.sent import (
    VIDEO,
    Stick,
    described,
    receive,
    review_file,
    statement,
)
from tests.unit.region.samples import Region, at

HALF = len(VIDEO) // 2


def first_half(stick: Stick, upload_id: str = "u-1") -> None:
    stick.bundle([], [(described(VIDEO, upload_id), VIDEO[:HALF])])


def arriving(region: Region) -> list[Path]:
    return sorted(RegionHome(region.root).arriving_dir.glob("*.piece"))


def table(region: Region, name: str) -> list[list[str]]:
    raw = (region.root / "received" / name).read_bytes()
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))


def with_accounts(region: Region, tmp_path: Path) -> None:
    schools = tmp_path / "schools.csv"
    schools.write_text("学校代码,校名\nS1,一小\n", encoding="utf-8")
    commands.enrol(region.root, schools)


def test_what_is_not_whole_is_counted_and_listed(
    region: Region, stick: Stick, capsys: pytest.CaptureFixture[str]
) -> None:
    first_half(stick)
    assert main(["receive", str(region.root), str(stick.root)]) == 0
    assert "有 1 份上传还没收齐" in capsys.readouterr().err
    (heading, row) = table(region, "incomplete.csv")
    assert (heading[0], row[0], row[2]) == ("题目", "分数的认识", "S1")
    assert row[4:6] == [str(HALF), str(len(VIDEO))]
    stick.bundle([], [(described(VIDEO, offset_bytes=HALF), VIDEO[HALF:])])
    assert receive(region, stick.root).incomplete == 0
    assert len(table(region, "incomplete.csv")) == 1
    assert review_file(region) == VIDEO


def test_after_more_than_a_year_the_teacher_is_asked_again(region: Region, stick: Stick) -> None:
    first_half(stick)
    receive(region, stick.root)
    assert inbound.receive(region.root, stick.root, at(5) + timedelta(days=399)).given_up == 0
    assert len(arriving(region)) == 1
    late = at(5) + timedelta(days=401)
    report = inbound.receive(region.root, stick.root, late)
    assert (report.given_up, report.incomplete, arriving(region)) == (1, 0, [])
    with opened_received(RegionHome(region.root)) as store:
        told = [one for one in receipts(store, late) if isinstance(one, UploadReceipt)]
    assert [(one.state, one.reason) for one in told] == [
        (ReceiptState.REJECTED, "文件没有完整送到，请重新上传。")
    ]
    stick.bundle([], [(described(VIDEO), VIDEO)])  # it came all the same
    receive(region, stick.root)
    assert review_file(region) == VIDEO


def test_strangers_cannot_fill_the_disk(region: Region, stick: Stick, tmp_path: Path) -> None:
    with_accounts(region, tmp_path)
    for number in range(4):
        first_half(stick, f"u-{number}")
    receive(region, stick.root)
    home = RegionHome(region.root)
    with opened_received(home) as store:
        before = {row.upload_id for row in store.uploads([State.ARRIVING])}
        assert UploadShelf(home, store, most_unvouched_bytes=2 * HALF).give_up(at(6)) == 2
        left = {row.upload_id for row in store.uploads([State.ARRIVING])}
    assert (len(before), len(left), left < before) == (4, 2, True)
    assert len(arriving(region)) == 2


def test_who_is_not_vouched_for_is_listed(
    region: Region, stick: Stick, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_accounts(region, tmp_path)
    folder = stick.bundle([statement(1)])
    assert main(["receive", str(region.root), str(stick.root)]) == 0
    assert "有 1 个加密包没有学校账号" in capsys.readouterr().err
    (_, row) = table(region, "unvouched.csv")
    assert row[:4] == [folder.name, "S1", "device-1", "1"]


def test_a_title_is_no_formula(region: Region, stick: Stick) -> None:
    upload = described(VIDEO)
    upload.details["title"] = "=1+1"  # type: ignore[index]
    stick.bundle([], [(upload, VIDEO[:1000])])
    receive(region, stick.root)
    assert table(region, "incomplete.csv")[1][0] == "'=1+1"


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=12))
def test_needless_pieces_are_those_whose_bytes_are_in_others(
    found: list[tuple[int, int]],
) -> None:
    pieces = [_Piece(Path(str(n)), start, start + size) for n, (start, size) in enumerate(found)]
    gone = _needless(pieces)
    kept = [piece for piece in pieces if piece not in gone]
    assert _union_bytes(kept) == _union_bytes(pieces)
    assert sum(piece.end - piece.start for piece in kept) <= 2 * _union_bytes(pieces)
