# SPDX-License-Identifier: GPL-3.0-or-later
"""What libvlc knows about the tracks of a medium that it has begun to read."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Any

_VIDEO = 1
# From this orientation on pictures lie on their side; libvlc has already turned them.
_FIRST_SIDEWAYS = 4


@dataclass(frozen=True, slots=True)
class Tracks:
    """Zeros while unknown: some old formats know the shape only some pictures later."""

    count: int = 0
    has_video: bool = False
    picture_aspect: float = 0.0  # width by height as it should be seen
    frame_s: float = 0.0


def read_tracks(vlc: Any, media: Any) -> Tracks:
    """Look through the list of tracks.

    python-vlc's own reader takes the union of the C structure for three pointers and never
    frees the list.
    """
    raw = ctypes.POINTER(vlc.MediaTrack)()
    count = int(vlc.libvlc_media_tracks_get(media, ctypes.byref(raw)))
    if count == 0:
        return Tracks()
    listed = ctypes.cast(raw, ctypes.POINTER(ctypes.POINTER(vlc.MediaTrack)))
    found = Tracks(count)
    for index in range(count):
        track = listed[index].contents
        if int(getattr(track.type, "value", track.type)) == _VIDEO and track.audio:
            union = ctypes.cast(track.audio, ctypes.POINTER(vlc.VideoTrack))
            found = _with_picture(count, union.contents)
    vlc.libvlc_media_tracks_release(listed, count)
    return found


def _with_picture(count: int, picture: Any) -> Tracks:
    aspect = frame_s = 0.0
    if picture.width and picture.height:
        aspect = picture.width / picture.height
        if picture.sar_num and picture.sar_den:
            aspect *= picture.sar_num / picture.sar_den
        orientation = int(getattr(picture.orientation, "value", picture.orientation))
        if orientation >= _FIRST_SIDEWAYS:
            aspect = 1 / aspect
    if picture.frame_rate_num and picture.frame_rate_den:
        frame_s = picture.frame_rate_den / picture.frame_rate_num
    return Tracks(count, has_video=True, picture_aspect=aspect, frame_s=frame_s)


def listed_subtitles(media_player: Any) -> list[tuple[int, str]]:
    """libvlc's numbers and names of the subtitles inside a medium that plays."""
    found = media_player.video_get_spu_description() or []
    return [(number, name.decode("utf-8", "replace")) for number, name in found if number >= 0]
