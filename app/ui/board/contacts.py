# SPDX-License-Identifier: GPL-3.0-or-later
"""Finger, pen or palm: told apart by how large a contact is. No Qt.

Infrared frames report about 3–8 mm for a pen, 8–18 mm for a finger and more than 35 mm for a palm
or a fist. Boards lie about their size in both directions, so a size outside 10–130 inches is not
believed and that of a 65-inch board is taken.
"""

from __future__ import annotations

from collections import deque
from statistics import median

PALM_MM = 30.0
_SMALLEST_MM, _LARGEST_MM = 120.0, 1_700.0  # heights of a 10-inch and of a 130-inch screen
_USUAL_MM = 810.0
_REMEMBERED, _ENOUGH = 12, 6
_EVEN_SHARE = 0.15
_CLEARLY = 1.6
_BROADEST_MM = 75.0  # a fist or the edge of a hand is a palm on every board


def screen_height_mm(reported_mm: float) -> float:
    """The height to reckon with."""
    return reported_mm if _SMALLEST_MM <= reported_mm <= _LARGEST_MM else _USUAL_MM


def size_mm(diameter_px: float, screen_px: float, screen_mm: float) -> float:
    """How broad a contact is on a screen of that height; 0 when nobody knows."""
    if diameter_px <= 0 or screen_px <= 0:
        return 0.0
    return diameter_px / screen_px * screen_height_mm(screen_mm)


class Touches:
    """What this board calls a finger: some report every contact far too large.

    There each finger would wipe and nobody could write. When nearly everything that came down
    lately was broader than a palm's least, and about equally broad, that is this board's finger,
    and only what is clearly broader counts as a palm.
    """

    def __init__(self) -> None:
        self._sizes_mm: deque[float] = deque(maxlen=_REMEMBERED)
        self._palm_mm = PALM_MM

    @property
    def palm_mm(self) -> float:
        """From what size on a contact is a palm here."""
        return self._palm_mm

    def note(self, diameter_mm: float) -> None:
        """Something of that size came down."""
        if diameter_mm <= 0:
            return
        self._sizes_mm.append(diameter_mm)
        if len(self._sizes_mm) < _ENOUGH:
            return
        usual = median(self._sizes_mm)
        spread = median(abs(size - usual) for size in self._sizes_mm)
        is_even = spread <= _EVEN_SHARE * usual  # palms differ from one to the next
        is_broad = is_even and usual >= PALM_MM
        self._palm_mm = min(_BROADEST_MM, usual * _CLEARLY) if is_broad else PALM_MM

    def is_palm(self, diameter_mm: float) -> bool:
        """Whether a contact of that size is one."""
        return diameter_mm >= self._palm_mm
