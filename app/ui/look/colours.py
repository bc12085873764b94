# SPDX-License-Identifier: GPL-3.0-or-later
"""The two palettes, and the colour that stands for a subject.

Text on its surface keeps a contrast of at least 4.5 : 1 (WCAG AA); a test computes every pair.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours by what they are for, as `#rrggbb`."""

    is_dark: bool
    ground: str  # behind everything
    rail: str  # behind the navigation
    surface: str  # cards, fields, panels
    raised: str  # hovered card, pressed row
    sunken: str  # chips, track of a progress bar, skeletons
    line: str  # hairlines between things
    thumb: str  # handle of a scroll bar
    edge: str  # border of a control (3 : 1 against its surroundings)
    text: str
    muted: str
    primary: str  # the one thing to press
    primary_hover: str
    primary_pressed: str
    on_primary: str
    tint: str  # quiet fill of what is chosen
    on_tint: str
    focus: str
    good: str
    good_tint: str
    warn: str
    warn_tint: str
    bad: str
    bad_tint: str
    star: str

    def tokens(self) -> dict[str, str]:
        """Name → colour, for the style sheet."""
        return {f.name: str(getattr(self, f.name)) for f in fields(self) if f.name != "is_dark"}


LIGHT = Colours(
    is_dark=False,
    ground="#f3f5f4",
    rail="#e9eeec",
    surface="#ffffff",
    raised="#f5faf8",
    sunken="#eaeeed",
    line="#dde3e1",
    thumb="#b4c0bc",
    edge="#7d8a86",
    text="#16211e",
    muted="#52605b",
    primary="#0b6e5a",
    primary_hover="#0d7d67",
    primary_pressed="#095a4a",
    on_primary="#ffffff",
    tint="#d5ece5",
    on_tint="#08493c",
    focus="#1467c8",
    good="#1d6b36",
    good_tint="#dcf0e0",
    warn="#855000",
    warn_tint="#fcecd0",
    bad="#a8322a",
    bad_tint="#fbe3e0",
    star="#c77700",
)

DARK = Colours(
    is_dark=True,
    ground="#121817",
    rail="#0d1211",
    surface="#1c2422",
    raised="#25302d",
    sunken="#2a3532",
    line="#2f3b38",
    thumb="#4a5955",
    edge="#7f908b",
    text="#edf3f1",
    muted="#a9b8b3",
    primary="#57cdb0",
    primary_hover="#74dac0",
    primary_pressed="#3fb598",
    on_primary="#04231c",
    tint="#17443a",
    on_tint="#b4f0df",
    focus="#7db8ff",
    good="#86d79b",
    good_tint="#1b3a25",
    warn="#f2c06c",
    warn_tint="#432f0d",
    bad="#ff9d92",
    bad_tint="#4c1f1a",
    star="#ffc04d",
)

# White text stands on each of these (checked by the contrast test).
_SUBJECTS = {
    "语文": "#a63d3d",
    "数学": "#2660a8",
    "英语": "#6e48a8",
    "道德与法治": "#9a5316",
    "思想政治": "#9a5316",
    "科学": "#12727f",
    "物理": "#3f57a0",
    "化学": "#1f7566",
    "生物学": "#3f7433",
    "生物": "#3f7433",
    "历史": "#7d5234",
    "地理": "#2c6f7f",
    "音乐": "#a83a71",
    "美术": "#a8541a",
    "艺术": "#a8541a",
    "体育与健康": "#4a7026",
    "信息技术": "#4d55b5",
    "信息科技": "#4d55b5",
    "劳动": "#6b6427",
    "综合实践活动": "#57683a",
    "书法": "#5d5148",
}
_TEXT_CONTRAST = 4.6  # a little more than WCAG AA asks
_OTHERS = ("#51616b", "#6b5573", "#4f6b58", "#7a5560", "#4a6280", "#6d6047")


def subject_colour(subject: str) -> str:
    """A steady colour for a subject; unknown ones get one of six by their name."""
    known = _SUBJECTS.get(subject)
    return known or _OTHERS[crc32(subject.encode("utf-8")) % len(_OTHERS)]


@lru_cache(maxsize=256)
def subject_text(colour: str, colours: Colours) -> str:
    """The colour of a subject for words on a card: lightened on a dark one until it reads."""
    share = 0.0
    while contrast(colour, colours.raised) < _TEXT_CONTRAST and share < 1:
        share += 0.1
        colour = _mixed(colour, colours.text, 0.1)
    return colour


def _mixed(first: str, second: str, share: float) -> str:
    pairs = ((int(first[at : at + 2], 16), int(second[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def contrast(foreground: str, background: str) -> float:
    """WCAG 2 contrast ratio of two `#rrggbb` colours."""
    lighter, darker = sorted((_luminance(foreground), _luminance(background)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


TEXT_PAIRS = (
    ("text", "ground"),
    ("text", "surface"),
    ("text", "raised"),
    ("text", "sunken"),
    ("muted", "ground"),
    ("muted", "rail"),
    ("muted", "surface"),
    ("muted", "raised"),
    ("muted", "sunken"),
    ("primary", "surface"),
    ("primary", "ground"),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("on_primary", "primary_pressed"),
    ("on_tint", "tint"),
    ("good", "good_tint"),
    ("warn", "warn_tint"),
    ("bad", "bad_tint"),
    ("bad", "surface"),
    ("warn", "surface"),
    ("good", "surface"),
)
SHAPE_PAIRS = (("edge", "surface"), ("edge", "ground"), ("focus", "surface"), ("focus", "ground"))
SUBJECT_COLOURS = (*_SUBJECTS.values(), *_OTHERS)
