# SPDX-License-Identifier: GPL-3.0-or-later
"""One frozen folder serves two setups: with Qt WebEngine to choose, and without."""

from __future__ import annotations

from pathlib import Path

import pytest

from installer import component, contents, pruning
from installer.toolbox import ROOT, BuildError

LISTS = ROOT / "installer/lists"


def read(name: str) -> list[str]:
    return contents.read_list((LISTS / f"{name}.txt").read_text("utf-8"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Every file of both lists, and data of both parts."""
    made = tmp_path / "Kezhan"
    for pattern in [*read("windows"), *read(component.COMPONENT_LIST)]:
        path = made / pattern.removeprefix("?").replace("*", "x")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"MZ\x90\x00")
    for name in (
        "_internal/PySide6/resources/icudtl.dat",
        "_internal/PySide6/translations/qtwebengine_locales/zh-CN.pak",
        "_internal/PySide6/translations/qtbase_zh_CN.qm",
        "_internal/resources_cache/enrolment.json",
        "_internal/app/player/web_assets/node_modules/@ruffle-rs/ruffle/ruffle.js",
        "_internal/app/player/web_assets/node_modules/h5p-standalone/dist/main.bundle.js",
        "_internal/app/player/web_assets/loader.html",
    ):
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        (made / name).write_text("data")
    return made


def names(root: Path) -> set[str]:
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def test_both_parts_together_are_the_folder_and_share_nothing(folder: Path, tmp_path: Path) -> None:
    parts = component.divide(folder, tmp_path)
    assert names(parts.program) | names(parts.component) == names(folder)
    assert not names(parts.program) & names(parts.component)
    assert "_internal/PySide6/resources/icudtl.dat" in names(parts.component)
    assert "_internal/PySide6/Qt6WebEngineCore.dll" in names(parts.component)
    assert "_internal/PySide6/translations/qtbase_zh_CN.qm" in names(parts.program)
    web_assets = {name for name in names(parts.program) if "web_assets" in name}
    assert web_assets == {"_internal/app/player/web_assets/loader.html"}
    assert parts.component_bytes > 0
    contents.check(folder, "windows-web")


def test_what_crept_into_either_part_stops_the_build(folder: Path, tmp_path: Path) -> None:
    (folder / "_internal/PySide6/Qt6Surprise.dll").write_bytes(b"MZ\x90\x00")
    with pytest.raises(BuildError, match="Qt6Surprise"):
        component.divide(folder, tmp_path)


def test_no_library_is_on_both_lists() -> None:
    assert not set(read("windows")) & set(read(component.COMPONENT_LIST))


def test_the_setup_without_the_component_freezes_nothing_of_it() -> None:
    """What the smaller freeze would leave out anyway belongs to the component."""
    kept = [name for name in read(component.COMPONENT_LIST) if pruning.is_kept(name, has_web=False)]
    # Bindings are left out by their modules' names, not by the files'.
    assert all(name.endswith((".pyd", ".dll")) for name in kept)
    assert not [name for name in kept if "WebEngineCore.dll" in name]
