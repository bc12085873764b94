# SPDX-License-Identifier: GPL-3.0-or-later
"""Printing what is on the stage, on the printer that the teacher picks."""

from __future__ import annotations

from PySide6.QtPrintSupport import QPrintDialog, QPrinter
from PySide6.QtWidgets import QWidget

from app.player.view import LessonView


def print_view(view: LessonView, parent: QWidget) -> None:
    """Ask for a printer and print; nothing happens when the teacher says no."""
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setDocName(view.item.title)
    dialog = QPrintDialog(printer, parent)
    if dialog.exec() == QPrintDialog.DialogCode.Accepted:
        view.print_on(printer)
