# SPDX-License-Identifier: GPL-3.0-or-later
"""The same journey with a packed program in the place of the checkout's.

`python3 dev.py installer --check` sets the variable to the frozen folder, or to where a package has
installed it. What cannot be asked of a packed program from inside is then looked at from outside.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

FOLDER_VARIABLE = "KEZHAN_PACKED"
_DEADLINE_S = 90.0
_LOOK_S = 0.2
# What helps a developer's program must not help a packed one.
_NOT_FOR_IT = ("PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "VIRTUAL_ENV")
_GRAB = (
    "import sys; from PySide6.QtGui import QGuiApplication as A; a = A(sys.argv);"
    "sys.exit(not a.primaryScreen().grabWindow(0).save(sys.argv[1]))"
)


def packed_folder() -> Path | None:
    """The folder of the packed program under test; None: the checkout is."""
    folder = os.environ.get(FOLDER_VARIABLE)
    return Path(folder) if folder else None


def module_command(module: str) -> list[str]:
    """How a module of ours is run; the classroom's program is the packed one where there is one."""
    folder = packed_folder()
    if folder is not None and module == "app":
        return [str(folder / "kezhan-cli")]
    return [sys.executable, "-X", "utf8", "-m", module]


def environment() -> dict[str, str]:
    """This process's variables without what only a checkout needs."""
    if packed_folder() is None:
        return dict(os.environ)
    return {name: text for name, text in os.environ.items() if name not in _NOT_FOR_IT}


def teach_packed(
    folder: Path, data_dir: Path, arguments: Sequence[str], screen: dict[str, str]
) -> dict[str, Any]:
    """Play a video in the packed window until its place says so, take a picture, ask it to end.

    Args:
        arguments: the entry, the seconds to play, where the picture goes.
    """
    entry_id, seconds, picture = arguments
    window = subprocess.Popen(
        [folder / "Kezhan", "open", entry_id, "--data-dir", data_dir],
        env={**environment(), **screen, "KEZHAN_GUARDED": "0"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        position_s = _wait_for_place(window, data_dir / "lesson-place.json", float(seconds))
        backend = _backend(window.pid)
        grab = [sys.executable, "-c", _GRAB, picture]
        subprocess.run(grab, env={**os.environ, **screen}, check=True, timeout=30)
        window.terminate()
        code = window.wait(30)
    finally:
        window.kill()
        window.wait(30)
    assert code in (0, 143), f"the packed window ended with {code}"
    return {"backend": backend, "position_s": position_s}


def _wait_for_place(window: subprocess.Popen[bytes], place: Path, seconds: float) -> float:
    """Where the video is, once it is far enough; the window writes it every three seconds."""
    pause = threading.Event()
    deadline_s = time.monotonic() + _DEADLINE_S
    position_s = 0.0
    while time.monotonic() < deadline_s:
        assert window.poll() is None, f"the packed window ended with {window.returncode}"
        try:
            position_s = float(json.loads(place.read_bytes())["position"][0])
        except (OSError, ValueError):
            position_s = 0.0
        if position_s >= seconds:
            return position_s
        pause.wait(_LOOK_S)
    raise AssertionError(f"the video stands at {position_s} s")


def _backend(pid: int) -> str:
    """Which library plays, by what the process has loaded; libVLC may be tried and not used."""
    loaded = Path(f"/proc/{pid}/maps").read_text("utf-8")
    return "qt" if "libffmpegmediaplugin" in loaded else "vlc"
