# SPDX-License-Identifier: GPL-3.0-or-later
"""A courier beside the real upload server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.base.paths import DataPaths
from tests.servers.tus import TusServer
from tests.sync.uploads.rig import Rig, make_file


@pytest.fixture
def paths(data_dir: Path) -> DataPaths:
    found = DataPaths(data_dir)
    found.ensure()
    return found


@pytest.fixture
def rig(paths: DataPaths, tus: TusServer) -> Iterator[Rig]:
    made = Rig(paths, tus.url)
    yield made
    made.session.close()


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return make_file(tmp_path / "分数 课件.pptx")
