# SPDX-License-Identifier: GPL-3.0-or-later
"""Every migration by its name: what it makes, frozen, so that nobody edits a released one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from app.base.db import Database, Migrations, open_writer
from app.cache.store import MIGRATIONS as CACHE
from app.lesson.store import MIGRATIONS as LESSON
from app.lesson.universal.store import MIGRATIONS as UNIVERSAL
from app.publish.receiving.store import MIGRATIONS as RECEIVED
from app.publish.store import MIGRATIONS as PUBLISH
from app.sync.courier.store import MIGRATIONS as COURIER
from app.sync.statements.store import MIGRATIONS as STATEMENTS
from app.sync.store import MIGRATIONS as SYNC
from app.sync.uploads.store import MIGRATIONS as UPLOADS
from app.usage.store import MIGRATIONS as USAGE

SETS = (CACHE, COURIER, LESSON, PUBLISH, RECEIVED, STATEMENTS, SYNC, UNIVERSAL, UPLOADS, USAGE)
# Set and migration: the first 16 digits of the sha256 of the schema after it. A changed digest of
# an old line means that machines in schools would differ from new ones: add a migration instead.
FROZEN = {
    ("kezhan.cache", "001_blobs"): "e9f419faadc587a0",
    ("kezhan.cache", "002_times"): "0f0cd604d280bbb2",
    ("kezhan.courier", "m001_courier"): "91546776f04429c2",
    ("kezhan.lesson", "m001_lesson"): "9477fda408b0aa2c",
    ("kezhan.lesson", "m002_room"): "8e2964b1265991ae",
    ("kezhan.publish", "m001_first"): "d2cccfaa266cfdc8",
    ("kezhan.publish", "m002_delta_bundles"): "bdfbe17c369d2276",
    ("kezhan.publish.received", "m001_received"): "2bbd11f6775e11de",
    ("kezhan.publish.received", "m002_unvouched"): "f647c22ea1c3b544",
    ("kezhan.statements", "m001_statements"): "b98cddb0b1684b41",
    ("kezhan.sync", "001_sync"): "19fa435dcf74777b",
    ("kezhan.universal", "m001_slips"): "a5a6d93528c5fbb1",
    ("kezhan.universal", "m002_uses"): "6662904beef7b82a",
    ("kezhan.uploads", "m001_uploads"): "8eb27bbb86a274ef",
    ("kezhan.usage", "m001_usage"): "ecc96a48c9b87b76",
    ("kezhan.usage", "m002_taught_on"): "a41729500fba7ffd",
}


def schema(database: Database) -> str:
    """The whole schema in one canonical text."""
    rows = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"
        " AND substr(name, 1, 1) != '_' ORDER BY name"
    )
    return "\n".join(f"{name}: {' '.join(sql.split())}" for name, sql in rows)


def digest(database: Database) -> str:
    return hashlib.sha256(schema(database).encode()).hexdigest()[:16]


def steps() -> list[tuple[Migrations, str]]:
    """Every migration of every set, in order."""
    return [(one, step.name) for one in SETS for step in one.steps]


def test_every_migration_is_frozen_here() -> None:
    assert {(one.name, name) for one, name in steps()} == set(FROZEN)


@pytest.mark.parametrize(("one", "name"), steps(), ids=lambda item: getattr(item, "name", item))
def test_what_a_migration_makes(one: Migrations, name: str, tmp_path: Path) -> None:
    database = open_writer(tmp_path / "a.db", [])
    names = [step.name for step in one.steps]
    later = names[names.index(name) + 1 :]
    one.apply(database, stop_before=later[0] if later else None)
    assert digest(database) == FROZEN[one.name, name], schema(database)
    database.conn.close()


def test_a_second_start_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    first = open_writer(path, [CACHE, SYNC, STATEMENTS, UPLOADS])
    made = schema(first)
    first.conn.close()
    again = open_writer(path, [CACHE, SYNC, STATEMENTS, UPLOADS])
    assert schema(again) == made
    assert not (tmp_path / "a.db.before-migration").exists()
    again.conn.close()
