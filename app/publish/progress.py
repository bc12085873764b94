# SPDX-License-Identifier: GPL-3.0-or-later
"""How long work tells how far it is."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Progress:
    """`step` is a stable word (entries, shards, blobs, …); `total` 0 means unknown."""

    step: str
    done: int
    total: int


OnProgress = Callable[[Progress], None]


def quiet(_: Progress) -> None:
    """For callers who do not want to hear."""
