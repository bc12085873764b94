# SPDX-License-Identifier: GPL-3.0-or-later
"""The look keeps its promises: contrast, sizes, icons for everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.base.resources import read_text
from app.ui.look.colours import (
    DARK,
    LIGHT,
    SHAPE_PAIRS,
    SUBJECT_COLOURS,
    TEXT_PAIRS,
    Colours,
    contrast,
    subject_colour,
    subject_text,
)
from app.ui.look.icons import icon_pixmap
from app.ui.look.painting import break_lines
from app.ui.look.theme import Theme

ICONS = Path(__file__).resolve().parents[2] / "app" / "ui" / "assets" / "icons"


def test_contrast_of_known_pairs() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_reads_well_on_its_ground(colours: Colours) -> None:
    low = {
        pair: round(contrast(getattr(colours, pair[0]), getattr(colours, pair[1])), 2)
        for pair in TEXT_PAIRS
        if contrast(getattr(colours, pair[0]), getattr(colours, pair[1])) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_borders_and_focus_rings_are_seen(colours: Colours) -> None:
    low = [
        pair
        for pair in SHAPE_PAIRS
        if contrast(getattr(colours, pair[0]), getattr(colours, pair[1])) < 3
    ]
    assert low == []


def test_white_stands_out_on_every_subject_colour() -> None:
    assert [c for c in SUBJECT_COLOURS if contrast("#ffffff", c) < 4.5] == []
    assert subject_colour("天文") == subject_colour("天文")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_colour_of_a_subject_reads_well_as_text(colours: Colours) -> None:
    grounds = (colours.surface, colours.raised)
    low = [
        (subject, ground)
        for subject in SUBJECT_COLOURS
        for ground in grounds
        if contrast(subject_text(subject, colours), ground) < 4.5
    ]
    assert low == []


@pytest.mark.parametrize("scale", [80, 100, 200])
@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_style_sheet_has_every_token_filled(qapp: object, colours: Colours, scale: int) -> None:
    sheet = Theme(colours, scale).style_sheet()
    assert "@" not in sheet
    assert sheet.count("{") == sheet.count("}")


def test_scale_is_kept_in_its_range(qapp: object) -> None:
    assert Theme(LIGHT, 10).scale_percent == 80
    assert Theme(LIGHT, 900).scale_percent == 200
    assert Theme(LIGHT, 150).px(48) == 72


@pytest.mark.parametrize("name", sorted(path.stem for path in ICONS.glob("*.svg")))
def test_every_icon_draws_in_the_colour_it_is_given(qapp: object, name: str) -> None:
    image = icon_pixmap(name, "#ff0000", 48, 1.0).toImage()
    colours = {
        image.pixelColor(x, y).name()
        for x in range(48)
        for y in range(48)
        if image.pixelColor(x, y).alpha() == 255
    }
    assert "#ff0000" in colours


def test_every_icon_that_is_named_exists() -> None:
    root = ICONS.parents[1]
    known = {path.stem for path in ICONS.glob("*.svg")}
    named = set()
    for path in root.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'(?:icon|pixmap)\(\s*"(\w+)"', source))
        named |= set(re.findall(r'button\(theme, self\.tr\("[^"]*"\), "(\w+)"', source))
    assert named - known == set()


def test_style_sheet_names_no_unknown_colour() -> None:
    names = set(re.findall(r"@([a-z_]+)", read_text("ui/assets/style.qss")))
    assert names - set(LIGHT.tokens()) - {"name"} == set()


def test_long_titles_are_broken_and_end_in_an_ellipsis(qapp: object) -> None:
    font = Theme(LIGHT, 100).font("heading")
    lines = break_lines("分数的初步认识" * 20, font, 200, 2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert break_lines("短", font, 200, 2) == ("短",)
    assert break_lines("", font, 200, 2) == ()
