# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink as data: strokes in shares of the picture, and one sheet of them with undo and redo. No Qt.

Every length is a share of the *width* of the picture below (0–1 across; down it may be more or
less), so that ink keeps its place and shape when the picture is zoomed, moved or shown elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

Point = tuple[float, float]


class Tool(StrEnum):
    """What draws."""

    PEN = "pen"
    HIGHLIGHTER = "highlighter"
    ERASER = "eraser"


@dataclass(frozen=True, slots=True)
class Stroke:
    """One line from where the pen came down to where it was lifted."""

    tool: Tool
    colour: str  # "#rrggbb"; an eraser has none
    width: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Wipe:
    """Everything before it is gone."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines that were carried elsewhere, copied or deleted: some go, others come on top."""

    removed: tuple[Stroke, ...]
    added: tuple[Stroke, ...]


Mark = Stroke | Wipe | Edit


@dataclass(slots=True)
class InkSheet:
    """The ink of one page, board page or moment of a video."""

    marks: list[Mark] = field(default_factory=list)
    undone: list[Mark] = field(default_factory=list)
    span_s: tuple[float, float] | None = None  # when a video shows it

    @property
    def strokes(self) -> list[Stroke]:
        """What is to be seen, in the order it was drawn."""
        shown: list[Stroke] = []
        for mark in self.marks:
            if isinstance(mark, Wipe):
                shown.clear()
            elif isinstance(mark, Edit):
                for gone in mark.removed:
                    if gone in shown:
                        shown.remove(gone)
                shown += mark.added
            else:
                shown.append(mark)
        return shown

    @property
    def is_blank(self) -> bool:
        """Whether nothing is to be seen."""
        if self.marks and isinstance(self.marks[-1], Edit):
            return not self.strokes
        return not self.marks or isinstance(self.marks[-1], Wipe)

    def add(self, stroke: Stroke) -> None:
        """One more line; what was undone is forgotten."""
        self.marks.append(stroke)
        self.undone.clear()

    def edit(self, removed: tuple[Stroke, ...], added: tuple[Stroke, ...]) -> None:
        """Carry, copy or delete lines in one step."""
        self.marks.append(Edit(removed, added))
        self.undone.clear()

    def wipe(self) -> bool:
        """Clear the sheet (it can be undone); False when it was clear."""
        if self.is_blank:
            return False
        self.marks.append(Wipe())
        self.undone.clear()
        return True

    def undo(self) -> bool:
        """Take back the last line or the clearing; False when there is nothing."""
        if not self.marks:
            return False
        self.undone.append(self.marks.pop())
        return True

    def redo(self) -> bool:
        """Bring back what was undone last."""
        if not self.undone:
            return False
        self.marks.append(self.undone.pop())
        return True
