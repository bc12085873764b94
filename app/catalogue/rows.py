# SPDX-License-Identifier: GPL-3.0-or-later
"""From the columns of a shard to rows of the index: whole columns at once, no object per entry."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat
from sys import intern
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from app.catalogue.normalise import CELL, FIELD
from app.catalogue.records import (
    BOOK_FIELDS,
    ENTRY_CELLS,
    FILE_CELLS,
    FIXED_BYTES,
    FORMAT_NUMBER,
    ID_BYTES,
    KIND_FORMATS,
    LINE,
    MAX_POPULARITY,
    OTHER_TYPE,
    TEXT_CELLS,
    TYPE_NUMBER,
    BookKey,
    day_of,
    ident_of,
    more_of,
    tree_names,
)
from app.catalogue.spool import FRAME_ROWS, ROW, Frame
from app.region.entry import Entry, ResourceFile
from app.region.media import Format, format_of
from app.region.rows import EntryRows

NodeKey = tuple[int, str, str]  # textbook, unit, lesson
_NUMBER_CELLS: Final = frozenset({"popularity", "version", "size_bytes"})
_OPTIONAL_CELLS: Final = frozenset({"duration_ms", "pages", "width", "height"})
_NO_FORMAT: Final = FORMAT_NUMBER[str(Format.NONE.value)]
Numbers = npt.NDArray[np.int64]
Cells = Sequence[str] | None  # None: empty in every row


@dataclass(frozen=True, slots=True)
class Numbering:
    """Textbooks and tree nodes met so far, with their numbers."""

    books: dict[BookKey, int]
    nodes: dict[NodeKey, int]


def frames_of(
    source: EntryRows,
    region_id: str,
    numbering: Numbering,
    held: Callable[[str], bool],
    wanted: Numbers | None = None,
) -> Iterator[Frame]:
    """The rows of a shard, delta or bundle (or those `wanted`), without their shard's number.

    They come FRAME_ROWS at a time. Everything is read and checked before it returns, so a damaged
    shard stages nothing.
    """
    files = _Files(source)
    ids = source.column("id")
    if len(set(ids)) != len(ids):
        raise source.damaged("id: twice")
    rows = np.zeros(source.count, ROW)
    rows["ident"] = [ident_of(region_id, entry_id) for entry_id in ids]
    rows["popularity"] = np.minimum(source.numbers("popularity"), np.uint64(MAX_POPULARITY))
    rows["older"] = _older(source, region_id, ids)
    rows["day"] = _days(source)
    rows["kind"] = _types(source) * KIND_FORMATS + files.formats()
    rows["book"], rows["node"] = _tree(source, region_id, numbering, wanted)
    rows["is_offline"] = files.held(held)
    uuids = source.bytes_of("id")
    is_uuid = uuids is not None and len(uuids) == ID_BYTES * source.count
    fixed = np.zeros((source.count, FIXED_BYTES), np.uint8)
    if uuids is not None and is_uuid:
        fixed[:, :ID_BYTES] = np.frombuffer(uuids, np.uint8).reshape(-1, ID_BYTES)
    files.put_hashes(fixed[:, ID_BYTES:])
    texts = [_text_cells(source, name) for name in TEXT_CELLS]
    cells: list[Cells] = [None if is_uuid else ids]
    cells += [_cells(source, name) for name in ENTRY_CELLS]
    cells += [*files.cells(), files.more]
    if wanted is not None and len(wanted) < source.count:
        whole = Frame(rows, fixed, *(_joined(c, slice(0, source.count)) for c in (texts, cells)))
        return iter([whole.take(wanted)]) if len(wanted) else iter(())
    starts = range(0, source.count, FRAME_ROWS)
    parts = [slice(start, min(start + FRAME_ROWS, source.count)) for start in starts]
    return (
        Frame(rows[part], fixed[part], _joined(texts, part), _joined(cells, part)) for part in parts
    )


def _joined(cells: Sequence[Cells], part: slice) -> list[bytes]:
    """The rows of a slice; no cell holds a line break."""
    count = part.stop - part.start
    columns = [repeat("", count) if column is None else column[part] for column in cells]
    return "\n".join(map(CELL.join, zip(*columns, strict=True))).encode().split(b"\n")


def _text_cells(source: EntryRows, name: str) -> Cells:
    return source.column(name) if source.has(name) else None


def _cells(source: EntryRows, name: str) -> Cells:
    """A column as cells; numbers that are none are empty."""
    if not source.has(name):
        return None
    plain = name.removeprefix("file.")
    if plain in _NUMBER_CELLS:
        return list(map(str, source.numbers(name).tolist()))
    if plain in _OPTIONAL_CELLS:
        return [str(value) if value else "" for value in source.numbers(name).tolist()]
    column = source.column(name, is_marked=True)
    return [row.replace("\n", LINE) for row in column] if name == "description" else column


# --- numbers of rows


def _older(source: EntryRows, region_id: str, ids: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Idents of what the entries supersede; 0 for nothing, or for an entry itself."""
    older = np.zeros(source.count, np.uint64)
    if source.has("supersedes"):
        for row, (name, entry_id) in enumerate(zip(source.column("supersedes"), ids, strict=True)):
            if name and name != entry_id:
                older[row] = ident_of(region_id, name)
    return older


def _days(source: EntryRows) -> Numbers:
    """The day of the last change, else of the making."""
    words, codes = source.words("updated")
    days = np.array([day_of(word) for word in words], np.int64)[codes]
    if "" in words and source.has("created"):
        is_empty = np.array([not word for word in words], np.bool_)[codes]
        words, codes = source.words("created")
        made = np.array([day_of(word) for word in words], np.int64)[codes]
        days = np.where(is_empty, made, days)
    return days


def _types(source: EntryRows) -> Numbers:
    words, codes = source.words("resource_type")
    return np.array([TYPE_NUMBER.get(word, OTHER_TYPE) for word in words], np.int64)[codes]


def _tree(
    source: EntryRows, region_id: str, numbering: Numbering, wanted: Numbers | None
) -> tuple[Numbers, Numbers]:
    """Numbers of textbooks and tree nodes; new ones of wanted rows are added to the numbering."""
    if wanted is not None and len(wanted) < source.count:
        return _part_of_tree(source, region_id, numbering, wanted)
    words, codes = _combined([source.words(name) for name in BOOK_FIELDS])
    books = numbering.books
    named: list[Any] = [(region_id, *word) for word in words]
    book = np.array([books.setdefault(name, len(books)) for name in named], np.int64)[codes]
    columns = [source.words(name) for name in ("unit", "lesson", "chapter_path")]
    places, codes = _combined([(np.unique(book).tolist(), _ranked(book)), *columns])
    nodes = numbering.nodes
    # Thousands of shards have the same names: each is kept once.
    keys = [
        (number, *map(intern, tree_names(unit, lesson, tuple(path.split(FIELD)) if path else ())))
        for number, unit, lesson, path in places
    ]
    node = np.array([nodes.setdefault(key, len(nodes)) for key in keys], np.int64)[codes]
    return book, node


def _part_of_tree(
    source: EntryRows, region_id: str, numbering: Numbering, wanted: Numbers
) -> tuple[Numbers, Numbers]:
    """As `_tree`; what only other rows have is not numbered."""
    alone = Numbering({}, {})
    book, node = _tree(source, region_id, alone, None)
    books, nodes = numbering.books, numbering.nodes
    book_map, node_map = np.zeros(len(alone.books), np.int64), np.zeros(len(alone.nodes), np.int64)
    names, places = list(alone.books), list(alone.nodes)
    for number in np.unique(book[wanted]).tolist():
        book_map[number] = books.setdefault(names[number], len(books))
    for number in np.unique(node[wanted]).tolist():
        place, unit, lesson = places[number]
        key = (int(book_map[place]), unit, lesson)
        node_map[number] = nodes.setdefault(key, len(nodes))
    return book_map[book], node_map[node]


def _ranked(values: Numbers) -> Numbers:
    return np.searchsorted(np.unique(values), values)


def _combined(
    columns: Sequence[tuple[Sequence[Any], Numbers]],
) -> tuple[list[tuple[Any, ...]], Numbers]:
    """The combinations of values that occur, and for each row the number of its own."""
    firsts, code = np.zeros(1, np.int64), np.zeros(len(columns[0][1]), np.int64)
    for words, codes in columns:
        if len(words) > 1:
            wide = code * len(words) + codes
            _, firsts, code = np.unique(wide, return_index=True, return_inverse=True)
    if not len(code):
        return [], code
    picked = [[words[codes[row]] for row in firsts.tolist()] for words, codes in columns]
    return list(zip(*picked, strict=True)), code


# --- files


class _Files:
    """The files of a shard's entries: by column where each has at most one, else by entry."""

    def __init__(self, source: EntryRows) -> None:
        self._source = source
        counts = source.numbers("file_count").astype(np.int64)
        covers = int(source.numbers("has_cover").sum())
        if int(counts.sum()) + covers != source.file_rows:
            raise source.damaged("file_count: row count")
        is_plain = not covers and not source.has_more and not (counts > 1).any()
        self._has_file = counts > 0
        self._entries: list[Entry] | None = None if is_plain else list(source)
        self.more: Cells = None
        if self._entries is not None:
            self.more = [more_of(entry) for entry in self._entries]

    def _spread(self, rows: Sequence[str]) -> Cells:
        """A column of files as a column of entries."""
        if self._has_file.all():
            return rows
        spread = [""] * self._source.count
        for place, row in zip(np.flatnonzero(self._has_file).tolist(), rows, strict=True):
            spread[place] = row
        return spread

    def cells(self) -> list[Cells]:
        """One column for each of FILE_CELLS."""
        if self._entries is not None or not self._source.file_rows:
            return [None] * len(FILE_CELLS)
        columns: list[Cells] = []
        for name in FILE_CELLS:
            if name == "pieces_sha256":
                columns.append(self._pieces())
                continue
            cells = _cells(self._source, "file." + name)
            if cells is None and name == "role":
                cells = ["main"] * self._source.file_rows
            columns.append(None if cells is None else self._spread(cells))
        return columns

    def _pieces(self) -> Cells:
        if not self._source.has("file.has_pieces"):
            return None
        pieces = iter(self._source.column("file.pieces_sha256"))
        flags = self._source.numbers("file.has_pieces").tolist()
        return self._spread([next(pieces) if flag else "" for flag in flags])

    def put_hashes(self, into: npt.NDArray[np.uint8]) -> None:
        """The hash of each entry's one file."""
        if self._entries is None and self._source.file_rows:
            hashes = self._source.column("file.sha256")  # checks the form
            raw = self._source.bytes_of("file.sha256") or bytes.fromhex("".join(hashes))
            into[self._has_file] = np.frombuffer(raw, np.uint8).reshape(-1, into.shape[1])

    def formats(self) -> Numbers:
        """Format numbers of the main files."""
        numbers = np.full(self._source.count, _NO_FORMAT, np.int64)
        if self._entries is not None:
            named = [str(entry.format.value) for entry in self._entries]
            return np.array([FORMAT_NUMBER[name] for name in named], np.int64)
        if self._source.file_rows:
            numbers[self._has_file] = self._formats_of_files()
        return numbers

    def _formats_of_files(self) -> Numbers:
        words, codes = self._source.words("file.media_type")
        known = [format_of(word, "") for word in words]
        numbers = np.array([FORMAT_NUMBER[str(item.value)] for item in known], np.int64)[codes]
        if Format.OTHER in known:  # the name may say more
            names = self._source.column("file.name")
            for row in np.flatnonzero(numbers == FORMAT_NUMBER[str(Format.OTHER.value)]).tolist():
                found = format_of(words[codes[row]], names[row])
                numbers[row] = FORMAT_NUMBER[str(found.value)]
        return numbers

    def held(self, held: Callable[[str], bool]) -> npt.NDArray[np.bool_]:
        """Whether all files with role main (else the first one) are on this machine."""
        if self._entries is not None:
            return np.array([_is_offline(entry.files, held) for entry in self._entries], np.bool_)
        found = np.zeros(self._source.count, np.bool_)
        if self._source.file_rows:
            found[self._has_file] = list(map(held, self._source.column("file.sha256")))
        return found


def _is_offline(files: Sequence[ResourceFile], held: Callable[[str], bool]) -> bool:
    main = [file for file in files if file.role == "main"] or list(files[:1])
    return bool(main) and all(held(file.sha256) for file in main)
