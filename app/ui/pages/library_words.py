# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions of the library page, apart from its widgets."""

from __future__ import annotations

from collections.abc import Mapping

from app.catalogue.query import TREE_LEVELS, YES, Facet, Order, Query


def query_of(
    *,
    words: str,
    place: tuple[str, ...],
    filters: Mapping[Facet, frozenset[str]],
    order: Order,
    is_playable_only: bool,
) -> Query:
    """The query for what is typed, where one stands in the books, and what is ticked."""
    # The place says more than a tick of the same kind from before one went there.
    settled = TREE_LEVELS[: len(place)]
    wanted = {facet: values for facet, values in filters.items() if facet not in settled}
    if is_playable_only:
        wanted[Facet.PLAYABLE] = frozenset({YES})
    if order is Order.RELEVANCE and not words.strip():
        order = Order.POPULARITY  # nothing was typed that could match well or badly
    return Query(words=words.strip(), filters=wanted, order=order, under=place)
