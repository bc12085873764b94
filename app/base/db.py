# SPDX-License-Identifier: GPL-3.0-or-later
"""All SQLite access: one writer per database, read-only connections elsewhere, migrations.

pysqlite3 carries its own SQLite; older system versions have a write-ahead-log reset bug with
several processes (fixed in 3.51.3). WAL with synchronous=FULL lost no commit in power-cut images.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, cast

import pysqlite3

from app.base import files
from app.base.errors import (
    BugError,
    DamagedDatabaseError,
    DiskFullError,
    KnownError,
    MissingFileError,
    NewerDataError,
    ReadOnlyError,
    known_os_error,
)

__all__ = [
    "Database",
    "DatabaseError",
    "Migration",
    "Migrations",
    "data_version",
    "keep_generation",
    "known_database_error",
    "open_reader",
    "open_writer",
    "open_writer_or_previous",
    "transaction",
]

DatabaseError: type[Exception] = pysqlite3.Error
_OLDEST_SQLITE = (3, 51, 3)
_BUSY_TIMEOUT_MS = 5000
if pysqlite3.sqlite_version_info < _OLDEST_SQLITE:
    raise BugError(f"SQLite {pysqlite3.sqlite_version} has a known WAL bug; 3.51.3 or newer needed")
_MIGRATIONS_TABLE = "_sqlite_migrations"  # sqlite-utils keeps its record here


class Database:
    """One connection. Outside `transaction` every statement commits by itself."""

    __slots__ = ("conn",)

    def __init__(self, connection: Any) -> None:
        self.conn = connection

    def execute(self, sql: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """Run one statement; returns the cursor."""
        return self.conn.execute(sql, values)

    def table_names(self) -> list[str]:
        """The tables there are."""
        rows = self.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        return [name for (name,) in rows]

    def close(self) -> None:
        """Close the connection."""
        self.conn.close()


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: its name for ever, and what makes it."""

    name: str
    make: Callable[[Database], None]


class Migrations:
    """The steps of one room's tables, in order; sqlite-utils runs and records them.

    A start on which nothing is to be done asks with plain SQL and never loads sqlite-utils, which
    takes NumPy and others with it (0.2 s of a start and 20 MB, measured with `-X importtime`).
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.steps: list[Migration] = []

    def __call__(
        self, *, name: str | None = None
    ) -> Callable[[Callable[[Database], None]], Callable[[Database], None]]:
        """Register a function as the next step; its own name is the step's unless given."""

        def register(make: Callable[[Database], None]) -> Callable[[Database], None]:
            self.steps.append(Migration(name or make.__name__, make))
            return make

        return register

    def applied(self, database: Database) -> frozenset[str]:
        """The names of the steps that a database has."""
        if _MIGRATIONS_TABLE not in database.table_names():
            return frozenset()
        rows = database.execute(
            f"SELECT name FROM {_MIGRATIONS_TABLE} WHERE migration_set = ?",  # noqa: S608 - constant
            [self.name],
        )
        return frozenset(name for (name,) in rows)

    def apply(self, database: Database, *, stop_before: str | None = None) -> None:
        """Make the steps that are missing, each in a transaction with its record."""
        if {step.name for step in self.steps} <= self.applied(database):
            return
        from sqlite_utils import Database as Toolkit
        from sqlite_utils import Migrations as Plan

        plan = Plan(self.name)
        for step in self.steps:
            plan(name=step.name)(_on_own_connection(step, database))
        toolkit = Toolkit(database.conn, execute_plugins=False, recursive_triggers=False)
        plan.apply(toolkit, stop_before=stop_before)


def _on_own_connection(step: Migration, database: Database) -> Callable[[object], None]:
    def make(_toolkit: object) -> None:
        step.make(database)

    return make


def open_writer(
    path: Path,
    migrations: Sequence[Migrations],
    *,
    synchronous: Literal["FULL", "NORMAL"] = "FULL",
) -> Database:
    """Open the writing connection of a database and bring its tables up to date.

    The file is copied to `.before-migration` before a migration touches it.

    Raises:
        DamagedDatabaseError: not a database, or emptied by a power cut; the file is left as it is.
        NewerDataError: a newer program has migrated it.
        DiskFullError, ReadOnlyError: the disk refuses.
    """
    _refuse_emptied(path)
    database: Database | None = None
    try:
        database = _connect(path)
        database.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _require_wal(database)
        database.execute(f"PRAGMA synchronous={synchronous}")
        database.execute("PRAGMA foreign_keys=ON")
        _migrate(database, path, migrations)
    except (pysqlite3.Error, KnownError) as error:
        if database is not None:
            database.conn.close()
        raise known_database_error(error, path) from error
    return database


def open_writer_or_previous(
    path: Path, migrations: Sequence[Migrations]
) -> tuple[Database, DamagedDatabaseError | None]:
    """Open a writer; a damaged file is set aside (kept) and its previous generation used.

    Returns the database and the error to tell the user about, if one was met.
    """
    try:
        return open_writer(path, migrations), None
    except DamagedDatabaseError as error:
        _set_aside(path)
        return open_writer(path, migrations), error


def open_reader(path: Path, *, is_shared_between_threads: bool = False) -> Database:
    """Open a read-only connection.

    Raises:
        MissingFileError: there is no such database yet.
        DamagedDatabaseError: it cannot be read.
    """
    if not path.is_file():
        raise MissingFileError(path=str(path))
    try:
        connection = pysqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=not is_shared_between_threads,
        )
        database = Database(connection)
        database.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        database.execute("PRAGMA query_only=1")
        database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except pysqlite3.Error as error:
        raise known_database_error(error, path) from error
    return database


@contextlib.contextmanager
def transaction(database: Database) -> Iterator[None]:
    """BEGIN IMMEDIATE … COMMIT; everything inside happens or nothing does."""
    database.conn.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.conn.rollback()
        raise
    database.conn.execute("COMMIT")


def data_version(database: Database) -> int:
    """A number that changes when another connection has committed (microseconds to ask)."""
    row = database.execute("PRAGMA data_version").fetchone()
    return int(row[0])


def keep_generation(database: Database, path: Path) -> None:
    """Copy the database to `path.previous`, durably, if it is in order."""
    if database.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise DamagedDatabaseError(path=str(path))
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        copy = pysqlite3.connect(str(temporary))
        try:
            database.conn.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        finally:
            copy.close()
        files.publish_file(temporary, files.previous_of(path))
    except pysqlite3.Error as error:
        raise known_database_error(error, path) from error
    finally:
        temporary.unlink(missing_ok=True)


def known_database_error(error: Exception, path: Path) -> Exception:
    """Translate an error of SQLite at the border; others pass as they are."""
    if not isinstance(error, pysqlite3.Error):
        return error
    name = getattr(error, "sqlite_errorname", "") or ""
    text = str(error)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")) or "not a database" in text:
        return DamagedDatabaseError(path=str(path))
    if name.startswith("SQLITE_FULL") or "disk is full" in text:
        return DiskFullError(path=str(path))
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN")) or "readonly" in text:
        return ReadOnlyError(path=str(path))
    return cast(Exception, error)


def _connect(path: Path) -> Database:
    return Database(pysqlite3.connect(str(path), isolation_level=None, check_same_thread=False))


def _refuse_emptied(path: Path) -> None:
    """A database of zero bytes beside a previous generation was emptied, not new."""
    try:
        is_emptied = path.stat().st_size == 0
    except FileNotFoundError:
        return
    except OSError as error:
        raise known_os_error(error, path) from error
    if is_emptied and files.previous_of(path).exists():
        raise DamagedDatabaseError(path=str(path))


def _require_wal(database: Database) -> None:
    mode = database.execute("PRAGMA journal_mode=WAL").fetchone()[0]
    if mode != "wal":
        raise BugError(f"journal mode is {mode}, not wal")


def _migrate(database: Database, path: Path, migrations: Sequence[Migrations]) -> None:
    for migration_set in migrations:
        known = {step.name for step in migration_set.steps}
        applied = migration_set.applied(database)
        if applied - known:
            newest = max(applied - known)
            raise NewerDataError(path=str(path), found=newest, known=max(known, default=""))
        if applied and known - applied:
            _copy_before_migration(database, path)
        migration_set.apply(database)


def _copy_before_migration(database: Database, path: Path) -> None:
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    copy = path.with_name(path.name + ".before-migration")
    temporary = copy.with_name(copy.name + ".part")
    try:
        shutil.copyfile(path, temporary)
    except OSError as error:
        raise known_os_error(error, copy) from error
    files.publish_file(temporary, copy)


def _set_aside(path: Path) -> None:
    """Keep the damaged file under another name and put the previous generation in its place."""
    aside = path.with_name(f"{path.name}.damaged-{uuid.uuid4().hex[:8]}")
    try:
        for suffix in ("-wal", "-shm"):
            log = path.with_name(path.name + suffix)
            if log.exists():
                log.replace(aside.with_name(aside.name + suffix))
        path.replace(aside)
        previous = files.previous_of(path)
        if previous.exists():
            temporary = path.with_name(path.name + ".restored")
            shutil.copyfile(previous, temporary)
            files.publish_file(temporary, path)
    except OSError as error:
        raise known_os_error(error, path) from error
