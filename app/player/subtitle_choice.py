# SPDX-License-Identifier: GPL-3.0-or-later
"""The subtitles of one video, from files and from inside it, and which of them are shown."""

from __future__ import annotations

from collections.abc import Callable

from app.base.errors import KnownError
from app.player.item import PlayItem
from app.player.player import Player
from app.player.subtitles import Subtitles, read_subtitles


class SubtitleChoice:
    """Damaged files are said once and left out; the first good one is shown.

    Where the picture has captions of its own, none is shown until the teacher chooses one. Tracks
    inside the video stand after the files; they are never shown unasked, and never second.
    """

    def __init__(self, item: PlayItem) -> None:
        self._item = item
        self._files: list[tuple[str, Subtitles]] = []
        self._player: Player | None = None
        self._tracks: tuple[str, ...] = ()
        self._heard = ""
        self.index: int | None = None
        self.second_index: int | None = None
        self.percent = 100

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the readable files, then of the tracks."""
        return (*(name for name, _ in self._files), *self._tracks)

    def load(self, say: Callable[[KnownError], None]) -> None:
        """Read all files (kilobytes each)."""
        self._files = []
        for number, path in enumerate(self._item.subtitles):
            given = self._item.subtitle_names[number : number + 1]
            name = given[0] if given else path.name
            try:
                self._files.append((name, read_subtitles(path, name)))
            except KnownError as error:
                say(error)
        self.index = 0 if self._files and not self._item.has_open_captions else None

    def take_tracks(self, player: Player) -> None:
        """The medium is open: its own tracks are known."""
        self._player, self._tracks, self._heard = player, player.subtitle_tracks(), ""
        player.signals.subtitle_said.connect(self._hear)
        self.choose(self.index)

    def choose(self, index: int | None) -> None:
        """Show one of `names`, or none."""
        is_known = index is not None and 0 <= index < len(self.names)
        self.index = index if is_known else None
        self._heard = ""
        if self.second_index == self.index:
            self.second_index = None
        if self._player is not None and self._tracks:
            in_medium = -1 if self.index is None else self.index - len(self._files)
            self._player.show_track(in_medium if in_medium >= 0 else None)

    def choose_second(self, index: int | None) -> None:
        """Show another of the files below the first, or none."""
        is_known = index is not None and 0 <= index < len(self._files)
        self.second_index = index if is_known and index != self.index else None

    def at(self, time_s: float) -> str:
        """What to write at that time."""
        is_track = self.index is not None and self.index >= len(self._files)
        return self._heard if is_track else self._said(self.index, time_s)

    def second_at(self, time_s: float) -> str:
        """What to write below it."""
        return self._said(self.second_index, time_s)

    def _said(self, index: int | None, time_s: float) -> str:
        return self._files[index][1].at(time_s) if index is not None else ""

    def _hear(self, text: str) -> None:
        self._heard = text
