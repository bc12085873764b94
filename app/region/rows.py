# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the entries of a shard: whole columns for who builds an index, or entry by entry.

Everything is checked per column, so one entry costs about as much as building its object.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice, repeat
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from app.region import columns
from app.region.columns import ITEM_SEPARATOR, Coding, ColumnDamagedError, Numbers
from app.region.container import BlockColumns
from app.region.entry import MAX_FILES, MEDIA_TYPE, Entry, ResourceFile, is_plain_file_name
from app.region.errors import ShardDamagedError
from app.region.fields import ENTRY_ID, FORBIDDEN_IN_LINE, FORBIDDEN_IN_TEXT, SHA256
from app.region.schema import (
    COLUMNS,
    DELETED,
    ENTRY_COLUMNS,
    FILE_PREFIX,
    TITLE_MARK,
    ColumnRule,
    Kind,
)

MAX_ENTRIES: Final = 500_000
_MULTILINE: Final = "description"
_REQUIRED: Final = frozenset(
    {"id", "title", "file.sha256", "file.media_type", "file.pieces_sha256"}
)


class EntryRows:
    """`count` entries of a shard, in file order.

    Columns are named as in `schema.COLUMNS`. The rows of `file.…` columns are all files in the
    order of their entries (`file_count` each), then all covers (`has_cover`). Every reading method
    raises ShardDamagedError when the column breaks a rule.
    """

    def __init__(self, container: BlockColumns, count: int, file_rows: int) -> None:
        if count > MAX_ENTRIES or file_rows > count * (MAX_FILES + 1):
            raise container.damaged("too many rows")
        self._container = container
        self.count = count
        self.file_rows = file_rows

    def __len__(self) -> int:
        return self.count

    def column(self, name: str, *, is_marked: bool = False) -> list[str]:
        """All rows of a text, list, id, hash or JSON column (lists joined by U+001F).

        `is_marked` leaves TITLE_MARK in file names where it stands for the entry's title.
        """
        rows = self._texts(name)
        return rows if is_marked else self._named(name, rows)

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of an id or hash column one after the other, where all rows are such bytes."""
        found = self._found(name, COLUMNS[name])
        if found is None or found[0] not in {Coding.HEX, Coding.UUID}:
            return None
        return found[1]

    def has(self, name: str) -> bool:
        """Whether the column is there; where it is not, all rows hold the default."""
        return not self._is_absent(name)

    def damaged(self, reason: str) -> ShardDamagedError:
        """The error to raise when columns do not fit together."""
        return self._container.damaged(reason)

    @property
    def has_more(self) -> bool:
        """Whether anything in it has no column of its own, which only whole entries show."""
        return any(self._is_newer(name) for name in self._container.names) or any(
            self._container.rows_of(name) is not None for name in ("extra", "file.extra")
        )

    def _texts(self, name: str) -> list[str]:
        rule = COLUMNS[name]
        found = self._found(name, rule)
        if found is None:
            return [str(rule.default)] * self._domain(name)
        coding, raw = found
        try:
            if coding is Coding.WORDS:
                words, codes = columns.decode_words(raw, self._domain(name))
                self._check(name, rule, words)
                return [words[code] for code in codes.tolist()]
            rows = columns.STRING_DECODERS[coding](raw, self._domain(name))
            self._check_decoded(name, rule, coding, rows)
        except (ColumnDamagedError, KeyError) as error:
            raise self._container.damaged(f"{name}: {error}") from error
        return rows

    def words(self, name: str) -> tuple[list[str], NDArray[np.int64]]:
        """The distinct values of a text column, and for each row the number of its value."""
        rule = COLUMNS[name]
        found = self._found(name, rule)
        if found is None:
            return [str(rule.default)], np.zeros(self._domain(name), dtype=np.int64)
        coding, raw = found
        if coding is not Coding.WORDS or name == "file.name":
            return columns.factorised(self.column(name))
        try:
            words, codes = columns.decode_words(raw, self._domain(name))
            self._check(name, rule, words)
        except ColumnDamagedError as error:
            raise self._container.damaged(f"{name}: {error}") from error
        return words, codes

    def numbers(self, name: str) -> Numbers:
        """All rows of a number column; optional ones are one more than the number, 0 is none."""
        rule = COLUMNS[name]
        found = self._found(name, rule)
        if found is None:
            return np.full(self._domain(name), int(rule.default), dtype=np.uint64)
        try:
            if found[0] is not Coding.INTS:
                raise ColumnDamagedError("not integers")
            values = columns.decode_ints(found[1], self._domain(name))
        except ColumnDamagedError as error:
            raise self._container.damaged(f"{name}: {error}") from error
        if len(values) and int(values.max()) > rule.limit:
            raise self._container.damaged(f"{name}: too large")
        return values

    def _found(self, name: str, rule: ColumnRule) -> tuple[Coding, bytes] | None:
        """Coding and bytes of a column, after its size was weighed against its rows."""
        about = self._container.rows_of(name)
        if self._is_absent(name) or about is None:
            return None
        coding, rows, length = about
        if rows != self._domain(name):
            raise self._container.damaged(f"{name}: row count")
        most = 9 + 8 * rows
        if rule.kind not in {Kind.NUMBER, Kind.OPTIONAL}:
            most += 4 + (4 * rule.limit + 1) * (rows + 1)
        if length > most:
            raise self._container.damaged(f"{name}: too long")
        return coding, self._container.read(name)

    def _is_absent(self, name: str) -> bool:
        """Whether all rows hold the default; some columns have none and must be there."""
        is_absent = self._container.rows_of(name) is None
        if is_absent and name in _REQUIRED and self._domain(name):
            raise self._container.damaged(f"{name}: missing")
        return is_absent

    def _domain(self, name: str) -> int:
        if name == "file.pieces_sha256":
            return int(self.numbers("file.has_pieces").sum())
        return self.file_rows if name.startswith(FILE_PREFIX) else self.count

    def _check_decoded(
        self, name: str, rule: ColumnRule, coding: Coding, rows: Sequence[str]
    ) -> None:
        """Rows made from hexadecimal digits are all alike, so one speaks for all."""
        is_alike = coding in {Coding.HEX, Coding.UUID}
        self._check(name, rule, rows[:1] if is_alike else rows)

    def _check(self, name: str, rule: ColumnRule, rows: Sequence[str]) -> None:
        """What `parse_entry` asks of one text, asked of all rows of a column."""
        if rule.kind is Kind.ID:
            _all_match(ENTRY_ID.fullmatch, rows, is_optional=name == "supersedes")
        elif rule.kind is Kind.HASH:
            _all_match(SHA256.fullmatch, rows, is_optional=False)
        elif rule.kind is Kind.LIST:
            columns.check_texts(
                [row.replace(ITEM_SEPARATOR, "") for row in rows], rule.limit, FORBIDDEN_IN_LINE
            )
        elif name == "file.name":
            plain = [row.removeprefix(TITLE_MARK) for row in rows]
            columns.check_texts(plain, rule.limit, FORBIDDEN_IN_LINE)
            # A title stands before the rest of a marked name, so "." alone is no folder there.
            if not all(is_plain_file_name(row.replace(TITLE_MARK, "课", 1)) for row in rows):
                raise ColumnDamagedError("not a name")
        else:
            is_lines = name == _MULTILINE or rule.kind is Kind.JSON
            columns.check_texts(
                rows, rule.limit, FORBIDDEN_IN_TEXT if is_lines else FORBIDDEN_IN_LINE
            )
            if name == "title" and not all(rows):
                raise ColumnDamagedError("missing")
            if name == "file.media_type":
                _all_match(MEDIA_TYPE.fullmatch, rows, is_optional=False)

    def _named(self, name: str, rows: list[str]) -> list[str]:
        """Put the title back into file names that start with it."""
        if name != "file.name" or not any(row[:1] == TITLE_MARK for row in rows):
            return rows
        titles = self.column("title")
        owners = np.concatenate(
            [
                np.repeat(np.arange(self.count), self.numbers("file_count").astype(np.int64)),
                np.flatnonzero(self.numbers("has_cover")),
            ]
        ).tolist()
        if len(owners) != len(rows):
            raise self._container.damaged("file_count: row count")
        return [
            titles[owner] + row[1:] if row[:1] == TITLE_MARK else row
            for owner, row in zip(owners, rows, strict=True)
        ]

    # --- entries

    def __iter__(self) -> Iterator[Entry]:
        ids = self.column("id")
        if len(set(ids)) != len(ids):
            raise self._container.damaged("id: twice")
        files, covers = self._files()
        fields: dict[str, Iterable[Any]] = {
            name: self._values(name) for name in ENTRY_COLUMNS if name in Entry.__slots__
        }
        fields |= {
            "id": ids,
            "duration_s": self._durations("duration_ms"),
            "supersedes": [value or None for value in self.column("supersedes")],
            "files": files,
            "cover": covers,
            "extra": self._extras(),
        }
        return map(Entry, *(fields[name] for name in Entry.__slots__))

    def _values(self, name: str) -> Iterable[Any]:
        rule = COLUMNS[name]
        if self._is_absent(name):
            return repeat(() if rule.kind is Kind.LIST else rule.default, self.count)
        if rule.kind in {Kind.NUMBER, Kind.OPTIONAL}:
            return list(self.numbers(name).tolist())
        if rule.kind is Kind.LIST:
            words, codes = self.words(name)
            lists = [tuple(word.split(ITEM_SEPARATOR)) if word else () for word in words]
            return [lists[code] for code in codes.tolist()]
        return self.column(name)

    def _optionals(self, name: str) -> Iterable[int | None]:
        if self._container.rows_of(name) is None:
            return repeat(None, self._domain(name))
        return [value - 1 if value else None for value in self.numbers(name).tolist()]

    def _durations(self, name: str) -> Iterable[float | None]:
        if self._container.rows_of(name) is None:
            return repeat(None, self._domain(name))
        return [(ms - 1) / 1000 if ms else None for ms in self.numbers(name).tolist()]

    def _files(
        self,
    ) -> tuple[Iterable[tuple[ResourceFile, ...]], Iterable[ResourceFile | None]]:
        counts = self.numbers("file_count").tolist()
        has_cover = self.numbers("has_cover").tolist()
        if sum(counts) + sum(has_cover) != self.file_rows:
            raise self._container.damaged("file_count: row count")
        files = self._file_objects()
        if not any(has_cover) and all(count == 1 for count in counts):
            return zip(files, strict=False), repeat(None, self.count)
        of_entries = [tuple(islice(files, count)) for count in counts]
        return of_entries, [next(files) if flag else None for flag in has_cover]

    def _file_objects(self) -> Iterator[ResourceFile]:
        pieces = iter(self.column("file.pieces_sha256"))
        has_pieces = self.numbers("file.has_pieces").tolist()
        return map(
            ResourceFile,
            self.column("file.role"),
            self.column("file.name"),
            self.column("file.media_type"),
            self.numbers("file.size_bytes").tolist(),
            self.column("file.sha256"),
            self._optionals("file.pages"),
            self._optionals("file.width"),
            self._optionals("file.height"),
            self._durations("file.duration_ms"),
            [next(pieces) if flag else None for flag in has_pieces],
            self._jsons("file.extra"),
        )

    def _jsons(self, name: str) -> Iterable[dict[str, Any]]:
        if self._container.rows_of(name) is None:
            return islice(iter(dict, None), self._domain(name))
        return [self._json(name, row) if row else {} for row in self.column(name)]

    def _json(self, name: str, row: str) -> dict[str, Any]:
        try:
            value = json.loads(row)
        except (ValueError, RecursionError) as error:
            raise self._container.damaged(f"{name}: no JSON") from error
        if not isinstance(value, dict):
            raise self._container.damaged(f"{name}: no object")
        return value

    def _extras(self) -> Iterable[dict[str, Any]]:
        """The `extra` column, and columns that a newer publisher added."""
        newer = [name for name in self._container.names if self._is_newer(name)]
        if not newer:
            return self._jsons("extra")
        extras = list(self._jsons("extra"))
        for name in newer:
            for extra, value in zip(extras, self._newer(name), strict=True):
                if value:
                    extra[name] = value
        return extras

    def _is_newer(self, name: str) -> bool:
        return name not in COLUMNS and "." not in name and name != "deleted"

    def _newer(self, name: str) -> list[Any]:
        about = self._container.rows_of(name)
        if about is None or about[1] != self.count:
            raise self._container.damaged(f"{name[:40]}: row count")
        raw = self._container.read(name)
        try:
            if about[0] is Coding.INTS:
                return list(columns.decode_ints(raw, self.count).tolist())
            if about[0] is Coding.WORDS:
                words, codes = columns.decode_words(raw, self.count)
                return [words[code] for code in codes.tolist()]
            return columns.STRING_DECODERS[about[0]](raw, self.count)
        except ColumnDamagedError as error:
            raise self._container.damaged(f"{name[:40]}: {error}") from error


def _all_match(match: Callable[[str], object], rows: Sequence[str], *, is_optional: bool) -> None:
    if not all(match(row) or (is_optional and not row) for row in rows):
        raise ColumnDamagedError("not in form")


def read_deleted_ids(container: BlockColumns, count: int) -> tuple[str, ...]:
    """The column of ids that are gone, beside the rows of a delta."""
    place = container.rows_of(DELETED)
    if not count and place is None:
        return ()
    if place is None or place[1] != count or place[0] not in columns.STRING_DECODERS:
        raise container.damaged("deleted: row count")
    if place[0] is Coding.DATES or place[2] > count * 129:
        raise container.damaged("deleted: not ids")
    try:
        ids = columns.STRING_DECODERS[place[0]](container.read(DELETED), count)
    except ColumnDamagedError as error:
        raise container.damaged(f"deleted: {error}") from error
    if not all(map(ENTRY_ID.fullmatch, ids)):
        raise container.damaged("deleted: not ids")
    return tuple(ids)
