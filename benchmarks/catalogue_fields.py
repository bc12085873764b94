# SPDX-License-Identifier: GPL-3.0-or-later
"""What each indexed field costs: `python3 dev.py bench catalogue_fields [--rows N]`.

The same entries are imported with the title alone, then with one field more each time, and the same
searches are asked of each. Wire files are those of `bench catalogue`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from app.catalogue import rows
from app.catalogue.records import TEXT_CELLS
from benchmarks.catalogue import of
from benchmarks.catalogue_parts.steps import (
    PLAYABLE,
    REGION,
    Case,
    generate,
    held,
    load_searches,
    sizes,
    timed,
)

ROOT = Path(__file__).resolve().parents[1]
SHARD_ROWS = 100_000
# In the order in which they are added to the title.
STEPS = ("title", "lesson", "unit", "keywords", "provider", "chapter_path")


def measure(case: Case, fields: Sequence[str]) -> dict[str, Any]:
    """Bytes, and processor time of an import and of searches, with these fields alone."""
    from app.catalogue.query import Query
    from app.catalogue.reader import Catalogue
    from app.catalogue.writer import CatalogueWriter
    from app.region.shard import read_snapshot

    cells = rows._text_cells

    def chosen(source: Any, name: str) -> rows.Cells:
        return cells(source, name) if name in fields else None

    rows._text_cells = chosen
    paths = DataPaths(case.folder / "data")
    shutil.rmtree(paths.root, ignore_errors=True)
    paths.ensure()
    started = time.process_time()
    with CatalogueWriter.open(paths, held) as writer:
        for path in case.snapshots:
            writer.apply_snapshot(REGION, read_snapshot(path.read_bytes()))
        writer.finish()
    found = {"import_us": (time.process_time() - started) / case.rows * 1e6}
    catalogue = Catalogue.open(paths, PLAYABLE)
    catalogue.search(Query("fenshu", with_facets=True))
    times = []
    for search in load_searches(case):

        def ask(words: str = search.words) -> None:
            catalogue.forget()
            catalogue.search(Query(words, with_facets=True))

        times.append(timed(ask))
    catalogue.close()
    return found | {"times": times} | sizes(case)


def main() -> None:
    assert set(STEPS) == set(TEXT_CELLS)
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=300_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "kezhan-bench")
    parser.add_argument("--fields", help="measure these alone and print JSON")
    options = parser.parse_args()
    case = Case(
        options.folder / f"fields-{options.rows}", options.rows, -(-options.rows // SHARD_ROWS)
    )
    if options.fields:
        print(json.dumps(measure(case, options.fields.split(","))))
        return
    os.nice(10)
    case.folder.mkdir(parents=True, exist_ok=True)
    generate(case)
    print(f"{options.rows:,} entries; bytes an entry, µs an entry of the import, ms of a search")
    print(f"{'':<24}{'postings':>9}{'texts':>8}{'import':>8}{'p50':>7}{'p95':>7}{'max':>7}")
    for count in range(1, len(STEPS) + 1):
        names = ",".join(STEPS[:count])
        command = [sys.executable, "-m", __spec__.name, "--fields", names]
        command += ["--rows", str(options.rows), "--folder", str(options.folder)]
        result = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        found = json.loads(result.stdout.splitlines()[-1])
        times, sizes_of = found["times"], found["bytes"]
        name = STEPS[0] if count == 1 else f"with {STEPS[count - 1]}"
        cost = f"{sizes_of['gram']:9.1f}{sizes_of['text']:8.1f}{found['import_us']:8.1f}"
        shown = "".join(f"{ms:7.2f}" for ms in (of(times, 0.5), of(times, 0.95), max(times)))
        print(f"{name:<24}{cost}{shown}", flush=True)
    shutil.rmtree(case.folder)


if __name__ == "__main__":
    main()
