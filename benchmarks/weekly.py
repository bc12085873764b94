# SPDX-License-Identifier: GPL-3.0-or-later
"""What a week of changes costs on the line: `python3 dev.py bench weekly [--rows N]`.

A real region is published, two machines follow it (everything, and twelve shards), a week of 6,000
changed or new entries and 500 deletions is published, and everything either machine fetches is
counted. The number of shards and of changes is that of four million entries whatever N is.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.base.paths import DataPaths
from app.publish import commands
from app.publish.store import shard_key_of
from app.region.entry import Entry, entry_to_json
from app.region.index import ShardKey, key_to_json
from app.sync.agent import AgentConfig, run_agent
from app.sync.directory import DirectoryCarrier
from app.sync.inbox import Inbox, Kind, Request
from benchmarks.generator.entries import make_chunk, make_delta

FIRST = datetime(2026, 9, 1, tzinfo=UTC)
FEW = 12
Sink = Callable[[int, bytes], None]


def week_of(number: int, entries: dict[str, Entry]) -> tuple[list[Entry], list[str]]:
    """6,000 upserts and 500 deletions; what is changed stays in its lesson."""
    made, deleted = make_delta(number, list(entries.values()))
    upserts = []
    for entry in made:
        old = entries.get(entry.id)
        if old is None:
            upserts.append(entry)
            continue
        upserts.append(
            replace(
                old,
                title=entry.title,
                updated=entry.updated,
                files=entry.files,
                version=old.version + 1,
            )
        )
    return upserts, deleted


def publish(root: Path, entries: Sequence[Entry], deleted: Sequence[str], issued: datetime) -> None:
    lines = root.parent / "entries.ndjson"
    with lines.open("w", encoding="utf-8") as file:
        for entry in entries:
            file.write(json.dumps(entry_to_json(entry), ensure_ascii=False) + "\n")
    commands.add(root, lines, None)
    if deleted:
        commands.remove(root, deleted)
    commands.build(root, issued)


def enrolled(root: Path, keys: Sequence[ShardKey], region: Path) -> DataPaths:
    """A machine that follows these shards."""
    document = json.loads((region / "public" / "enrolment.json").read_bytes())
    document["mirrors"] = [(region / "public").absolute().as_uri()]
    document["subscriptions"] = [key_to_json(key) for key in keys]
    source = root.with_suffix(".json")
    source.write_text(json.dumps(document), encoding="utf-8")
    paths = DataPaths(root)
    paths.ensure()
    Inbox(paths).leave(Request(Kind.ENROL, {"source": str(source)}))
    return paths


def sync(paths: DataPaths) -> dict[str, Any]:
    """One run of the agent: what it fetched, and its processor time."""
    seen: list[tuple[str, int]] = []
    real = DirectoryCarrier.fetch

    def counted(
        self: DirectoryCarrier, path: str, sink: Callable[[int, bytes], None], **how: Any
    ) -> None:
        size = 0

        def count(position: int, chunk: bytes) -> None:
            nonlocal size
            size += len(chunk)
            sink(position, chunk)

        real(self, path, count, **how)
        seen.append((path, size))

    DirectoryCarrier.fetch = counted  # type: ignore[method-assign]
    started, before = time.process_time(), _written()
    try:
        code = run_agent(AgentConfig(paths, is_once=True, shelves=()), None, lambda _: None)
    finally:
        DirectoryCarrier.fetch = real  # type: ignore[method-assign]
    assert code == 0, code
    sizes: dict[str, int] = defaultdict(int)
    for path, size in seen:
        sizes[_kind(path)] += size
    return {
        "requests": Counter(_kind(path) for path, _ in seen),
        "bytes": dict(sizes),
        "cpu_s": time.process_time() - started,
        "written_mb": (_written() - before) / 1e6,
    }


def _kind(path: str) -> str:
    if path.startswith("catalogue/"):
        return path.rpartition(".")[2]
    return "index" if "index" in path else path.partition("/")[0]


def _written() -> int:
    for line in Path("/proc/self/io").read_text().splitlines():
        if line.startswith("wchar"):
            return int(line.split()[1])
    return 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--weeks", type=int, default=2)
    options = parser.parse_args()
    os.nice(10)
    entries = {entry.id: entry for entry in make_chunk(0, options.rows)}
    # The shards of four million entries: every one that a chunk of 100,000 knows.
    every = sorted({shard_key_of(entry) for entry in make_chunk(0)})
    lessons = [key for key in every if not key.is_exercise]
    few = [key for key in lessons if key.stage == "小学"][:: len(lessons) // (3 * FEW)][:FEW]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        region = root / "region"
        commands.init(region, name="测试省", issued=FIRST)
        seeds = [entry for entry in make_chunk(0) if entry.id not in entries]
        for entry in seeds:  # at least one entry in every shard
            entries.setdefault(entry.id, entry) if shard_key_of(entry) in every else None
        publish(region, list(entries.values()), (), FIRST)
        machines = {
            "everything": enrolled(root / "all", every, region),
            "lessons": enrolled(root / "lessons", lessons, region),
            f"{FEW} shards": enrolled(root / "few", few, region),
        }
        for name, paths in machines.items():
            report(f"first time, {name}", sync(paths))
        for week in range(1, options.weeks + 1):
            upserts, deleted = week_of(week, entries)
            entries.update({entry.id: entry for entry in upserts})
            for entry_id in deleted:
                entries.pop(entry_id, None)
            publish(region, upserts, deleted, FIRST + timedelta(weeks=week))
            for name, paths in machines.items():
                report(f"week {week}, {name}", sync(paths))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{len(every)} shards, peak {peak:.0f} MB (publisher and machines in one process)")


def report(title: str, found: dict[str, Any]) -> None:
    total, requests = sum(found["bytes"].values()), sum(found["requests"].values())
    parts = ", ".join(
        f"{name} {size:,} in {found['requests'][name]}"
        for name, size in sorted(found["bytes"].items())
    )
    print(
        f"{title}: {total:,} bytes in {requests} requests ({parts});"
        f" {found['cpu_s']:.2f} CPU s, {found['written_mb']:.1f} MB written"
    )


if __name__ == "__main__":
    main()
