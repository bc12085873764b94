# SPDX-License-Identifier: GPL-3.0-or-later
"""A short list of cards that is already there (a lesson's resources, favourites)."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from app.ui.models.card import CARD_ROLE, Card


class CardsModel(QAbstractListModel):
    """Shows the cards it is given."""

    def __init__(self) -> None:
        super().__init__()
        self.cards: tuple[Card, ...] = ()

    def show(self, cards: Sequence[Card]) -> None:
        """Replace what is shown."""
        if tuple(cards) == self.cards:
            return
        self.beginResetModel()
        self.cards = tuple(cards)
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if not index.isValid():
            return None
        card = self.cards[index.row()]
        if role == CARD_ROLE:
            return card
        return card.entry.title if role == Qt.ItemDataRole.DisplayRole else None
