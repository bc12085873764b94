# SPDX-License-Identifier: GPL-3.0-or-later
"""What stays outside the frozen folder."""

from __future__ import annotations

import pytest

from installer import contents, pruning
from installer.toolbox import ROOT

QT = "_internal/PySide6/Qt"


@pytest.mark.parametrize(
    "name",
    [
        f"{QT}/translations/qtbase_de.qm",
        f"{QT}/plugins/platforms/libqwayland-egl.so",
        f"{QT}/plugins/imageformats/libqpdf.so",
        "PySide6\\plugins\\platforms\\qdirect2d.dll",
        "PySide6/opengl32sw.dll",
        "PySide6/Qt6Quick.dll",
    ],
)
def test_what_no_lesson_needs_is_left_out(name: str) -> None:
    assert not pruning.is_kept(name, has_web=False)


@pytest.mark.parametrize(
    "name",
    [
        f"{QT}/translations/qtbase_zh_CN.qm",
        f"{QT}/plugins/multimedia/libffmpegmediaplugin.so",
        f"{QT}/plugins/iconengines/libqsvgicon.so",
        "PySide6\\plugins\\platforms\\qwindows.dll",
        "PySide6/Qt6Pdf.dll",
        "resources_cache/enrolment.json",
        "app/ui/i18n/kezhan_zh_CN.qm",
    ],
)
def test_what_lessons_need_stays(name: str) -> None:
    assert pruning.is_kept(name, has_web=False)


def test_web_engine_keeps_its_own_parts_and_two_languages() -> None:
    assert pruning.is_kept("PySide6/Qt6WebEngineCore.dll", has_web=True)
    assert not pruning.is_kept("PySide6/Qt6WebEngineCore.dll", has_web=False)
    locales = "PySide6/translations/qtwebengine_locales"
    assert pruning.is_kept(f"{locales}/zh-CN.pak", has_web=True)
    assert not pruning.is_kept(f"{locales}/de.pak", has_web=True)


def test_the_distributions_libraries_stay_with_the_distribution() -> None:
    assert pruning.is_from_system("/usr/lib/x86_64-linux-gnu/libxcb.so.1")
    assert pruning.is_from_system("/lib/x86_64-linux-gnu/libglib-2.0.so.0")
    assert not pruning.is_from_system("/usr/lib/x86_64-linux-gnu/libssl.so.3")
    assert not pruning.is_from_system("/opt/x/.venv/lib/python3.11/site-packages/x.so")


@pytest.mark.parametrize("variant", ["linux", "windows", "linux-web"])
def test_no_list_allows_what_is_pruned(variant: str) -> None:
    text = (ROOT / f"installer/lists/{variant}.txt").read_text("utf-8")
    has_web = variant.endswith("-web")
    names = [line.removeprefix("?").replace(".*", ".x") for line in contents.read_list(text)]
    assert len(names) > 50
    assert [name for name in names if not pruning.is_kept(name, has_web=has_web)] == []


def test_stand_ins_for_wine_are_on_no_list() -> None:
    text = (ROOT / "installer/lists/windows.txt").read_text("utf-8").lower()
    for name in ("icuuc", "bcryptprimitives", "ucrtbase"):
        assert name not in text
