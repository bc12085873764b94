# SPDX-License-Identifier: GPL-3.0-or-later
"""A courier beside the real learning record store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base.paths import DataPaths
from tests.servers.lrs import LearningRecordStore
from tests.sync.statements.rig import Rig, rig_for


@pytest.fixture
def paths(data_dir: Path) -> DataPaths:
    found = DataPaths(data_dir)
    found.ensure()
    return found


@pytest.fixture
def rig(paths: DataPaths, lrs: LearningRecordStore) -> Iterator[Rig]:
    made = rig_for(paths, lrs)
    yield made
    made.session.close()
