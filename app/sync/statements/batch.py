# SPDX-License-Identifier: GPL-3.0-or-later
"""How many statements go at once: as many as the line takes in a few seconds."""

from __future__ import annotations

SMALLEST = 10
LARGEST = 200
_FIRST = 50
_QUICK_S, _SLOW_S = 2.0, 8.0


class BatchSize:
    """Doubles while batches are quick, halves when one was slow, failed or was too large."""

    def __init__(self) -> None:
        self.count = _FIRST
        self._most = LARGEST

    def took(self, seconds: float) -> None:
        """A batch of this size arrived after so long."""
        if seconds < _QUICK_S:
            self.count = min(self.count * 2, self._most)
        elif seconds > _SLOW_S:
            self.count = max(self.count // 2, SMALLEST)

    def failed(self) -> None:
        """A batch got no answer."""
        self.count = max(self.count // 2, SMALLEST)

    def was_too_large(self, count: int) -> None:
        """A batch of `count` was refused for its size; never send as many again."""
        self._most = max(count // 2, 1)
        self.count = min(self.count, self._most)
