# SPDX-License-Identifier: GPL-3.0-or-later
"""A process that imports one build after the other until it is killed (see test_kills.py).

Every build changes every shard, so a reader that sees two builds at once has caught us.
"""

import faulthandler
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from app.base import files
from app.base.paths import DataPaths
from app.catalogue import generations
from app.catalogue.store import Store
from app.catalogue.writer import CatalogueWriter
from app.region.delta_bundle import DeltaBundle, ShardChanges, encode_bundle
from app.region.entry import Entry
from app.region.index import ShardKey
from tests.unit.catalogue.samples import delta, snapshot

REGION = "region"
SHARDS = tuple(ShardKey("小学", subject, "人教版") for subject in ("语文", "数学", "英语"))
ENTRIES = 150
LONGEST_S = 100
# Every tenth build is a snapshot, and so large a change that a new generation is built.
SNAPSHOT_EVERY = 10


def name_of(key: ShardKey, number: int) -> str:
    return f"{key.shard_id}-{number % ENTRIES}"


def entry(key: ShardKey, number: int, serial: int) -> Entry:
    return Entry(
        id=name_of(key, number),
        title=f"{key.subject}分数{number} 第{serial}版",
        stage=key.stage,
        subject=key.subject,
        edition=key.edition,
        popularity=number,
        version=serial,
    )


def living(key: ShardKey, serial: int) -> dict[str, int]:
    """Id to the build in which the entry last changed, as of a build."""
    last = serial - serial % SNAPSHOT_EVERY
    found = {name_of(key, number): last for number in range(ENTRIES)}
    for build in range(last + 1, serial + 1):
        found[name_of(key, build)] = build
        found.pop(name_of(key, build * 7 + 1), None)
    return found


def changes(key: ShardKey, serial: int) -> tuple[list[Entry], list[str]]:
    """What a build that is no snapshot puts and ends in a shard."""
    number, ended = serial % ENTRIES, name_of(key, serial * 7 + 1)
    upserts = [] if ended == name_of(key, number) else [entry(key, number, serial)]
    return upserts, [ended]


def apply(writer: CatalogueWriter, serial: int) -> None:
    """Stage a build: every tenth as snapshots, every other one as a bundle, else as deltas."""
    if serial % SNAPSHOT_EVERY == 0 or writer.serial_of(REGION, SHARDS[0].shard_id) is None:
        for key in SHARDS:
            wanted = living(key, serial)
            whole = [entry(key, int(name.split("-")[1]), build) for name, build in wanted.items()]
            writer.apply_snapshot(REGION, snapshot(key, serial + 1, whole))
    elif serial % 2:
        shard_ids = {key.shard_id for key in SHARDS}
        for section in bundle(serial).sections():
            writer.apply_section(REGION, section, shard_ids)
    else:
        for key in SHARDS:
            writer.apply_delta(REGION, delta(key, serial, *changes(key, serial)))


def bundle(serial: int) -> DeltaBundle:
    """The deltas of one build in one file."""
    rows = [
        ShardChanges(key, serial, serial + 1, *changes(key, serial), length=1, sha256="0" * 64)
        for key in SHARDS
    ]
    return DeltaBundle(encode_bundle(rows).raw)


def die_at(step: int) -> None:
    """Kill this process at the n-th of the moments that matter."""
    seen = 0

    def counted(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **named: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **named)

        return call

    for owner, name in (
        (files, "publish_file"),
        (files, "replace_json"),
        (generations, "make_current"),
        (generations, "sweep_generations"),
        (Store, "put_meta"),
        (Store, "delete_segment"),
        (Store, "put_lists"),
    ):
        setattr(owner, name, counted(getattr(owner, name)))


def main() -> None:
    # Whoever waits for us must not wait for ever: say where we hang, then end.
    faulthandler.dump_traceback_later(LONGEST_S, exit=True)
    paths = DataPaths(Path(sys.argv[1]))
    paths.ensure()
    with CatalogueWriter.open(paths, lambda _: False) as writer:
        serial = (writer.serial_of(REGION, SHARDS[0].shard_id) or 0) - 1
        print(f"ready {serial}", flush=True)
        die_at(int(sys.argv[2]))
        for build in range(serial + 1, serial + 1 + int(sys.argv[3])):
            apply(writer, build)
            writer.finish()
            print(f"done {build}", flush=True)


if __name__ == "__main__":
    main()
