# SPDX-License-Identifier: GPL-3.0-or-later
"""What is shown, where one was in it, and what happened: plain data, no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayItem:
    """One local file of a resource, with everything needed to show it."""

    region_id: str
    entry_id: str
    title: str
    path: Path
    media_type: str
    name: str  # the published file name; blobs on disk have none
    sha256: str
    converted_dir: Path  # where pages made from office files are kept
    subtitles: tuple[Path, ...] = ()
    subtitle_names: tuple[str, ...] = ()  # published names, same order; tell .srt from .ass
    has_open_captions: bool = False  # captions are part of the picture: show no others at first
    resume_at_s: float = 0.0


@dataclass(frozen=True, slots=True)
class PlayerEvent:
    """Something that happened to the lesson; `kind` is a kind of `app.usage.events`.

    Kinds and their numbers (seconds of the medium; `played_segments` as the xAPI Video Profile
    writes them, e.g. "0.000[.]12.480[,]60.000[.]61.500"):

    - initialized: length_s (0 when unknown)
    - played: time_s
    - paused: time_s, progress, length_s, played_segments
    - seeked: from_s, to_s
    - completed: time_s, progress, length_s, played_segments
    - terminated: time_s, progress, length_s, played_segments; of paged views page, pages
    - page_shown: page (from 1), pages
    - interacted: what ("search", "answer", "snapshot", …)
    """

    kind: str
    numbers: Mapping[str, float | str] = field(default_factory=dict)


class Fit(StrEnum):
    """How a page or picture fills the view."""

    PAGE = "page"
    WIDTH = "width"
    FREE = "free"  # the user's own zoom


@dataclass(frozen=True, slots=True)
class Position:
    """Where one was, good enough to come back to after a crash."""

    seconds: float = 0.0
    page: int = 1
    fit: Fit = Fit.PAGE
    zoom: float = 1.0
    x: float = 0.0  # scroll offsets as a share (0–1) of what can be scrolled
    y: float = 0.0


class Backend(StrEnum):
    """Who decodes video and audio."""

    VLC = "vlc"
    QT = "qt"
