# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan search`: the local catalogue from the command line."""

from __future__ import annotations

import argparse
from typing import Any

from app.base.paths import DataPaths
from app.catalogue.query import Facet, Hit, Order, Page, Query
from app.catalogue.reader import Catalogue
from app.region.media import Format
from app.wiring.cli import SEARCH_FACETS
from app.wiring.console import Console

# The command line plays nothing; it leaves out only what no player of ours could show.
_PLAYABLE = frozenset(item.value for item in Format) - {"archive", "other", "none"}


def search(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Print the results, then the total (and with `--facets` the counts of every facet)."""
    catalogue = Catalogue.open(paths, _PLAYABLE)
    try:
        page = catalogue.search(_query(options))
        for hit in page.hits:
            console.record(_hit_document(hit))
            console.text(_hit_line(hit))
        console.record(_total_document(page, with_facets=options.facets))
        console.say("cli_found" if page.total else "cli_found_nothing", total=page.total)
    finally:
        catalogue.close()
    return 0


def _query(options: argparse.Namespace) -> Query:
    filters = {
        Facet(name): frozenset(values)
        for name in SEARCH_FACETS
        if (values := getattr(options, name)) is not None
    }
    if options.offline:
        filters[Facet.OFFLINE] = frozenset({"yes"})
    return Query(
        words=" ".join(options.words),
        filters=filters,
        order=Order(options.order),
        offset=options.offset,
        limit=options.limit,
        with_facets=options.facets,
        is_exact=True,
    )


def _hit_document(hit: Hit) -> dict[str, Any]:
    entry = hit.entry
    return {
        "id": hit.key.entry_id,
        "region_id": hit.key.region_id,
        "title": hit.title,
        "stage": entry.stage,
        "subject": entry.subject,
        "edition": entry.edition,
        "grade": entry.grade,
        "volume": entry.volume,
        "resource_type": entry.resource_type,
        "format": entry.format,
        "size_bytes": sum(file.size_bytes for file in entry.files),
        "is_offline": hit.is_offline,
        "has_newer": hit.has_newer,
    }


def _hit_line(hit: Hit) -> str:
    entry = hit.entry
    place = " ".join(
        part for part in (entry.subject, entry.edition, entry.grade, entry.volume) if part
    )
    mark = "●" if hit.is_offline else "○"
    return f"{mark} {hit.key.entry_id}  {hit.title}  [{entry.resource_type}] {place}"


def _total_document(page: Page, *, with_facets: bool) -> dict[str, Any]:
    document: dict[str, Any] = {"total": page.total, "is_total_exact": page.is_total_exact}
    if with_facets:
        document["facets"] = {facet.value: dict(counts) for facet, counts in page.facets.items()}
    return document
