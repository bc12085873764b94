# SPDX-License-Identifier: GPL-3.0-or-later
"""「用其他程序打开」: a document that nothing here shows goes to a program that does."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from app.base.errors import KnownError
from app.player.errors import (
    CodecMissingError,
    ConversionFailedError,
    DamagedMediaError,
    ImageTooLargeError,
    LockedPdfError,
    UnplayableError,
)
from app.player.outside import copy_for_outside, may_go_outside, open_outside
from app.ui.jobs import JobContext
from app.ui.models.card import Card
from app.ui.play_items import play_item_of
from app.ui.services import Services

# What another program may well manage; a missing file or refused courseware is not among them.
_WORTH_TRYING = (
    CodecMissingError,
    ConversionFailedError,
    DamagedMediaError,
    ImageTooLargeError,
    LockedPdfError,
    UnplayableError,
)


class OutsideOpener(QObject):
    """Signals: opened() once the other program was asked; failed(KnownError)."""

    opened = Signal()
    failed = Signal(object)

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services

    def offers(self, error: KnownError, card: Card | None) -> bool:
        """Whether to ask another program after this failure."""
        main = card.entry.main_file if card is not None else None
        return main is not None and isinstance(error, _WORTH_TRYING) and may_go_outside(main.name)

    def open(self, card: Card) -> None:
        """Copy it in the background, then hand it over."""
        try:
            item = play_item_of(card, self._services.locator, self._services.paths)
        except KnownError as error:
            self.failed.emit(error)
            return

        def work(_context: JobContext) -> object:
            return copy_for_outside(item)

        job = self._services.runner.start(work)
        job.succeeded.connect(self._hand_over)
        job.failed.connect(self.failed)

    @Slot(object)
    def _hand_over(self, copy: object) -> None:
        if not isinstance(copy, Path):
            return
        try:
            open_outside(copy)
        except KnownError as error:
            self.failed.emit(error)
        else:
            self.opened.emit()
