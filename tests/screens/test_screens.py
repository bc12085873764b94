# SPDX-License-Identifier: GPL-3.0-or-later
"""Every page on every kind of screen: nothing cut off, nothing too small to press, no overlap."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.ui.i18n import build
from tests.screens.all import REPOSITORY, SCREENS, render

OUT = REPOSITORY / "build" / "screens"
# Each screen in one language and one palette; `python -m tests.screens.all` renders them all.
SETS = (("zh_CN", "light"), ("en", "dark"), ("zh_CN", "dark"), ("en", "light"))


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    build.main(["--compile-only"])


@pytest.mark.parametrize(
    ("screen", "chosen"), list(zip(SCREENS, SETS, strict=True)), ids=[s[0] for s in SCREENS]
)
def test_every_page_is_whole(screen: tuple[str, int, int, float], chosen: tuple[str, str]) -> None:
    name, width, height, ratio = screen
    language, theme = chosen
    full = f"{name}-{language}-{theme}"
    more = ("--language", language, "--theme", theme)
    assert render(OUT, full, (width, height), ratio, *more) == []
    pictures = list(OUT.glob(f"{full}-*.png"))
    assert len(pictures) >= 18
    assert min(picture.stat().st_size for picture in pictures) > 5_000


@pytest.mark.parametrize("scale", [80, 150, 200])
def test_every_page_is_whole_at_our_own_scale(scale: int) -> None:
    name = f"1280x720-scale{scale}"
    assert render(OUT, name, (1280, 720), 1.0, "--scale", str(scale)) == []


def test_a_machine_without_lessons(tmp_path: Path) -> None:
    assert render(OUT, "empty", (1280, 720), 1.0, "--empty") == []
