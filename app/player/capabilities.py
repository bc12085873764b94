# SPDX-License-Identifier: GPL-3.0-or-later
"""What this machine can play, known at start-up without loading any player."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

from app.player.item import Backend
from app.player.kinds import shown_format
from app.player.office import OfficeProgram, find_office
from app.player.vlc_library import is_vlc_installed
from app.region.media import Format


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Backends and helpers found here."""

    backends: tuple[Backend, ...]  # preferred first
    office: OfficeProgram | None
    has_pdf: bool
    has_web: bool

    @property
    def playable_formats(self) -> frozenset[str]:
        """Values of `app.region.media.Format` that play here."""
        return frozenset(one.value for one in Format if not self._reason(one))

    def can_play(self, media_type: str, name: str) -> bool:
        """Whether a file plays here."""
        return not self.why_not(media_type, name)

    def why_not(self, media_type: str, name: str) -> str:
        """Why it does not play here, as an error code of this room; "" when it does."""
        return self._reason(shown_format(media_type, name))

    def _reason(self, shown: Format) -> str:
        match shown:
            case Format.VIDEO | Format.AUDIO:
                return "" if self.backends else "no_media_backend"
            case Format.PDF:
                return "" if self.has_pdf else "unplayable"
            case Format.SLIDES | Format.DOCUMENT:
                return "" if self.office is not None and self.has_pdf else "no_office"
            case Format.WEB:
                return "" if self.has_web else "no_web_engine"
            case Format.IMAGE | Format.TEXT:
                return ""
        return "unplayable"


@cache
def capabilities() -> Capabilities:
    """Looks once; programs installed later are seen after a restart."""
    backends = []
    if is_vlc_installed() and find_spec("vlc") is not None:
        backends.append(Backend.VLC)
    if find_spec("PySide6.QtMultimedia") is not None:
        backends.append(Backend.QT)
    return Capabilities(
        backends=tuple(backends),
        office=find_office(),
        has_pdf=find_spec("PySide6.QtPdf") is not None,
        has_web=find_spec("PySide6.QtWebEngineCore") is not None
        and find_spec("PySide6.QtWebEngineWidgets") is not None,
    )
