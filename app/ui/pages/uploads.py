# SPDX-License-Identifier: GPL-3.0-or-later
"""我的上传: what was put into the outbox here, and where each file is on its way."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.ui.look.theme import Theme
from app.ui.models.upload_rows import UploadsModel
from app.ui.pages.upload_dialog import UploadDialog
from app.ui.services import Services
from app.ui.state_reader import read_uploads
from app.ui.widgets.card_grid import CardGrid
from app.ui.widgets.controls import Deck, EmptyState, Notice, button, label, row
from app.ui.widgets.upload_rows import UPLOAD_ROW_PX, UploadDelegate


class UploadsPage(QWidget):
    """Follows the agent's outbox."""

    def __init__(self, theme: Theme, services: Services) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self._theme, self._services = theme, services
        self.model = UploadsModel(services.settings.current.language)
        self.add_button = button(theme, self.tr("Upload a file"), "add", "primary")
        self.add_button.clicked.connect(self.open_dialog)
        self.notice = Notice(theme, "noticeQuiet", "check")
        self.notice.hide()
        self._delegate = UploadDelegate(theme, services.settings.current.language)
        self.view = CardGrid(
            theme, min_card_px=700, card_height=UPLOAD_ROW_PX, gap_px=10, edge_px=0
        )
        self.view.setAccessibleName(self.tr("My uploads"))
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(self.model)
        self.view.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.empty = EmptyState(theme, "upload")
        self.empty.say(
            self.tr("Share your own lessons"),
            self.tr(
                "Files that you upload wait here until a line or a USB stick takes them to the "
                "region. Nothing is lost when the power goes."
            ),
            self.tr("Upload a file"),
        )
        self.empty.pressed.connect(self.open_dialog)
        self._shown = Deck(theme, self.view, self.empty)
        head = row(label(theme, self.tr("My uploads"), "display"), self.add_button)
        head.setStretch(0, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*(theme.px(side) for side in (28, 22, 28, 10)))
        layout.setSpacing(theme.px(12))
        layout.addLayout(head)
        layout.addWidget(self.notice)
        layout.addWidget(self._shown, 1)
        services.agent.changed.connect(self._agent_changed)
        self.dialog: UploadDialog | None = None
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Read the outbox again."""
        paths = self._services.paths
        job = self._services.runner.start(lambda _context: read_uploads(paths))
        job.succeeded.connect(self._show)

    @Slot(str)
    def _agent_changed(self, what: str) -> None:
        if what == "outbox":
            self.refresh()

    @Slot(object)
    def _show(self, uploads: object) -> None:
        if isinstance(uploads, tuple):
            self.model.show(uploads)
        self._shown.setCurrentWidget(self.view if self.model.uploads else self.empty)
        self.add_button.setVisible(bool(self.model.uploads))

    @Slot()
    def open_dialog(self) -> None:
        """Ask for a file and what it is."""
        self._open("")

    def _open(self, path: str) -> None:
        self.dialog = UploadDialog(self._theme, self._services, self.window())
        self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.dialog.left_file.connect(self._left)
        if path:
            self.dialog.set_file(path)
        self.dialog.open()

    @Slot(str)
    def _left(self, title: str) -> None:
        words = self.tr("“{title}” is in the outbox; it is sent as soon as there is a way.")
        self.notice.say(words.format(title=title))
        self._services.agent.nudge()
        self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        local = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        if local:
            self._open(local[0])
