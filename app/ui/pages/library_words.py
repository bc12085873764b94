# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions of the library page, apart from its widgets."""

from __future__ import annotations

from collections.abc import Mapping

from app.catalogue.query import YES, Facet, Order, Query

_LEVEL_FACETS = (Facet.STAGE, Facet.SUBJECT, Facet.EDITION, Facet.GRADE, Facet.VOLUME)


def query_of(
    *,
    words: str,
    place: tuple[str, ...],
    filters: Mapping[Facet, frozenset[str]],
    order: Order,
    is_playable_only: bool,
) -> Query:
    """The query for what is typed, where one stands in the books, and what is ticked."""
    wanted = dict(filters)
    for facet, name in zip(_LEVEL_FACETS, place, strict=False):
        wanted[facet] = frozenset({name})
    if is_playable_only:
        wanted[Facet.PLAYABLE] = frozenset({YES})
    # Unit and lesson are no facets; their names narrow as words do.
    deeper = [name for name in place[len(_LEVEL_FACETS) :][-1:] if name]
    typed = " ".join([words.strip(), *deeper]).strip()
    if order is Order.RELEVANCE and not words.strip():
        order = Order.POPULARITY  # nothing was typed that could match well or badly
    return Query(words=typed, filters=wanted, order=order)
