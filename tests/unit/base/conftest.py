# SPDX-License-Identifier: GPL-3.0-or-later
"""Disks that refuse: small and read-only file systems, mounted for the test."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest


def _mount(point: Path, *options: str) -> None:
    point.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", str(point)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    point = tmp_path / "small disk 小盘"
    _mount(point, "-o", "size=1m")
    yield point
    subprocess.run(["umount", str(point)], check=True)


@pytest.fixture
def read_only_disk(tmp_path: Path) -> Iterator[Path]:
    """A write-protected disk (root is refused too)."""
    point = tmp_path / "protected"
    _mount(point, "-o", "size=1m,ro")
    yield point
    subprocess.run(["umount", str(point)], check=True)
