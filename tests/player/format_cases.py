# SPDX-License-Identifier: GPL-3.0-or-later
"""Old formats of the 农远 era, and broken files of every kind, for both players."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.item import Backend
from app.player.media_view import MediaView
from tests.player.conftest import MakeView, colour_video
from tests.player.listening import Ear, colour_name, opened, refused

# name → (media type, how ffmpeg writes it); names lose their suffix, as blobs have none.
FORMATS = {
    "a.webm": ("video/webm", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 300k -c:a libopus"),
    "a.mkv": ("video/x-matroska", "-c:v libx265 -preset ultrafast -pix_fmt yuv420p -c:a aac"),
    "a.wmv": ("video/x-ms-wmv", "-c:v wmv2 -b:v 400k -c:a wmav2"),
    "a.asf": ("video/x-ms-asf", "-c:v msmpeg4 -b:v 400k -c:a wmav2"),
    "a.flv": ("video/x-flv", "-c:v flv -b:v 400k -c:a mp3 -ar 44100"),
    "a.mpg": ("video/mpeg", "-c:v mpeg1video -b:v 800k -c:a mp2"),
    "a.vob": ("video/mpeg", "-c:v mpeg2video -b:v 800k -c:a ac3 -f vob"),
    "a.rm": ("application/vnd.rn-realmedia", "-c:v rv20 -b:v 400k -c:a ac3 -f rm"),
    "a.avi": ("video/x-msvideo", "-c:v mpeg4 -vtag XVID -b:v 400k -c:a mp3"),
    "a.3gp": ("video/3gpp", "-c:v h263 -s 352x288 -an"),
    "a.ts": ("video/mp2t", "-c:v libx264 -preset veryfast -g 25 -pix_fmt yuv420p -c:a aac"),
}
SOUNDS = {
    "a.wma": ("audio/x-ms-wma", "-c:a wmav2"),
    "a.ogg": ("audio/ogg", "-c:a libvorbis"),
    "a.wav": ("audio/wav", "-c:a pcm_s16le"),
    "a.m4a": ("audio/mp4", "-c:a aac"),
    "a.flac": ("audio/flac", "-c:a flac"),
}
BROKEN = ("empty", "zeros", "noise", "text", "head", "moov")
# FFmpeg 7 finds no place in a RealMedia file without an index.
UNSEEKABLE: dict[Backend, set[str]] = {Backend.VLC: set(), Backend.QT: {"a.rm"}}


class FormatCases:
    """Subclasses name the backend."""

    backend: Backend

    @pytest.mark.parametrize("name", FORMATS)
    def test_plays(self, qtbot: QtBot, make_view: MakeView, media_dir: Path, name: str) -> None:
        media_type, how = FORMATS[name]
        path = media_dir / f"blob-{name.replace('.', '-')}"
        if not path.exists():
            colour_video(media_dir / name, *how.split(), size="352x288").rename(path)
        view = make_view(path, media_type, self.backend, name=name)
        assert isinstance(view, MediaView)
        ear = opened(qtbot, view)
        qtbot.waitUntil(lambda: colour_name(view.surface.frame()) == "red", timeout=30_000)
        qtbot.waitUntil(lambda: colour_name(view.surface.frame()) == "green", timeout=30_000)
        if name not in UNSEEKABLE[self.backend]:
            view.seek_to(4.6)
        qtbot.waitUntil(lambda: colour_name(view.surface.frame()) == "blue", timeout=30_000)
        assert view.backend is self.backend
        assert ear.codes() == []
        assert view.duration_s == pytest.approx(6.0, abs=1.0)  # streams have no length to read

    @pytest.mark.parametrize("name", SOUNDS)
    def test_sounds(self, qtbot: QtBot, make_view: MakeView, media_dir: Path, name: str) -> None:
        from tests.player.conftest import ffmpeg

        media_type, how = SOUNDS[name]
        path = media_dir / f"sound-{name.replace('.', '-')}"
        if not path.exists():
            ffmpeg("-f", "lavfi", "-i", "sine=440:d=3", *how.split(), media_dir / name)
            (media_dir / name).rename(path)
        view = make_view(path, media_type, self.backend, name=name)
        ear = opened(qtbot, view)
        qtbot.waitUntil(lambda: ear.ends == 1, timeout=30_000)
        assert not view.has_picture
        assert "completed" in ear.kinds

    @pytest.mark.allow_warnings("app.player")
    @pytest.mark.parametrize("kind", BROKEN)
    @pytest.mark.parametrize("media_type", ["video/mp4", "audio/mpeg"])
    def test_broken_files_are_one_typed_error(
        self,
        qtbot: QtBot,
        make_view: MakeView,
        mp4: Path,
        tmp_path: Path,
        media_type: str,
        kind: str,
    ) -> None:
        path = tmp_path / "broken"
        path.write_bytes(broken_bytes(kind, mp4))
        ear = refused(qtbot, make_view(path, media_type, self.backend))
        assert ear.codes() == ["media_damaged"]
        assert ear.readies == 0
        assert ear.kinds == []

    def test_a_file_cut_short_plays_what_is_there_and_says_so(
        self, qtbot: QtBot, make_view: MakeView, mp4: Path, tmp_path: Path
    ) -> None:
        raw = mp4.read_bytes()
        path = tmp_path / "cut"
        path.write_bytes(raw[: len(raw) * 45 // 100])
        view = make_view(path, "video/mp4", self.backend, name="cut.mp4")
        ear = Ear(view)
        view.open()
        qtbot.waitUntil(lambda: bool(ear.ends or ear.errors), timeout=30_000)
        said = [notice.code for notice in ear.notices] + ear.codes()
        assert said == ["media_damaged"]
        assert "completed" not in ear.kinds

    def test_a_sound_that_calls_itself_a_video_still_sounds(
        self, qtbot: QtBot, make_view: MakeView, mp3: Path
    ) -> None:
        view = make_view(mp3, "video/mp4", self.backend, name="a.mp4")
        opened(qtbot, view)
        assert not view.has_picture
        qtbot.waitUntil(lambda: view.position_s > 0.5, timeout=30_000)


def broken_bytes(kind: str, mp4: Path) -> bytes:
    """One way of being broken."""
    raw = mp4.read_bytes()
    match kind:
        case "empty":
            return b""
        case "zeros":
            return bytes(200_000)
        case "noise":
            return bytes((number * 7919 + number // 251) % 256 for number in range(100_000))
        case "text":
            return "这不是视频。\n".encode() * 500
        case "head":
            return raw[:40]
        case _:
            return raw[:200] + bytes(3000) + raw[3200:]
