# SPDX-License-Identifier: GPL-3.0-or-later
"""One look at one scale: sizes, fonts, palette and style sheet.

A theme never changes; another scale or palette is another theme and the window rebuilds its pages.
"""

from __future__ import annotations

import re
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from app.base.resources import read_text
from app.ui.look.colours import DARK, LIGHT, Colours
from app.ui.look.icons import icon_pixmap

SCALE_PERCENT_MIN = 80
SCALE_PERCENT_MAX = 200
_LARGE_PERCENT = 125
TARGET_PX = 48  # the smallest thing to press, at 100 %

FONT_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "PingFang SC",
    "Segoe UI",
    "Noto Sans",
    "sans-serif",
)
_FONT_PX = {"display": 30, "title": 23, "heading": 19, "body": 17, "small": 15, "caption": 14}
_BOLD = frozenset({"display", "title", "heading"})


class Theme:
    """Colours plus a scale; everything painted asks it."""

    def __init__(self, colours: Colours, scale_percent: int) -> None:
        self.colours = colours
        self.scale_percent = max(SCALE_PERCENT_MIN, min(SCALE_PERCENT_MAX, scale_percent))

    def px(self, size_px: float) -> int:
        """A length given for 100 %, at this scale."""
        return max(1, round(size_px * self.scale_percent / 100))

    def colour(self, role: str) -> QColor:
        """The colour of a role of `Colours`."""
        return QColor(str(getattr(self.colours, role)))

    def font(self, role: str = "body", *, is_bold: bool = False) -> QFont:
        """The font of a role: display, title, heading, body, small, caption."""
        font = QFont(list(FONT_FAMILIES))
        font.setPixelSize(self.px(_FONT_PX[role]))
        font.setWeight(QFont.Weight.Bold if is_bold or role in _BOLD else QFont.Weight.Normal)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        return font

    def icon(self, name: str, role: str = "text", size_px: float = 24) -> QIcon:
        """An icon of ours in one colour, greyed when disabled."""
        icon = QIcon(self.pixmap(name, role, size_px))
        icon.addPixmap(self.pixmap(name, "edge", size_px), QIcon.Mode.Disabled)
        return icon

    def two_state_icon(self, name: str, off: str, on: str, size_px: float = 24) -> QIcon:
        """An icon for a button that can be checked."""
        icon = QIcon()
        icon.addPixmap(self.pixmap(name, off, size_px), QIcon.Mode.Normal, QIcon.State.Off)
        icon.addPixmap(self.pixmap(name, on, size_px), QIcon.Mode.Normal, QIcon.State.On)
        return icon

    def pixmap(self, name: str, role: str, size_px: float = 24) -> QPixmap:
        """The icon as a pixmap for the screen with the highest density."""
        colour = role if role.startswith("#") else str(getattr(self.colours, role))
        ratio = max((s.devicePixelRatio() for s in QGuiApplication.screens()), default=1.0)
        return icon_pixmap(name, colour, self.px(size_px), ratio)

    def palette(self) -> QPalette:
        """The palette for what the style sheet does not reach."""
        roles = {
            QPalette.ColorRole.Window: "ground",
            QPalette.ColorRole.Base: "surface",
            QPalette.ColorRole.AlternateBase: "raised",
            QPalette.ColorRole.Button: "surface",
            QPalette.ColorRole.Text: "text",
            QPalette.ColorRole.WindowText: "text",
            QPalette.ColorRole.ButtonText: "text",
            QPalette.ColorRole.PlaceholderText: "muted",
            QPalette.ColorRole.Highlight: "primary",
            QPalette.ColorRole.HighlightedText: "on_primary",
            QPalette.ColorRole.Link: "primary",
            QPalette.ColorRole.ToolTipBase: "surface",
            QPalette.ColorRole.ToolTipText: "text",
        }
        palette = QPalette()
        for role, name in roles.items():
            palette.setColor(role, self.colour(name))
        return palette

    def dress(self) -> None:
        """Give the whole program this theme's type and palette."""
        QApplication.setFont(self.font())
        QApplication.setPalette(self.palette())

    def style_sheet(self) -> str:
        """The style sheet with this theme's colours and sizes filled in."""
        return _filled(self.colours, self.scale_percent)


@lru_cache(maxsize=4)
def _filled(colours: Colours, scale_percent: int) -> str:
    tokens = colours.tokens()
    theme = Theme(colours, scale_percent)

    def value(match: re.Match[str]) -> str:
        name = match.group(1)
        return f"{theme.px(int(name))}px" if name.isdigit() else tokens[name]

    sheet = read_text("ui/assets/style.qss")
    sheet = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    return re.sub(r"@(\w+)", value, sheet)


def percent_on_screen(scale_percent: int, screen_height_px: int) -> int:
    """The user's scale on a screen of that logical height.

    A board at 1920 × 1080 is read from the last row, so 100 % is larger there than on a 720p TV.
    """
    return scale_percent * _LARGE_PERCENT // 100 if screen_height_px >= 1000 else scale_percent


def theme_for(name: str, scale_percent: int) -> Theme:
    """The theme named in the settings: light, dark, or what the system prefers."""
    if name == "system":
        hints = QGuiApplication.styleHints()
        is_dark = hints.colorScheme() == Qt.ColorScheme.Dark
    else:
        is_dark = name == "dark"
    return Theme(DARK if is_dark else LIGHT, scale_percent)
