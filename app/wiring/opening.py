# SPDX-License-Identifier: GPL-3.0-or-later
"""`kezhan` and `kezhan open`: hand over to the window."""

from __future__ import annotations

import argparse

from app.base.paths import DataPaths
from app.wiring.console import Console


def open_window(options: argparse.Namespace, paths: DataPaths, console: Console) -> int:
    """Open the window (with `kezhan open`, on one resource)."""
    from app.wiring.window import WindowOptions, run_window

    return run_window(
        WindowOptions(
            data_dir=paths.root,
            open_id=options.id,
            screenshot=options.screenshot,
            language=console.language,
        )
    )
