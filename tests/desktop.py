# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands where the desktop stands: what it would be asked to open is written down instead."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices


class Desktop(QObject):
    """`asked` are the files it was asked to open with their programs."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        """What the desktop is asked to open."""
        self.asked.append(Path(url.toLocalFile()))


@contextmanager
def standing_in() -> Iterator[Desktop]:
    """In place of the desktop's own; needs the application."""
    made = Desktop()
    QDesktopServices.setUrlHandler("file", made, "open")  # type: ignore[arg-type]
    try:
        yield made
    finally:
        QDesktopServices.unsetUrlHandler("file")
