# SPDX-License-Identifier: GPL-3.0-or-later
from pathlib import Path

import pytest

from tests.unit.publish.sent import Stick
from tests.unit.region.samples import Region


@pytest.fixture
def region(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A fresh region with real keys, not built yet."""
    return Region(tmp_path / "region", tmp_path_factory.getbasetemp() / "region-template")


@pytest.fixture
def stick(region: Region, tmp_path: Path) -> Stick:
    """An empty stick of a school of that region."""
    return Stick(region, tmp_path / "U盘")
