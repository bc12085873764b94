# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings: where the data of this machine lies, and taking it to another disk."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from PySide6.QtCore import Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMessageBox

from app.base.errors import KnownError
from app.base.messages import message_of
from app.ui.look.theme import Theme
from app.ui.services import Services
from app.ui.widgets.controls import Card, button, label, row


class DataMover(Protocol):
    """Moves the data directory (`app.wiring.window.Program`)."""

    def check(self, wanted: Path) -> Path:
        """The folder that would be used; a `KnownError` says why none."""
        ...

    def begin(self, target: Path) -> None:
        """Close the window, move, and open it again."""
        ...


class PlaceCard(Card):
    """The folder, a button to look into it, and one to move it."""

    def __init__(self, theme: Theme, services: Services, mover: DataMover | None) -> None:
        super().__init__(theme)
        self._services, self._mover = services, mover
        self.body.addWidget(label(theme, self.tr("Data"), "title"))
        self.folder = label(theme, str(services.paths.root))
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.open_folder = button(theme, self.tr("Open folder"), "folder")
        self.open_folder.clicked.connect(self._open_folder)
        self.move_folder = button(theme, self.tr("Move to another disk …"), "disk")
        self.move_folder.clicked.connect(self._choose)
        self.move_folder.setVisible(mover is not None)
        words = self.tr("Lessons, usage log and settings of this machine are kept here:")
        self.body.addWidget(label(theme, words, name="muted"))
        self.body.addWidget(self.folder)
        self.body.addLayout(row(self.open_folder, self.move_folder, 1))
        self.notice = label(theme, "", "small", "muted")
        self.notice.hide()
        self.body.addWidget(self.notice)

    @Slot()
    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._services.paths.root)))

    @Slot()
    def _choose(self) -> None:
        title = self.tr("Where the data goes")
        chosen = QFileDialog.getExistingDirectory(self, title, str(self._services.paths.root))
        if chosen:
            self.offer(Path(chosen))

    def offer(self, wanted: Path) -> None:
        """Say why a folder will not do, or ask once and begin."""
        if self._mover is None:
            return
        try:
            target = self._mover.check(wanted)
        except KnownError as error:
            language = self._services.settings.current.language
            self.notice.setText(message_of(error, language).line)
            self.notice.show()
            return
        self.notice.hide()
        if self.is_agreed(target):
            self._mover.begin(target)

    def is_agreed(self, target: Path) -> bool:
        """Ask: the window closes for it."""
        words = self.tr(
            "Kezhan closes, moves everything to {folder} and opens again. "
            "Until all of it is there, the data stays usable where it is."
        ).format(folder=target)
        box = QMessageBox(QMessageBox.Icon.Question, self.tr("Move the data"), words, parent=self)
        yes = box.addButton(self.tr("Move"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(self.tr("Leave it here"), QMessageBox.ButtonRole.RejectRole)
        box.exec()
        return box.clickedButton() is yes
