# SPDX-License-Identifier: GPL-3.0-or-later
"""Large results: shown at once, counted right after."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.base.paths import DataPaths
from app.catalogue.query import Facet, Query
from app.catalogue.reader import Catalogue
from app.catalogue.writer import CatalogueWriter
from app.region.entry import Entry
from app.region.index import ShardKey
from app.ui.jobs import SerialQueue
from app.ui.models.results import ResultsModel
from app.ui.services import CatalogueReader
from tests.unit.catalogue.samples import snapshot

KEY = ShardKey("小学", "数学", "人教版")
RIGHT, NEARLY = 90, 40


def entry(number: int, title: str) -> Entry:
    return Entry(
        id=f"e{number}",
        title=title,
        stage=KEY.stage,
        subject=KEY.subject,
        edition=KEY.edition,
        popularity=1000 - number,
    )


@pytest.fixture
def catalogue(tmp_path: Path, qapp: object) -> Iterator[SerialQueue[CatalogueReader]]:
    """Titles with 几分之一, and titles that only have all of its pairs of characters."""
    paths = DataPaths(tmp_path)
    paths.ensure()
    writer = CatalogueWriter.open(paths, lambda _sha256: False)
    titles = ["认识几分之一"] * RIGHT + ["之一和分之与几分"] * NEARLY
    writer.apply_snapshot(
        "region", snapshot(KEY, 1, [entry(n, title) for n, title in enumerate(titles)])
    )
    writer.finish()
    writer.close()
    queue: SerialQueue[CatalogueReader] = SerialQueue(lambda: Catalogue.open(paths, frozenset()))
    yield queue
    assert queue.close()


def test_a_total_that_was_about_right_becomes_exact(
    catalogue: SerialQueue[CatalogueReader], qtbot: QtBot
) -> None:
    model = ResultsModel(catalogue, frozenset())
    totals: list[tuple[int, bool]] = []
    model.answered.connect(lambda: totals.append((model.total, model.is_total_exact)))
    model.ask(Query("几分之一"))
    qtbot.waitUntil(lambda: model.is_settled)
    assert totals == [(RIGHT + NEARLY, False), (RIGHT, True)]
    assert model.rowCount() == RIGHT
    assert model.facets[Facet.SUBJECT] == {"数学": RIGHT}


def test_a_newer_query_is_not_counted_like_the_older(
    catalogue: SerialQueue[CatalogueReader], qtbot: QtBot
) -> None:
    model = ResultsModel(catalogue, frozenset())
    model.ask(Query("几分之一"))
    model.ask(Query("认识"))
    qtbot.waitUntil(lambda: model.is_settled)
    assert (model.total, model.is_total_exact) == (RIGHT, True)
    assert model.query.words == "认识"
