# SPDX-License-Identifier: GPL-3.0-or-later
"""Stages files, adds uploads, records events without end: DATA_DIR. Prints what it has promised."""

import random
import sys
from pathlib import Path

from app.base.db import open_writer
from app.base.paths import DataPaths
from app.usage.recorder import Recorder
from app.usage.store import MIGRATIONS, UsageStore
from tests.sync.uploads.rig import Rig
from tests.unit.usage.samples import HandClock, view_video


def main() -> None:
    paths = DataPaths(Path(sys.argv[1]))
    rig = Rig(paths, "http://127.0.0.1:9/files")
    log = UsageStore(open_writer(paths.desk_db, [MIGRATIONS]))
    clock = HandClock()
    recorder = Recorder("device", clock, log.last_seq("device"))
    chance = random.Random(1)
    source = Path(sys.argv[2]) / "source.bin"
    while True:
        source.write_bytes(chance.randbytes(30_000))
        upload = rig.add(source)
        view_video(recorder, clock)
        recorder.flush(log)
        sys.stdout.write(f"{upload.upload_id} {upload.sha256} {log.last_seq('device')}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
