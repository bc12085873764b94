# SPDX-License-Identifier: GPL-3.0-or-later
"""Receipts, read with suspicion although they are signed."""

from __future__ import annotations

import json

import pytest

from app.base.errors import DamagedDocumentError, UnknownMajorError
from app.region.receipts import BundleReceipt, ReceiptState, UploadReceipt
from app.sync.uploads.receipts import parse_receipts

HEADER = {"format": "kezhan-receipts", "major": 1, "minor": 3, "unknown": True}
GOOD = {"id": "u-1", "sha256": "a" * 64, "state": "accepted", "note": "unknown field"}


def lines(*documents: object) -> bytes:
    return b"".join(json.dumps(one, ensure_ascii=False).encode() + b"\n" for one in documents)


def test_accepted_and_rejected_are_read() -> None:
    rejected = {"id": "u-2", "sha256": "b" * 64, "state": "rejected", "reason": "缺少封面"}
    assert list(parse_receipts(lines(HEADER, GOOD, rejected))) == [
        UploadReceipt("u-1", "a" * 64, ReceiptState.ACCEPTED),
        UploadReceipt("u-2", "b" * 64, ReceiptState.REJECTED, "缺少封面"),
    ]


def test_what_has_arrived_is_read_for_uploads_and_bundles() -> None:
    bundle_id = "11111111-2222-4333-8444-555555555555"
    received = {**GOOD, "state": "received"}
    bundle = {"bundle": bundle_id, "state": "received"}
    assert list(parse_receipts(lines(HEADER, received, bundle))) == [
        UploadReceipt("u-1", "a" * 64, ReceiptState.RECEIVED),
        BundleReceipt(bundle_id),
    ]


@pytest.mark.parametrize(
    "odd",
    [
        {**GOOD, "id": "../up"},
        {**GOOD, "id": 7},
        {**GOOD, "sha256": "A" * 64},
        {**GOOD, "state": "maybe"},
        {"kind": "statement", "id": "x"},
        {"bundle": "../up", "state": "received"},
        {"bundle": "11111111-2222-4333-8444-555555555555", "state": "lost"},
        ["not", "an", "object"],
        "x" * 10_000,
    ],
)
def test_a_line_we_do_not_know_hides_no_other(odd: object) -> None:
    assert list(parse_receipts(lines(HEADER, odd, GOOD))) == [
        UploadReceipt("u-1", "a" * 64, ReceiptState.ACCEPTED)
    ]


def test_a_reason_loses_its_control_characters_and_its_length() -> None:
    rejected = {**GOOD, "state": "rejected", "reason": "a\x00b\u202e" + "c" * 1000}
    (receipt,) = parse_receipts(lines(HEADER, rejected))
    assert isinstance(receipt, UploadReceipt)
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
