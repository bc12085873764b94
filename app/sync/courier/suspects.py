# SPDX-License-Identifier: GPL-3.0-or-later
"""Names what does not belong on a stick that carries lessons. Nothing is opened or followed."""

from __future__ import annotations

import os
import re
from collections import deque
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePath

from app.sync.courier.places import is_link

_SHOWN = 5
_MAX_NAMES = 5_000
_MAX_FOLDERS = 200
_DEPTH = 2  # worms sit at the root or one folder below it, where a double click finds them
# What Windows runs on a double click, and what makes it do so without one.
_RUNS = frozenset(
    ".exe .com .scr .pif .bat .cmd .vbs .vbe .js .jse .wsf .wsh .ps1 .msi .msp .hta .lnk .cpl .jar"
    " .reg .gadget .application .scf .sh .desktop .appimage".split()
)
_NAMES = frozenset({"autorun.inf", "autorun.ini"})
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?\Z", re.IGNORECASE)
_OF_WINDOWS = frozenset({"system volume information", "$recycle.bin", "lost+found"})


@dataclass(frozen=True, slots=True)
class Suspects:
    """How many names look wrong, and some of them, as they are to be shown."""

    count: int = 0
    names: tuple[str, ...] = ()


def find_suspects(folder: Path) -> Suspects:
    """Look at the names at the top of a stick; a folder that cannot be read is passed over."""
    found: list[str] = []
    left_names = _MAX_NAMES
    queue = deque([(folder, 0)])
    for _ in range(_MAX_FOLDERS):
        if not queue or left_names <= 0:
            break
        place, depth = queue.popleft()
        try:
            with os.scandir(place) as items:
                names = list(islice(items, left_names))
        except OSError:
            continue
        left_names -= len(names)
        for item in sorted(names, key=lambda one: one.name):
            if _is_suspect(item):
                found.append(_shown(Path(item.path).relative_to(folder)))
            elif depth + 1 < _DEPTH and _is_folder(item):
                queue.append((Path(item.path), depth + 1))
    return Suspects(len(found), tuple(found[:_SHOWN]))


def _is_suspect(item: os.DirEntry[str]) -> bool:
    name = item.name.rstrip(". ")
    if name.casefold() in _NAMES or _DEVICE.match(name):
        return True
    if is_link(Path(item.path)):
        return True
    return PurePath(name).suffix.casefold() in _RUNS and not _is_folder(item)


def _is_folder(item: os.DirEntry[str]) -> bool:
    try:
        return item.is_dir(follow_symlinks=False) and item.name.casefold() not in _OF_WINDOWS
    except OSError:
        return False


def _shown(path: PurePath) -> str:
    """A name that cannot disguise itself on the screen."""
    return "".join(sign if sign.isprintable() else "·" for sign in path.as_posix())[:80]
