# SPDX-License-Identifier: GPL-3.0-or-later
"""Databases: migrations, damage, newer data, previous generations."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.base.db import (
    Database,
    Migrations,
    data_version,
    keep_generation,
    open_reader,
    open_writer,
    open_writer_or_previous,
    transaction,
)
from app.base.errors import (
    DamagedDatabaseError,
    MissingFileError,
    NewerDataError,
    ReadOnlyError,
)


def notes(*, is_newer: bool = False) -> Migrations:
    """A migration set of one step, or of two for a newer program."""
    migrations = Migrations("test.notes")

    @migrations(name="001_note")
    def _first(database: Database) -> None:
        database.execute("CREATE TABLE note(text TEXT)")

    if is_newer:

        @migrations(name="002_author")
        def _second(database: Database) -> None:
            database.execute("ALTER TABLE note ADD COLUMN author TEXT")

    return migrations


def add_note(database: Database, text: str) -> None:
    with transaction(database):
        database.execute("INSERT INTO note(text) VALUES(?)", [text])


def texts(database: Database) -> list[str]:
    return [row[0] for row in database.execute("SELECT text FROM note ORDER BY rowid")]


def test_writer_and_reader_in_a_chinese_path(tmp_path: Path) -> None:
    path = tmp_path / "课栈 数据" / "state 100%.db"
    path.parent.mkdir()
    writer = open_writer(path, [notes()])
    reader = open_reader(path)
    before = data_version(reader)
    add_note(writer, "分数")
    assert texts(reader) == ["分数"]
    assert data_version(reader) != before
    assert writer.execute("PRAGMA synchronous").fetchone()[0] == 2


def test_failed_transaction_leaves_nothing(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "a.db", [notes()])

    def insert_and_fail() -> None:
        with transaction(writer):
            writer.execute("INSERT INTO note(text) VALUES('x')")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        insert_and_fail()
    assert texts(writer) == []


def test_reader_cannot_write(tmp_path: Path) -> None:
    open_writer(tmp_path / "a.db", [notes()])
    reader = open_reader(tmp_path / "a.db")
    with pytest.raises(Exception, match="readonly"):
        reader.execute("INSERT INTO note(text) VALUES('x')")


def test_migration_copies_the_file_first(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    add_note(open_writer(path, [notes()]), "old")
    newer = open_writer(path, [notes(is_newer=True)])
    assert texts(newer) == ["old"]
    copy = open_reader(tmp_path / "a.db.before-migration")
    assert [row[1] for row in copy.execute("PRAGMA table_info(note)")] == ["text"]


def test_newer_data_is_refused_and_untouched(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    open_writer(path, [notes(is_newer=True)]).conn.close()
    before = path.read_bytes()
    with pytest.raises(NewerDataError) as refusal:
        open_writer(path, [notes()])
    assert refusal.value.data["found"] == "002_author"
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "content", [b"\0" * 8192, b"<html>" * 500, b"SQLite format 3\0" + b"\7" * 900]
)
def test_damaged_file_is_a_typed_error_and_untouched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(content)
    with pytest.raises(DamagedDatabaseError):
        open_writer(path, [notes()])
    with pytest.raises(DamagedDatabaseError):
        open_reader(path)
    assert path.read_bytes() == content


def test_damaged_file_gives_way_to_its_previous_generation(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    writer = open_writer(path, [notes()])
    add_note(writer, "kept")
    keep_generation(writer, path)
    writer.conn.close()
    path.write_bytes(b"\0" * 8192)
    restored, error = open_writer_or_previous(path, [notes()])
    assert texts(restored) == ["kept"]
    assert error is not None
    assert len(list(tmp_path.glob("a.db.damaged-*"))) == 1


def test_emptied_file_beside_a_previous_generation_is_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    writer = open_writer(path, [notes()])
    keep_generation(writer, path)
    writer.conn.close()
    for name in ("a.db-wal", "a.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    path.write_bytes(b"")
    with pytest.raises(DamagedDatabaseError):
        open_writer(path, [notes()])


def test_missing_database_for_a_reader(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError):
        open_reader(tmp_path / "none.db")


def test_read_only_disk(read_only_disk: Path) -> None:
    with pytest.raises(ReadOnlyError):
        open_writer(read_only_disk / "a.db", [notes()])
