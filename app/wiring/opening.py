# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan` and `kezhan open`: hand over to the window."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from app.base.errors import KnownError
from app.base.messages import Message, message_of
from app.base.paths import DataPaths, is_frozen
from app.wiring.console import Console

PACKAGE_ENDING = ".kezhan"


def open_window(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Open the window (with `kezhan open`, on one resource)."""
    from app.ui.plain_imports import import_plainly

    import_plainly()
    from app.wiring.window import WindowOptions, run_window

    try:
        return run_window(
            WindowOptions(
                data_dir=paths.root,
                open_id=_wish(options.id),
                screenshot=options.screenshot,
                language=console.language,
                is_guarded=options.screenshot is None,
                is_resumed=options.resume,
                is_in_tray=options.in_tray,
            )
        )
    except KnownError as error:
        if is_windowed() and not options.in_tray:
            _say_problem(message_of(error, console.language))
        raise


def _say_problem(said: Message) -> None:
    """A box instead of the window, where no console would show why."""
    from app.ui.problem_box import problem_box
    from app.wiring.window import make_application

    make_application()
    box = problem_box(said)
    box.exec()


def is_windowed() -> bool:
    """Whether this is the installed window, which has no console to say anything on."""
    return is_frozen() and Path(sys.executable).stem == "Kezhan" and sys.platform == "win32"


def _wish(wish: str | None) -> str | None:
    """A resource's id as it is; a file as whoever reads it, from wherever, will find it."""
    if wish is not None and wish.lower().endswith(PACKAGE_ENDING):
        return str(Path(wish).absolute())
    return wish
