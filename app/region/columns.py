# SPDX-License-Identifier: GPL-3.0-or-later
"""Codings of one column of a shard: plain bytes in, plain bytes out. Compression is the shard's."""

import re
import unicodedata
from collections.abc import Callable, Sequence
from datetime import date
from enum import StrEnum
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.uint64]

SEPARATOR: Final = "\x00"  # between rows; no text may hold it
ITEM_SEPARATOR: Final = "\x1f"  # between the items of a list inside one row
_BASE_BYTES: Final = 8
_PLAIN_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_UUID: Final = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_HEX: Final = re.compile(r"[0-9a-f]+")


class Coding(StrEnum):
    """How a column's rows lie in its bytes; docs/region-format.md describes each."""

    TEXT = "text"
    WORDS = "words"
    INTS = "ints"
    DATES = "dates"
    HEX = "hex"
    UUID = "uuid"


class ColumnDamagedError(Exception):
    """The bytes do not hold what the column says; the shard turns it into its own error."""


# --- texts


def encode_text(rows: Sequence[str]) -> bytes:
    return SEPARATOR.join(rows).encode("utf-8")


def decode_text(raw: bytes, count: int) -> list[str]:
    text = _utf8(raw)
    rows = text.split(SEPARATOR) if count else []
    if len(rows) != count or (not count and raw):
        raise ColumnDamagedError("row count")
    return rows


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ColumnDamagedError("not utf-8") from error


def check_texts(rows: Sequence[str], max_chars: int, forbidden: re.Pattern[str]) -> None:
    """Length, control characters and normal form of many texts at once."""
    if rows and len(max(rows, key=len)) > max_chars:
        raise ColumnDamagedError("too long")
    joined = "".join(rows)
    if forbidden.search(joined):
        raise ColumnDamagedError("control characters")
    if not unicodedata.is_normalized("NFC", joined) and not all(
        unicodedata.is_normalized("NFC", row) for row in rows
    ):
        raise ColumnDamagedError("not normalised")


# --- words: distinct texts, and for each row the number of its word


def encode_words(rows: Sequence[str]) -> bytes | None:
    """None when the rows repeat too little for a list of words to pay."""
    words: dict[str, int] = {}
    codes = [words.setdefault(row, len(words)) for row in rows]
    if 2 * len(words) > len(rows) + 1:
        return None
    packed = encode_text(list(words))
    numbers = np.array(codes, dtype=np.uint64)
    return len(packed).to_bytes(4, "little") + packed + encode_ints(numbers)


def decode_words(raw: bytes, count: int) -> tuple[list[str], NDArray[np.int64]]:
    """The distinct words and the row numbers into them."""
    length = int.from_bytes(raw[:4], "little")
    if len(raw) < 4 + length + _BASE_BYTES + 1:
        raise ColumnDamagedError("too short")
    words = _utf8(raw[4 : 4 + length]).split(SEPARATOR)
    codes = decode_ints(raw[4 + length :], count).astype(np.int64)
    if count and (codes.min() < 0 or codes.max() >= len(words)):
        raise ColumnDamagedError("word number")
    return words, codes


# --- integers: base, width, then byte planes (all low bytes, all second bytes, …)


def encode_ints(values: Numbers) -> bytes:
    base = int(values.min()) if len(values) else 0
    rest = values - np.uint64(base)
    top = int(rest.max()) if len(values) else 0
    width = (top.bit_length() + 7) // 8
    planes = rest.astype("<u8").view(np.uint8).reshape(-1, 8)[:, :width].T
    return base.to_bytes(_BASE_BYTES, "little") + bytes([width]) + planes.tobytes()


def decode_ints(raw: bytes, count: int) -> Numbers:
    if len(raw) < _BASE_BYTES + 1 or raw[_BASE_BYTES] > 8:
        raise ColumnDamagedError("integer header")
    base, width = int.from_bytes(raw[:_BASE_BYTES], "little"), raw[_BASE_BYTES]
    if len(raw) != _BASE_BYTES + 1 + width * count:
        raise ColumnDamagedError("row count")
    wide = np.zeros((count, 8), dtype=np.uint8)
    planes = np.frombuffer(raw, dtype=np.uint8, offset=_BASE_BYTES + 1)
    wide[:, :width] = planes.reshape(width, count).T if width else 0
    values: Numbers = wide.view("<u8").reshape(count).astype(np.uint64)
    if count and int(values.max()) + base >= 2**63:
        raise ColumnDamagedError("integer too large")
    return values + np.uint64(base)


# --- days


def encode_dates(rows: Sequence[str]) -> bytes | None:
    """Day numbers (0 is empty), or None when a row is no plain date."""
    distinct: dict[str, int] = {"": 0}
    for row in rows:
        if row not in distinct:
            if not _PLAIN_DATE.fullmatch(row):
                return None
            try:
                distinct[row] = date.fromisoformat(row).toordinal()
            except ValueError:
                return None
    return encode_ints(np.array([distinct[row] for row in rows], dtype=np.uint64))


def decode_dates(raw: bytes, count: int) -> list[str]:
    days = decode_ints(raw, count)
    if count and int(days.max()) > date.max.toordinal():
        raise ColumnDamagedError("date")
    distinct, codes = np.unique(days, return_inverse=True)
    shown = [date.fromordinal(int(day)).isoformat() if day else "" for day in distinct]
    return [shown[code] for code in codes.tolist()]


# --- hashes and ids


def encode_hex(rows: Sequence[str]) -> bytes | None:
    """Half the size for rows of equally long lowercase hexadecimal digits."""
    joined = "".join(rows)
    width = len(rows[0]) if rows else 0
    is_even = width > 0 and width % 2 == 0 and len(joined) == width * len(rows)
    if not is_even or not _HEX.fullmatch(joined) or any(len(row) != width for row in rows):
        return None
    return bytes.fromhex(joined)


def decode_hex(raw: bytes, count: int) -> list[str]:
    if not count:
        if raw:
            raise ColumnDamagedError("row count")
        return []
    width, rest = divmod(len(raw), count)
    if rest or not width:
        raise ColumnDamagedError("row count")
    text = raw.hex()
    return [text[start : start + 2 * width] for start in range(0, len(text), 2 * width)]


def encode_uuid(rows: Sequence[str]) -> bytes | None:
    if not rows or not all(map(_UUID.fullmatch, rows)):
        return None
    return bytes.fromhex("".join(rows).replace("-", ""))


def decode_uuid(raw: bytes, count: int) -> list[str]:
    if len(raw) != 16 * count:
        raise ColumnDamagedError("row count")
    return [
        f"{row[:8]}-{row[8:12]}-{row[12:16]}-{row[16:20]}-{row[20:]}"
        for row in decode_hex(raw, count)
    ]


def encode_strings(
    rows: Sequence[str], codings: Sequence[tuple[Coding, Callable[[Sequence[str]], bytes | None]]]
) -> tuple[Coding, bytes]:
    """The first coding that fits; plain text always does."""
    for coding, encode in codings:
        raw = encode(rows)
        if raw is not None:
            return coding, raw
    return Coding.TEXT, encode_text(rows)


TEXT_CODINGS: Final = ((Coding.WORDS, encode_words),)
DATE_CODINGS: Final = ((Coding.WORDS, encode_words), (Coding.DATES, encode_dates))
ID_CODINGS: Final = ((Coding.UUID, encode_uuid), (Coding.HEX, encode_hex))
HASH_CODINGS: Final = ((Coding.HEX, encode_hex),)

STRING_DECODERS: Final[dict[Coding, Callable[[bytes, int], list[str]]]] = {
    Coding.TEXT: decode_text,
    Coding.DATES: decode_dates,
    Coding.HEX: decode_hex,
    Coding.UUID: decode_uuid,
}


def factorised(rows: Sequence[str]) -> tuple[list[str], NDArray[np.int64]]:
    """Words and codes of rows that came in another coding."""
    words: dict[str, int] = {}
    codes: Any = [words.setdefault(row, len(words)) for row in rows]
    return list(words), np.array(codes, dtype=np.int64)
