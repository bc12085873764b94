# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pen is in the hand: tool, colour, width. Few of each, large and far apart. No Qt."""

from __future__ import annotations

from dataclasses import dataclass, replace

from app.ui.board.strokes import Tool

# Told apart from the last row, on white paper and on a dark video, also by the colour-blind.
PEN_COLOURS = ("#e02d2d", "#1766d6", "#0a8a43", "#111111", "#ffffff", "#f2b705")
HIGHLIGHTER_COLOURS = ("#ffe600", "#7dff4f", "#ff7ad1", "#59d8ff")
# Shares of the picture's width: a chalk line, a marker, a broad brush.
PEN_WIDTHS = (0.0025, 0.005, 0.010)
HIGHLIGHTER_WIDTHS = (0.014, 0.022, 0.034)
ERASER_WIDTHS = (0.02, 0.045, 0.09)
HIGHLIGHTER_OPACITY = 0.42


@dataclass(frozen=True, slots=True)
class PenCase:
    """What every tool was last set to, and which is in the hand."""

    tool: Tool = Tool.PEN
    pen_colour: str = PEN_COLOURS[0]
    highlighter_colour: str = HIGHLIGHTER_COLOURS[0]
    size: int = 1  # of three

    @property
    def colours(self) -> tuple[str, ...]:
        """The colours of the tool in the hand; an eraser has none."""
        if self.tool is Tool.PEN:
            return PEN_COLOURS
        return HIGHLIGHTER_COLOURS if self.tool is Tool.HIGHLIGHTER else ()

    @property
    def colour(self) -> str:
        """The colour of the tool in the hand."""
        return self.highlighter_colour if self.tool is Tool.HIGHLIGHTER else self.pen_colour

    @property
    def width(self) -> float:
        """Its width as a share of the picture's width."""
        widths = {
            Tool.PEN: PEN_WIDTHS,
            Tool.HIGHLIGHTER: HIGHLIGHTER_WIDTHS,
            Tool.ERASER: ERASER_WIDTHS,
        }
        return widths[self.tool][self.size]

    def with_tool(self, tool: Tool) -> PenCase:
        """Take another tool."""
        return replace(self, tool=tool)

    def with_colour(self, colour: str) -> PenCase:
        """Another colour for the tool in the hand; a colour it does not have changes nothing."""
        if colour not in self.colours:
            return self
        if self.tool is Tool.HIGHLIGHTER:
            return replace(self, highlighter_colour=colour)
        return replace(self, pen_colour=colour)

    def with_size(self, size: int) -> PenCase:
        """Thin (0), middle (1) or broad (2)."""
        return replace(self, size=min(2, max(0, size)))
