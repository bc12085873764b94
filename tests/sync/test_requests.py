# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests begin in the order in which they were left."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.base.db import open_writer
from app.sync.inbox import Kind, Request
from app.sync.requests import RequestTable
from app.sync.store import MIGRATIONS

AT = datetime(2026, 11, 22, 8, 0, 0, 250_000, tzinfo=UTC)


def test_two_requests_of_one_second_begin_in_their_order(tmp_path: Path) -> None:
    table = RequestTable(open_writer(tmp_path / "state.db", [MIGRATIONS]))
    table.take(Request(Kind.UPLOAD, {"name": "first"}, "f" * 8), AT)
    table.take(
        Request(Kind.STICK_EXPORT, {"dir": "second"}, "0" * 8), AT + timedelta(milliseconds=1)
    )
    table.take(Request(Kind.GET, {"entry_ids": []}, "7" * 8), AT + timedelta(seconds=2))
    assert [kind for _, kind, _ in table.working()] == ["upload", "stick_export", "get"]


def test_a_request_is_taken_once(tmp_path: Path) -> None:
    table = RequestTable(open_writer(tmp_path / "state.db", [MIGRATIONS]))
    request = Request(Kind.GET, {"entry_ids": ["a"]}, "a" * 8)
    assert table.take(request, AT)
    assert not table.take(request, AT + timedelta(days=1))
    assert len(table.working()) == 1
