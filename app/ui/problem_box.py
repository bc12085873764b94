# SPDX-License-Identifier: GPL-3.0-or-later
"""Says why the window cannot open, where no console would show it."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox

from app.base.messages import Message


def problem_box(said: Message) -> QMessageBox:
    """The box, not yet shown."""
    box = QMessageBox(QMessageBox.Icon.Warning, said.title or "课栈", said.sentence)
    box.setInformativeText(said.remedy)
    return box
