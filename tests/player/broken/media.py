# SPDX-License-Identifier: GPL-3.0-or-later
"""Broken videos and sounds; good ones are made by ffmpeg first."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

from tests.player.broken.case import DAMAGED, SHOWN, Broken, broken, cut, rubbish, with_hole
from tests.player.conftest import colour_video, ffmpeg

_MP4_CODECS = "-c:v libx264 -preset ultrafast -g 25 -pix_fmt yuv420p -c:a aac"
_FILMS = {
    "avi": ("video/x-msvideo", "-c:v mpeg4 -vtag XVID -b:v 300k -c:a mp3"),
    "flv": ("video/x-flv", "-c:v flv -b:v 300k -c:a mp3 -ar 44100"),
    "mkv": ("video/x-matroska", "-c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
    "mpg": ("video/mpeg", "-c:v mpeg1video -b:v 600k -c:a mp2"),
    "rm": ("application/vnd.rn-realmedia", "-c:v rv20 -b:v 300k -c:a ac3 -f rm"),
    "wmv": ("video/x-ms-wmv", "-c:v wmv2 -b:v 300k -c:a wmav2"),
}
_SOUNDS = {
    "mp3": ("audio/mpeg", "-c:a mp3"),
    "ogg": ("audio/ogg", "-c:a libvorbis"),
    "wav": ("audio/wav", "-c:a pcm_s16le"),
    "wma": ("audio/x-ms-wma", "-c:a wmav2"),
}


def broken_media(folder: Path) -> Iterator[Broken]:
    """All of them; `folder` takes the good ones."""
    mp4 = colour_video(
        folder / "good.mp4", *_MP4_CODECS.split(), "-movflags", "+faststart"
    ).read_bytes()
    yield from _films_without_their_middle(mp4, "video/mp4", "mp4")
    yield from _lying_films(mp4)
    for suffix, (media_type, how) in _FILMS.items():
        path = colour_video(folder / f"good.{suffix}", *how.split(), size="352x288")
        yield from _films_without_their_middle(path.read_bytes(), media_type, suffix)
    for suffix, (media_type, how) in _SOUNDS.items():
        path = folder / f"good-sound.{suffix}"
        ffmpeg("-f", "lavfi", "-i", "sine=440:d=3", *how.split(), path)
        sound = path.read_bytes()
        yield broken(f"sound-cut.{suffix}", media_type, cut(sound, 60), SHOWN)
        yield broken(f"sound-head.{suffix}", media_type, sound[:60], DAMAGED)
    yield from rubbish("film.mp4", "video/mp4")
    yield from rubbish("sound.mp3", "audio/mpeg")
    yield broken("film-is-text.mp4", "video/mp4", "这不是视频。\n".encode() * 300, DAMAGED)
    yield broken(
        "film-is-a-sound.mp4", "video/mp4", (folder / "good-sound.mp3").read_bytes(), SHOWN
    )


def _films_without_their_middle(film: bytes, media_type: str, suffix: str) -> Iterator[Broken]:
    yield broken(f"cut.{suffix}", media_type, cut(film, 45), SHOWN)
    yield broken(f"hole.{suffix}", media_type, with_hole(film), SHOWN)
    yield broken(f"head.{suffix}", media_type, film[:36], DAMAGED)


def _lying_films(mp4: bytes) -> Iterator[Broken]:
    """Boxes that say they are larger, smaller or more than the file can hold."""
    huge = struct.pack(">I", 0x7FFFFFFF)
    moov, mdat = mp4.index(b"moov") - 4, mp4.index(b"mdat") - 4
    sizes, offsets = mp4.index(b"stsz"), mp4.index(b"stco")
    yield broken("mdat-lies.mp4", "video/mp4", _with(mp4, mdat, huge), SHOWN)
    yield broken("moov-lies.mp4", "video/mp4", _with(mp4, moov, huge), SHOWN, DAMAGED)
    nothing = _with(mp4, moov, struct.pack(">I", 8))
    yield broken("moov-is-nothing.mp4", "video/mp4", nothing, SHOWN, DAMAGED)
    lots = struct.pack(">I", 0xFFFFFFFF)
    yield broken("samples-lie.mp4", "video/mp4", _with(mp4, sizes + 12, lots), SHOWN, DAMAGED)
    yield broken("offsets-lie.mp4", "video/mp4", _with(mp4, offsets + 8, lots), SHOWN, DAMAGED)
    yield broken("beyond-the-end.mp4", "video/mp4", _far_offsets(mp4, offsets), DAMAGED)
    wide = mp4.replace(struct.pack(">HH", 320, 180), struct.pack(">HH", 65535, 65535))
    yield broken("huge-picture.mp4", "video/mp4", wide, SHOWN, DAMAGED)


def _with(content: bytes, place: int, new: bytes) -> bytes:
    return content[:place] + new + content[place + len(new) :]


def _far_offsets(mp4: bytes, offsets: int) -> bytes:
    """Every sample lies where the file is not."""
    count = struct.unpack(">I", mp4[offsets + 8 : offsets + 12])[0]
    return _with(mp4, offsets + 12, struct.pack(">I", 0x70000000) * count)
