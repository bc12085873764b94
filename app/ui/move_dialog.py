# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far the data has moved, while another process moves it and no window is open."""

from __future__ import annotations

import json
from collections.abc import Sequence

from PySide6.QtCore import QProcess, Signal, Slot
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QProgressBar, QPushButton, QVBoxLayout, QWidget

from app.base.messages import message
from app.ui.look.theme import Theme
from app.ui.widgets.controls import label

_MEGABYTE = 1_000_000
_STEPS = 1000  # bytes would not fit into Qt's integers


class MoveDialog(QDialog):
    """Signals: ended(bool), whether the data lies in its new place.

    It cannot be closed before the end: a cut move loses nothing, but nobody should cut it lightly.
    """

    ended = Signal(bool)

    def __init__(
        self, theme: Theme, command: Sequence[str], language: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._language = language
        self._command = list(command)
        self._rest = b""
        self._said = ""
        self._is_done = False
        self.setStyleSheet(theme.style_sheet())
        self.setWindowTitle(self.tr("Moving the data"))
        self.setMinimumWidth(theme.px(480))
        self.words = label(theme, self.tr("The lessons and records are being moved …"), "title")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.amount = label(theme, "", name="muted")
        self.button = QPushButton(self.tr("Go on"))
        self.button.setMinimumHeight(theme.px(48))
        self.button.clicked.connect(self.accept)
        self.button.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(24) for _ in range(4)))
        layout.setSpacing(theme.px(16))
        for part in (self.words, self.bar, self.amount, self.button):
            layout.addWidget(part)
        self._process = QProcess(self)
        self._process.readyReadStandardOutput.connect(self._read)
        self._process.finished.connect(self._finished)
        self._process.errorOccurred.connect(self._failed)

    def start(self) -> None:
        """Begin; for the time at which window and agent have ended."""
        self._process.start(self._command[0], self._command[1:])

    @Slot()
    def _read(self) -> None:
        self._rest += bytes(self._process.readAllStandardOutput().data())
        *lines, self._rest = self._rest.split(b"\n")
        for line in lines:
            self._take(line)

    def _take(self, raw: bytes) -> None:
        try:
            line = json.loads(raw)
        except ValueError:
            return
        if not isinstance(line, dict):
            return
        if line.get("event") == "progress":
            self._show(int(line["done_bytes"]), int(line["total_bytes"]))
        elif "error" in line:
            self._said = message(str(line["error"]), line["data"], self._language).line

    def _show(self, done_bytes: int, total_bytes: int) -> None:
        self.bar.setValue(done_bytes * _STEPS // total_bytes if total_bytes else _STEPS)
        words = self.tr("{done} of {total} MB")
        self.amount.setText(
            words.format(done=done_bytes // _MEGABYTE, total=total_bytes // _MEGABYTE)
        )

    @Slot(int)
    def _finished(self, code: int) -> None:
        self._read()
        self._end(is_good=code == 0)

    @Slot(QProcess.ProcessError)
    def _failed(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end(is_good=False)

    def _end(self, *, is_good: bool) -> None:
        if self._is_done:
            return
        self._is_done = True
        if is_good:
            self.ended.emit(True)
            self.accept()
            return
        self.words.setText(self.tr("The data was not moved."))
        self.bar.hide()
        self.amount.setText(self._said or self.tr("It is used where it was."))
        self.button.show()
        self.ended.emit(False)

    def reject(self) -> None:
        if self._is_done:
            super().reject()

    def closeEvent(self, event: QCloseEvent) -> None:
        if self._is_done:
            super().closeEvent(event)
        else:
            event.ignore()
