# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a picture of what the class sees in the lesson list it belongs to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QIODevice, QObject, Signal, Slot
from PySide6.QtGui import QImage

from app.lesson.lists import OwnFile
from app.lesson.own_files import OwnFiles
from app.ui.jobs import JobContext
from app.ui.models.card import Card
from app.ui.services import Services

if TYPE_CHECKING:
    from app.ui.desk import Desk


@dataclass(frozen=True, slots=True)
class _Kept:
    file: OwnFile
    title: str
    item_id: str  # of the list item that was on the screen, if any
    list_name: str  # for a lesson without a list


class PictureKeeper(QObject):
    """Signals: kept(str) with the name of the list; failed(KnownError)."""

    kept = Signal(str)
    failed = Signal(object)

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services

    def keep(self, image: QImage, card: Card) -> None:
        """Put it behind the others in the list that is taught, else in one of today's pictures."""
        now = datetime.now().astimezone()
        moment = now.strftime("%H:%M:%S")
        title = self.tr("{title} · {time}").format(title=card.entry.title, time=moment)
        day = self.tr("Class pictures {month}-{day}").format(month=now.month, day=now.day)
        name = f"{now:%Y%m%d-%H%M%S}.png"
        store, item_id = OwnFiles(self._services.paths), card.item_id

        def work(_context: JobContext) -> object:
            file = store.adopt_bytes(png_of(image), name)
            return _Kept(file, title, item_id, day)

        job = self._services.runner.start(work)
        job.succeeded.connect(self._put_into_list)
        job.failed.connect(self.failed)

    @Slot(object)
    def _put_into_list(self, kept: _Kept) -> None:
        def work(desk: Desk) -> object:
            lists = desk.lessons.lists()
            for one in lists:
                if kept.item_id and any(
                    item.item_id == kept.item_id for item in desk.lessons.items(one.list_id)
                ):
                    desk.lessons.add_file(one.list_id, kept.file, kept.title)
                    return one.name
            todays = [one.list_id for one in lists if one.name == kept.list_name]
            list_id = todays[0] if todays else desk.lessons.create(kept.list_name)
            desk.lessons.add_file(list_id, kept.file, kept.title)
            return kept.list_name

        job = self._services.desk.submit(work)
        job.succeeded.connect(self._in_list)
        job.failed.connect(self.failed)

    @Slot(object)
    def _in_list(self, list_name: object) -> None:
        self.kept.emit(str(list_name))


def png_of(image: QImage) -> bytes:
    """The picture as a file."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(buffer.data().data())
