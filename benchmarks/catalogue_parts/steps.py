# SPDX-License-Identifier: GPL-3.0-or-later
"""The measured steps of the catalogue benchmark, each in a process of its own.

Every step prints one JSON object. Times are processor time unless they say wall.
"""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from benchmarks.generator.queries import Search

PLAYABLE = frozenset({"video", "pdf", "audio", "image", "slides"})
REGION = "benchmark"
REPEATS = 5
# One entry in forty is on this machine: about what a township school downloads.
HELD_EVERY = 40


def held(sha256: str) -> bool:
    return int(sha256[:4], 16) % HELD_EVERY == 0


def own_peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def resident_mb() -> float:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def generate(folder: Path, rows: int) -> dict[str, Any]:
    """The wire form: one snapshot for each 100,000 rows, and the first two weekly deltas."""
    from app.region.index import ShardKey
    from app.region.shard import encode_delta, encode_snapshot
    from benchmarks.generator.entries import CHUNK_ROWS, make_chunk, make_delta
    from benchmarks.generator.queries import make_searches

    searches: list[Search] = []
    size = 0
    for number in range(-(-rows // CHUNK_ROWS)):
        entries = make_chunk(number, min(CHUNK_ROWS, rows - number * CHUNK_ROWS))
        key = ShardKey("全部", "全部", f"{number:03d}")
        raw = encode_snapshot(key, 1, entries)
        (folder / f"{number:03d}.snapshot").write_bytes(raw)
        size += len(raw)
        if number == 0:
            searches = make_searches(entries)
            for week in (1, 2):
                upserts, deleted = make_delta(week, entries)
                delta = encode_delta(key, week, week + 1, upserts, deleted)
                (folder / f"{week}.delta").write_bytes(delta)
    rows_of = [[s.kind, s.words, s.subject, s.grade] for s in searches]
    (folder / "searches.json").write_text(json.dumps(rows_of, ensure_ascii=False))
    return {"wire_bytes_per_entry": size / rows}


def load_searches(folder: Path) -> list[Search]:
    rows = json.loads((folder / "searches.json").read_text(encoding="utf-8"))
    return [Search(*row) for row in rows]


def import_all(folder: Path, rows: int) -> dict[str, Any]:
    from app.catalogue.writer import CatalogueWriter
    from app.region.shard import read_snapshot

    paths = DataPaths(folder / "data")
    paths.ensure()
    started, wall = time.process_time(), time.perf_counter()
    with CatalogueWriter.open(paths, held) as writer:
        for path in sorted(folder.glob("*.snapshot")):
            writer.apply_snapshot(REGION, read_snapshot(path.read_bytes()))
        staged = time.process_time()
        writer.finish()
    done = time.process_time()
    file = next(paths.catalogue_dir.glob("*.db"))
    return {
        "import_cpu_s": done - started,
        "import_wall_s": time.perf_counter() - wall,
        "staging_cpu_s": staged - started,
        "entries_per_cpu_s": rows / (done - started),
        "peak_mb": own_peak_mb(),
        "bytes_per_entry": file.stat().st_size / rows,
    }


def sizes(folder: Path, rows: int) -> dict[str, Any]:
    """Bytes an entry of each table."""
    import pysqlite3

    file = next((folder / "data/catalogue").glob("*.db"))
    connection = pysqlite3.connect(file)
    found = {}
    for table in ("gram", "text", "record", "ident", "col", "histogram", "directory", "node"):
        column = "data" if table != "node" else "unit || lesson"
        sql = f"SELECT coalesce(sum(length({column})), 0) FROM {table}"  # noqa: S608
        found[table] = connection.execute(sql).fetchone()[0] / rows
    spaces = "SELECT (key >> 40), (key < 65536), sum(length(data)) FROM gram GROUP BY 1, 2"
    names = ("pairs", "initials", "start pair", "start unit", "start 2", "start 1", "node", "facet")
    for space, is_unit, size in connection.execute(spaces):
        found[f"gram: {'units' if is_unit else names[space]}"] = size / rows
    return {"bytes": found}


def timed(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Median processor time in milliseconds."""
    times = []
    for _ in range(repeats):
        started = time.process_time_ns()
        work()
        times.append((time.process_time_ns() - started) / 1e6)
    return sorted(times)[len(times) // 2]


def search_all(folder: Path) -> dict[str, Any]:
    """Every search without and with a filter, counts included, nothing remembered between."""
    before = resident_mb()
    from app.catalogue.query import Facet, Order, Query
    from app.catalogue.reader import Catalogue

    searches = load_searches(folder)
    started, wall = time.process_time(), time.perf_counter()
    catalogue = Catalogue.open(DataPaths(folder / "data"), PLAYABLE)
    opened, opened_wall = time.process_time() - started, time.perf_counter() - wall
    after_open = resident_mb()
    first = time.process_time()
    catalogue.search(Query("分数", with_facets=True))
    first_ms = (time.process_time() - first) * 1e3
    catalogue.search(Query("fenshu", with_facets=True))
    times: dict[str, dict[str, list[float]]] = {}
    inexact, too_high = 0, 0.0
    for search in searches:
        narrow = {
            Facet.SUBJECT: frozenset({search.subject}),
            Facet.GRADE: frozenset({search.grade}),
        }
        ways = {
            "plain": Query(search.words, with_facets=True),
            "filtered": Query(search.words, filters=narrow, with_facets=True),
            "playable": Query(
                search.words, filters={Facet.PLAYABLE: frozenset({"yes"})}, with_facets=True
            ),
            "by date": Query(search.words, order=Order.DATE, with_facets=True),
            "exact": Query(search.words, with_facets=True, is_exact=True),
        }
        for way, query in ways.items():

            def ask(query: Query = query) -> None:
                catalogue.forget()
                catalogue.search(query)

            times.setdefault(way, {}).setdefault(search.kind, []).append(timed(ask))
        quick, sure = catalogue.search(ways["plain"]), catalogue.search(ways["exact"])
        inexact += not quick.is_total_exact
        if sure.total:
            too_high = max(too_high, quick.total / sure.total - 1)
    answer = {
        "open_cpu_ms": opened * 1e3,
        "open_wall_ms": opened_wall * 1e3,
        "first_search_ms": first_ms,
        "memory_open_mb": after_open - before,
        "memory_mb": resident_mb() - before,
        "inexact": f"{inexact} of {len(searches)}",
        "inexact_at_most_high": too_high,
        "times": times,
        "browse_ms": _browse(catalogue),
    }
    catalogue.close()
    return answer


def _browse(catalogue: Any) -> list[float]:
    """Milliseconds for each level of the tree on the way to the largest branches."""
    path: tuple[str, ...] = ()
    times = []
    while True:
        nodes = catalogue.browse(path)
        times.append(timed(partial(catalogue.browse, path), 3))
        if not nodes:
            return times[:-1]
        path = max(nodes, key=lambda node: node.count).path


def delta(folder: Path) -> dict[str, Any]:
    """Two weekly deltas one after the other, and the searches after them."""
    from app.catalogue.query import Query
    from app.catalogue.reader import Catalogue
    from app.catalogue.writer import CatalogueWriter
    from app.region.shard import read_delta

    paths = DataPaths(folder / "data")
    catalogue = Catalogue.open(paths, PLAYABLE)
    searches = load_searches(folder)
    costs, written, refresh = [], [], []
    with CatalogueWriter.open(paths, held) as writer:
        for week in (1, 2):
            raw = (folder / f"{week}.delta").read_bytes()
            started, before = time.process_time(), _written()
            writer.apply_delta(REGION, read_delta(raw))
            writer.finish()
            costs.append(time.process_time() - started)
            written.append((_written() - before) / 1e6)
            moment = time.process_time()
            catalogue.reopen_if_changed()
            refresh.append((time.process_time() - moment) * 1e3)
    times = []
    for search in searches:

        def ask(words: str = search.words) -> None:
            catalogue.forget()
            catalogue.search(Query(words, with_facets=True))

        times.append(timed(ask, 3))
    return {
        "delta_cpu_s": costs,
        "delta_written_mb": written,
        "reader_refresh_ms": refresh,
        "search_after_ms": times,
    }


def _written() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("wchar"):
            return int(line.split()[1])
    return 0


def main(arguments: Sequence[str]) -> None:
    step, folder, rows = arguments[0], Path(arguments[1]), int(arguments[2])
    from benchmarks.catalogue_parts import rivals

    steps: dict[str, Callable[[], dict[str, Any]]] = {
        "generate": lambda: generate(folder, rows),
        "import": lambda: import_all(folder, rows),
        "sizes": lambda: sizes(folder, rows),
        "search": lambda: search_all(folder),
        "delta": lambda: delta(folder),
        "rivals": lambda: rivals.measure(folder, rows),
    }
    print(json.dumps(steps[step](), ensure_ascii=False))


if __name__ == "__main__":
    main(sys.argv[1:])
