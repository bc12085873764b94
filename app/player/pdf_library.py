# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps the library behind Qt's PDF documents loaded from the first of them on."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QCoreApplication
from PySide6.QtPdf import QPdfDocument


@cache
def keep_library() -> QPdfDocument:
    """A document that is never opened, for as long as the program runs.

    With its last document Qt ends PDFium, which loses what fonts it has read: 1,200 documents, one
    after the other, held 128 MB so, and 18 with this.
    """
    kept = QPdfDocument()
    kept.setParent(QCoreApplication.instance())  # it ends with the program, not after it
    return kept
