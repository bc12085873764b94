# SPDX-License-Identifier: GPL-3.0-or-later
"""A writer killed at any moment leaves the catalogue of some build, whole, and goes on from it."""

import os
import random
import subprocess
import sys
from pathlib import Path

from app.base.paths import DataPaths
from app.catalogue.query import Order, Query
from app.catalogue.reader import Catalogue
from tests.unit.catalogue.importer import REGION, SHARDS, living

KILLS = int(os.environ.get("KEZHAN_KILLS", "4"))
WAIT_S = 60


def start(root: Path, step: int, builds: int = 1_000_000) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.unit.catalogue.importer", str(root), str(step)]
    return subprocess.Popen([*command, str(builds)], stdout=subprocess.PIPE, text=True)


def last_line(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=WAIT_S)
    return output.splitlines()[-1] if output.strip() else ""


def build_on_disk(root: Path) -> int:
    """Which build the catalogue holds; fails if it is not exactly one."""
    catalogue = Catalogue.open(DataPaths(root), frozenset())
    try:
        found: dict[str, int] = {}
        total = catalogue.count()
        while len(found) < total:
            page = catalogue.search(Query("", order=Order.POPULARITY, offset=len(found), limit=100))
            fresh = {hit.key.entry_id: hit.entry.version for hit in page.hits}
            assert fresh.keys() - found.keys(), f"page {len(found)} of {total} brings nothing new"
            found.update(fresh)
        by_words = catalogue.search(Query("分数", is_exact=True))
        assert by_words.total == total
        if not total:
            return -1
        build = max(found.values())
        candidates = [build, *range(build, build + 3)]
        assert any(
            found == {k: v for key in SHARDS for k, v in living(key, n).items()} for n in candidates
        )
        return build
    finally:
        catalogue.close()


def test_a_kill_at_any_step_leaves_one_whole_build(tmp_path: Path) -> None:
    last = -1
    for step in (1, 4, 9, 25, 64):  # `dev.py bench kills` tries all of them
        process = start(tmp_path, step)
        last_line(process)
        assert process.returncode < 0
        build = build_on_disk(tmp_path)
        assert build >= last
        last = build


def test_a_kill_at_any_time_leaves_one_whole_build(tmp_path: Path) -> None:
    chance = random.Random(20261121)
    last = -1
    for _ in range(KILLS):
        process = start(tmp_path, 0)
        assert process.stdout is not None
        assert process.stdout.readline().startswith("ready")
        try:
            process.wait(timeout=chance.random() * 1.5)
        except subprocess.TimeoutExpired:
            process.kill()
        said = last_line(process)
        build = build_on_disk(tmp_path)
        assert build >= last
        if said.startswith("done"):
            assert build >= int(said.split()[1]) - 1
        last = build
    assert last > 0


def test_after_all_kills_the_import_ends_where_an_undisturbed_one_does(tmp_path: Path) -> None:
    process = start(tmp_path, 25)
    last_line(process)
    process = start(tmp_path, 0, 13)
    last = int(last_line(process).split()[1])
    assert build_on_disk(tmp_path) == last
    assert process.returncode == 0
    assert REGION
