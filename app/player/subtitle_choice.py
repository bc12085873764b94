# SPDX-License-Identifier: GPL-3.0-or-later
"""The subtitle files of one video and which of them is shown."""

from __future__ import annotations

from collections.abc import Callable

from app.base.errors import KnownError
from app.player.item import PlayItem
from app.player.subtitles import Subtitles, read_subtitles


class SubtitleChoice:
    """Damaged files are said once and left out; the first good one is shown.

    Where the picture has captions of its own, none is shown until the teacher chooses one.
    """

    def __init__(self, item: PlayItem) -> None:
        self._item = item
        self._files: list[tuple[str, Subtitles]] = []
        self.index: int | None = None
        self.percent = 100

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the readable files."""
        return tuple(name for name, _ in self._files)

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

    def choose(self, index: int | None) -> None:
        """Show one of `names`, or none."""
        is_known = index is not None and 0 <= index < len(self._files)
        self.index = index if is_known else None

    def at(self, time_s: float) -> str:
        """What to write at that time."""
        return self._files[self.index][1].at(time_s) if self.index is not None else ""
