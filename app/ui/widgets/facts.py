# SPDX-License-Identifier: GPL-3.0-or-later
"""What is known of a resource, as names and values."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from app.region.entry import Entry
from app.ui.look.theme import Theme
from app.ui.widgets.controls import clear_layout, label
from app.ui.words import entry_size_bytes, format_words, size_words


class Facts(QWidget):
    """Two columns; what nobody knows is left out."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(theme.px(24))
        self._grid.setVerticalSpacing(theme.px(8))
        self._grid.setColumnStretch(1, 1)

    def show_entry(self, entry: Entry) -> None:
        """Say what is known of it."""
        clear_layout(self._grid)
        size = entry_size_bytes(entry)
        facts = [
            (self.tr("Format"), format_words(entry.format.value)),
            (self.tr("Size"), size_words(size) if size else ""),
            (self.tr("Version of"), (entry.updated or entry.created)[:10]),
            (self.tr("Textbook revision"), entry.revision),
            (self.tr("For"), entry.audience),
            (self.tr("From"), entry.provider or entry.publisher),
            (self.tr("Licence"), entry.license),
            (self.tr("Keywords"), "、".join(entry.keywords)),
            (self.tr("About it"), entry.description),
        ]
        at = 0
        for name, value in facts:
            if not value:
                continue
            left = label(self._theme, name, "body", "muted")
            left.setWordWrap(False)
            top = Qt.AlignmentFlag.AlignTop
            self._grid.addWidget(left, at, 0, top)
            self._grid.addWidget(label(self._theme, value), at, 1, top)
            at += 1
