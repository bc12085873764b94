# SPDX-License-Identifier: GPL-3.0-or-later
"""Which parts of a medium were really played, as the xAPI Video Profile counts them."""

from __future__ import annotations


class PlayedSegments:
    """Collects [from, to] spans in seconds of the medium; one may be open."""

    def __init__(self) -> None:
        self._spans: list[tuple[float, float]] = []
        self._from: float | None = None
        self._to = 0.0

    @property
    def is_open(self) -> bool:
        """Something plays now."""
        return self._from is not None

    def begin(self, time_s: float) -> None:
        """Playing starts at `time_s`."""
        self.end(self._to)
        self._from = self._to = max(0.0, time_s)

    def reach(self, time_s: float) -> None:
        """Playing has come to `time_s`; going back within a span changes nothing."""
        if self._from is not None:
            self._to = max(self._to, time_s)

    def end(self, time_s: float) -> None:
        """Playing stops at `time_s`."""
        if self._from is None:
            return
        self.reach(time_s)
        if self._to > self._from:
            self._spans.append((self._from, self._to))
        self._from = None

    def spans(self) -> list[tuple[float, float]]:
        """All spans in the order played, the open one included."""
        if self._from is not None and self._to > self._from:
            return [*self._spans, (self._from, self._to)]
        return list(self._spans)

    def text(self) -> str:
        """`"0.000[.]12.480[,]60.000[.]61.500"`."""
        return "[,]".join(f"{start:.3f}[.]{end:.3f}" for start, end in self.spans())

    def progress(self, length_s: float) -> float:
        """The share (0–1) of the medium seen at least once; 0 while the length is unknown."""
        if length_s <= 0:
            return 0.0
        covered, reached = 0.0, 0.0
        for start, end in sorted(self.spans()):
            covered += max(0.0, min(end, length_s) - max(start, reached))
            reached = max(reached, min(end, length_s))
        return round(min(1.0, covered / length_s), 3)
