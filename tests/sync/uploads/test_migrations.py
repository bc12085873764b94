# SPDX-License-Identifier: GPL-3.0-or-later
"""Each migration of the outbox, on an empty database and beside the tables of others."""

from __future__ import annotations

from pathlib import Path

from app.base.db import open_writer
from app.sync.statements.store import MIGRATIONS as STATEMENTS
from app.sync.uploads.store import MIGRATIONS as UPLOADS
from app.sync.uploads.store import UploadStore

FIRST_UPLOAD = {
    "sha256": "a" * 64,
    "size_bytes": 5,
    "name": "a.pdf",
    "details": {"title": "a"},
}


def test_m001_uploads(data_dir: Path) -> None:
    database = open_writer(data_dir / "state.db", [UPLOADS])
    assert "upload" in database.table_names()
    columns = {row[1] for row in database.execute("PRAGMA table_info(upload)")}
    assert columns == {
        "number", "upload_id", "region_id", "sha256", "size_bytes", "name", "details", "state",
        "endpoint", "address", "offset_bytes", "code", "data",
    }  # fmt: skip


def test_m001_statements(data_dir: Path) -> None:
    database = open_writer(data_dir / "state.db", [STATEMENTS])
    made = {"statement", "statement_cursor", "statement_account"}
    assert made <= set(database.table_names())


def test_rows_outlive_the_arrival_of_another_room(data_dir: Path) -> None:
    first = open_writer(data_dir / "state.db", [UPLOADS])
    UploadStore(first).add("u-1", "region", **FIRST_UPLOAD)  # type: ignore[arg-type]
    first.close()
    second = open_writer(data_dir / "state.db", [UPLOADS, STATEMENTS])
    assert [one.upload_id for one in UploadStore(second).all()] == ["u-1"]
