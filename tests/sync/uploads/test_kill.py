# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 of the sending process, and of the server beside it, at random points."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from app.base.files import sha256_file
from app.base.paths import DataPaths
from app.sync.uploads.store import State
from tests.servers.process import REPOSITORY
from tests.servers.tus import TusServer
from tests.sync.uploads.rig import SIZE_BYTES, Rig

RATE_BYTES_S = 6 << 20
KILLS = 3
DEADLINE_S = 60.0


def send_until(paths: DataPaths, tus: TusServer, limit_bytes: int | None) -> tuple[int, bool]:
    """Run the sender; kill it once it has sent so much. Returns bytes sent, and whether done."""
    program = Path(__file__).with_name("sender.py")
    command = [sys.executable, str(program), str(paths.root), tus.url, str(RATE_BYTES_S)]
    sent_bytes = 0
    until = time.monotonic() + DEADLINE_S
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=REPOSITORY) as sender:
        assert sender.stdout is not None
        try:
            for line in sender.stdout:
                if line.strip() == "done":
                    return sent_bytes, True
                sent_bytes = int(line)
                if limit_bytes is not None and sent_bytes >= limit_bytes:
                    break
                assert time.monotonic() < until
        finally:
            sender.kill()
    return sent_bytes, False


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_sender_goes_on_where_the_server_is(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path, seed: int
) -> None:
    upload = rig.add(source)
    chance = random.Random(seed)
    for _ in range(KILLS):
        had_bytes = sum(one.stored_bytes for one in tus.uploads())
        send_until(paths, tus, chance.randrange(1, SIZE_BYTES // KILLS))
        assert sum(one.stored_bytes for one in tus.uploads()) >= had_bytes
    _, is_done = send_until(paths, tus, None)
    assert is_done
    complete = [one for one in tus.uploads() if one.stored_bytes == one.size_bytes]
    assert [sha256_file(one.path) for one in complete] == [upload.sha256]
    # A place made just before a kill may be forgotten; it holds nothing and expires there.
    assert sum(one.stored_bytes for one in tus.uploads()) == SIZE_BYTES
    assert rig.store.get(upload.upload_id).state is State.DELIVERED


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_server_beside_a_killed_sender(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path, seed: int
) -> None:
    upload = rig.add(source)
    chance = random.Random(seed)
    for _ in range(KILLS):
        send_until(paths, tus, chance.randrange(1, SIZE_BYTES // KILLS))
        tus.kill()
        tus.start()
    _, is_done = send_until(paths, tus, None)
    assert is_done
    complete = [one for one in tus.uploads() if one.stored_bytes == one.size_bytes]
    assert [sha256_file(one.path) for one in complete] == [upload.sha256]
