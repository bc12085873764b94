# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows of posting lists in the file: long ones cut to fill pages, short ones behind them together.

A cold disk brings a short list with its neighbours in one read, and one pass over all short ones
(a fifth of the bytes, six rows of seven) saves first searches most of their reads. Rows that SQLite
itself spreads over pages leave a third of their first one empty.
"""

import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, Any, Final

from app.catalogue.keys import BLOCK_SHIFT, SEGMENT_SHIFT
from app.catalogue.postings import Form

SHORT_BYTES: Final = 8_192
# The last byte of a row that only says where its pieces are; forms of lists are small numbers.
_ELSEWHERE: Final = 0xFF
_PLACE: Final = struct.Struct("<QHB")  # first piece, number of pieces, _ELSEWHERE
_PAGE_HEAD_BYTES: Final = 8
# Of a row: its pointer, length, number, and the header of its record.
_ROW_HEAD_BYTES: Final = 16
_OFF_LIMITS_BYTES: Final = 40  # of a page: longer rows SQLite spreads over others
_LEAST_BYTES: Final = 8_192  # a smaller rest of a page is left empty: each piece is one more read
_SHORT: Final = struct.Struct("<QI")
_IN_MEMORY_BYTES: Final = 1 << 20

Ask = Callable[[str, Sequence[object]], list[Any]]
AskMany = Callable[[str, Iterable[Sequence[object]]], None]


class ListRows:
    """The rows of one generation. A pack of short lists is a row, too."""

    def __init__(self, ask: Ask, ask_many: AskMany, page_bytes: int) -> None:
        """`ask` and `ask_many` run SQL."""
        self._ask = ask
        self._ask_many = ask_many
        self._page_bytes = page_bytes

    def put(
        self,
        segment: int,
        rows: Iterable[tuple[int, bytes]],
        folder: Path,
        file_bytes: Callable[[], int],
    ) -> int:
        """Add the rows of a segment, ascending; short ones wait in `folder`.

        Returns from which byte of the file on the short ones lie, if it is a new file.
        """
        import tempfile  # no reader needs it

        cutter, end = _Cutter(self._page_bytes), segment << BLOCK_SHIFT
        # Behind a megabyte they wait in a file without a name.
        with tempfile.SpooledTemporaryFile(_IN_MEMORY_BYTES, dir=str(folder)) as waiting:
            for key, row in rows:
                if len(row) <= SHORT_BYTES or row[-1] == Form.PACK:
                    short = row  # a pack has lists of other keys than its own
                else:
                    pieces = cutter.cut(row)
                    self._ask_many("INSERT INTO piece VALUES(?,?)", enumerate(pieces, end))
                    short = _PLACE.pack(end, len(pieces), _ELSEWHERE)
                    end += len(pieces)
                waiting.write(_SHORT.pack(key, len(short)) + short)
            waiting.seek(0)
            high, start = segment << SEGMENT_SHIFT, file_bytes()
            numbered = ((high | key, row) for key, row in _waiting_rows(waiting))
            self._ask_many("INSERT INTO gram VALUES(?,?)", numbered)
        return start

    def row(self, segment: int, key: int) -> tuple[int, bytes] | None:
        """The last row of a segment that begins at or before a key: (its key, data).

        None too where that is a long list of another key.
        """
        high = segment << SEGMENT_SHIFT
        sql = "SELECT key, data FROM gram WHERE key<=? ORDER BY key DESC LIMIT 1"
        rows = self._ask(sql, (high | key,))
        if not rows or rows[0][0] < high:
            return None
        found, data = rows[0][0] ^ high, rows[0][1]
        if data[-1] != _ELSEWHERE:
            return found, data
        return (key, self._pieces(data)) if found == key else None

    def _pieces(self, place: bytes) -> bytes:
        first, count, _ = _PLACE.unpack(place)
        sql = "SELECT data FROM piece WHERE block>=? AND block<? ORDER BY block"
        rows = self._ask(sql, (first, first + count))
        if len(rows) != count:
            raise ValueError("pieces of a list")
        return rows[0][0] if count == 1 else b"".join([row[0] for row in rows])

    def every(self, rows: Iterable[bytes]) -> Iterator[bytes]:
        """Rows of the table as whole lists."""
        for row in rows:
            yield self._pieces(row) if row[-1] == _ELSEWHERE else row


class _Cutter:
    """Cuts rows so that each page is full; they are expected to be written one after the other."""

    def __init__(self, page_bytes: int) -> None:
        self._whole = page_bytes - _PAGE_HEAD_BYTES
        self._most = page_bytes - _OFF_LIMITS_BYTES
        self._room = self._whole

    def cut(self, data: bytes) -> list[bytes]:
        """The pieces of a row."""
        pieces = []
        start = 0
        while start < len(data):
            left = len(data) - start
            if self._room - _ROW_HEAD_BYTES < min(left, _LEAST_BYTES):
                self._room = self._whole
            size = min(left, self._room - _ROW_HEAD_BYTES, self._most)
            pieces.append(data[start : start + size])
            start += size
            self._room -= size + _ROW_HEAD_BYTES
        return pieces


def _waiting_rows(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    while head := file.read(_SHORT.size):
        key, size = _SHORT.unpack(head)
        yield key, file.read(size)
