# SPDX-License-Identifier: GPL-3.0-or-later
"""What unfolds behind 「更多」: all that this lesson can do and that is not always at hand."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from app.player.view import LessonView
from app.ui.board.stage_button import StageButton, use_style
from app.ui.look.theme import TARGET_PX, Theme
from app.ui.widgets.controls import FlowBox

_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the panel must know besides the view."""

    has_previous_item: bool = False
    has_next_item: bool = False
    has_screens: bool = False
    is_full_screen: bool = True
    repeat_from_s: float | None = None


class MorePanel(QFrame):
    """Signals: pressed(str) with the name of a button."""

    pressed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("bar")
        self.setProperty("opaque", True)  # it may have to lie over the bar below
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._theme = theme
        self._view: LessonView | None = None
        self.buttons: dict[str, StageButton] = {}
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(*(theme.px(10),) * 4)
        self._whole.setSpacing(theme.px(4))
        self._boxes = [self._make_box(names) for names in self._groups()]
        self._make_volume()
        for box in self._boxes:
            self._whole.addWidget(box)
            if box is self._boxes[0]:
                self._whole.addWidget(self.volume_row)

    def _groups(self) -> tuple[tuple[tuple[str, str, str], ...], ...]:
        return (
            (
                ("back_5s", self.tr("Back 5 s"), "back_5s"),
                ("on_5s", self.tr("On 5 s"), "on_5s"),
                ("step", self.tr("One frame"), "step"),
                ("rate", self.tr("Speed"), "speed"),
                ("repeat", self.tr("Repeat from here"), "repeat"),
                ("subtitles", self.tr("Subtitles"), "subtitles"),
                ("second", self.tr("Second language"), "subtitles"),
                ("letters", self.tr("Letter size"), "letters"),
            ),
            (
                ("zoom_out", self.tr("Smaller"), "zoom_out"),
                ("fit", self.tr("Fit"), "fit"),
                ("zoom_in", self.tr("Larger"), "zoom_in"),
                ("rotate", self.tr("Rotate"), "rotate"),
                ("thumbnails", self.tr("Page pictures"), "thumbnails"),
                ("search", self.tr("Search"), "search"),
                ("print", self.tr("Print"), "print"),
            ),
            (
                ("board", self.tr("Blank board"), "board"),
                ("spotlight", self.tr("Spotlight"), "spotlight"),
                ("timer", self.tr("Timer"), "timer"),
                ("picture", self.tr("Keep picture"), "camera"),
            ),
            (
                ("previous_item", self.tr("Previous one"), "chevron_left"),
                ("next_item", self.tr("Next one"), "chevron_right"),
                ("screen", self.tr("Other screen"), "screen"),
                ("fullscreen", self.tr("Full screen"), "fullscreen"),
                ("exit", self.tr("End"), "exit"),
            ),
        )

    def _make_box(self, names: tuple[tuple[str, str, str], ...]) -> FlowBox:
        box = FlowBox(self._theme.px(4))
        for key, text, icon in names:
            made = StageButton(self._theme, key, text, icon)
            made.setMinimumWidth(self._theme.px(76))
            made.clicked.connect(self._press)
            self.buttons[key] = made
            box.add(made)
        return box

    def _even_out(self) -> None:
        """One width for all, so that they stand in columns; known once the style is there."""
        for made in self.buttons.values():
            made.ensurePolished()
        shown = [made for made in self.buttons.values() if made is not self.mute]
        least = self._theme.px(TARGET_PX + 8 if self.property("compact") else 76)
        widest = max(least, *(made.sizeHint().width() for made in shown))
        for made in shown:
            made.setFixedWidth(widest)

    def _make_volume(self) -> None:
        theme = self._theme
        self.volume_row = QWidget()
        self.mute = StageButton(theme, "mute", self.tr("Sound"), "volume")
        self.mute.clicked.connect(self._press)
        self.buttons["mute"] = self.mute
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.volume.setRange(0, 100)
        self.volume.setAccessibleName(self.tr("Loudness"))
        self.volume.valueChanged.connect(self._set_volume)
        self.percent = QLabel("100")
        self.percent.setFont(theme.font("small", is_bold=True))
        self.percent.setMinimumWidth(theme.px(40))
        line = QHBoxLayout(self.volume_row)
        line.setContentsMargins(0, 0, theme.px(10), 0)
        line.setSpacing(theme.px(8))
        for part in (self.mute, self.volume, self.percent):
            line.addWidget(part, 1 if part is self.volume else 0)

    def show_for(self, view: LessonView | None, around: Surroundings) -> None:
        """Offer what applies now."""
        self._view = view
        wanted = _what_applies(view, around)
        for key, made in self.buttons.items():
            made.setVisible(key in wanted)
        self.volume_row.setVisible(view is not None and view.is_timed)
        if view is not None:
            self._name_timed(view, around)
        if around.is_full_screen:
            self.buttons["fullscreen"].say(self.tr("Window"), "window")
        else:
            self.buttons["fullscreen"].say(self.tr("Full screen"), "fullscreen")
        for box in self._boxes:
            box.setVisible(any(not part.isHidden() for part in box.parts))
            box.refresh()

    def _name_timed(self, view: LessonView, around: Surroundings) -> None:
        self.buttons["rate"].say(f"{view.rate:g}×", "speed")
        if view.repeat is not None:
            self.buttons["repeat"].say(self.tr("Stop repeating"), "repeat")
        elif around.repeat_from_s is not None:
            self.buttons["repeat"].say(self.tr("Repeat to here"), "repeat")
        else:
            self.buttons["repeat"].say(self.tr("Repeat from here"), "repeat")
        is_silent = view.is_muted or view.volume_percent == 0
        self.mute.say(self.tr("Sound"), "mute" if is_silent else "volume")
        self.percent.setText(str(view.volume_percent))
        if not self.volume.isSliderDown():
            self.volume.blockSignals(True)
            self.volume.setValue(view.volume_percent)
            self.volume.blockSignals(False)
        for key, index in (
            ("subtitles", view.subtitle_index),
            ("second", view.second_subtitle_index),
        ):
            self.buttons[key].setCheckable(True)
            self.buttons[key].setChecked(index is not None)
        if view.page_count and view.can_zoom:
            self.buttons["fit"].say(f"{view.page} / {view.page_count}", "fit")
        else:
            self.buttons["fit"].say(self.tr("Fit"), "fit")

    def best_size(self, room_width_px: int, room_height_px: int) -> tuple[int, int]:
        """Width and height on a stage of that size: six columns, more when it is too low, and
        without words where even that does not fit (a large scale on a low screen)."""
        width, height = self._best_in_style(room_width_px, room_height_px, is_compact=False)
        if height > room_height_px:
            width, height = self._best_in_style(room_width_px, room_height_px, is_compact=True)
        return width, min(height, room_height_px)

    def _best_in_style(self, *room_px: int, is_compact: bool) -> tuple[int, int]:
        use_style(self, self.buttons.values(), self._theme, is_compact=is_compact)
        self._even_out()
        return self._width_and_height(*room_px)

    def _width_and_height(self, room_width_px: int, room_height_px: int) -> tuple[int, int]:
        margins = self._whole.contentsMargins()
        edges = margins.left() + margins.right()
        gap = self._theme.px(4)
        cell = max(part.minimumWidth() for box in self._boxes for part in box.parts) + gap
        most = max(sum(not part.isHidden() for part in box.parts) for box in self._boxes)
        fitting = (room_width_px - edges + gap) // cell
        sizes = []
        for columns in (min(_COLUMNS, most), 8, 11):
            width = max(1, min(columns, fitting)) * cell - gap + edges
            height = self._height_for(width - edges) + margins.top() + margins.bottom()
            sizes.append((width, height))
        return next((size for size in sizes if size[1] <= room_height_px), sizes[-1])

    def _height_for(self, width: int) -> int:
        shown = [box for box in self._boxes if not box.isHidden()]
        height = sum(box.heightForWidth(width) for box in shown)
        rows = len(shown)
        if not self.volume_row.isHidden():
            height, rows = height + self.volume_row.sizeHint().height(), rows + 1
        return height + max(0, rows - 1) * self._whole.spacing()

    @Slot()
    def _press(self) -> None:
        sender = self.sender()
        if isinstance(sender, StageButton):
            self.pressed.emit(sender.key)

    @Slot(int)
    def _set_volume(self, percent: int) -> None:
        if self._view is not None:
            self._view.set_volume(percent)
            self.percent.setText(str(percent))


def _what_applies(view: LessonView | None, around: Surroundings) -> set[str]:
    found = {"board", "spotlight", "timer", "picture", "fullscreen", "exit"}
    offers: tuple[tuple[bool, tuple[str, ...]], ...] = (
        (around.has_previous_item, ("previous_item",)),
        (around.has_next_item, ("next_item",)),
        (around.has_screens, ("screen",)),
    )
    if view is not None:
        is_film = view.is_timed and view.has_picture
        offers += (
            (view.is_timed, ("back_5s", "on_5s", "rate", "repeat", "mute")),
            (is_film, ("step",)),
            (bool(view.subtitle_names), ("subtitles", "letters")),
            (len(view.subtitle_names) > 1, ("second",)),
            (view.can_zoom, ("zoom_out", "fit", "zoom_in")),
            (view.can_rotate, ("rotate",)),
            (view.has_side_panel, ("thumbnails",)),
            (view.can_search, ("search",)),
            (view.can_print, ("print",)),
        )
    for applies, keys in offers:
        if applies:
            found.update(keys)
    return found
