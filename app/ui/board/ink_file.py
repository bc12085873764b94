# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink on disk: one small document a resource, read as carefully as anything from outside.

Undo is of the moment: what is kept is what was to be seen. A sheet is a list of strokes; a stroke
keeps its points as whole numbers, 1/20 000 of the picture's width each
(a tenth of a pixel at 1080p).
"""

from __future__ import annotations

import hashlib
import json
import logging
import re
from pathlib import Path
from typing import Any

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.ui.board.book import InkBook
from app.ui.board.strokes import InkSheet, Stroke, Tool

log = logging.getLogger(__name__)

FORMAT = "kezhan-ink"
MAX_BYTES = 16 << 20
_GRID = 20_000
_FARTHEST = 50 * _GRID  # a page that was scrolled ever so far
_MAX_SHEETS = 2_000
_MAX_STROKES = 5_000
_MAX_POINTS = 20_000
_KEY = re.compile(r"(page|board|time):[0-9]{1,9}")
_COLOUR = re.compile(r"#[0-9a-f]{6}")


def ink_path(paths: DataPaths, *names: str) -> Path:
    """The file of what these names name together (region, resource, hash of its file)."""
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()[:32]
    return paths.ink_dir / f"{digest}.json"


def book_to_bytes(sheets: dict[str, tuple[tuple[float, float] | None, list[Stroke]]]) -> bytes:
    """The document of these sheets (time span and strokes each)."""
    body = {
        key: {
            **({"span_s": [round(side, 3) for side in span]} if span is not None else {}),
            "strokes": [_stroke_to_json(stroke) for stroke in strokes],
        }
        for key, (span, strokes) in sheets.items()
        if strokes
    }
    document = {**document_header(FORMAT, 1, 0), "sheets": body}
    return json.dumps(document, separators=(",", ":")).encode()


def _stroke_to_json(stroke: Stroke) -> dict[str, Any]:
    flat = [round(number * _GRID) for point in stroke.points for number in point]
    return {
        "tool": stroke.tool.value,
        "colour": stroke.colour,
        "width": round(stroke.width * _GRID),
        "points": flat,
    }


def parse_book(raw: bytes) -> InkBook:
    """The sheets of a document; what does not make sense in it is left out.

    Raises:
        DamagedDocumentError, UnknownMajorError: it is no ink of ours.
    """
    document = parse_document(raw, FORMAT, 1, max_bytes=MAX_BYTES)
    sheets: dict[str, InkSheet] = {}
    found = document.get("sheets")
    for key, value in found.items() if isinstance(found, dict) else ():
        if _KEY.fullmatch(key) and isinstance(value, dict) and len(sheets) < _MAX_SHEETS:
            sheets[key] = _sheet_of(value)
    return InkBook(sheets)


def _sheet_of(value: dict[str, Any]) -> InkSheet:
    found = value.get("strokes")
    listed = found[:_MAX_STROKES] if isinstance(found, list) else []
    strokes = [stroke for one in listed if (stroke := _stroke_of(one)) is not None]
    return InkSheet(marks=list(strokes), span_s=_span_of(value.get("span_s")))


def _span_of(value: object) -> tuple[float, float] | None:
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        return None
    first, last = float(value[0]), float(value[1])
    return (first, last) if -1 <= first <= last <= 1e6 else None


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _stroke_of(value: object) -> Stroke | None:
    if not isinstance(value, dict):
        return None
    tool, colour = value.get("tool"), value.get("colour")
    width, flat = value.get("width"), value.get("points")
    if tool not in tuple(Tool) or not isinstance(colour, str) or not _COLOUR.fullmatch(colour):
        return None
    if type(width) is not int or not 0 < width <= _GRID or not isinstance(flat, list):
        return None
    if not 2 <= len(flat) <= 2 * _MAX_POINTS or len(flat) % 2:
        return None
    if not all(type(number) is int and abs(number) <= _FARTHEST for number in flat):
        return None
    points = tuple((x / _GRID, y / _GRID) for x, y in zip(flat[::2], flat[1::2], strict=True))
    return Stroke(Tool(tool), colour, width / _GRID, points)


def load_book(path: Path) -> InkBook:
    """The ink kept there; a damaged file never costs a lesson, its previous generation is used."""
    raw = files.read_with_previous(path, _is_book)
    return parse_book(raw) if raw is not None else InkBook()


def save_book(path: Path, content: bytes) -> None:
    """Keep a document of `book_to_bytes` durably; an emptied book stays as an empty one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    files.keep_previous_and_replace(path, content)


def _is_book(raw: bytes) -> bool:
    try:
        parse_book(raw)
    except KnownError as error:
        log.warning("ink cannot be read: %s", error.code)
        return False
    return True
