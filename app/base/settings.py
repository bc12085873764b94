# SPDX-License-Identifier: GPL-3.0-or-later
"""One typed settings object with its defaults, saved durably with the data."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.base.messages import DEFAULT_LANGUAGE, LANGUAGES
from app.base.paths import DataPaths

_FORMAT = "kezhan-settings"
_MAX_BYTES = 1 << 20
BAR_PLACES = ("auto", "bottom", "sides")
PALMS = ("erase", "ignore")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user chose; unknown fields of a newer minor version are kept in `extra`."""

    language: str = DEFAULT_LANGUAGE
    theme: str = "system"  # system | light | dark
    scale_percent: int = 100  # 80–200
    overscan_percent: int = 0  # margin for TVs that cut the picture's edge
    screen: str = ""  # where lessons are shown; empty: decided here
    is_pointer_large: bool = False
    bar_place: str = "auto"  # auto | bottom | sides
    side_bar_percent: int = 50  # how far down the side bars stand
    is_side_bar_folded: bool = False
    palm: str = "erase"  # erase | ignore
    is_pen_always_offered: bool = False  # even while the board's own pen program runs
    room: str = ""
    is_room_asked: bool = False  # somebody has said which room this is, or that it is none
    quota_bytes: int | None = None  # None: decided from the free space
    is_autostart: bool = False
    is_tray: bool = False  # a closed window waits in the tray
    is_metered: bool = False
    limit_bytes_per_s: int | None = None
    watched_folder: str = ""  # imported by itself when it changes; empty: none
    extra: dict[str, Any] = field(default_factory=dict)

    def checked(self) -> Settings:
        """The same with every value in its range, so that a hand-edited file cannot break us."""
        return replace(
            self,
            language=self.language if self.language in LANGUAGES else DEFAULT_LANGUAGE,
            theme=self.theme if self.theme in ("system", "light", "dark") else "system",
            scale_percent=min(200, max(80, self.scale_percent)),
            overscan_percent=min(10, max(0, self.overscan_percent)),
            bar_place=self.bar_place if self.bar_place in BAR_PLACES else "auto",
            side_bar_percent=min(100, max(0, self.side_bar_percent)),
            palm=self.palm if self.palm in PALMS else "erase",
        )


def load_settings(paths: DataPaths) -> Settings:
    """The saved settings, their previous generation, or the defaults."""
    raw = files.read_with_previous(paths.settings_file, _is_settings)
    if raw is None:
        return Settings()
    return _from_document(parse_document(raw, _FORMAT, 1, max_bytes=_MAX_BYTES))


def save_settings(paths: DataPaths, settings: Settings) -> None:
    """Write the settings durably, keeping the previous generation."""
    values = asdict(settings)
    extra = values.pop("extra")
    document = {**extra, **document_header(_FORMAT, 1, 0), **values}
    content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    files.keep_previous_and_replace(paths.settings_file, content)


def _is_settings(raw: bytes) -> bool:
    try:
        parse_document(raw, _FORMAT, 1, max_bytes=_MAX_BYTES)
    except KnownError:
        return False
    return True


def _from_document(document: dict[str, Any]) -> Settings:
    defaults = Settings()
    known: dict[str, Any] = {}
    for item in fields(Settings):
        if item.name == "extra" or item.name not in document:
            continue
        value = document.pop(item.name)
        if _fits(value, getattr(defaults, item.name)):
            known[item.name] = value
    for name in ("format", "major", "minor"):
        document.pop(name, None)
    return Settings(**known, extra=document).checked()


def _fits(value: object, default: object) -> bool:
    """Whether a value of the file has the type of the default (None defaults take integers)."""
    if default is None:
        return value is None or (isinstance(value, int) and not isinstance(value, bool))
    return type(value) is type(default)
