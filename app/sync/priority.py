# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent steps back: whatever it imports or downloads, a lesson in the window stays smooth."""

from __future__ import annotations

import logging
import sys

import psutil

logger = logging.getLogger(__name__)
# On two busy cores the window keeps nine tenths of one.
NICE = 10


def lower_priority() -> None:
    """Give way to everybody with processor and disk; children inherit it.

    Not the idle class of the disk: under a busy neighbour it would never move at all.
    """
    process = psutil.Process()
    try:
        if sys.platform == "win32":
            process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
            process.ionice(psutil.IOPRIO_LOW)
        elif sys.platform == "linux":
            process.nice(max(NICE, process.nice()))
            process.ionice(psutil.IOPRIO_CLASS_BE, 7)
    except (psutil.Error, OSError) as error:
        logger.info("the priority stays as it is: %s", error)
