# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the data of a folder went: its marker says so, so that one small file makes the change.

A marker with `moved_to` sends everybody on. A marker with `moving_from` is data that is still being
copied; it counts from the moment at which the marker of the place before sends to it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError

MARKER_NAME = "kezhan-data.json"
MARKER_FORMAT = "kezhan-data"
MOVED_TO, MOVING_FROM = "moved_to", "moving_from"
_MAX_BYTES = 64 * 1024
_MAX_MOVES = 8


def follow(root: Path) -> Path:
    """Where the data of `root` lies now; a place that is not there sends nobody on."""
    found = root
    for _ in range(_MAX_MOVES):
        target = elsewhere(found)
        if target is None or not (target / MARKER_NAME).is_file():
            return found
        found = target
    return root


def sent_to(root: Path) -> Path | None:
    """Where the marker of a folder sends."""
    return _place(read_marker(root), MOVED_TO)


def still_lies_in(root: Path) -> Path | None:
    """The place whose data is still being copied into `root`; None when `root` counts.

    A place that is not there now may come back: what was copied so far never counts instead.
    """
    source = _place(read_marker(root), MOVING_FROM)
    return None if source is None or sent_to(source) == root else source


def elsewhere(root: Path) -> Path | None:
    """Where the data lies if not in `root`: sent on, or not yet arrived."""
    return sent_to(root) or still_lies_in(root)


def read_marker(root: Path) -> dict[str, Any]:
    """The content of a marker; nothing when it is missing or damaged: then it only marks."""
    try:
        with (root / MARKER_NAME).open("rb") as file:
            raw = file.read(_MAX_BYTES + 1)
        return parse_document(raw, MARKER_FORMAT, 1, max_bytes=_MAX_BYTES)
    except (OSError, KnownError):
        return {}


def write_marker(root: Path, **fields: str) -> None:
    """Mark a folder; raises `KnownError` when it cannot be written, and nothing has changed."""
    files.replace_json(root / MARKER_NAME, {**document_header(MARKER_FORMAT, 1, 0), **fields})


def _place(marker: dict[str, Any], name: str) -> Path | None:
    value = marker.get(name)
    if not isinstance(value, str) or "\0" in value or not Path(value).is_absolute():
        return None
    return Path(value)
