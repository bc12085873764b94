# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may be teaching in this room; names stay on this machine, only random ids leave it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Teacher:
    """A name on this room's list."""

    teacher_id: str  # random, school-scoped
    name: str
