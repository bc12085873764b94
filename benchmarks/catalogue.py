# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast and how small the catalogue is: `python3 dev.py bench catalogue [--rows N]`.

Makes a deterministic region, imports it, searches it, applies two weekly deltas, and puts SQLite's
LIKE and FTS5 trigrams beside it, all in one run. Inputs are kept in --folder between runs.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]


def run_step(step: str, folder: Path, rows: int) -> dict[str, Any]:
    """One step in its own process, at low priority."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.catalogue_parts.steps",
        step,
        str(folder),
        str(rows),
    ]
    result = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, env=os.environ)
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


def percentiles(values: list[float]) -> str:
    ordered = sorted(values)
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * p))] for p in (0.5, 0.95))
    return f"{p50:9.2f} {p95:9.2f} {ordered[-1]:9.2f}"


def print_times(title: str, by_kind: dict[str, list[float]]) -> list[float]:
    everything = [value for values in by_kind.values() for value in values]
    print(f"\n{title:<34}{'p50':>9} {'p95':>9} {'max':>9}   ms of processor time")
    for kind, values in by_kind.items():
        print(f"  {kind:<32}{percentiles(values)}")
    print(f"  {'all':<32}{percentiles(everything)}")
    return everything


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)]


def print_ratios(ours: dict[str, list[float]], rivals: dict[str, dict[str, list[float]]]) -> None:
    print("\nRatio of p95 (theirs: 20 results and total; ours: and all facet counts)")
    for name, by_kind in rivals.items():
        for kind, values in by_kind.items():
            ratio = p95(values) / p95(ours[kind])
            print(f"  {name:<14} {kind:<20} {p95(values):9.2f} ms   {ratio:8.1f}x ours")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "kezhan-bench")
    parser.add_argument("--no-rivals", action="store_true")
    options = parser.parse_args()
    os.nice(10)
    folder = options.folder / str(options.rows)
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "searches.json").exists():
        (folder / "wire.json").write_text(json.dumps(run_step("generate", folder, options.rows)))
    shutil.rmtree(folder / "data", ignore_errors=True)
    found = json.loads((folder / "wire.json").read_text())
    for step in ("import", "sizes", "search", "delta"):
        found |= run_step(step, folder, options.rows)
    print(f"{options.rows} entries")
    for name, value in found.items():
        if isinstance(value, (int, float, str)):
            print(f"  {name:<26}{value if isinstance(value, str) else round(value, 3)}")
    print(
        "  bytes an entry            "
        + ", ".join(f"{name} {size:.1f}" for name, size in found["bytes"].items())
    )
    for name in ("delta_cpu_s", "delta_written_mb", "reader_refresh_ms", "browse_ms"):
        print(f"  {name:<26}" + ", ".join(f"{value:.2f}" for value in found[name]))
    for way, by_kind in found["times"].items():
        print_times(f"search, {way}", by_kind)
    print_times("search after two deltas", {"plain": found["search_after_ms"]})
    if not options.no_rivals:
        rivals = run_step("rivals", folder, options.rows)
        if rivals:
            print_ratios(found["times"]["plain"], rivals["rivals"])


if __name__ == "__main__":
    main()
