# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine can play, known at start-up without loading any player."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from app.player.item import Backend
from app.player.kinds import is_of_type, shown_format
from app.player.office import OfficeProgram, find_office
from app.player.vlc_library import is_vlc_installed
from app.player.web_parts import has_h5p, has_ruffle
from app.region.media import H5P_PACKAGE, Format


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Backends and helpers found here."""

    backends: tuple[Backend, ...]  # preferred first
    office: OfficeProgram | None
    has_pdf: bool
    has_web: bool
    has_h5p: bool = False
    has_flash: bool = False

    @property
    def playable_formats(self) -> frozenset[str]:
        """Values of `app.region.media.Format` that play here."""
        return frozenset(one.value for one in Format if not self._reason(one))

    def can_play(self, media_type: str, name: str) -> bool:
        """Whether a file plays here."""
        return not self.why_not(media_type, name)

    def why_not(self, media_type: str, name: str) -> str:
        """Why it does not play here, as an error code of this room; "" when it does."""
        if is_of_type(media_type, name, H5P_PACKAGE) and not self.has_h5p:
            return "no_web_engine"
        return self._reason(shown_format(media_type, name))

    def _reason(self, shown: Format) -> str:
        needs: dict[Format, tuple[bool, str]] = {
            Format.VIDEO: (bool(self.backends), "no_media_backend"),
            Format.AUDIO: (bool(self.backends), "no_media_backend"),
            Format.PDF: (self.has_pdf, "unplayable"),
            Format.SLIDES: (self.office is not None and self.has_pdf, "no_office"),
            Format.DOCUMENT: (self.office is not None and self.has_pdf, "no_office"),
            Format.WEB: (self.has_web, "no_web_engine"),
            Format.FLASH: (self.has_web and self.has_flash, "no_web_engine"),
            Format.IMAGE: (True, ""),
            Format.TEXT: (True, ""),
        }
        is_met, reason = needs.get(shown, (False, "unplayable"))
        return "" if is_met else reason


@cache
def capabilities() -> Capabilities:
    """Looks once; programs installed later are seen after a restart."""
    backends = []
    if is_vlc_installed() and find_spec("vlc") is not None:
        backends.append(Backend.VLC)
    if find_spec("PySide6.QtMultimedia") is not None:
        backends.append(Backend.QT)
    has_web = (
        find_spec("PySide6.QtWebEngineCore") is not None
        and find_spec("PySide6.QtWebEngineWidgets") is not None
    )
    return Capabilities(
        backends=tuple(backends),
        office=find_office(),
        has_pdf=find_spec("PySide6.QtPdf") is not None,
        has_web=has_web,
        has_h5p=has_web and has_h5p(),
        has_flash=has_web and has_ruffle(),
    )
