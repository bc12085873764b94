# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard's long wait, before anything else is loaded: 5 MB of a machine's memory, not 13."""

import sys
from collections.abc import Sequence

# What a window writes to its guard when it ends as it should.
ENDED_WELL = b"end\n"


def may_end(arguments: Sequence[str]) -> bool:
    """Wait if this process is a guard, and say whether its window ended as it should.

    False at once for every other command. After a crash the guard finds its input at the end.
    """
    return list(arguments[:2]) == ["guard", "--watched"] and sys.stdin.buffer.read() == ENDED_WELL
