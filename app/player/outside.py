# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands a file to the program that the system has for it. Never anything that runs by itself.

Only names of documents, pictures, sound and films are let through, and only when their content is
no program either. The other program gets a copy: it may lock or change what it opens, and our own
files have no names.
"""

from __future__ import annotations

import logging
import os
import shutil
import sys
import unicodedata
from pathlib import Path
from typing import Final

from PySide6.QtCore import QProcess, QUrl
from PySide6.QtGui import QDesktopServices

from app.base.errors import known_os_error
from app.player.errors import NoProgramError, OutsideRefusedError
from app.player.item import PlayItem
from app.region.media import Format, format_of

_log = logging.getLogger(__name__)

_PASSIVE: Final = frozenset({Format.VIDEO, Format.AUDIO, Format.PDF, Format.IMAGE})
# Documents of programs that schools have: office suites, 希沃白板, 鸿合, 几何画板, GeoGebra, mind
# maps, drawings. None of them runs when opened; those with macros of their own are left out.
_DOCUMENTS: Final = frozenset(
    "avif csv dps dwg dxf enb enbx et ggb gsp heic heif hht hhtx iwb mid midi mmap notebook psd vsd"
    " vsdx wps xmind caj doc docx djvu odp ods odt pps ppsx ppt pptx rtf txt md xls xlsx".split()
)
_NEVER: Final = frozenset({"svg"})  # a browser would open it, with its scripts
_HEAD_BYTES: Final = 64
# Programs for Windows, Linux and macOS, scripts, links, what starts something else.
_PROGRAM_MARKS: Final = (
    b"MZ",
    b"\x7fELF",
    b"#!",
    b"\xcf\xfa\xed\xfe",
    b"\xfe\xed\xfa",
    b"\xca\xfe\xba\xbe",
    b"L\0\0\0\x01\x14\x02\0",
    b"[InternetShortcut]",
    b"[Desktop Entry]",
    b"<!DOCTYPE html",
    b"<html",
    b"<script",
    b"ITSF",
)
_MAX_NAME_CHARS: Final = 60
_KEPT_COPIES: Final = 20
_UNFIT: Final = frozenset('<>:"/\\|?*%')
# "From the internet": Office opens it without macros, Windows asks before anything runs.
_ZONE: Final = "[ZoneTransfer]\r\nZoneId=3\r\n"


def may_go_outside(name: str) -> bool:
    """Whether a file of that name is a document that another program may be asked to show."""
    suffix = suffix_of(name)
    if suffix in _NEVER or not suffix:
        return False
    return suffix in _DOCUMENTS or format_of("", name) in _PASSIVE


def suffix_of(name: str) -> str:
    """What the system chooses a program by."""
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    return suffix if suffix.isascii() and suffix.isalnum() else ""


def copy_for_outside(item: PlayItem) -> Path:
    """A copy under a plain name; reads and writes the whole file.

    Raises:
        OutsideRefusedError: it is, or may be, something that runs.
        KnownError: it cannot be read or copied.
    """
    if not may_go_outside(item.name):
        raise OutsideRefusedError(name=item.name)
    folder = item.converted_dir / "outside" / (item.sha256 or "own")[:16]
    copy = folder / _plain_name(item.name)
    try:
        with item.path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(_PROGRAM_MARKS):
            raise OutsideRefusedError(name=item.name)
        _prune(folder.parent)
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(item.path, copy)
    except OSError as error:
        raise known_os_error(error, item.path) from error
    if sys.platform == "win32" and not item.sha256:  # nobody has signed for a stick's file
        _mark_foreign(copy)
    return copy


def open_outside(copy: Path, *, program: Path | None = None, is_show: bool = False) -> None:
    """Open it with `program`, else with what the system has for its kind.

    Raises:
        NoProgramError: there is nothing for it.
    """
    if program is not None:
        arguments = [*_show_arguments(program, is_show=is_show), str(copy)]
        if QProcess.startDetached(str(program), arguments)[0]:
            return
        _log.warning("%s did not start", program.name)
    if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(copy))):
        raise NoProgramError(name=copy.name, suffix=copy.suffix)


def _show_arguments(program: Path, *, is_show: bool) -> list[str]:
    """PowerPoint can begin with the show instead of its editor."""
    return ["/S"] if is_show and program.stem.lower() == "powerpnt" else []


def _plain_name(name: str) -> str:
    """One short line with the suffix it really has; no signs that turn the reading direction."""
    stem = unicodedata.normalize("NFC", name.replace("\\", "/").rpartition("/")[2])
    stem = stem.rpartition(".")[0]
    plain = "".join(c if c.isprintable() and c not in _UNFIT else "_" for c in stem)
    plain = " ".join(plain.split())[:_MAX_NAME_CHARS].strip(" .-") or "file"
    return f"{plain}.{suffix_of(name)}"


def _mark_foreign(copy: Path) -> None:
    try:
        Path(f"{copy}:Zone.Identifier").write_text(_ZONE, "ascii")
    except OSError:
        _log.info("no mark on %s: the disk keeps none", copy.suffix)


def _prune(folder: Path) -> None:
    """Copies can be made again, so only the newest are kept; open ones are left to later."""
    if not folder.is_dir():
        return
    for old in sorted(folder.iterdir(), key=os.path.getmtime, reverse=True)[_KEPT_COPIES:]:
        shutil.rmtree(old, ignore_errors=True)
