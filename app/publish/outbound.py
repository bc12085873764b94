# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes to schools without a line: sticks."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from app.publish.commands import locked, opened_store
from app.publish.errors import SpaceInvalidError
from app.publish.home import RegionHome
from app.publish.inbound import opened_received
from app.publish.progress import OnProgress, quiet
from app.publish.stick.maker import SPLIT_BYTES, StickMaker, StickReport
from app.publish.stick.selection import Selector

_SIZE: Final = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([KMGT]?)(?:I?B)?", re.IGNORECASE)
# As makers of sticks count: a stick of 32 GB holds 32 × 10⁹ bytes.
_FACTORS: Final = {"": 1, "K": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}


def make_stick(
    root: Path,
    stick: Path,
    schools: Sequence[str] = (),
    space_bytes: int | None = None,
    split_bytes: int = SPLIT_BYTES,
    on_progress: OnProgress = quiet,
) -> StickReport:
    """Bring a stick up to date for these schools, or for all; see `StickMaker.make`."""
    home = RegionHome(root)
    with locked(home), opened_store(home) as store, opened_received(home) as received:
        selection = Selector(home, store.shards(is_staged=False)).select(schools)
        maker = StickMaker(
            home.tree,
            home.load_settings().region_id,
            received.has_bundle,
            split_bytes=split_bytes,
            on_progress=on_progress,
        )
        return maker.make(stick, selection, space_bytes)


def parse_space(text: str | None) -> int | None:
    """A size as people write it, such as 32GB; None means as much as there is.

    Raises:
        SpaceInvalidError: it is none.
    """
    if text is None:
        return None
    match = _SIZE.fullmatch(text.strip())
    if match is None or not float(match[1]):
        raise SpaceInvalidError(space=text[:40], needed_bytes=0)
    return int(float(match[1]) * _FACTORS[match[2].upper()])
