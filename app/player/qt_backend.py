# SPDX-License-Identifier: GPL-3.0-or-later
"""`Player` on Qt Multimedia (its FFmpeg is in the wheel, so it is always there)."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Q_ARG, QMetaObject, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QImage
from PySide6.QtMultimedia import (
    QAudioDevice,
    QAudioOutput,
    QMediaDevices,
    QMediaMetaData,
    QMediaPlayer,
    QVideoFrame,
    QVideoSink,
)

from app.base.errors import BugError
from app.player.player import PlayerSignals

if TYPE_CHECKING:
    from PySide6.QtCore import QGenericArgumentHolder

_PICTURE_DEADLINE_MS = 6000
_USUAL_FRAME_RATE = 25.0
# Last pictures may come a little before the end; a second more is missing.
_CUT_S = 1.5
_State = QMediaPlayer.PlaybackState
_Status = QMediaPlayer.MediaStatus


class QtPlayer(QObject):
    """One medium in a QMediaPlayer."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.signals = PlayerSignals(self)
        self._player = QMediaPlayer(self)
        self._sink = QVideoSink(self)
        self._sound = QAudioOutput(self)
        self._devices = QMediaDevices(self)
        self._has_sound = bool(QMediaDevices.audioOutputs())
        self._remember_no_overrides()
        self._player.setVideoSink(self._sink)
        self._player.setAudioOutput(self._sound)
        if self._player.pitchCompensationAvailability() is (
            QMediaPlayer.PitchCompensationAvailability.Available
        ):
            self._player.setPitchCompensation(True)
        self._image = QImage()
        self._is_stale = self._is_opened = self._is_over = self._is_holding = False
        self._wants_video = False
        self._start_s = 0.0
        self._shown_s = self._over_s = 0.0
        self._deadline = QTimer(self)
        self._deadline.setSingleShot(True)
        self._deadline.timeout.connect(self._miss_picture)
        self._connect()

    def _remember_no_overrides(self) -> None:
        """Keep Qt's own threads from ever asking Python about these objects.

        When FFmpeg's sound thread ends, Qt calls `disconnectNotify` of our QAudioOutput there,
        holding a mutex of Qt. PySide then takes the GIL to look for a Python override, while
        `stop()` here holds the GIL and waits for that mutex: the window froze in one of three runs
        of 200 openings. PySide remembers per object that there is none, so it is asked here first.
        """
        for changed in (
            self._player.playbackRateChanged,
            self._sink.subtitleTextChanged,
            self._sound.volumeChanged,
        ):
            changed.connect(self._note_nothing)
            changed.disconnect(self._note_nothing)

    def _tell(self, what: str, *arguments: QGenericArgumentHolder) -> None:
        """Call a slot of the player at once, but without the GIL.

        These slots wait for Qt's sound thread, which needs the GIL itself for a warning that a
        Python message handler takes, or for an override (see above): each waited for the other.
        """
        _without_gil(self._player, what, *arguments)

    def _go_to(self, seconds: float) -> None:
        self._tell("setPosition", Q_ARG("qlonglong", round(seconds * 1000)))

    def _note_nothing(self) -> None:
        """See `_remember_no_overrides`."""

    def _connect(self) -> None:
        self._sink.videoFrameChanged.connect(self._take_frame)
        self._sink.subtitleTextChanged.connect(self.signals.subtitle_said)
        self._player.mediaStatusChanged.connect(self._take_status)
        self._player.playbackStateChanged.connect(self._take_state)
        self._player.durationChanged.connect(self._take_duration)
        self._player.positionChanged.connect(self._take_position)
        self._player.errorOccurred.connect(self._take_error)
        self._devices.audioOutputsChanged.connect(self._follow_devices)

    # -- Player ----------------------------------------------------------------------------

    def open(self, path: Path, *, start_s: float, is_playing: bool, wants_video: bool) -> None:
        """See `Player.open`."""
        self._start_s, self._is_holding, self._wants_video = start_s, not is_playing, wants_video
        self._tell("setSource", Q_ARG(QUrl, QUrl.fromLocalFile(str(path))))
        self._deadline.start(_PICTURE_DEADLINE_MS)
        if is_playing:
            self._tell("play")
        else:
            self._tell("pause")

    def close(self) -> None:
        """See `Player.close`."""
        self._deadline.stop()
        self.signals.blockSignals(True)
        self._tell("stop")
        self._tell("setSource", Q_ARG(QUrl, QUrl()))
        self._image = QImage()
        self.deleteLater()

    def play(self) -> None:
        """See `Player.play`."""
        self._is_over = self._is_holding = False
        self._tell("play")

    def pause(self) -> None:
        """See `Player.pause`."""
        self._is_holding = True
        self._tell("pause")

    def seek(self, seconds: float) -> None:
        """See `Player.seek`."""
        self._shown_s = seconds
        if self._is_over:
            self._is_over = False
            self._tell("pause")
            self._go_to(seconds)
            if not self._is_holding:
                self._tell("play")
            return
        self._go_to(seconds)

    def step_frame(self) -> None:
        """See `Player.step_frame`."""
        if self._is_over:
            return
        self.pause()
        rate = self._player.metaData().value(QMediaMetaData.Key.VideoFrameRate)
        is_known = isinstance(rate, int | float) and rate > 0
        frames_per_s = float(rate) if is_known else _USUAL_FRAME_RATE
        # Into its middle: at the very beginning of a picture Qt may still show the one before.
        self.seek((math.floor(self.position_s * frames_per_s + 0.01) + 1.5) / frames_per_s)

    def set_rate(self, rate: float) -> None:
        """See `Player.set_rate`."""
        self._tell("setPlaybackRate", Q_ARG(float, rate))

    def set_volume(self, percent: int) -> None:
        """See `Player.set_volume`."""
        self._sound.setVolume(percent / 100)

    def set_muted(self, is_muted: bool) -> None:
        """See `Player.set_muted`."""
        self._sound.setMuted(is_muted)

    def subtitle_tracks(self) -> tuple[str, ...]:
        """See `Player.subtitle_tracks`."""
        key = QMediaMetaData.Key
        return tuple(
            track.stringValue(key.Title) or track.stringValue(key.Language) or str(number)
            for number, track in enumerate(self._player.subtitleTracks(), 1)
        )

    def show_track(self, index: int | None) -> None:
        """See `Player.show_track`; we write what the sink is told."""
        self._player.setActiveSubtitleTrack(-1 if index is None else index)  # not a slot

    def current_frame(self) -> QImage:
        """See `Player.current_frame`; converts a picture once, and only when it is asked for."""
        if self._is_stale:
            self._is_stale = False
            self._image = self._sink.videoFrame().toImage()
        return self._image

    @property
    def pixel_aspect(self) -> float:
        """See `Player.pixel_aspect`; Qt's frames come in square pixels."""
        return 1.0

    @property
    def has_video(self) -> bool:
        """See `Player.has_video`."""
        return self._player.hasVideo() or not self._image.isNull()

    @property
    def is_playing(self) -> bool:
        """See `Player.is_playing`."""
        return self._player.playbackState() is _State.PlayingState and not self._is_over

    @property
    def position_s(self) -> float:
        """See `Player.position_s`."""
        return self._over_s if self._is_over else self._player.position() / 1000

    @property
    def duration_s(self) -> float:
        """See `Player.duration_s`."""
        return max(0, self._player.duration()) / 1000

    # -- what QMediaPlayer said ---------------------------------------------------------------

    def _take_frame(self, frame: QVideoFrame) -> None:
        if not frame.isValid():
            return  # sent at the end and at stop; the last picture stays
        self._is_stale = True
        self._shown_s = max(self._shown_s, frame.startTime() / 1_000_000)
        self._deadline.stop()
        self._open_once()
        self.signals.frame_arrived.emit()

    def _take_status(self, status: QMediaPlayer.MediaStatus) -> None:
        if status is _Status.LoadedMedia and self._start_s > 0:
            self._go_to(self._start_s)
            self._start_s = 0.0
        if status in (_Status.BufferedMedia, _Status.LoadedMedia) and not self._player.hasVideo():
            if not self._player.hasAudio():
                self._fail("damaged")
                return
            self._deadline.stop()
            self._open_once()
        if status is _Status.InvalidMedia:
            self._fail("damaged")
        if status is _Status.EndOfMedia:
            self._end()

    def _open_once(self) -> None:
        if not self._is_opened:
            self._is_opened = True
            self.signals.opened.emit()

    def _end(self) -> None:
        self._deadline.stop()
        if self._is_over:
            return
        if not self._is_opened:
            self._fail("damaged")
            return
        # Qt jumps to the announced end also when the rest of the file is missing.
        is_cut = self._player.hasVideo() and self.duration_s - self._shown_s > _CUT_S
        self._over_s = self._shown_s if is_cut else self.duration_s
        self._is_over = True
        self.signals.playing_changed.emit()
        self.signals.ended.emit()

    def _take_state(self, state: QMediaPlayer.PlaybackState) -> None:
        if state is _State.StoppedState and self._is_opened:
            self._end()  # said before EndOfMedia; we ourselves only ever pause
        elif not self._is_over:
            self.signals.playing_changed.emit()

    def _take_duration(self, _duration_ms: int) -> None:
        self.signals.length_changed.emit()

    def _take_position(self, _position_ms: int) -> None:
        """A sound that calls itself a video shows that it plays by its moving clock."""
        if self._deadline.isActive() and not self._player.hasVideo():
            self._deadline.stop()
            self._open_once()

    def _take_error(self, error: QMediaPlayer.Error, _text: str) -> None:
        if error is not QMediaPlayer.Error.NoError:
            self._fail("damaged")

    def _fail(self, reason: str) -> None:
        self._deadline.stop()
        self.signals.failed.emit(reason)

    def _miss_picture(self) -> None:
        if not self._is_opened:
            self._fail("no_picture" if self._player.hasVideo() else "timeout")

    def _follow_devices(self) -> None:
        """A loudspeaker was plugged in or pulled: go on with what is there now."""
        had_sound, self._has_sound = self._has_sound, bool(QMediaDevices.audioOutputs())
        if had_sound and not self._has_sound:
            self.signals.sound_lost.emit()
        device = QMediaDevices.defaultAudioOutput()
        _without_gil(self._sound, "setDevice", Q_ARG(QAudioDevice, device))


def _without_gil(target: QObject, what: str, *arguments: QGenericArgumentHolder) -> None:
    direct = Qt.ConnectionType.DirectConnection
    if not QMetaObject.invokeMethod(target, what, direct, *arguments):
        raise BugError(f"{target.metaObject().className()} has no slot {what}")
