# SPDX-License-Identifier: GPL-3.0-or-later
import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.base.errors import DamagedDocumentError, KnownError, UnknownMajorError
from app.region.entry import MAX_FILE_BYTES
from app.region.errors import PieceListDamagedError
from app.region.pieces import (
    MAX_PIECES,
    PieceHasher,
    needs_pieces,
    parse_piece_list,
    piece_bytes_for,
    piece_count,
    pieces_of,
)

MIB = 1024 * 1024
CONTENT = bytes(range(256)) * 4096 * 5 + b"end"  # 5 MiB and a little
LIST = pieces_of([CONTENT], len(CONTENT))
SWAPPED = LIST.to_bytes().replace(b'"piece_bytes":1048576', b'"piece_bytes":1')


def test_pieces_are_hashes_of_equal_parts_in_order() -> None:
    assert LIST.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (LIST.size_bytes, LIST.piece_bytes, len(LIST.hashes)) == (len(CONTENT), MIB, 6)
    for number, digest in enumerate(LIST.hashes):
        offset, length = LIST.bounds(number)
        assert hashlib.sha256(CONTENT[offset : offset + length]).digest() == digest
    assert LIST.bounds(5) == (5 * MIB, 3)


@settings(max_examples=15)
@given(st.lists(st.integers(1, 2 * MIB), min_size=1, max_size=8))
def test_chunks_of_any_size_give_the_same_list(cuts: list[int]) -> None:
    hasher = PieceHasher(len(CONTENT))
    rest = CONTENT
    for cut in cuts:
        hasher.update(rest[:cut])
        rest = rest[cut:]
    hasher.update(rest)
    assert hasher.finish() == LIST


def test_bytes_and_back() -> None:
    assert parse_piece_list(LIST.to_bytes()) == LIST


@given(st.integers(1, MAX_FILE_BYTES))
def test_no_file_needs_more_than_4096_pieces(size_bytes: int) -> None:
    piece_bytes = piece_bytes_for(size_bytes)
    assert piece_count(size_bytes, piece_bytes) <= MAX_PIECES
    assert piece_bytes == MIB or piece_count(size_bytes, piece_bytes // 2) > MAX_PIECES


def test_only_files_above_4_mib_have_a_list() -> None:
    assert not needs_pieces(4 * MIB)
    assert needs_pieces(4 * MIB + 1)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"<html>", DamagedDocumentError),
        (LIST.to_bytes().replace(b'"major":1', b'"major":2'), UnknownMajorError),
        (LIST.to_bytes()[:-1], PieceListDamagedError),
        (LIST.to_bytes() + b"x", PieceListDamagedError),
        (
            SWAPPED,
            PieceListDamagedError,
        ),
        (LIST.to_bytes().replace(b'"size_bytes":', b'"size_bytes":-'), PieceListDamagedError),
        (LIST.to_bytes().replace(LIST.sha256.encode(), b"../x"), PieceListDamagedError),
        (b" " * 200_000, PieceListDamagedError),
    ],
    ids=range(8),
)
def test_lists_that_do_not_fit_are_refused(raw: bytes, error: type[KnownError]) -> None:
    with pytest.raises(error):
        parse_piece_list(raw)
