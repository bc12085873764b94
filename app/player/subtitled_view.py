# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film has of words: the surface they are written on, and which are chosen."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.player.item import PlayItem
from app.player.subtitle_choice import SubtitleChoice
from app.player.video_surface import VideoSurface
from app.player.view import LessonView


class SubtitledView(LessonView):
    """A view with a surface for pictures and captions on it."""

    def __init__(self, item: PlayItem, parent: QWidget | None = None) -> None:
        super().__init__(item, parent)
        self._subtitles = SubtitleChoice(item)
        self.surface = VideoSurface(self)

    def _write(self, time_s: float) -> None:
        self.surface.set_subtitle(self._subtitles.at(time_s), self._subtitles.second_at(time_s))

    @property
    def subtitle_names(self) -> tuple[str, ...]:
        """See `LessonView.subtitle_names`."""
        return self._subtitles.names

    @property
    def subtitle_index(self) -> int | None:
        """See `LessonView.subtitle_index`."""
        return self._subtitles.index

    def show_subtitles(self, index: int | None) -> None:
        """See `LessonView.show_subtitles`."""
        self._subtitles.choose(index)
        self._write(self.position_s)
        self.state_changed.emit()

    @property
    def second_subtitle_index(self) -> int | None:
        """See `LessonView.second_subtitle_index`."""
        return self._subtitles.second_index

    def show_second_subtitles(self, index: int | None) -> None:
        """See `LessonView.show_second_subtitles`."""
        self._subtitles.choose_second(index)
        self._write(self.position_s)
        self.state_changed.emit()

    @property
    def subtitle_percent(self) -> int:
        """See `LessonView.subtitle_percent`."""
        return self._subtitles.percent

    def set_subtitle_percent(self, percent: int) -> None:
        """See `LessonView.set_subtitle_percent`."""
        self._subtitles.percent = min(300, max(50, percent))
        self.surface.set_subtitle_percent(self._subtitles.percent)
        self.state_changed.emit()
