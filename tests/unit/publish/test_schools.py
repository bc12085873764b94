# SPDX-License-Identifier: GPL-3.0-or-later
import csv
import io
import stat
from pathlib import Path

import pytest

from app.publish import commands
from app.publish.errors import LineInvalidError
from app.publish.schools import read_schools
from app.region.enrolment import Enrolment, parse_enrolment
from tests.unit.region.samples import Region, at

TABLE = """学校代码,校名,上级中心校,班级,教室
S001,石门坎小学,城关中心校,三(2)班;三(1)班,201
S001,,,三(1)班、四(1)班,202
S002,=坝上教学点,,,
"""


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "学校.csv"
    path.write_text(TABLE, encoding="utf-8-sig")
    return path


def enrolment(region: Region, code: str) -> Enrolment:
    return parse_enrolment((region.root / "enrolments" / f"{code}.json").read_bytes())


def test_one_enrolment_per_school_with_its_classes_and_rooms(region: Region, table: Path) -> None:
    assert commands.enrol(region.root, table) == 2
    first, second = enrolment(region, "S001"), enrolment(region, "S002")
    assert first.school is not None
    assert (first.school.name, first.school.centre) == ("石门坎小学", "城关中心校")
    assert first.classes == ("三(2)班", "三(1)班", "四(1)班")
    assert first.rooms == ("201", "202")
    assert second.rooms == ()
    assert first.credentials is not None
    assert second.credentials is not None
    assert first.credentials.user == "S001"
    assert first.credentials.password != second.credentials.password
    assert first.root == parse_enrolment((region.root / "enrolment.json").read_bytes()).root


def accounts(region: Region) -> dict[str, str]:
    raw = (region.root / "keys" / "credentials.csv").read_text(encoding="utf-8-sig")
    return {row["学校代码"]: row["密码"] for row in csv.DictReader(io.StringIO(raw))}


def test_accounts_are_recorded_at_home_and_survive(region: Region, table: Path) -> None:
    commands.enrol(region.root, table)
    before = accounts(region)
    credentials = enrolment(region, "S001").credentials
    assert credentials is not None
    assert before["S001"] == credentials.password
    table.write_text(TABLE + "S003,新校,,,\n", encoding="gb18030")
    commands.enrol(region.root, table)
    after = accounts(region)
    assert {code: after[code] for code in before} == before
    assert set(after) == {"S001", "S002", "S003"}


def test_nothing_secret_is_public(region: Region, table: Path) -> None:
    commands.enrol(region.root, table)
    commands.build(region.root, at(2))
    public = b"".join(path.read_bytes() for path in region.public.rglob("*") if path.is_file())
    for password in accounts(region).values():
        assert password.encode() not in public
    assert b"PRIVATE KEY" not in public


@pytest.mark.linux
def test_keys_and_accounts_are_for_their_owner_alone(region: Region, table: Path) -> None:
    commands.enrol(region.root, table)
    for path in (region.root / "keys").iterdir():
        if path.is_file():
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_name_that_a_spreadsheet_would_run_is_quoted(region: Region, table: Path) -> None:
    commands.enrol(region.root, table)
    raw = (region.root / "keys" / "credentials.csv").read_text(encoding="utf-8-sig")
    assert "'=坝上教学点" in raw


BAD = [
    ("学校,校名\nS1,甲\n", 1, "学校代码", "missing"),
    ("学校代码,校名\n../x,甲\n", 2, "学校代码", "not_an_id"),
    ("学校代码,校名\nS1,\n", 2, "校名", "missing"),
    ("学校代码,校名\nS1,甲\nS1,乙\n", 3, "校名", "twice"),
    ("学校代码,校名,班级\nS1,甲,\x07\n", 2, "班级", "control_characters"),
    (f"学校代码,校名\nS1,{'甲' * 201}\n", 2, "校名", "too_long"),
]


@pytest.mark.parametrize(("text", "line", "field", "reason"), BAD, ids=range(len(BAD)))
def test_a_bad_row_is_named_and_nothing_is_written(
    region: Region, table: Path, text: str, line: int, field: str, reason: str
) -> None:
    table.write_text(text, encoding="utf-8")
    with pytest.raises(LineInvalidError) as caught:
        commands.enrol(region.root, table)
    data = caught.value.data
    assert (data["line"], data["field"], data["reason"]) == (line, field, reason)
    assert not (region.root / "enrolments").exists()
    assert not (region.root / "keys" / "credentials.csv").exists()


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xff\xff\x81")
    with pytest.raises(LineInvalidError):
        read_schools(path)
