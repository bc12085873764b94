# SPDX-License-Identifier: GPL-3.0-or-later
"""Divides a frozen Windows folder that has Qt WebEngine: the program, and the component beside it.

One freeze serves both setups. Without the component's files the program runs and says of web
lessons that the component is missing.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from installer import contents
from installer.toolbox import ROOT

_LISTS = ROOT / "installer/lists"
COMPONENT_LIST = "windows-component-web"
# Data that only Qt WebEngine reads, and what it runs for H5P and Flash.
_COMPONENT_DATA = (
    "_internal/PySide6/resources/*",
    "_internal/PySide6/translations/qtwebengine_*",
    "_internal/app/player/web_assets/node_modules/*",
)


@dataclass(frozen=True, slots=True)
class Divided:
    """Two folders that together are the frozen one."""

    program: Path
    component: Path

    @property
    def component_bytes(self) -> int:
        """What the component takes on the disk."""
        return sum(path.stat().st_size for path in self.component.rglob("*") if path.is_file())


def component_patterns() -> list[str]:
    """What belongs to the component."""
    listed = contents.read_list((_LISTS / f"{COMPONENT_LIST}.txt").read_text("utf-8"))
    return [*listed, *_COMPONENT_DATA]


def divide(folder: Path, place: Path) -> Divided:
    """Lay both parts beside each other below `place`, as links where the disk can."""
    parts = Divided(place / "program", place / "component")
    patterns = component_patterns()
    for part in (parts.program, parts.component):
        shutil.rmtree(part, ignore_errors=True)
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        is_component = any(fnmatchcase(name, pattern) for pattern in patterns)
        target = (parts.component if is_component else parts.program) / name
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(path, target)
        except OSError:
            shutil.copy2(path, target)
    contents.check(parts.program, "windows")
    return parts
