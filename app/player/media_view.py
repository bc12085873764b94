# SPDX-License-Identifier: GPL-3.0-or-later
"""Video and audio: one surface, whichever player decodes; falls back to the other on a file."""

from __future__ import annotations

import logging

from PySide6.QtCore import QTimer
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QWidget

from app.base.errors import KnownError, MissingFileError
from app.player.capabilities import capabilities
from app.player.errors import (
    CodecMissingError,
    CostlyCodecNotice,
    DamagedMediaError,
    NoMediaBackendError,
    SoundLostNotice,
)
from app.player.film_codec import FilmCodec, read_film_codec
from app.player.item import Backend, PlayItem, Position
from app.player.kinds import shown_format
from app.player.player import Player
from app.player.sound_picture import SoundPicture
from app.player.subtitled_view import SubtitledView
from app.player.watch_log import WatchLog
from app.region.media import Format

_log = logging.getLogger(__name__)

_TICK_MS = 100
_REPEAT_TICK_MS = 20
_SEEK_SETTLES_MS = 400
_SLOWEST, _FASTEST = 0.5, 2.0
# An end this much before the announced one means that the rest of the file is missing.
_EARLY_END_S, _EARLY_END_SHARE = 2.0, 0.05


class MediaView(SubtitledView):
    """A video or a sound; see `LessonView` for the signals."""

    def __init__(
        self, item: PlayItem, parent: QWidget | None = None, backend: Backend | None = None
    ) -> None:
        super().__init__(item, parent)
        self._waiting = [backend] if backend else list(capabilities().backends)
        self._backend: Backend | None = None
        self._player: Player | None = None
        self._is_video = shown_format(item.media_type, item.name) is Format.VIDEO
        self._is_preparing = self._is_ready = self._wants_playing = False
        self._start_s = self._opened_at_s = item.resume_at_s
        self._rate, self._volume, self._is_muted = 1.0, 100, False
        self._repeat: tuple[float, float] | None = None
        self._codec = FilmCodec()
        self._log = WatchLog(self.happened.emit)
        self._sound = SoundPicture(item.title, self)
        self._sound.setVisible(not self._is_video)
        self._tick = QTimer(self, interval=_TICK_MS)
        self._tick.timeout.connect(self._follow)
        self._seek_settles = QTimer(self, interval=_SEEK_SETTLES_MS, singleShot=True)
        self._seek_settles.timeout.connect(self._log.settle_seek)

    # -- what it can do ----------------------------------------------------------------------

    @property
    def is_timed(self) -> bool:
        """Always."""
        return True

    @property
    def has_picture(self) -> bool:
        """A video has; a sound has only our drawing."""
        return self._player.has_video if self._player is not None else self._is_video

    @property
    def backend(self) -> Backend | None:
        """Who decodes now."""
        return self._backend

    # -- life --------------------------------------------------------------------------------

    def open(self, *, is_playing: bool = True) -> None:
        """See `LessonView.open`."""
        self._wants_playing, self._is_preparing = is_playing, True
        if not self.item.path.is_file():
            self._fail(MissingFileError(path=str(self.item.path)))
            return
        self._subtitles.load(self.noticed.emit)
        if self._is_video:
            self._codec = read_film_codec(self.item.path)
        self._try_next(DamagedMediaError(name=self.item.name))

    def _try_next(self, problem: KnownError) -> None:
        """Open with the next backend, or fail with `problem` when all have been tried."""
        self._drop_player()
        while self._waiting:
            self._backend = self._waiting.pop(0)
            try:
                self._player = self._make_player(self._backend)
            except (NoMediaBackendError, ImportError) as error:
                _log.warning("backend %s cannot be used: %s", self._backend, error)
                problem = NoMediaBackendError(
                    media_type=self.item.media_type, name=self.item.name, reason="no_media_backend"
                )
                continue
            self._start(self._player)
            return
        self._fail(problem)

    def _make_player(self, backend: Backend) -> Player:
        if backend is Backend.VLC:
            from app.player.vlc_backend import VlcPlayer

            return VlcPlayer(self)
        from app.player.qt_backend import QtPlayer

        return QtPlayer(self)

    def _start(self, player: Player) -> None:
        signals = player.signals
        signals.opened.connect(self._take_opened)
        signals.length_changed.connect(self._take_length)
        signals.playing_changed.connect(self._take_playing)
        signals.ended.connect(self._take_end)
        signals.failed.connect(self._take_failure)
        signals.sound_lost.connect(self._take_silence)
        player.set_rate(self._rate)
        player.set_volume(self._volume)
        player.set_muted(self._is_muted)
        self.surface.set_player(player)
        self._opened_at_s = self._start_s
        player.open(
            self.item.path,
            start_s=self._start_s,
            is_playing=self._wants_playing,
            wants_video=self._is_video,
        )

    def close_item(self) -> None:
        """See `LessonView.close_item`."""
        self._log.terminate(self.position_s)
        self._drop_player()
        self._waiting = []
        self._is_preparing = self._is_ready = False

    def _drop_player(self) -> None:
        self._tick.stop()
        self._seek_settles.stop()
        self.surface.set_player(None)
        self.surface.set_subtitle("")
        if self._player is not None:
            player, self._player = self._player, None
            player.close()

    def _fail(self, problem: KnownError) -> None:
        self._start_s = self.position_s  # the place is worth keeping
        self._is_preparing = False
        self.close_item()
        self.failed.emit(problem)
        self.state_changed.emit()

    @property
    def is_preparing(self) -> bool:
        """See `LessonView.is_preparing`."""
        return self._is_preparing

    def position(self) -> Position:
        """See `LessonView.position`."""
        return Position(seconds=self.position_s)

    def restore(self, position: Position) -> None:
        """See `LessonView.restore`."""
        if self._is_ready:
            self.seek_to(position.seconds)
        else:
            self._start_s = position.seconds

    def snapshot(self) -> QImage:
        """The picture as decoded, without subtitles."""
        frame = self.surface.frame()
        return frame if not frame.isNull() else self.grab().toImage()

    # -- what the player said ----------------------------------------------------------------

    def _take_opened(self) -> None:
        if self._player is None or self._is_ready:
            return
        self._is_ready, self._is_preparing = True, False
        self._sound.setVisible(not self._player.has_video)
        self._subtitles.take_tracks(self._player)
        self._log.begin(self.duration_s)
        if self._start_s != self._opened_at_s:
            self._player.seek(self._start_s)  # wished for while it was being opened
        if self._player.is_playing:
            # Shown from there on, however long the news of it took.
            self._log.play(self._start_s)
        self._take_playing()
        self.ready.emit()
        self.state_changed.emit()
        if self._codec.is_costly:
            self.noticed.emit(CostlyCodecNotice(name=self.item.name, codec=self._codec.name))

    def _take_length(self) -> None:
        self._log.learn_length(self.duration_s)
        self.state_changed.emit()

    def _take_playing(self) -> None:
        if self._player is None or not self._is_ready:
            return
        if self._player.is_playing:
            self._log.play(self.position_s)
            self._tick.start()
        else:
            self._log.pause(self.position_s)
            self._tick.stop()
        self._follow()
        self.state_changed.emit()

    def _take_end(self) -> None:
        length_s, reached_s = self.duration_s, self.position_s
        self._log.end(reached_s)
        missing_s = length_s - reached_s
        if not self.item.path.is_file():
            self._fail(MissingFileError(path=str(self.item.path)))
        elif missing_s > max(_EARLY_END_S, length_s * _EARLY_END_SHARE):
            self.noticed.emit(DamagedMediaError(name=self.item.name))
            self.ended.emit()
        else:
            self.ended.emit()

    def _take_failure(self, reason: str) -> None:
        _log.info("%s cannot play this file: %s", self._backend, reason)
        if not self.item.path.is_file():
            self._fail(MissingFileError(path=str(self.item.path)))
            return
        if self._is_ready:
            # It played so far; the other player goes on from the same place.
            self._start_s = self.position_s
            self._wants_playing = True
        problem: KnownError = DamagedMediaError(name=self.item.name)
        if reason == "no_picture" and self._codec.name:
            problem = CodecMissingError(name=self.item.name, codec=self._codec.name)
        self._try_next(problem)

    def _take_silence(self) -> None:
        self.noticed.emit(SoundLostNotice(name=self.item.name))

    def _follow(self) -> None:
        now_s = self.position_s
        if self.is_playing:
            self._log.reach(now_s)
        if self._repeat is not None and self.is_playing and now_s >= self._repeat[1]:
            self._jump(self._repeat[0])
            now_s = self._repeat[0]
        self._write(now_s)
        self._sound.set_progress(now_s, self.duration_s)
        self.position_changed.emit(now_s)

    # -- time --------------------------------------------------------------------------------

    @property
    def is_playing(self) -> bool:
        """See `LessonView.is_playing`."""
        return self._player is not None and self._player.is_playing

    @property
    def duration_s(self) -> float:
        """See `LessonView.duration_s`."""
        return self._player.duration_s if self._player is not None else 0.0

    @property
    def position_s(self) -> float:
        """See `LessonView.position_s`."""
        return self._player.position_s if self._player and self._is_ready else self._start_s

    @property
    def rate(self) -> float:
        """See `LessonView.rate`."""
        return self._rate

    @property
    def volume_percent(self) -> int:
        """See `LessonView.volume_percent`."""
        return self._volume

    @property
    def is_muted(self) -> bool:
        """See `LessonView.is_muted`."""
        return self._is_muted

    def play(self) -> None:
        """See `LessonView.play`."""
        self._wants_playing = True
        if self._player is not None:
            self._player.play()

    def pause(self) -> None:
        """See `LessonView.pause`."""
        self._wants_playing = False
        if self._player is not None:
            self._player.pause()

    def stop(self) -> None:
        """See `LessonView.stop`."""
        self.pause()
        self.seek_to(0.0)

    def seek_to(self, seconds: float) -> None:
        """See `LessonView.seek_to`."""
        if self._player is None or not self._is_ready:
            self._start_s = max(0.0, seconds)
            return
        if self.duration_s > 0:
            seconds = min(seconds, self.duration_s)
        self._jump(max(0.0, seconds))

    def _jump(self, seconds: float) -> None:
        if self._player is None:
            return
        self._log.seek(self.position_s, seconds)
        self._seek_settles.start()
        self._player.seek(seconds)
        self._write(seconds)
        self.position_changed.emit(seconds)

    def step_frame(self) -> None:
        """See `LessonView.step_frame`."""
        self._wants_playing = False
        if self._player is not None:
            self._player.step_frame()

    def set_rate(self, rate: float) -> None:
        """See `LessonView.set_rate`."""
        self._rate = min(_FASTEST, max(_SLOWEST, rate))
        if self._player is not None:
            self._player.set_rate(self._rate)
        self.state_changed.emit()

    def set_volume(self, percent: int) -> None:
        """See `LessonView.set_volume`."""
        self._volume = min(100, max(0, percent))
        if self._player is not None:
            self._player.set_volume(self._volume)
        self.state_changed.emit()

    def set_muted(self, is_muted: bool) -> None:
        """See `LessonView.set_muted`."""
        self._is_muted = is_muted
        if self._player is not None:
            self._player.set_muted(is_muted)
        self.state_changed.emit()

    @property
    def repeat(self) -> tuple[float, float] | None:
        """See `LessonView.repeat`."""
        return self._repeat

    def set_repeat(self, span: tuple[float, float] | None) -> None:
        """See `LessonView.set_repeat`."""
        self._repeat = (min(span), max(span)) if span and span[0] != span[1] else None
        self._tick.setInterval(_REPEAT_TICK_MS if self._repeat else _TICK_MS)
        self.state_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Surface and sound picture fill the view."""
        super().resizeEvent(event)
        self.surface.setGeometry(self.rect())
        self._sound.setGeometry(self.rect())
