# SPDX-License-Identifier: GPL-3.0-or-later
"""What SQLite does by itself with the same entries and searches: LIKE, and FTS5 with trigrams.

Rows lie in order of popularity, so "the first twenty" is the cheapest question there is; that is
kinder to both than a join with ORDER BY.
"""

import time
from pathlib import Path
from typing import Any

import pysqlite3

from app.catalogue.normalise import fold_word
from app.region.shard import read_snapshot
from benchmarks.catalogue_parts.steps import load_searches, timed

_TEXT_KINDS = ("1 common character", "1 character", "2 characters", "3 characters")
_KINDS = (*_TEXT_KINDS, "4-6 characters", "two words")
_MAX_ROWS = 1_000_000


def measure(folder: Path, rows: int) -> dict[str, Any]:
    """Twenty results and the total; no facet counts, which would cost a multiple."""
    if rows > _MAX_ROWS:
        return {}
    file = folder / "rivals.db"
    build: dict[str, float] = {}
    if not file.exists():
        build = _build(folder, file)
    connection = pysqlite3.connect(file)
    connection.execute("PRAGMA cache_size=-65536")
    times: dict[str, dict[str, list[float]]] = {"LIKE": {}, "FTS5 trigram": {}}
    for search in load_searches(folder):
        if search.kind not in _KINDS:
            continue
        words = [fold_word(word) for word in search.words.split()]
        where = " AND ".join("text LIKE ?" for _ in words)
        likes = [f"%{word}%" for word in words]
        top = f"SELECT doc FROM plain WHERE {where} ORDER BY doc LIMIT 20"  # noqa: S608
        total = f"SELECT count(*) FROM plain WHERE {where}"  # noqa: S608

        def by_like(top: str = top, total: str = total, likes: list[str] = likes) -> None:
            connection.execute(top, likes).fetchall()
            connection.execute(total, likes).fetchall()

        times["LIKE"].setdefault(search.kind, []).append(timed(by_like, 1))
        if all(len(word) >= 3 for word in words):
            match = " AND ".join(f'"{word}"' for word in words)

            def by_trigram(match: str = match) -> None:
                sql = "SELECT rowid FROM tri WHERE tri MATCH ? ORDER BY rowid LIMIT 20"
                connection.execute(sql, (match,)).fetchall()
                sql = "SELECT count(*) FROM tri WHERE tri MATCH ?"
                connection.execute(sql, (match,)).fetchall()

            times["FTS5 trigram"].setdefault(search.kind, []).append(timed(by_trigram, 3))
    return {"rivals": times, **build}


def _build(folder: Path, file: Path) -> dict[str, float]:
    rows = []
    for path in sorted(folder.glob("*.snapshot")):
        for entry in read_snapshot(path.read_bytes()):
            parts = (entry.title, entry.lesson, entry.unit, *entry.keywords, entry.provider)
            rows.append((-entry.popularity, " ".join(map(fold_word, parts))))
    rows.sort(key=lambda row: row[0])
    connection = pysqlite3.connect(file)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "CREATE TABLE plain(doc INTEGER PRIMARY KEY, text TEXT);"
        "CREATE VIRTUAL TABLE tri USING fts5(text, content='', tokenize='trigram');"
    )
    with connection:
        connection.executemany("INSERT INTO plain(text) VALUES(?)", ((row[1],) for row in rows))
    started = time.process_time()
    with connection:
        connection.execute("INSERT INTO tri(rowid, text) SELECT doc, text FROM plain")
    cost = time.process_time() - started
    connection.close()
    return {"trigram_build_cpu_s": cost}
