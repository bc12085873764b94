# SPDX-License-Identifier: GPL-3.0-or-later
"""A catalogue with its writer and its reader."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.catalogue.samples import Pair


@pytest.fixture
def pair(data_dir: Path) -> Iterator[Pair]:
    pair = Pair(data_dir)
    yield pair
    pair.close()
