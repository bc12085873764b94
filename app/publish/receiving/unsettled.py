# SPDX-License-Identifier: GPL-3.0-or-later
"""What hangs in the air at the county, in two lists for people: `received/*.csv`.

Uploads of which pieces are still missing, and bundles that no school's account vouches for. Both
are written anew by every run that receives.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.base import files
from app.base.messages import DEFAULT_LANGUAGE, message
from app.publish.receiving.store import ReceivedBundle, ReceivedUpload

INCOMPLETE_NAME: Final = "incomplete.csv"
UNVOUCHED_NAME: Final = "unvouched.csv"
# A cell that begins like this is a formula to a spreadsheet.
_FORMULAS: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Incomplete:
    """An upload of which `held_bytes` have come, and no more since `changed_at`."""

    upload: ReceivedUpload
    held_bytes: int


def write_incomplete(folder: Path, found: Sequence[Incomplete]) -> None:
    """Raises DiskFullError, ReadOnlyError."""
    rows = [
        (
            one.upload.title,
            one.upload.details.get("author", ""),
            one.upload.school_code,
            one.upload.device_id,
            str(one.held_bytes),
            str(one.upload.size_bytes),
            one.upload.changed_at,
            _yes_no(is_so=one.upload.is_vouched),
        )
        for one in found
    ]
    names = ("title", "author", "school", "device", "held", "size", "since", "vouched")
    _write(folder / INCOMPLETE_NAME, names, rows)


def write_unvouched(folder: Path, found: Sequence[tuple[ReceivedBundle, str]]) -> None:
    """Bundles with the time at which each came. Raises DiskFullError, ReadOnlyError."""
    rows = [
        (one.bundle_id, one.sender.school_code, one.sender.device_id, str(one.trip), received_at)
        for one, received_at in found
    ]
    _write(folder / UNVOUCHED_NAME, ("bundle", "school", "device", "trip", "received"), rows)


def _write(path: Path, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """As spreadsheets open it: with a mark of its coding, and nothing that counts as a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_word(f"unsettled_{name}") for name in names])
    writer.writerows([[_plain(cell) for cell in row] for row in rows])
    files.replace_bytes(path, text.getvalue().encode("utf-8-sig"))


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULAS) else cell


def _yes_no(*, is_so: bool) -> str:
    return _word("unsettled_yes" if is_so else "unsettled_no")


def _word(code: str) -> str:
    return message(code, {}, DEFAULT_LANGUAGE).sentence
