# SPDX-License-Identifier: GPL-3.0-or-later
"""File names that strangers chose, made harmless for an office computer."""

import re
import unicodedata
from typing import Final

from app.region.fields import FORBIDDEN_IN_LINE

_MAX_CHARS: Final = 100
_MAX_SUFFIX_CHARS: Final = 12
_UNFIT: Final = re.compile(r'[<>:"|?*]')
_DEVICE_NAMES: Final = re.compile(
    r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?", re.IGNORECASE
)
# What Windows runs at a double click; staff look through uploads with the file manager.
_RUNS: Final = frozenset(
    "apk bat chm cmd com cpl dll exe gadget hta inf jar js jse lnk msc msi msp ocx pif ps1 reg scf"
    " scr sct sh shb sys url vb vbe vbs ws wsc wsf wsh".split()
)
UNSAFE_SUFFIX: Final = ".unsafe"


def safe_file_name(name: str) -> str:
    """A plain file name for every file system: no place, no device, nothing that runs."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    clean = _UNFIT.sub("_", FORBIDDEN_IN_LINE.sub("", last))
    clean = _cut(clean.strip(" .")).strip(" .") or "file"
    if _DEVICE_NAMES.fullmatch(clean):
        clean = f"_{clean}"
    return clean + UNSAFE_SUFFIX if is_runnable(clean) else clean


def is_runnable(name: str) -> bool:
    """Whether a double click would run it instead of showing it."""
    return name.rpartition(".")[2].lower() in _RUNS


def _cut(name: str) -> str:
    if len(name) <= _MAX_CHARS:
        return name
    stem, dot, suffix = name.rpartition(".")
    if not dot or len(suffix) > _MAX_SUFFIX_CHARS:
        return name[:_MAX_CHARS]
    return f"{stem[: _MAX_CHARS - len(suffix) - 1]}.{suffix}"
