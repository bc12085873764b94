# SPDX-License-Identifier: GPL-3.0-or-later
"""The pen's own panel: tools, colours, widths, undo, clear, keep as a picture."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Signal, Slot
from PySide6.QtWidgets import QFrame, QVBoxLayout

from app.ui.board.pens import PEN_COLOURS, PenCase
from app.ui.board.stage_button import StageButton, Swatch, WidthDot
from app.ui.board.strokes import Tool
from app.ui.look.theme import Theme
from app.ui.widgets.controls import FlowBox


def colour_words(colour: str) -> str:
    """A colour's name, for who cannot see it."""
    names = {
        "#e02d2d": QCoreApplication.translate("PenPanel", "Red"),
        "#1766d6": QCoreApplication.translate("PenPanel", "Blue"),
        "#0a8a43": QCoreApplication.translate("PenPanel", "Green"),
        "#111111": QCoreApplication.translate("PenPanel", "Black"),
        "#ffffff": QCoreApplication.translate("PenPanel", "White"),
        "#f2b705": QCoreApplication.translate("PenPanel", "Yellow"),
        "#ffe600": QCoreApplication.translate("PenPanel", "Bright yellow"),
        "#7dff4f": QCoreApplication.translate("PenPanel", "Bright green"),
        "#ff7ad1": QCoreApplication.translate("PenPanel", "Pink"),
        "#59d8ff": QCoreApplication.translate("PenPanel", "Light blue"),
    }
    return names.get(colour, colour)


class PenPanel(QFrame):
    """Signals: taken(PenCase), another pen; pressed(str): undo, redo, clear, picture or away."""

    taken = Signal(object)
    pressed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._theme = theme
        self._case = PenCase()
        self.tools = {
            Tool.PEN: StageButton(theme, Tool.PEN, self.tr("Pen"), "pen"),
            Tool.HIGHLIGHTER: StageButton(
                theme, Tool.HIGHLIGHTER, self.tr("Highlighter"), "highlighter"
            ),
            Tool.ERASER: StageButton(theme, Tool.ERASER, self.tr("Eraser"), "eraser"),
        }
        self.swatches = [Swatch(theme, colour, colour_words(colour)) for colour in PEN_COLOURS]
        names = (self.tr("Thin"), self.tr("Medium"), self.tr("Broad"))
        self.widths = [WidthDot(theme, size, name) for size, name in enumerate(names)]
        self.acts = {
            key: StageButton(theme, key, text, icon)
            for key, text, icon in (
                ("select", self.tr("Select"), "select"),
                ("undo", self.tr("Undo"), "undo"),
                ("redo", self.tr("Redo"), "redo"),
                ("clear", self.tr("Wipe"), "clear"),
                ("picture", self.tr("Keep picture"), "camera"),
                ("away", self.tr("Put away"), "close"),
            )
        }
        self._lay_out()
        self.show_case(self._case)

    def _lay_out(self) -> None:
        theme = self._theme
        self._box = FlowBox(theme.px(2))
        for tool in self.tools.values():
            tool.setCheckable(True)
            tool.clicked.connect(self._take_tool)
            self._box.add(tool)
        for swatch in self.swatches:
            swatch.clicked.connect(self._take_colour)
            self._box.add(swatch)
        for dot in self.widths:
            dot.clicked.connect(self._take_width)
            self._box.add(dot)
        for act in self.acts.values():
            act.clicked.connect(self._press)
            self._box.add(act)
        self._whole = whole = QVBoxLayout(self)
        whole.setContentsMargins(*(theme.px(side) for side in (10, 6, 10, 6)))
        whole.addWidget(self._box)

    @property
    def case(self) -> PenCase:
        """Which pen is chosen."""
        return self._case

    def show_case(self, case: PenCase) -> None:
        """Show this pen as the one in the hand."""
        self._case = case
        for tool, made in self.tools.items():
            made.setChecked(tool is case.tool)
        colours = case.colours
        for swatch, colour in zip(self.swatches, colours, strict=False):
            swatch.show_colour(colour, colour_words(colour))
            swatch.setChecked(colour == case.colour)
        for at, swatch in enumerate(self.swatches):
            swatch.setVisible(at < len(colours))
        for dot in self.widths:
            dot.setChecked(dot.size_index == case.size)
        self._box.refresh()

    def show_selecting(self, *, is_selecting: bool) -> None:
        """Whether ink is taken hold of instead of drawn."""
        self.acts["select"].setCheckable(True)
        self.acts["select"].setChecked(is_selecting)
        for tool, made in self.tools.items():
            made.setChecked(tool is self._case.tool and not is_selecting)

    def show_state(self, *, can_undo: bool, can_redo: bool, is_blank: bool) -> None:
        """What can be taken back or cleared."""
        self.acts["undo"].setEnabled(can_undo)
        self.acts["redo"].setEnabled(can_redo)
        self.acts["clear"].setEnabled(not is_blank)
        self.acts["select"].setEnabled(not is_blank)

    def fit_width(self, room_px: int) -> tuple[int, int]:
        """Width and height in that much room: one line if it fits, else several."""
        margins = self._whole.contentsMargins()
        edges = margins.left() + margins.right()
        parts = [part for part in self._box.parts if not part.isHidden()]
        gap = self._theme.px(2)
        line = sum(part.sizeHint().expandedTo(part.minimumSize()).width() + gap for part in parts)
        width = min(room_px, line - gap + edges)
        height = self._box.heightForWidth(width - edges) + margins.top() + margins.bottom()
        return width, height

    @Slot()
    def _take_tool(self) -> None:
        sender = self.sender()
        self._take(
            self._case.with_tool(Tool(sender.key)) if isinstance(sender, StageButton) else None
        )

    @Slot()
    def _take_colour(self) -> None:
        sender = self.sender()
        self._take(self._case.with_colour(sender.colour) if isinstance(sender, Swatch) else None)

    @Slot()
    def _take_width(self) -> None:
        sender = self.sender()
        self._take(
            self._case.with_size(sender.size_index) if isinstance(sender, WidthDot) else None
        )

    def _take(self, case: PenCase | None) -> None:
        if case is not None:
            self.show_case(case)
            self.taken.emit(case)

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, StageButton):
            self.pressed.emit(sender.key)
