# SPDX-License-Identifier: GPL-3.0-or-later
"""All broken files together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.player.broken.case import Broken
from tests.player.broken.documents import broken_documents
from tests.player.broken.media import broken_media
from tests.player.broken.packages import broken_packages
from tests.player.broken.pictures import broken_pictures


def every_broken_file(folder: Path) -> Iterator[Broken]:
    """Each as it is asked for; `folder` takes the good files they are made from."""
    makers = (broken_pictures, broken_documents, broken_packages, broken_media)
    return chain.from_iterable(make(folder) for make in makers)
