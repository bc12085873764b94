# SPDX-License-Identifier: GPL-3.0-or-later
from pathlib import Path

import pytest

from tests.unit.region.samples import Region


@pytest.fixture
def region(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Region:
    """A fresh region with real keys, not built yet."""
    return Region(tmp_path / "region", tmp_path_factory.getbasetemp() / "region-template")
