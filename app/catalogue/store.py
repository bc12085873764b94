# SPDX-License-Identifier: GPL-3.0-or-later
"""One catalogue generation: a SQLite file with a base segment and delta segments.

Postings, columns and texts are blobs in ordinary tables; see docs/adr/0002-search-index.md. All SQL
is here but that of posting lists (`list_rows`).
"""

from __future__ import annotations

import contextlib
import logging
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pysqlite3
import zstandard

from app.base import db
from app.base.errors import DamagedDatabaseError, MissingFileError
from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.keys import BLOCK_SHIFT, SEGMENT_SHIFT
from app.catalogue.list_rows import ListRows
from app.catalogue.records import BookKey

logger = logging.getLogger(__name__)
SCHEMA_MAJOR: Final = 4
_SPAN: Final = struct.Struct("<QQ")
# Spans of the file.
SHORT_LISTS: Final = "short lists"
COUNTED_COLUMNS: Final = "counted columns"
# One seek of a cold disk brings most posting lists, and nine blocks of entries fill it.
_PAGE_BYTES: Final = 32_768
_LOG_PAGES: Final = 256  # 8 MB, three weekly deltas: some pages are then written back once for all
_READ_CACHE_KB: Final = 3072  # the inner pages; what is read once stays with the system
_BUILD_CACHE_KB: Final = 8192  # pages are written one after the other
_VARIABLES: Final = 500
_SCHEMA: Final = """
CREATE TABLE meta(name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE segment(segment INTEGER PRIMARY KEY, first INTEGER, entries INTEGER);
CREATE TABLE shard(shard INTEGER PRIMARY KEY, region_id TEXT, shard_id TEXT, serial INTEGER,
  UNIQUE(region_id, shard_id));
CREATE TABLE book(book INTEGER PRIMARY KEY, region_id TEXT, stage TEXT, subject TEXT,
  edition TEXT, grade TEXT, volume TEXT, revision TEXT);
CREATE TABLE term(term INTEGER PRIMARY KEY, facet TEXT, value TEXT, code TEXT NOT NULL DEFAULT '',
  UNIQUE(facet, value));
CREATE TABLE node(is_later INTEGER, book INTEGER, unit TEXT, lesson TEXT, node INTEGER,
  PRIMARY KEY(is_later, book, unit, lesson)) WITHOUT ROWID;
CREATE TABLE newer(segment INTEGER, doc INTEGER, older INTEGER, PRIMARY KEY(segment, doc))
  WITHOUT ROWID;
CREATE TABLE col(name TEXT, segment INTEGER, data BLOB, PRIMARY KEY(name, segment));
CREATE TABLE histogram(key INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE directory(segment INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE ident(block INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE entry(block INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE gram(key INTEGER PRIMARY KEY, data BLOB);
CREATE TABLE piece(block INTEGER PRIMARY KEY, data BLOB);
"""
_SIGNS_OF_DAMAGE: Final = ("no such table", "Could not decode", "malformed", "unsupported file")
_SEGMENT_TABLES: Final = ("entry", "piece", "ident")


@dataclass(frozen=True, slots=True)
class Segment:
    """`entries` documents from number `first` on; segment 0 is the base."""

    segment: int
    first: int
    entries: int

    @property
    def end(self) -> int:
        return self.first + self.entries


class Store:
    """One connection to one generation. Documents are numbered across segments."""

    def __init__(self, connection: Any, path: Path) -> None:
        self._connection = connection
        self.path = path
        self.lists = ListRows(self._rows, self._many, _PAGE_BYTES)

    # --- opening

    @classmethod
    def create(cls, path: Path) -> Store:
        """A new file for building: not durable until it is synced and published."""
        connection = pysqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        store = cls(connection, path)
        with store._translated():
            for pragma in (
                f"page_size={_PAGE_BYTES}",
                "journal_mode=OFF",
                "synchronous=OFF",
                f"cache_size=-{_BUILD_CACHE_KB}",
            ):
                connection.execute(f"PRAGMA {pragma}")
            connection.executescript(_SCHEMA)
        store.put_meta("schema_major", str(SCHEMA_MAJOR).encode())
        return store

    @classmethod
    def open_writer(cls, path: Path) -> Store:
        """The current generation, for changing it in place."""
        if not path.is_file():
            raise MissingFileError(path=str(path))
        connection = pysqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        store = cls(connection, path)
        with store._translated():
            for pragma in (
                "busy_timeout=5000",
                "synchronous=NORMAL",
                "journal_mode=WAL",
                f"wal_autocheckpoint={_LOG_PAGES}",
            ):
                connection.execute(f"PRAGMA {pragma}")
        store._require_schema()
        return store

    @classmethod
    def open_reader(cls, path: Path) -> Store:
        try:
            database = db.open_reader(path, is_shared_between_threads=True)
        except (DamagedDatabaseError, UnicodeDecodeError) as error:
            raise CatalogueDamagedError(path=str(path), reason="not a database") from error
        except pysqlite3.Error as error:
            if not str(error).startswith(_SIGNS_OF_DAMAGE):
                raise
            raise CatalogueDamagedError(path=str(path), reason=str(error)) from error
        store = cls(database.conn, path)
        with store._translated():
            database.conn.execute(f"PRAGMA cache_size=-{_READ_CACHE_KB}")
        store._require_schema()
        return store

    def _require_schema(self) -> None:
        major = self.meta("schema_major")
        if major != str(SCHEMA_MAJOR).encode():
            raise CatalogueDamagedError(path=str(self.path), reason="another schema")

    def close(self) -> None:
        self._connection.close()

    def forget_pages(self) -> None:
        """Drop the pages of the file that are in memory."""
        self._rows("PRAGMA shrink_memory")

    def finish_building(self) -> None:
        """Leave one whole file behind, in the mode in which readers are never blocked."""
        with self._translated():
            self._connection.execute("PRAGMA journal_mode=WAL").fetchone()
            self._connection.close()

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (pysqlite3.Error, UnicodeDecodeError) as error:
            raise self._known(error) from error

    def _known(self, error: Exception) -> Exception:
        if isinstance(error, UnicodeDecodeError):
            return CatalogueDamagedError(path=str(self.path), reason="no text")
        known = db.known_database_error(error, self.path)
        text = str(error)
        if isinstance(known, DamagedDatabaseError) or text.startswith(_SIGNS_OF_DAMAGE):
            return CatalogueDamagedError(path=str(self.path), reason=text)
        return known

    @contextlib.contextmanager
    def checked(self) -> Iterator[None]:
        """Take what decoding trips over for what it nearly always is: a disk that lost bits.

        The catalogue is rebuilt then, and the log tells a bug of ours from damage.
        """
        try:
            yield
        except (zstandard.ZstdError, ValueError, LookupError, struct.error) as error:
            logger.exception("catalogue %s cannot be decoded", self.path.name)
            reason = f"{type(error).__name__} while decoding"
            raise CatalogueDamagedError(path=str(self.path), reason=reason) from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside happens or nothing does; readers go on reading what was."""
        with self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._rows(f"PRAGMA user_version={self.stamp() + 1}")
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Everything inside sees one state of the file."""
        with self._translated(), self.checked():
            self._connection.execute("BEGIN")
            try:
                yield
            finally:
                self._connection.execute("COMMIT")

    def _rows(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        # As `_translated` does; a search asks sixty times and a context manager takes its time.
        try:
            return list(self._connection.execute(sql, values))
        except (pysqlite3.Error, UnicodeDecodeError) as error:
            raise self._known(error) from error

    def _many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        with self._translated():
            self._connection.executemany(sql, rows)

    def structure_problem(self) -> str:
        """What SQLite finds wrong with the structure of the file; empty if nothing."""
        found = self._rows("PRAGMA quick_check(1)")[0][0]
        return "" if found == "ok" else str(found)[:200]

    def every(self, table: str) -> Iterator[bytes]:
        """The data of every row of a table of blobs, a row at a time."""
        with self._translated():
            for row in self._connection.execute(f"SELECT data FROM {table}"):  # noqa: S608
                yield row[0]

    # --- small things

    def meta(self, name: str) -> bytes:
        rows = self._rows("SELECT value FROM meta WHERE name=?", (name,))
        return bytes(rows[0][0]) if rows else b""

    def put_meta(self, name: str, value: bytes) -> None:
        self._rows("INSERT OR REPLACE INTO meta VALUES(?,?)", (name, value))

    def stamp(self) -> int:
        """Grows with every committed change; on the page that SQLite reads anyway."""
        return int(self._rows("PRAGMA user_version")[0][0])

    def segments(self) -> list[Segment]:
        return [Segment(*row) for row in self._rows("SELECT * FROM segment ORDER BY segment")]

    def put_segment(self, segment: Segment) -> None:
        values = (segment.segment, segment.first, segment.entries)
        self._rows("INSERT OR REPLACE INTO segment VALUES(?,?,?)", values)

    def delete_segment(self, segment: int) -> None:
        low, high = segment << BLOCK_SHIFT, (segment + 1) << BLOCK_SHIFT
        for table in _SEGMENT_TABLES:
            self._rows(f"DELETE FROM {table} WHERE block>=? AND block<?", (low, high))  # noqa: S608
        key, end = segment << SEGMENT_SHIFT, (segment + 1) << SEGMENT_SHIFT
        self._rows("DELETE FROM gram WHERE key>=? AND key<?", (key, end))
        for table in ("segment", "col", "directory", "newer"):
            self._rows(f"DELETE FROM {table} WHERE segment=?", (segment,))  # noqa: S608

    def shards(self) -> list[tuple[int, str, str, int]]:
        """(number, region, shard id, serial)."""
        return self._rows("SELECT shard, region_id, shard_id, serial FROM shard ORDER BY shard")

    def put_shards(self, rows: Iterable[tuple[int, str, str, int]]) -> None:
        self._many("INSERT OR REPLACE INTO shard VALUES(?,?,?,?)", rows)

    def delete_shard(self, shard: int) -> None:
        self._rows("DELETE FROM shard WHERE shard=?", (shard,))

    def book_count(self) -> int:
        return int(self._rows("SELECT count(*) FROM book")[0][0])

    def books(self) -> list[BookKey]:
        rows = self._rows("SELECT * FROM book ORDER BY book")
        return [tuple(row[1:]) for row in rows]

    def put_books(self, first: int, books: Sequence[BookKey]) -> None:
        numbered = ((first + n, *book) for n, book in enumerate(books))
        self._many("INSERT INTO book VALUES(?,?,?,?,?,?,?,?)", numbered)

    def terms(self) -> dict[tuple[str, str], int]:
        return {(facet, value): term for term, facet, value, _ in self._rows("SELECT * FROM term")}

    def put_terms(self, terms: Mapping[tuple[str, str], int]) -> None:
        rows = ((number, facet, value) for (facet, value), number in terms.items())
        self._many("INSERT OR IGNORE INTO term(term, facet, value) VALUES(?,?,?)", rows)

    def next_node(self) -> int:
        """The first number that no node has."""
        return int(self.meta("nodes") or b"0")

    def nodes_of(self, books: Sequence[int]) -> list[tuple[int, int, str, str]]:
        found = []
        for part in _parts(books):
            marks = ",".join("?" * len(part))
            sql = "SELECT node, book, unit, lesson FROM node"
            sql += f" WHERE is_later IN (0,1) AND book IN ({marks})"
            found += self._rows(sql, part)
        return found

    def put_nodes(self, first: int, nodes: Iterable[tuple[int, str, str]]) -> None:
        # Those of a delta lie together: among the others each would be written with a page of them.
        is_later = int(first > 0)
        rows = sorted((is_later, *node, first + n) for n, node in enumerate(nodes))
        self._many("INSERT INTO node VALUES(?,?,?,?,?)", rows)
        self.put_meta("nodes", str(first + len(rows)).encode())

    def newer(self) -> list[tuple[int, int]]:
        """(document, ident that it supersedes)."""
        return self._rows("SELECT doc, older FROM newer")

    def put_newer(self, segment: int, rows: Iterable[tuple[int, int]]) -> None:
        self._many("INSERT INTO newer VALUES(?,?,?)", ((segment, *row) for row in rows))

    # --- blobs of a segment

    def column(self, name: str, segment: int) -> bytes:
        rows = self._rows("SELECT data FROM col WHERE name=? AND segment=?", (name, segment))
        return bytes(rows[0][0]) if rows else b""

    def put_column(self, name: str, segment: int, data: bytes) -> None:
        self._rows("INSERT INTO col VALUES(?,?,?)", (name, segment, data))

    def directory(self, segment: int) -> bytes:
        return bytes(self._rows("SELECT data FROM directory WHERE segment=?", (segment,))[0][0])

    def put_directory(self, segment: int, data: bytes) -> None:
        self._rows("INSERT INTO directory VALUES(?,?)", (segment, data))

    def histogram(self, key: int) -> bytes:
        rows = self._rows("SELECT data FROM histogram WHERE key=?", (key,))
        return bytes(rows[0][0]) if rows else b""

    def put_histograms(self, rows: Iterable[tuple[int, bytes]]) -> None:
        self._many("INSERT INTO histogram VALUES(?,?)", rows)

    def file_bytes(self) -> int:
        """How long the file is, what is not yet committed included."""
        return int(self._rows("PRAGMA page_count")[0][0]) * _PAGE_BYTES

    def span(self, name: str) -> range:
        """Which bytes of the file hold something of the base that is worth reading at once."""
        raw = self.meta(name)
        return range(*_SPAN.unpack(raw)) if raw else range(0)

    def put_span(self, name: str, start: int) -> None:
        """Say that it lies from byte `start` to the end of the file."""
        self.put_meta(name, _SPAN.pack(start, self.file_bytes()))

    def put_lists(self, segment: int, rows: Iterable[tuple[int, bytes]], folder: Path) -> None:
        """Rows of lists of a segment, ascending; what waits for others waits in `folder`."""
        start = self.lists.put(segment, rows, folder, self.file_bytes)
        if not segment:
            self.put_span(SHORT_LISTS, start)

    def put_blocks(self, table: str, segment: int, first: int, blocks: Iterable[bytes]) -> None:
        start = (segment << BLOCK_SHIFT) + first
        self._many(f"INSERT INTO {table} VALUES(?,?)", enumerate(blocks, start))

    def blocks(self, numbers: Sequence[int]) -> list[tuple[int, bytes]]:
        """(number, data) of blocks of entries; numbers have the segment's above BLOCK_SHIFT."""
        found: list[tuple[int, bytes]] = []
        for part in _parts(numbers):
            marks = ",".join("?" * len(part))
            sql = f"SELECT block, data FROM entry WHERE block IN ({marks})"  # noqa: S608
            found += self._rows(sql, part)
        return found

    def put_idents(self, segment: int, blocks: Iterable[bytes]) -> None:
        """Blocks of sorted idents with their documents."""
        self.put_blocks("ident", segment, 0, blocks)

    def ident_blocks(self, segment: int) -> Iterator[bytes]:
        low, high = segment << BLOCK_SHIFT, (segment + 1) << BLOCK_SHIFT
        sql = "SELECT data FROM ident WHERE block>=? AND block<? ORDER BY block"
        for row in self._rows(sql, (low, high)):
            yield row[0]

    def ident_block(self, segment: int, number: int) -> bytes:
        block = (segment << BLOCK_SHIFT) + number
        return bytes(self._rows("SELECT data FROM ident WHERE block=?", (block,))[0][0])


def _parts(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _VARIABLES):
        yield values[start : start + _VARIABLES]
