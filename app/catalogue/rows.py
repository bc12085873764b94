# SPDX-License-Identifier: GPL-3.0-or-later
"""Rows on their way into the index: the numbers of an entry, and its searchable text."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from app.catalogue.normalise import BREAK, END, FIELD, fold_bulk
from app.region.entry import Entry

ROW: Final = np.dtype(
    [
        ("popularity", "<u4"),
        ("ident", "<u8"),
        ("older", "<u8"),  # ident of the entry that this one supersedes, 0 for none
        ("shard", "<u2"),
        ("book", "<u4"),
        ("node", "<u4"),
        ("kind", "u1"),
        ("day", "<u2"),
        ("is_offline", "u1"),
    ]
)
Rows = npt.NDArray[np.void]

# --- searchable text


def searchable_texts(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """(names, texts) of entries, folded.

    names: title FIELD lesson, with breaks where words start. texts: title FIELD lesson FIELD the
    other fields, without breaks; a field that another one contains is left empty or out, which
    changes no answer.
    """
    names = _fold_lines(f"{_flat(entry.title)}{FIELD}{_flat(entry.lesson)}" for entry in entries)
    rests = _fold_lines(
        FIELD.join(
            _flat(part)
            for part in (entry.unit, *entry.chapter_path, *entry.keywords, entry.provider)
        )
        for entry in entries
    )
    texts = []
    for name, rest in zip(names, rests, strict=True):
        title, lesson = name.replace(BREAK, "").split(FIELD)
        text = title + FIELD + ("" if lesson in title else lesson)
        for part in rest.replace(BREAK, "").split(FIELD):
            if part not in text:
                text += FIELD + part
        texts.append(text)
    return names, texts


def _flat(text: str) -> str:
    """Text that cannot be taken for two fields (`parse_entry` refuses such characters anyway)."""
    return text if text.isprintable() else text.replace(FIELD, BREAK).replace(END, BREAK)


def _fold_lines(lines: Iterable[str]) -> list[str]:
    joined = END.join(lines) + END
    folded = fold_bulk(joined).tobytes().decode("utf-16-le")
    return folded.split(END)[:-1]
