# SPDX-License-Identifier: GPL-3.0-or-later
"""What a machine has accepted of a region; apart from the refresh, which loads much more."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TrustFloor:
    """The newest versions ever accepted; nothing below is believed, whatever happens on disk."""

    root: int
    timestamp: int
    snapshot: int
    targets: int
    generation: int
