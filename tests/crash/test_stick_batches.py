# SPDX-License-Identifier: GPL-3.0-or-later
"""Many files that became durable at once are all whole after a power cut, under their names."""

from __future__ import annotations

from pathlib import Path

from app.base import files
from tests.crash.disk import Disk

COUNT = 60
BYTES = 20_000


def content_of(number: int) -> bytes:
    return number.to_bytes(2, "big") * (BYTES // 2)


def test_a_batch_outlives_a_power_cut(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 64 << 20)
    with disk:
        pairs = []
        for number in range(COUNT):
            temporary = disk.place / f".{number}.part"
            temporary.write_bytes(content_of(number))
            pairs.append((temporary, disk.place / "blobs" / f"{number % 7}" / str(number)))
        files.publish_files(pairs)
        disk.freeze()
        disk.come_back()
        for number, (temporary, final) in enumerate(pairs):
            assert final.read_bytes() == content_of(number)
            assert not temporary.exists()
