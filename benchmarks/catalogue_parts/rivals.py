# SPDX-License-Identifier: GPL-3.0-or-later
"""What others do with the same entries and searches: SQLite's LIKE, FTS5 with trigrams, libzim and,
where it is installed, Kolibri.

Rows lie in order of popularity, so "the first twenty" is the cheapest question there is; that is
kinder to SQLite than a join with ORDER BY. libzim (what Kiwix uses) comes from the package index
into an environment of its own and answers with its own order; so does Kolibri after
`.venv/rivals/bin/pip install --no-deps kolibri`.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pysqlite3

from app.catalogue.normalise import fold_word
from app.region.entry import Entry
from app.region.shard import read_snapshot
from benchmarks.catalogue_parts.steps import Case, load_searches, timed

LIBZIM = "libzim==3.13.1"
ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / ".venv" / "rivals"
_TEXT_KINDS = ("1 common character", "1 character", "2 characters", "3 characters")
_KINDS = (*_TEXT_KINDS, "4-6 characters", "two words")
_MAX_ROWS = 1_000_000
PROBES = {"libzim": "zim", "kolibri": "kolibri"}


def measure(case: Case, names: Sequence[str]) -> dict[str, Any]:
    """Twenty results and the total; no facet counts, which would cost a multiple."""
    if case.rows > _MAX_ROWS:
        return {}
    notes = case.folder / "built.json"
    built: dict[str, float] = json.loads(notes.read_text()) if notes.exists() else {}
    wanted = [[s.kind, s.words] for s in load_searches(case) if s.kind in _KINDS]
    (case.folder / "zim-searches.json").write_text(json.dumps(wanted))
    times: dict[str, dict[str, list[float]]] = {}
    for name in ("sqlite", *PROBES):
        if name not in names or (name == "kolibri" and not _has_kolibri()):
            continue
        if not any(key.startswith(name) for key in built):
            built |= _build(case) if name == "sqlite" else _probe(name, "build", case.folder)
            notes.write_text(json.dumps(built))
        is_sqlite = name == "sqlite"
        times |= _sqlite_times(case) if is_sqlite else _probe(name, "search", case.folder)
    return {"rivals": times, "built": built}


def _sqlite_times(case: Case) -> dict[str, dict[str, list[float]]]:
    connection = pysqlite3.connect(case.folder / "rivals.db")
    connection.execute("PRAGMA cache_size=-65536")
    times: dict[str, dict[str, list[float]]] = {"LIKE": {}, "FTS5 trigram": {}}
    for search in load_searches(case):
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
    return times


def _entries(case: Case) -> Iterator[Entry]:
    for path in case.snapshots:
        yield from read_snapshot(path.read_bytes())


def _build(case: Case) -> dict[str, float]:
    file = case.folder / "rivals.db"
    file.unlink(missing_ok=True)
    rows = []
    for entry in _entries(case):
        parts = (entry.title, entry.lesson, entry.unit, *entry.keywords, entry.provider)
        rows.append((-entry.popularity, entry.id, entry.title, " ".join(map(fold_word, parts))))
    rows.sort(key=lambda row: row[0])
    with (case.folder / "rows.tsv").open("w", encoding="utf-8") as lines:
        for row in rows:
            lines.write("\t".join(row[1:]) + "\n")
    connection = pysqlite3.connect(file)
    connection.executescript(
        "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        "CREATE TABLE plain(doc INTEGER PRIMARY KEY, text TEXT);"
        "CREATE VIRTUAL TABLE tri USING fts5(text, content='', tokenize='trigram');"
    )
    with connection:
        connection.executemany("INSERT INTO plain(text) VALUES(?)", ((row[3],) for row in rows))
    started = time.process_time()
    with connection:
        connection.execute("INSERT INTO tri(rowid, text) SELECT doc, text FROM plain")
    cost = time.process_time() - started
    connection.close()
    return {"sqlite trigram, entries a CPU s": case.rows / cost}


def _has_kolibri() -> bool:
    return (ENVIRONMENT / "bin" / "kolibri").exists()


def _probe(name: str, step: str, folder: Path) -> dict[str, Any]:
    """One step ("build" or "search") of a rival's probe, in the environment that has the rivals."""
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", LIBZIM], check=True)
    probe = Path(__file__).with_name(f"{PROBES[name]}_probe.py")
    command = [str(python), str(probe), step, str(folder)]
    home = {**os.environ, "KOLIBRI_HOME": str(folder / "kolibri")}
    result = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=home)
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found
