# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers of everything that travels: `format`, `major`, `minor` first, unknown fields kept."""

from __future__ import annotations

import json
from typing import Any

from app.base.errors import DamagedDocumentError, UnknownMajorError


def document_header(format_name: str, major: int, minor: int) -> dict[str, object]:
    """The first three fields of a document."""
    return {"format": format_name, "major": major, "minor": minor}


def parse_document(
    raw: bytes, format_name: str, known_major: int, *, max_bytes: int
) -> dict[str, Any]:
    """Parse one JSON document and check its header.

    Raises:
        DamagedDocumentError: too large, not UTF-8 JSON, not an object, or another format.
        UnknownMajorError: a major version this program does not know.
    """
    if len(raw) > max_bytes:
        raise DamagedDocumentError(what=format_name, reason="too_large")
    try:
        document = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise DamagedDocumentError(what=format_name, reason="not_json") from error
    if not isinstance(document, dict):
        raise DamagedDocumentError(what=format_name, reason="not_an_object")
    check_header(document, format_name, known_major)
    return document


def check_header(document: dict[str, Any], format_name: str, known_major: int) -> None:
    """Check the header of a parsed document; see `parse_document`."""
    if document.get("format") != format_name:
        raise DamagedDocumentError(what=format_name, reason="other_format")
    major = document.get("major")
    if not isinstance(major, int) or isinstance(major, bool):
        raise DamagedDocumentError(what=format_name, reason="no_version")
    if major != known_major:
        raise UnknownMajorError(what=format_name, found=major, known=known_major)
