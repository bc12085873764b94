# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks for one name, with room to read it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from app.lesson.lists import MAX_NAME_CHARS
from app.ui.look.theme import Theme


def ask_name(parent: QWidget, theme: Theme, title: str, name: str) -> str:
    """The name that was typed, or "" when it was left. Never used in class."""
    dialog = QInputDialog(parent)
    dialog.setFont(theme.font())
    dialog.setWindowTitle(title)
    dialog.setLabelText(title)
    dialog.setTextValue(name)
    dialog.setOkButtonText(QCoreApplication.translate("NameDialog", "OK"))
    dialog.setCancelButtonText(QCoreApplication.translate("NameDialog", "Cancel"))
    field = dialog.findChild(QLineEdit)
    if field is not None:
        field.setMaxLength(MAX_NAME_CHARS)
        field.setMinimumWidth(theme.px(360))
    text = dialog.textValue().strip() if dialog.exec() else ""
    dialog.deleteLater()
    return text
