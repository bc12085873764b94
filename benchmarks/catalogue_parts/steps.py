# SPDX-License-Identifier: GPL-3.0-or-later
"""The measured steps of the catalogue benchmark, each in a process of its own.

Every step prints one JSON object. Times are processor time unless they say wall.
"""

import json
import resource
import select
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from benchmarks.generator.queries import Search

PLAYABLE = frozenset({"video", "pdf", "audio", "image", "slides"})
REGION = "benchmark"
REPEATS = 5
TEACHING_POINT = (260_000, 12)  # entries and shards that it subscribes to
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


@dataclass(frozen=True)
class Case:
    """What is measured: so many entries in so many shards; wire files are shared between cases."""

    folder: Path
    rows: int
    shards: int

    @property
    def shard_rows(self) -> int:
        return -(-self.rows // self.shards)

    @property
    def wire(self) -> Path:
        """Where wire files of shards of this size lie."""
        return self.folder.parent / f"wire-{self.shard_rows}"

    @property
    def snapshots(self) -> list[Path]:
        return [self.wire / f"{number:03d}.snapshot" for number in range(self.shards)]


def generate(case: Case) -> dict[str, Any]:
    """The wire form: a snapshot for each shard, and two weekly deltas of the first one."""
    from app.region.index import ShardKey
    from app.region.shard import encode_delta, encode_snapshot
    from benchmarks.generator.entries import make_chunk, make_delta
    from benchmarks.generator.queries import make_searches

    case.wire.mkdir(parents=True, exist_ok=True)
    keys = [ShardKey("全部", "全部", f"{number:03d}") for number in range(case.shards)]
    for number, (key, path) in enumerate(zip(keys, case.snapshots, strict=True)):
        if not path.exists():
            raw = encode_snapshot(key, 1, make_chunk(number, case.shard_rows))
            path.with_suffix(".part").write_bytes(raw)
            path.with_suffix(".part").replace(path)
    if not (case.wire / "searches.json").exists():
        entries = make_chunk(0, case.shard_rows)
        # A region of four million changes 6,000 entries a week; what a point subscribes to, fewer.
        share = 1.0 if (case.rows, case.shards) != TEACHING_POINT else 0.065
        for week in (1, 2):
            upserts, deleted = make_delta(week, entries, share)
            delta = encode_delta(keys[0], week, week + 1, upserts, deleted)
            (case.wire / f"{week}.delta").write_bytes(delta)
        rows_of = [[s.kind, s.words, s.subject, s.grade] for s in make_searches(entries)]
        (case.wire / "searches.json").write_text(json.dumps(rows_of, ensure_ascii=False))
    size = sum(path.stat().st_size for path in case.snapshots)
    delta_kb = (case.wire / "1.delta").stat().st_size / 1e3
    return {"wire_bytes_per_entry": size / case.rows, "weekly_delta_kb": delta_kb}


def load_searches(case: Case) -> list[Search]:
    rows = json.loads((case.wire / "searches.json").read_text(encoding="utf-8"))
    return [Search(*row) for row in rows]


def import_all(case: Case) -> dict[str, Any]:
    from app.catalogue.pinyin_source import build_pinyin_table
    from app.catalogue.writer import CatalogueWriter
    from app.region.shard import read_snapshot

    paths = DataPaths(case.folder / "data")
    paths.ensure()
    build_pinyin_table()  # once a generation, whatever its size: reported apart
    pinyin = time.process_time()
    started, wall = time.process_time(), time.perf_counter()
    with CatalogueWriter.open(paths, held) as writer:
        for path in case.snapshots:
            writer.apply_snapshot(REGION, read_snapshot(path.read_bytes()))
        staged = time.process_time()
        writer.finish()
    done = time.process_time()
    file = next(paths.catalogue_dir.glob("*.db"))
    return {
        "import_cpu_s": done - started,
        "import_wall_s": time.perf_counter() - wall,
        "staging_cpu_s": staged - started,
        "pinyin_table_cpu_s": pinyin,
        "entries_per_cpu_s": case.rows / (done - started),
        "peak_mb": own_peak_mb(),
        "bytes_per_entry": file.stat().st_size / case.rows,
    }


def sizes(case: Case) -> dict[str, Any]:
    """Bytes an entry of each table, and of the two halves of blocks of entries."""
    import pysqlite3

    from app.catalogue.blocks import packed_texts

    file = next((case.folder / "data/catalogue").glob("*.db"))
    connection = pysqlite3.connect(file)
    found = {}
    for table in ("gram", "piece", "entry", "ident", "col", "histogram", "directory", "node"):
        column = "data" if table != "node" else "unit || lesson"
        sql = f"SELECT coalesce(sum(length({column})), 0) FROM {table}"  # noqa: S608
        found[table] = connection.execute(sql).fetchone()[0] / case.rows
    blocks = connection.execute("SELECT data FROM entry")
    found["text"] = sum(len(packed_texts(block)) for (block,) in blocks) / case.rows
    found["record"] = found.pop("entry") - found["text"]
    found["gram"] += found.pop("piece")
    return {"bytes": found}


def timed(work: Callable[[], object], repeats: int = REPEATS) -> float:
    """Processor time in milliseconds: the least of several, since the machine has other work."""
    times = []
    for _ in range(repeats):
        started = time.process_time_ns()
        work()
        times.append((time.process_time_ns() - started) / 1e6)
    return min(times)


def search_all(case: Case) -> dict[str, Any]:
    """Every search without and with a filter, counts included, nothing remembered between."""
    before = resident_mb()
    from app.catalogue.query import Facet, Order, Query
    from app.catalogue.reader import Catalogue

    searches = load_searches(case)
    started, wall = time.process_time(), time.perf_counter()
    catalogue = Catalogue.open(DataPaths(case.folder / "data"), PLAYABLE)
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

            repeats = 1 if way == "exact" else REPEATS
            times.setdefault(way, {}).setdefault(search.kind, []).append(timed(ask, repeats))
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


def delta(case: Case) -> dict[str, Any]:
    """Two weekly deltas one after the other while another process searches, and searches after."""
    from app.catalogue.query import Query
    from app.catalogue.reader import Catalogue
    from app.catalogue.writer import CatalogueWriter
    from app.region.shard import read_delta

    paths = DataPaths(case.folder / "data")
    catalogue = Catalogue.open(paths, PLAYABLE)
    costs, written, refresh, spans = [], [], [], []
    command = [sys.executable, "-m", __spec__.name, "window", str(case.folder)]
    command += [str(case.rows), str(case.shards)]
    with (
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
        ) as window,
        CatalogueWriter.open(paths, held) as writer,
    ):
        assert window.stdout is not None
        assert window.stdout.readline() == "warm\n"
        for week in (1, 2):
            raw = (case.wire / f"{week}.delta").read_bytes()
            started, before, moment = time.process_time(), _written(), time.monotonic()
            writer.apply_delta(REGION, read_delta(raw))
            writer.finish()
            costs.append(time.process_time() - started)
            written.append((_written() - before) / 1e6)
            spans.append((moment, time.monotonic()))
            asked = time.process_time()
            catalogue.reopen_if_changed()
            refresh.append((time.process_time() - asked) * 1e3)
        output, _ = window.communicate("\n")
    rest: list[float] = []
    busy: list[float] = []
    for moment, cost in json.loads(output):
        is_busy = any(begin <= moment <= end for begin, end in spans)
        (busy if is_busy else rest).append(cost)
    times = []
    for search in load_searches(case):

        def ask(words: str = search.words) -> None:
            catalogue.forget()
            catalogue.search(Query(words, with_facets=True))

        times.append(timed(ask, 3))
    return {
        "delta_cpu_s": costs,
        "delta_written_mb": written,
        "delta_peak_mb": own_peak_mb(),
        "reader_refresh_ms": refresh,
        "search_after_ms": times,
        "window_at_rest_ms": rest,
        "window_during_ms": busy,
    }


def window(case: Case) -> None:
    """Search until a line comes in; prints (moment, milliseconds) of every search."""
    from app.catalogue.query import Query
    from app.catalogue.reader import Catalogue

    catalogue = Catalogue.open(DataPaths(case.folder / "data"), PLAYABLE)
    words = [search.words for search in load_searches(case)]
    found = []

    def search(word: str) -> None:
        catalogue.forget()
        started = time.process_time_ns()
        catalogue.search(Query(word, with_facets=True))
        found.append((time.monotonic(), (time.process_time_ns() - started) / 1e6))

    for word in words:
        search(word)
    found.clear()
    for word in words:
        search(word)
    print("warm", flush=True)
    while not select.select([sys.stdin], [], [], 0)[0]:
        for word in words:
            search(word)
    print(json.dumps(found))


def _written() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("wchar"):
            return int(line.split()[1])
    return 0


def main(arguments: Sequence[str]) -> None:
    from benchmarks.catalogue_parts import cold, rivals

    step, folder, rows, shards = arguments[0], Path(arguments[1]), *map(int, arguments[2:4])
    case = Case(folder, rows, shards)
    if step == "window":
        window(case)
        return
    if step == "rivals":
        print(json.dumps(rivals.measure(case, arguments[4].split(","))))
        return
    steps: dict[str, Callable[[Case], dict[str, Any]]] = {
        "generate": generate,
        "import": import_all,
        "sizes": sizes,
        "search": search_all,
        "delta": delta,
        "cold": cold.measure,
    }
    print(json.dumps(steps[step](case)))


if __name__ == "__main__":
    main(sys.argv[1:])
