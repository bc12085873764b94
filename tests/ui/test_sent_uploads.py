# SPDX-License-Identifier: GPL-3.0-or-later
"""What a teacher without a line sees of an upload: with the real agent, county and stick."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.base.db import open_writer
from app.publish import commands, inbound, outbound
from app.sync.courier.cargo import is_carried
from app.sync.courier.store import UploadPiece
from app.sync.uploads.store import MIGRATIONS
from app.ui.models.upload_rows import UploadsModel
from app.ui.state_reader import read_uploads
from tests.sync.machine import Machine
from tests.sync.region_home import LATER, RegionHome
from tests.sync.stick_disk import county_stick
from tests.sync.stick_point import bring, export, upload
from tests.ui.fixture_state import sample_uploads

REASON = "请补充练习题"


def shown(machine: Machine) -> str:
    """The one row, as a screen reader says it."""
    model = UploadsModel("en")
    model.show(read_uploads(machine.paths))
    (row,) = model.rows
    text = model.text_of(row)
    assert text.endswith(str(model.data(model.index(0), Qt.ItemDataRole.ToolTipRole)))
    return text


def test_waiting_sent_by_stick_and_sent_back_with_the_reason(
    qtbot: QtBot, data_dir: Path, tmp_path: Path
) -> None:
    assert qtbot is not None
    county = RegionHome.create(tmp_path / "region" / "县")
    county.publish_first()
    machine = Machine(data_dir)
    machine.run_requests(machine.enrol(str(county.enrolment("http://127.0.0.1:9/"))))
    stick = county_stick(county, tmp_path / "U盘")
    bring(machine, stick)
    upload(machine, b"lesson", "教案.docx", title="分数教案")
    assert shown(machine) == "分数教案 Waiting to be sent"

    export(machine, stick)
    assert shown(machine) == "分数教案 Sent by stick"

    inbound.receive(county.root, stick, LATER)
    (waiting,) = inbound.waiting(county.root)
    inbound.send_back(county.root, waiting.number, REASON, LATER)
    commands.build(county.root, LATER)
    outbound.make_stick(county.root, stick)
    bring(machine, stick)
    assert shown(machine) == f"分数教案 Sent back {REASON}"


def test_half_of_a_file_on_a_stick_is_not_sent() -> None:
    first, second = UploadPiece("one", 0, 50), UploadPiece("one", 50, 100)
    assert not is_carried(100, [])
    assert not is_carried(100, [first])
    assert is_carried(100, [second, first])


def test_uploads_are_shown_before_the_couriers_tables_are_made(data_dir: Path) -> None:
    machine = Machine(data_dir)
    machine.paths.ensure()
    open_writer(machine.paths.state_db, [MIGRATIONS]).conn.close()
    sample_uploads(machine.paths)
    assert [row.is_carried for row in read_uploads(machine.paths)] == [False] * 5
