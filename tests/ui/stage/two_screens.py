# SPDX-License-Identifier: GPL-3.0-or-later
"""Run by `test_screens`: a window on a machine with two screens; prints where it stood, as JSON."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from app.base.paths import DataPaths
from app.base.settings import Settings
from app.ui.screens import WindowPlace, choose_screen, screen_key
from app.ui.services import SettingsBox


def main() -> None:
    """Full on the chosen one, to the next, back to a window."""
    QApplication(sys.argv[:1])
    window = QWidget()
    window.setGeometry(100, 120, 500, 400)
    window.show()
    first, second = QGuiApplication.screens()
    settings = SettingsBox(DataPaths(Path(sys.argv[1])), Settings(screen=screen_key(second)))
    place = WindowPlace(window, settings)
    steps = {"before": _where(window)}
    place.set_full(True)
    steps["chosen"] = _where(window)
    settings.put(replace(settings.current, screen=place.to_next_screen()))
    steps["next"] = _where(window)
    place.set_full(False)
    steps["after"] = _where(window)
    window.move(9000, 9000)
    place.settle()
    steps["rescued"] = _where(window)
    found = choose_screen([first, second], "gone", second)
    steps["missing"] = {"screen": found.name()}
    print(json.dumps(steps))


def _where(window: QWidget) -> dict[str, object]:
    area = window.geometry()
    return {
        "screen": window.screen().name(),
        "area": [area.x(), area.y(), area.width(), area.height()],
        "is_full": window.isFullScreen(),
    }


if __name__ == "__main__":
    main()
