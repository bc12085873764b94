# SPDX-License-Identifier: GPL-3.0-or-later
"""The foreign programs that run inside the closed room: h5p-standalone and Ruffle.

They are fetched when Kezhan is built (`web_assets/package-lock.json` pins their content), never by
the program; an installation may lack them.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

_MODULES: Final = Path(__file__).with_name("web_assets") / "node_modules"
H5P_DIR: Final = _MODULES / "h5p-standalone" / "dist"
RUFFLE_DIR: Final = _MODULES / "@ruffle-rs" / "ruffle"
# Where pages find them; a package cannot have files of its own there.
PREFIX: Final = "_kezhan/"


@cache
def has_h5p() -> bool:
    """Whether H5P content can be shown."""
    return (H5P_DIR / "main.bundle.js").is_file() and (H5P_DIR / "frame.bundle.js").is_file()


@cache
def has_ruffle() -> bool:
    """Whether Flash films can be shown."""
    return (RUFFLE_DIR / "ruffle.js").is_file() and any(RUFFLE_DIR.glob("*.wasm"))


class WebParts:
    """The files of one of the folders above, by the names pages use."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            PREFIX + path.relative_to(folder).as_posix(): path
            for path in folder.rglob("*")
            if path.is_file() and path.suffix != ".map"
        }

    def read(self, name: str) -> bytes | None:
        """The bytes of a file, None when there is none of that name."""
        path = self._files.get(name)
        return path.read_bytes() if path is not None else None
