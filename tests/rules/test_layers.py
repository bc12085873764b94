# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms know only the rooms below them, and Qt stays where it belongs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

QT_FREE_ROOMS = ["base", "region", "catalogue", "cache", "usage", "lesson", "sync", "publish"]
IMPORT_ALL = """
import importlib, pkgutil, sys
for name in {names!r}:
    room = importlib.import_module(name)
    for module in pkgutil.walk_packages(getattr(room, "__path__", []), name + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(sorted(name for name in sys.modules if name.split(".")[0] in {{"PySide6", "shiboken6"}}))
"""


def test_import_contracts_hold(repository: Path) -> None:
    program = Path(sys.executable).with_name("lint-imports")
    environment = {**os.environ, "PYTHONPATH": str(repository)}
    run = subprocess.run(
        [program, "--no-cache"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_rooms_without_qt_never_load_it() -> None:
    names = [f"app.{room}" for room in QT_FREE_ROOMS] + ["app.wiring.cli", "app.wiring.agent"]
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL.format(names=names)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout == "[]\n"


@pytest.mark.parametrize(
    "command",
    [
        ["status", "--json"],
        ["search", "分数", "--json"],
        ["sync", "--once", "--json"],
        ["--help"],
    ],
    ids=lambda command: str(command[0]),
)
def test_commands_never_load_qt(command: list[str], data_dir: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "app", "--data-dir", str(data_dir), *command],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode in {0, 1}, run.stderr[-4000:]
    assert "app.wiring.cli" in run.stderr
    loaded = [line for line in run.stderr.splitlines() if "PySide6" in line or "shiboken6" in line]
    assert loaded == []
