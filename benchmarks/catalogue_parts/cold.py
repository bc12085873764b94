# SPDX-License-Identifier: GPL-3.0-or-later
"""Searches of which nothing is in memory, from whatever disk the catalogue lies on (Linux only).

Before each search the system forgets the file and SQLite its pages; columns stay, as they do in a
window that is open. A slow disk can be had with a loop device and a throttled control group.
"""

import os
import time
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from app.catalogue.query import Query
from app.catalogue.reader import Catalogue
from app.catalogue.warming import warm_up
from benchmarks.catalogue_parts.steps import PLAYABLE, Case, load_searches

_EVERY = 3  # each takes up to a second


def evict(folder: Path) -> None:
    """Let the system forget what it has read of the catalogue."""
    for path in folder.glob("*.db*"):
        file = os.open(path, os.O_RDONLY)
        try:
            os.fdatasync(file)
            os.posix_fadvise(file, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(file)


def _reads() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("read_bytes"):
            return int(line.split()[1])
    return 0


def measure(case: Case) -> dict[str, Any]:
    """Wall milliseconds and kB from the disk of every third search.

    "cold": nothing is in memory; "warmed up": the start of the file is read first, as the window
    does, and what a search has read stays for the next one.
    """
    paths = DataPaths(case.folder / "data")
    evict(paths.catalogue_dir)
    started = time.perf_counter()
    Catalogue.open(paths, PLAYABLE).close()
    found: dict[str, Any] = {"cold_open_ms": (time.perf_counter() - started) * 1e3}
    searches = load_searches(case)[::_EVERY]
    for way in ("cold", "warmed up"):
        catalogue = Catalogue.open(paths, PLAYABLE)
        catalogue.search(Query("fenshu", with_facets=True))
        evict(paths.catalogue_dir)
        if way == "warmed up":
            started = time.perf_counter()
            warm_up(paths.catalogue_dir)
            found["warm_up_ms"] = (time.perf_counter() - started) * 1e3
        times: dict[str, list[float]] = {}
        sizes = []
        for search in searches:
            if way == "cold":
                evict(paths.catalogue_dir)
            catalogue.forget(with_pages=True)
            before, started = _reads(), time.perf_counter()
            catalogue.search(Query(search.words, with_facets=True))
            times.setdefault(search.kind, []).append((time.perf_counter() - started) * 1e3)
            sizes.append((_reads() - before) / 1e3)
        catalogue.close()
        found[way] = times
        found[f"{way}, kB"] = sizes
    return found
