# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the table of real textbooks into catalogue entries without files.

The table holds facts only (stage, subject, edition, grade, volume, title, size of the book). Titles
repeat, so identity comes from the whole row, and from a counter where whole rows repeat.
"""

import csv
import hashlib
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

if __package__ in {None, ""}:  # started as a script: let the repository be found
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from resources_cache.authoring.starter.entries import Entry, as_line

COLUMNS = ["stage", "subject", "edition", "grade", "volume", "title", "bytes"]
TABLE = Path(__file__).with_name("textbooks.tsv")


class TextbookTableError(ValueError):
    """The table is not what this program expects; says which line."""


def read_textbooks(path: Path) -> Iterator[Entry]:
    """Yield one entry a row, in the order of the table."""
    seen: Counter[tuple[str, ...]] = Counter()
    with path.open(encoding="utf-8", newline="") as table:
        rows = csv.reader(table, delimiter="\t", quoting=csv.QUOTE_NONE)
        if next(rows, None) != COLUMNS:
            raise TextbookTableError(f"line 1: the columns must be {COLUMNS}")
        for number, row in enumerate(rows, start=2):
            if len(row) != len(COLUMNS) or not row[0] or not row[1] or not row[5]:
                raise TextbookTableError(f"line {number}: seven columns, three of them not empty")
            key = tuple(row)
            yield _entry(key, seen[key])
            seen[key] += 1


def _entry(row: tuple[str, ...], occurrence: int) -> Entry:
    stage, subject, edition, grade, volume, title, _ = (cell.strip() for cell in row)
    return Entry(
        id=f"textbook-{_stable_id(row, occurrence)}",
        title=title,
        stage=stage.replace("•", "·"),
        subject=subject,
        edition=edition,
        grade="" if grade == "高中年级" else grade,  # senior secondary has volumes, no grades
        volume=volume,
        revision=revision_of(title),
        resource_type="电子教材",
        audience="学生",
        provider="",
        license="",
        created="",
        updated="",
        status="catalogue-only",
    )


def _stable_id(row: tuple[str, ...], occurrence: int) -> str:
    text = "\x1f".join((*row, str(occurrence)))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]


def revision_of(title: str) -> str:
    """新教材 where the title itself says so, else nothing: a guess would mislead a teacher."""
    says_new = re.search(r"新教材|20(?:2[2-9]|3\d)\s*年?(?:版|修订|秋|春|审定)", title)
    return "新教材" if says_new else ""


def main(arguments: list[str]) -> int:
    """Print the entries of the table at the given path, or of our own copy."""
    path = Path(arguments[0]) if arguments else TABLE
    for entry in read_textbooks(path):
        print(as_line(entry))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
