# SPDX-License-Identifier: GPL-3.0-or-later
"""The teacher's uploads as a model, with the words for where each of them is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt

from app.base.messages import message
from app.sync.uploads.store import State, Upload
from app.ui.models.rows import AnyIndex, RowsModel
from app.ui.state_reader import SentUpload

UPLOAD_ROLE = Qt.ItemDataRole.UserRole + 6

UPLOAD_LOOK = {
    State.QUEUED: ("tint", "on_tint", "clock"),
    State.SENDING: ("tint", "on_tint", "transfer"),
    State.PAUSED: ("warn_tint", "warn", "pause"),
    State.DELIVERED: ("tint", "on_tint", "check"),
    State.ACCEPTED: ("good_tint", "good", "check"),
    State.REJECTED: ("bad_tint", "bad", "warning"),
    State.CANCELLING: ("sunken", "muted", "close"),
    State.CANCELLED: ("sunken", "muted", "close"),
}
CARRIED_LOOK = ("tint", "on_tint", "usb")


def upload_look(row: SentUpload) -> tuple[str, str, str]:
    """Colours and icon of where an upload is on its way."""
    return CARRIED_LOOK if row.is_carried else UPLOAD_LOOK[row.upload.state]


def upload_why(row: SentUpload, language: str) -> str:
    """Why it waits or came back, if somebody said so."""
    upload = row.upload
    if upload.code:
        return message(upload.code, upload.data, language).line
    return str(upload.data.get("reason", "")) if upload.state is State.REJECTED else ""


def upload_state_words(row: SentUpload) -> str:
    """Where an upload is on its way."""
    upload = row.upload
    if row.is_carried:
        return QCoreApplication.translate("Uploads", "Sent by stick")
    if upload.state is State.SENDING and upload.size_bytes:
        percent = upload.offset_bytes * 100 // upload.size_bytes
        return QCoreApplication.translate("Uploads", "Sending, {percent} %").format(percent=percent)
    words = {
        State.QUEUED: QCoreApplication.translate("Uploads", "Waiting to be sent"),
        State.SENDING: QCoreApplication.translate("Uploads", "Sending"),
        State.PAUSED: QCoreApplication.translate("Uploads", "Paused"),
        State.DELIVERED: QCoreApplication.translate("Uploads", "Received"),
        State.ACCEPTED: QCoreApplication.translate("Uploads", "In the library"),
        State.REJECTED: QCoreApplication.translate("Uploads", "Sent back"),
        State.CANCELLING: QCoreApplication.translate("Uploads", "Being withdrawn"),
        State.CANCELLED: QCoreApplication.translate("Uploads", "Withdrawn"),
    }
    return words[upload.state]


class UploadsModel(RowsModel[SentUpload]):
    """Shows the uploads it is given."""

    row_role = UPLOAD_ROLE

    def __init__(self, language: str) -> None:
        super().__init__()
        self._language = language

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """What is shown."""
        return tuple(row.upload for row in self.rows)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.ToolTipRole and index.isValid():
            return upload_why(self.rows[index.row()], self._language)  # a line may be too short
        return super().data(index, role)

    def text_of(self, row: SentUpload) -> str:
        words = (row.upload.title, upload_state_words(row), upload_why(row, self._language))
        return " ".join(word for word in words if word)
