# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts, read with suspicion although they are signed."""

from __future__ import annotations

import json

import pytest

from app.base.errors import DamagedDocumentError, UnknownMajorError
from app.sync.uploads.receipts import Receipt, parse_receipts

HEADER = {"format": "kezhan-receipts", "major": 1, "minor": 3, "unknown": True}
GOOD = {"id": "u-1", "sha256": "a" * 64, "state": "accepted", "note": "unknown field"}


def lines(*documents: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in documents)


def test_accepted_and_rejected_are_read() -> None:
    rejected = {"id": "u-2", "sha256": "b" * 64, "state": "rejected", "reason": "缺少封面"}
    assert list(parse_receipts(lines(HEADER, GOOD, rejected))) == [
        Receipt("u-1", "a" * 64, True),
        Receipt("u-2", "b" * 64, False, "缺少封面"),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {**GOOD, "id": "../up"},
        {**GOOD, "id": 7},
        {**GOOD, "sha256": "A" * 64},
        {**GOOD, "state": "maybe"},
        {"kind": "statement", "id": "x"},
        ["not", "an", "object"],
        "x" * 10_000,
    ],
)
def test_a_line_we_do_not_know_hides_no_other(odd: object) -> None:
    assert list(parse_receipts(lines(HEADER, odd, GOOD))) == [Receipt("u-1", "a" * 64, True)]


def test_a_reason_loses_its_control_characters_and_its_length() -> None:
    rejected = {**GOOD, "state": "rejected", "reason": "a\x00b\u202e" + "c" * 1000}
    (receipt,) = parse_receipts(lines(HEADER, rejected))
    assert receipt.reason == "ab" + "c" * 498


@pytest.mark.parametrize(
    "raw", [b"", b"\xff\xfe", b"[]\n", b"<html>", b"[" * 5000, lines({**HEADER, "format": "other"})]
)
def test_another_document_is_refused(raw: bytes) -> None:
    with pytest.raises(DamagedDocumentError):
        parse_receipts(raw)


def test_a_newer_major_is_refused_politely() -> None:
    with pytest.raises(UnknownMajorError):
        parse_receipts(lines({**HEADER, "major": 2}, GOOD))


def test_a_document_without_receipts_is_fine() -> None:
    assert list(parse_receipts(json.dumps(HEADER).encode())) == []
