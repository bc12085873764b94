# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements that came home on sticks reach a real record store, each once."""

import json
import uuid
from pathlib import Path
from typing import Any

import pytest

from app.base.errors import KnownError
from app.publish import inbound
from app.publish.__main__ import main
from app.usage.statements import school_address
from app.wiring.county import ACCOUNT_VARIABLE, RecordStore
from tests.servers.lrs import LearningRecordStore
from tests.unit.region.samples import REGION_ID, Region, at


def told(number: int) -> dict[str, Any]:
    account = {"homePage": school_address(REGION_ID, "S1"), "name": "a1"}
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"told-{number}")),
        "actor": {"account": account},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/completed"},
        "object": {"id": f"urn:x-lesson:{number}"},
        "timestamp": "2026-11-22T08:00:00Z",
    }


@pytest.fixture
def inbox(region: Region, tmp_path: Path) -> Path:
    """250 good statements and one that no store takes."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    lines = [json.dumps(told(number)) for number in range(250)]
    lines.insert(77, json.dumps(told(0) | {"id": str(uuid.uuid4()), "actor": {"mbox": 7}}))
    (folder / "a.ndjson").write_text("\n".join(lines))
    return folder


def test_everything_reaches_the_store_once(
    region: Region,
    inbox: Path,
    lrs: LearningRecordStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(ACCOUNT_VARIABLE, f"{lrs.user}:{lrs.password}")
    command = ["receive", str(region.root), str(inbox), "--statements", lrs.url]
    assert main(command, RecordStore) == 0
    assert "被拒 1 条" in capsys.readouterr().out
    assert main(command, RecordStore) == 0
    assert sorted(one["id"] for one in lrs.statements()) == sorted(
        told(n)["id"] for n in range(250)
    )
    (refused,) = (region.root / "statements").glob("*.refused")
    assert json.loads(refused.read_bytes())["actor"] == {"mbox": 7}


def test_a_store_in_trouble_costs_nothing(
    region: Region, inbox: Path, lrs: LearningRecordStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbound.receive(region.root, inbox, at(5))
    with pytest.raises(KnownError) as caught:
        inbound.post(region.root, RecordStore(lrs.url))
    assert caught.value.code == "auth_refused"
    monkeypatch.setenv(ACCOUNT_VARIABLE, f"{lrs.user}:{lrs.password}")
    lrs.fault("POST", "lost_reply")
    with pytest.raises(KnownError):
        inbound.post(region.root, RecordStore(lrs.url))
    posted = inbound.post(region.root, RecordStore(lrs.url))
    assert (posted.statements, posted.refused) == (250, 1)
    assert len(lrs.statements()) == 250
    assert inbound.post(region.root, RecordStore(lrs.url)).statements == 0
