# SPDX-License-Identifier: GPL-3.0-or-later
"""The teacher's uploads as a model, with the words for where each of them is."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt

from app.sync.uploads.store import State, Upload
from app.ui.models.rows import RowsModel

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


def upload_state_words(upload: Upload) -> str:
    """Where an upload is on its way."""
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


class UploadsModel(RowsModel[Upload]):
    """Shows the uploads it is given."""

    row_role = UPLOAD_ROLE

    @property
    def uploads(self) -> tuple[Upload, ...]:
        """What is shown."""
        return self.rows

    def text_of(self, row: Upload) -> str:
        return f"{row.title} {upload_state_words(row)}"
