# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks at slides and documents before an office program does: that program opens anything.

LibreOffice turns a video that calls itself .ppt into 3,000 pages of signs, and takes minutes for
an archive that unpacks to gigabytes.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Final

from app.base.errors import known_os_error
from app.player.errors import DamagedMediaError

# The largest slides we know (full of films) have 900 MB; films are stored, texts are packed.
MAX_UNPACKED_BYTES: Final = 2 << 30
MAX_XML_BYTES: Final = 96 << 20
MAX_PARTS: Final = 20_000
_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVE: Final = b"PK\x03\x04"
_RICH_TEXT: Final = b"{\\rtf"
# One of them is in every archive of the family: Microsoft's and the OpenDocument one.
_SIGNS: Final = ("[Content_Types].xml", "content.xml")
_HEAD_BYTES: Final = 8


def check_office_file(path: Path, name: str) -> None:
    """Nothing, when an office program may have it.

    Raises:
        DamagedMediaError: it is no office file, or one that unpacks beyond all reason.
        MissingFileError, UnreadableFileError: it cannot be read.
    """
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        if head.startswith((_OLE, _RICH_TEXT)):
            return
        if not head.startswith(_ARCHIVE):
            raise DamagedMediaError(name=name)
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except OSError as error:
        raise known_os_error(error, path) from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise DamagedMediaError(name=name) from error
    if not _is_sound(parts):
        raise DamagedMediaError(name=name)


def _is_sound(parts: list[zipfile.ZipInfo]) -> bool:
    names = {part.filename for part in parts}
    packed_bytes = sum(part.file_size for part in parts)
    xml_bytes = sum(part.file_size for part in parts if part.filename.endswith((".xml", ".rels")))
    return (
        any(sign in names for sign in _SIGNS)
        and len(parts) <= MAX_PARTS
        and packed_bytes <= MAX_UNPACKED_BYTES
        and xml_bytes <= MAX_XML_BYTES
    )
