# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulation asserts as tests do, and says as much when it fails."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.register_assert_rewrite("tests.county.simulation", "tests.county.point")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where the system has such: a county's databases commit all the time."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory, prefix="county-") as folder:
        yield Path(folder)
