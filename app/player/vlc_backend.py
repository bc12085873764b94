# SPDX-License-Identifier: GPL-3.0-or-later
"""`Player` on libvlc. Its events come on its own threads and only emit queued signals here."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QImage

from app.player.errors import NoMediaBackendError
from app.player.player import PlayerSignals
from app.player.vlc_events import VlcEvents
from app.player.vlc_frames import VlcFrames
from app.player.vlc_library import vlc_instance, vlc_module
from app.player.vlc_seek import InsistentSeek
from app.player.vlc_step import QueuedSteps
from app.player.vlc_tracks import listed_subtitles, read_tracks

# libvlc's clock moves every 250–300 ms; between, we count on, but not into the unknown.
_TRUST_CLOCK_S = 1.0
# A video track without a picture this long after the start is one that libvlc cannot decode.
_PICTURE_DEADLINE_MS = 4000
_SHAPE_TRIES = 50
_CLOCK_MOVED_S = 0.03
_USUAL_FRAME_S = 0.04


class VlcPlayer(QObject):
    """One medium in libvlc.

    Raises:
        NoMediaBackendError: libvlc is not there or finds no plugins.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        instance, vlc = vlc_instance(), vlc_module()
        if instance is None or vlc is None:
            raise NoMediaBackendError(media_type="", name="", reason="no_media_backend")
        self.signals = PlayerSignals(self)
        self._vlc, self._instance = vlc, instance
        self._events = VlcEvents(vlc, self)
        self._frames = VlcFrames(vlc, self._events.frame.emit)
        self._media_player: Any = instance.media_player_new()
        self._frames.attach(self._media_player)
        self._events.attach(self._media_player)
        queued = Qt.ConnectionType.QueuedConnection
        self._events.frame.connect(self._take_frame, queued)
        self._events.time_moved.connect(self._take_time, queued)
        self._events.state.connect(self._take_state, queued)
        self._path = Path()
        self._wants_video = False
        self._is_opened = self._is_playing = self._is_over = self._is_holding = False
        self._is_steady = False  # its clock has moved since the start
        self._is_paused = False  # libvlc said so
        self._hold_at_s = self._started_at_s = 0.0
        self._wants_seek = False
        self._duration_s = self._picture_aspect = 0.0
        self._frame_s = _USUAL_FRAME_S
        self._has_tracks = self._has_video_track = False
        self._time_s, self._time_at = 0.0, 0.0
        self._rate, self._volume, self._is_muted = 1.0, 100, False
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self._miss_picture)
        self._seeking = InsistentSeek(self._frames, self._move, self._is_held_still)
        self._steps = QueuedSteps(self._show_next, self._frames.image, self._can_step)

    # -- Player ----------------------------------------------------------------------------

    def open(self, path: Path, *, start_s: float, is_playing: bool, wants_video: bool) -> None:
        """See `Player.open`."""
        self._path, self._wants_video = path, wants_video
        self._start(start_s, is_playing=is_playing)

    def _start(self, start_s: float, *, is_playing: bool) -> None:
        self._frames.reset()
        media = self._instance.media_new_path(str(self._path))
        for option in (":sub-language=none", ":avcodec-hw=none", ":no-video-title-show"):
            media.add_option(option)
        if start_s > 0:
            media.add_option(f":start-time={start_s:.3f}")
        self._is_over, self._is_steady, self._is_holding = False, False, not is_playing
        self._is_paused = self._wants_seek = False
        self._hold_at_s = self._started_at_s = start_s
        self._set_time(start_s)
        self._media_player.set_media(media)
        media.release()
        self._media_player.play()
        self._deadline.start(_PICTURE_DEADLINE_MS)

    def close(self) -> None:
        """See `Player.close`."""
        self._deadline.stop()
        self._seeking.stop()
        self._steps.drop()
        self._events.blockSignals(True)
        self.signals.blockSignals(True)
        self._media_player.stop()
        self._media_player.set_media(None)
        self._media_player.release()
        self._media_player = None
        self.deleteLater()

    def play(self) -> None:
        """See `Player.play`."""
        self._is_holding = False
        self._frames.release()
        self._steps.drop()
        if self._is_over:
            self._restart(0.0, is_playing=True)
        elif self._is_steady:
            if self._wants_seek:
                self._wants_seek = False
                self._seek_now()
            self._media_player.set_pause(0)
        else:
            self._apply_sound()
            self._set_playing(is_playing=True)

    def pause(self) -> None:
        """See `Player.pause`.

        libvlc paused before its clock first moved shows no picture of later seeks any more, so it
        runs on unseen and unheard until then.
        """
        self._is_holding = True
        self._set_time(self.position_s)
        self._hold_at_s = self._time_s
        if self._is_steady:
            self._media_player.set_pause(1)
        else:
            self._frames.hold()
            self._media_player.audio_set_mute(True)
            self._set_playing(is_playing=False)

    def seek(self, seconds: float) -> None:
        """See `Player.seek`."""
        if self._is_over:
            self._restart(seconds, is_playing=not self._is_holding)
            return
        self._steps.drop()
        self._set_time(seconds)
        self._hold_at_s = seconds
        if self._is_holding and not self._is_paused:
            self._wants_seek = True  # lost on its way to the pause
        else:
            self._frames.release()  # a bar that is dragged shows where it is
            self._seek_now()

    def _seek_now(self) -> None:
        self._started_at_s = min(self._started_at_s, self._hold_at_s)
        self._seeking.begin()

    def _move(self) -> None:
        self._media_player.set_time(round(self._hold_at_s * 1000))

    def _is_held_still(self) -> bool:
        return self._is_paused and not self._is_over

    def _restart(self, seconds: float, *, is_playing: bool) -> None:
        """libvlc leaves its end only through stop."""
        self._media_player.stop()
        self._start(seconds, is_playing=is_playing)

    def step_frame(self) -> None:
        """See `Player.step_frame`."""
        if self._is_over:
            return
        if not self._is_holding:
            self.pause()
        if self.has_video:
            self._steps.add()

    def _can_step(self) -> bool:
        return self._is_paused and not (self._wants_seek or self._seeking.is_busy)

    def _show_next(self, is_repeat: bool) -> None:
        if not is_repeat:
            self._hold_at_s = min(self._hold_at_s + self._frame_s, self._duration_s or math.inf)
            self._set_time(self._hold_at_s)
        self._media_player.next_frame()

    def set_rate(self, rate: float) -> None:
        """See `Player.set_rate`."""
        self._set_time(self.position_s)
        self._rate = rate
        self._media_player.set_rate(rate)

    def set_volume(self, percent: int) -> None:
        """See `Player.set_volume`."""
        self._volume = percent
        self._media_player.audio_set_volume(percent)

    def set_muted(self, is_muted: bool) -> None:
        """See `Player.set_muted`."""
        self._is_muted = is_muted
        self._media_player.audio_set_mute(is_muted)

    def subtitle_tracks(self) -> tuple[str, ...]:
        """See `Player.subtitle_tracks`."""
        return tuple(name for _, name in listed_subtitles(self._media_player))

    def show_track(self, index: int | None) -> None:
        """See `Player.show_track`; libvlc writes into the picture itself."""
        listed = listed_subtitles(self._media_player)
        chosen = listed[index : index + 1] if index is not None else []
        self._media_player.video_set_spu(chosen[0][0] if chosen else -1)

    def current_frame(self) -> QImage:
        """See `Player.current_frame`."""
        return self._frames.image()

    @property
    def pixel_aspect(self) -> float:
        """See `Player.pixel_aspect`; corrects for buffers of another shape than the picture."""
        image = self._frames.image()
        if self._picture_aspect <= 0 or image.isNull():
            return 1.0
        return self._picture_aspect * image.height() / image.width()

    @property
    def has_video(self) -> bool:
        """See `Player.has_video`."""
        return self._frames.count > 0 or self._has_video_track

    @property
    def is_playing(self) -> bool:
        """See `Player.is_playing`."""
        return self._is_playing

    @property
    def duration_s(self) -> float:
        """See `Player.duration_s`."""
        return self._duration_s

    @property
    def position_s(self) -> float:
        """See `Player.position_s`."""
        if not self._is_playing:
            return self._time_s
        passed = min(_TRUST_CLOCK_S, time.monotonic() - self._time_at)
        now = self._time_s + passed * self._rate
        return min(now, self._duration_s) if self._duration_s > 0 else now

    # -- what libvlc said, on the window's thread --------------------------------------------

    def _set_time(self, seconds: float, at: float | None = None) -> None:
        self._time_s = seconds
        self._time_at = time.monotonic() if at is None else at

    def _take_time(self, time_ms: int, at: float) -> None:
        if self._media_player is None or self._is_over:
            return
        if not self._is_opened and not self._wants_video:
            self._open_sound()
        # The first time told may be that of the start itself, when nothing has moved yet.
        if not self._is_steady and time_ms / 1000 > self._started_at_s + _CLOCK_MOVED_S:
            self._is_steady = True
            if self._is_holding:
                self._hold_now()
        if self._is_playing:
            self._set_time(time_ms / 1000, at)

    def _hold_now(self) -> None:
        """Pause at last, and go back to where it should have been held."""
        self._wants_seek = True
        self._media_player.set_pause(1)
        self._media_player.audio_set_mute(self._is_muted)
        self._set_time(self._hold_at_s)

    def _take_frame(self) -> None:
        if self._media_player is None:
            return
        is_first = not self._is_opened or self._deadline.isActive()
        if is_first:
            self._deadline.stop()
            self._open_once()
        elif self._picture_aspect <= 0 and self._frames.count < _SHAPE_TRIES:
            # Old formats (MPEG-PS) know their shape only some pictures later.
            self._read_tracks()
        if self._is_paused and not self._seeking.is_busy:
            self._frames.release()
        elif self._is_holding and not self._is_steady and self._hold_at_s == 0:
            self._frames.hold()  # elsewhere the first may be one of the film's beginning
        if self._is_steady or is_first or not self._is_holding:
            self.signals.frame_arrived.emit()

    def _take_pause(self) -> None:
        self._is_paused = True
        self._set_playing(is_playing=False)
        if self._wants_seek:
            self._wants_seek = False
            self._seek_now()
        else:
            self._frames.release()
            self.signals.frame_arrived.emit()

    def _take_state(self, word: str) -> None:
        if self._media_player is None:
            return
        match word:
            case "playing":
                self._is_paused = False
                self._apply_sound()
                self._set_playing(is_playing=not self._is_holding)
                if not self._wants_video:
                    self._open_sound()
            case "paused":
                self._take_pause()
            case "length":
                self._read_length()
            case "failed":
                self._fail("damaged")
            case _:
                self._end()

    def _open_sound(self) -> None:
        """A sound is there when libvlc has found a track in it; of rubbish it finds none."""
        self._read_tracks()
        if self._has_tracks:
            self._deadline.stop()
            self._open_once()

    def _apply_sound(self) -> None:
        self._media_player.audio_set_volume(self._volume)
        self._media_player.audio_set_mute(self._is_muted or self._is_holding)
        if self._rate != 1.0:
            self._media_player.set_rate(self._rate)

    def _set_playing(self, *, is_playing: bool) -> None:
        if is_playing != self._is_playing:
            if not is_playing:
                self._set_time(self.position_s)
            else:
                self._time_at = time.monotonic()
            self._is_playing = is_playing
            self.signals.playing_changed.emit()

    def _open_once(self) -> None:
        self._read_tracks()
        self._read_length()
        if not self._is_opened:
            self._is_opened = True
            self.signals.opened.emit()

    def _read_length(self) -> None:
        length_ms = self._media_player.get_length()
        if length_ms > 0 and length_ms / 1000 != self._duration_s:
            self._duration_s = length_ms / 1000
            self.signals.length_changed.emit()

    def _end(self) -> None:
        self._deadline.stop()
        if not self._is_opened and self._frames.count == 0:
            self._fail("damaged")
            return
        # Short media can end before their first picture was taken over.
        self._open_once()
        if self._is_playing and self._duration_s - self.position_s < _TRUST_CLOCK_S:
            self._set_time(self._duration_s)
        self._is_over = True
        self._is_playing = False
        self.signals.playing_changed.emit()
        self.signals.ended.emit()

    def _fail(self, reason: str) -> None:
        self._deadline.stop()
        self._is_playing = False
        self.signals.failed.emit(reason)

    def _miss_picture(self) -> None:
        """Playing without a picture: fine for a sound that calls itself a video."""
        self._read_tracks()
        if not self._is_opened and self._has_tracks and not self._has_video_track:
            self._open_once()
        elif not self._is_opened:
            self._fail("no_picture" if self._has_tracks else "timeout")

    def _read_tracks(self) -> None:
        media = self._media_player.get_media()
        if media is None:
            return
        found = read_tracks(self._vlc, media)
        media.release()
        self._has_tracks, self._has_video_track = found.count > 0, found.has_video
        self._picture_aspect = found.picture_aspect or self._picture_aspect
        self._frame_s = found.frame_s or self._frame_s
