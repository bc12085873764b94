# SPDX-License-Identifier: GPL-3.0-or-later
"""Finger, pen or palm: told apart by how large a contact is. No Qt.

Infrared frames report about 3–8 mm for a pen, 8–18 mm for a finger and more than 35 mm for a palm
or a fist. Boards lie about their size in both directions, so a size outside 10–130 inches is not
believed and that of a 65-inch board is taken.
"""

from __future__ import annotations

from enum import StrEnum

PALM_MM = 30.0
_SMALLEST_MM, _LARGEST_MM = 120.0, 1_700.0  # heights of a 10-inch and of a 130-inch screen
_USUAL_MM = 810.0


class Contact(StrEnum):
    """What touches the board."""

    TIP = "tip"
    PALM = "palm"


def screen_height_mm(reported_mm: float) -> float:
    """The height to reckon with."""
    return reported_mm if _SMALLEST_MM <= reported_mm <= _LARGEST_MM else _USUAL_MM


def contact_of(diameter_px: float, screen_px: float, screen_mm: float) -> Contact:
    """What a contact of that diameter is on a screen of that height; no size means a finger."""
    if diameter_px <= 0 or screen_px <= 0:
        return Contact.TIP
    diameter_mm = diameter_px / screen_px * screen_height_mm(screen_mm)
    return Contact.PALM if diameter_mm >= PALM_MM else Contact.TIP
