# SPDX-License-Identifier: GPL-3.0-or-later
"""What is said about an upload, and what the server is told."""

from __future__ import annotations

import base64
from dataclasses import fields

import pytest

from app.sync.uploads.details import (
    UploadDetails,
    clean_name,
    details_to_json,
    parse_details,
    upload_metadata,
)
from app.sync.uploads.errors import DetailsInvalidError


def test_details_are_normalised_and_empty_ones_left_out() -> None:
    details = parse_details({"title": "  e\u0301le\u0300ve ", "subject": "", "unknown": "x"})
    assert details_to_json(details) == {"title": "élève"}


@pytest.mark.parametrize(
    ("raw", "field", "reason"),
    [
        ({}, "title", "missing"),
        ({"title": "   "}, "title", "missing"),
        ({"title": 5}, "title", "wrong_type"),
        ({"title": "x" * 201}, "title", "too_long"),
        ({"title": "x" * 10_000_000}, "title", "too_long"),
        ({"title": "a\u202eb"}, "title", "control_characters"),
        ({"title": "a", "subject": "x\ny"}, "subject", "control_characters"),
    ],
)
def test_bad_details_name_the_field(raw: dict[str, object], field: str, reason: str) -> None:
    with pytest.raises(DetailsInvalidError) as caught:
        parse_details(raw)
    is_missing = caught.value.code == "upload_title_missing"
    assert is_missing == (reason == "missing")
    assert caught.value.data == {"field": field, "reason": reason}


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\课件\\分数.pptx", "分数.pptx"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\nc.pdf", "abc.pdf"),
        ("", "unnamed"),
        ("长" * 300 + ".pptx", "长" * 145 + ".pptx"),
        ("长" * 300, "长" * 150),
    ],
)
def test_file_names_are_harmless(name: str, clean: str) -> None:
    assert clean_name(name) == clean


def test_the_longest_details_fit_into_one_header() -> None:
    lengths = {"title": 200, "description": 400, "author": 60}
    longest = parse_details(
        {one.name: "长" * lengths.get(one.name, 80) for one in fields(UploadDetails)}
    )
    header = upload_metadata(
        upload_id="u" * 36,
        sha256="0" * 64,
        name=clean_name("长" * 500),
        school_code="9" * 32,
        details=details_to_json(longest),
    )
    assert len(header) < 7 * 1024


def test_metadata_is_readable_again() -> None:
    header = upload_metadata(
        upload_id="u1", sha256="0" * 64, name="分数.mp4", school_code="", details={"title": "分数"}
    )
    pairs = dict(pair.split(" ") for pair in header.split(","))
    told = {key: base64.b64decode(text).decode() for key, text in pairs.items()}
    assert told == {
        "filename": "分数.mp4",
        "filetype": "video/mp4",
        "sha256": "0" * 64,
        "id": "u1",
        "title": "分数",
    }
