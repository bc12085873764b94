# SPDX-License-Identifier: GPL-3.0-or-later
"""A window of a process of its own appears on the virtual screen."""

import os
import subprocess
import sys
from pathlib import Path

PROGRAM = """
import sys
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication(["kezhan"])
label = QLabel("课栈")
label.show()
application.processEvents()
size = application.primaryScreen().size()
print(application.platformName(), size.width(), size.height())
sys.exit(0 if label.grab().save(sys.argv[1]) else 1)
"""


def test_a_window_opens_on_it(screen: dict[str, str], tmp_path: Path) -> None:
    picture = tmp_path / "window.png"
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(picture)],
        env={**os.environ, **screen},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "xcb 1280 720\n"), run.stderr
    assert picture.stat().st_size > 0
