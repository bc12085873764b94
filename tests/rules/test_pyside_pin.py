# SPDX-License-Identifier: GPL-3.0-or-later
"""PySide6 6.12.0 loses references on CPython 3.11 and aborts after some hundred signals."""

import subprocess
import sys
import sysconfig

PROGRAM = """
from PySide6.QtCore import QObject, Signal
class Sender(QObject):
    changed = Signal(bool)
    def __init__(self):
        super().__init__()
        self.count = 0
        self.changed.connect(self.take)
    def take(self, value):
        self.count += value is True
sender = Sender()
for _ in range(20_000):
    sender.changed.emit(True)
    sender.objectName()
print(sender.count)
"""


def test_twenty_thousand_emits_do_not_abort() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stdout) == (0, "20000\n"), run.stderr


def test_there_is_one_pyside_version() -> None:
    from importlib.metadata import distributions

    folder = sysconfig.get_path("purelib")
    versions = {
        found.metadata["Name"]: found.version
        for found in distributions(path=[folder])
        if found.metadata["Name"].lower().startswith(("pyside6", "shiboken6"))
    }
    assert set(versions.values()) == {"6.11.3"}, versions
