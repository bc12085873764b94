# SPDX-License-Identifier: GPL-3.0-or-later
"""A short list of cards that is already there (a lesson's resources, favourites)."""

from __future__ import annotations

from app.ui.models.card import CARD_ROLE, Card
from app.ui.models.rows import RowsModel


class CardsModel(RowsModel[Card]):
    """Shows the cards it is given."""

    row_role = CARD_ROLE

    @property
    def cards(self) -> tuple[Card, ...]:
        """What is shown."""
        return self.rows

    def text_of(self, row: Card) -> str:
        return row.entry.title
