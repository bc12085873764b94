# SPDX-License-Identifier: GPL-3.0-or-later
"""Which formats no view of ours can show although their family is known."""

from __future__ import annotations

from typing import Final

from app.region.media import UNKNOWN, Format, format_of, guess_media_type

# Read by nothing that ships with Qt, libvlc or LibreOffice.
_BEYOND_US = frozenset(
    {
        "audio/midi",
        "image/avif",
        "image/heic",
        "image/heif",
        "image/vnd.adobe.photoshop",
    }
)
_WITHOUT_VIEW = frozenset({Format.ARCHIVE, Format.OTHER, Format.NONE})
EPUB: Final = "application/epub+zip"


def shown_format(media_type: str, name: str) -> Format:
    """The format a view is chosen by; `OTHER` when there is no view for the file."""
    plain = media_type.partition(";")[0].strip().lower()
    says_nothing = plain in ("", UNKNOWN)
    if plain in _BEYOND_US or (says_nothing and guess_media_type(name) in _BEYOND_US):
        return Format.OTHER
    if EPUB in (plain, guess_media_type(name) if says_nothing else ""):
        return Format.WEB  # a catalogue calls a book a document; it is shown like a page
    found = format_of(media_type, name)
    return Format.OTHER if found in _WITHOUT_VIEW else found


def is_of_type(media_type: str, name: str, wanted: str) -> bool:
    """Whether a file is of exactly this type; its name counts where the type says nothing."""
    plain = media_type.partition(";")[0].strip().lower()
    return plain == wanted or (plain in ("", UNKNOWN) and guess_media_type(name) == wanted)
