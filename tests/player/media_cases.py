# SPDX-License-Identifier: GPL-3.0-or-later
"""What both players must do alike; each runs them in a process of its own.

`test_media_vlc.py` and `test_media_qt.py` import these and name the backend.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.item import Backend, Position
from app.player.media_view import MediaView
from app.player.view import LessonView
from tests.player.conftest import MakeView, ffmpeg
from tests.player.listening import Ear, colour_name, name_of, opened, refused

TYPE = "video/mp4"


def wait_colour(qtbot: QtBot, view: LessonView, name: str) -> None:
    """Until the picture has this colour."""
    assert isinstance(view, MediaView)
    qtbot.waitUntil(lambda: colour_name(view.surface.frame()) == name, timeout=30_000)


def wait_events(qtbot: QtBot, ear: Ear, kind: str) -> None:
    """Until that kind of event came."""
    qtbot.waitUntil(lambda: kind in ear.kinds, timeout=30_000)


class MediaCases:
    """Subclasses name the backend."""

    backend: Backend

    @pytest.fixture
    def view(self, make_view: MakeView, mp4: Path) -> MediaView:
        """The colour video, unopened."""
        view = make_view(mp4, TYPE, self.backend)
        assert isinstance(view, MediaView)
        return view

    def test_shows_the_first_colour_and_knows_the_length(
        self, qtbot: QtBot, view: MediaView
    ) -> None:
        ear = opened(qtbot, view)
        assert view.backend is self.backend
        wait_colour(qtbot, view, "red")
        qtbot.waitUntil(lambda: abs(view.duration_s - 6.0) < 0.2, timeout=30_000)
        assert view.is_playing
        assert ear.kinds[:2] == ["initialized", "played"]

    def test_paints_the_picture_between_black_bars(self, qtbot: QtBot, view: MediaView) -> None:
        view.resize(640, 640)
        opened(qtbot, view)
        wait_colour(qtbot, view, "red")
        shown = view.grab().toImage()
        assert colour_name(shown) == "red"
        assert colour_name(shown, 0.5, 0.05) == "black"
        assert colour_name(shown, 0.5, 0.95) == "black"
        top = view.surface.picture_rect().top()
        assert top == pytest.approx(140, abs=2)

    def test_moves_the_picture_while_paused(self, qtbot: QtBot, view: MediaView) -> None:
        opened(qtbot, view)
        wait_colour(qtbot, view, "red")
        view.pause()
        qtbot.waitUntil(lambda: not view.is_playing, timeout=30_000)
        view.seek_to(3.0)
        wait_colour(qtbot, view, "green")
        view.seek_to(5.0)
        wait_colour(qtbot, view, "blue")
        assert not view.is_playing
        assert view.position_s == pytest.approx(5.0, abs=0.3)

    def test_opens_held_on_its_first_picture(self, qtbot: QtBot, view: MediaView) -> None:
        ear = opened(qtbot, view, is_playing=False)
        wait_colour(qtbot, view, "red")
        qtbot.waitUntil(lambda: not view.is_playing, timeout=30_000)
        assert view.position_s < 0.5
        view.play()
        qtbot.waitUntil(lambda: view.position_s > 0.8, timeout=30_000)
        assert "played" in ear.kinds

    def test_resumes_where_one_stopped(self, qtbot: QtBot, make_view: MakeView, mp4: Path) -> None:
        view = make_view(mp4, TYPE, self.backend, resume_at_s=4.5)
        opened(qtbot, view, is_playing=False)
        wait_colour(qtbot, view, "blue")
        assert view.position_s == pytest.approx(4.5, abs=0.6)

    def test_restores_a_position_before_it_is_ready(self, qtbot: QtBot, view: MediaView) -> None:
        view.restore(Position(seconds=2.8))
        opened(qtbot, view, is_playing=False)
        wait_colour(qtbot, view, "green")

    @pytest.mark.parametrize("is_playing", [False, True])
    def test_a_place_that_is_told_while_it_opens_counts(
        self, qtbot: QtBot, view: MediaView, *, is_playing: bool
    ) -> None:
        ear = Ear(view)
        view.open(is_playing=is_playing)
        view.restore(Position(seconds=2.8))
        assert view.position().seconds == 2.8
        qtbot.waitUntil(lambda: ear.readies > 0, timeout=30_000)
        wait_colour(qtbot, view, "green")
        qtbot.waitUntil(lambda: view.position_s > 2.9 or not is_playing, timeout=30_000)
        view.pause()
        view.close_item()
        first = str(ear.numbers("terminated")["played_segments"]).partition("[.]")[0]
        assert first == ("2.800" if is_playing else "")
        assert "seeked" not in ear.kinds

    def test_plays_twice_as_fast(self, qtbot: QtBot, view: MediaView) -> None:
        opened(qtbot, view)
        view.set_rate(2.0)
        start = view.position_s
        with qtbot.waitSignal(view.ended, timeout=30_000):
            pass
        assert start < 3.0
        assert view.rate == 2.0

    def test_logs_what_was_really_shown(self, qtbot: QtBot, view: MediaView) -> None:
        ear = opened(qtbot, view)
        qtbot.waitUntil(lambda: view.position_s > 1.0, timeout=30_000)
        view.pause()
        wait_events(qtbot, ear, "paused")
        paused = ear.numbers("paused")
        assert float(paused["time_s"]) == pytest.approx(1.0, abs=0.6)
        assert float(paused["progress"]) == pytest.approx(float(paused["time_s"]) / 6, abs=0.05)
        view.seek_to(4.0)
        wait_events(qtbot, ear, "seeked")
        assert ear.numbers("seeked")["to_s"] == 4.0
        view.play()
        with qtbot.waitSignal(view.ended, timeout=30_000):
            pass
        view.close_item()
        last = ear.numbers("terminated")
        spans = [
            [float(end) for end in span.split("[.]")]
            for span in str(last["played_segments"]).split("[,]")
        ]
        assert len(spans) == 2
        assert spans[0][0] == pytest.approx(0.0, abs=0.3)
        assert spans[0][1] == pytest.approx(float(paused["time_s"]), abs=0.05)
        assert spans[1] == [pytest.approx(4.0, abs=0.3), pytest.approx(6.0, abs=0.3)]
        assert "completed" not in ear.kinds  # the middle was never shown

    def test_says_completed_once_when_all_was_shown(self, qtbot: QtBot, view: MediaView) -> None:
        ear = opened(qtbot, view)
        view.set_rate(2.0)
        with qtbot.waitSignal(view.ended, timeout=30_000):
            pass
        view.close_item()
        assert ear.kinds.count("completed") == 1
        assert float(ear.numbers("completed")["progress"]) >= 0.95
        assert ear.kinds[-1] == "terminated"
        assert ear.ends == 1

    def test_many_moves_of_a_drag_are_one_event(self, qtbot: QtBot, view: MediaView) -> None:
        ear = opened(qtbot, view, is_playing=False)
        qtbot.waitUntil(lambda: not view.is_playing, timeout=30_000)
        for step in range(20):
            view.seek_to(1.0 + step / 5)
        wait_events(qtbot, ear, "seeked")
        assert ear.kinds.count("seeked") == 1
        assert ear.numbers("seeked")["to_s"] == pytest.approx(4.8)
        wait_colour(qtbot, view, "blue")

    def test_goes_back_after_the_end(self, qtbot: QtBot, view: MediaView) -> None:
        ear = opened(qtbot, view)
        qtbot.waitUntil(lambda: view.duration_s > 0, timeout=30_000)
        view.seek_to(5.4)
        qtbot.waitUntil(lambda: ear.ends == 1, timeout=30_000)
        assert not view.is_playing
        assert view.position_s == pytest.approx(6.0, abs=0.3)
        view.seek_to(2.5)
        wait_colour(qtbot, view, "green")
        view.pause()
        view.seek_to(5.4)
        view.play()
        qtbot.waitUntil(lambda: ear.ends == 2, timeout=30_000)
        view.play()
        wait_colour(qtbot, view, "red")
        qtbot.waitUntil(lambda: view.is_playing, timeout=30_000)

    def test_repeats_from_a_to_b(self, qtbot: QtBot, view: MediaView) -> None:
        ear = opened(qtbot, view)
        qtbot.waitUntil(lambda: view.duration_s > 0, timeout=30_000)
        view.set_repeat((1.4, 0.6))
        assert view.repeat == (0.6, 1.4)
        told: list[float] = []
        view.position_changed.connect(told.append)
        qtbot.waitUntil(lambda: told.count(0.6) >= 2 and "seeked" in ear.kinds, timeout=30_000)
        assert max(told) < 1.4
        assert float(ear.numbers("seeked")["from_s"]) >= 1.4
        assert ear.numbers("seeked")["to_s"] == 0.6
        view.set_repeat(None)
        qtbot.waitUntil(lambda: view.position_s > 2.2, timeout=30_000)

    def test_keeps_volume_and_silence(self, qtbot: QtBot, view: MediaView) -> None:
        view.set_volume(130)
        view.set_muted(True)
        opened(qtbot, view)
        assert view.volume_percent == 100
        assert view.is_muted
        view.set_volume(-5)
        assert view.volume_percent == 0

    def test_writes_gbk_subtitles_into_the_picture(
        self, qtbot: QtBot, make_view: MakeView, mp4: Path, tmp_path: Path
    ) -> None:
        srt = tmp_path / "字幕"
        srt.write_bytes(
            "1\r\n00:00:00,000 --> 00:00:05,900\r\n把一个圆平均分成两份\r\n".encode("gbk")
        )
        view = make_view(mp4, TYPE, self.backend, subtitles=(srt,), subtitle_names=("a.srt",))
        assert isinstance(view, MediaView)
        opened(qtbot, view, is_playing=False)
        qtbot.waitUntil(lambda: view.surface.subtitle != "", timeout=30_000)
        assert view.surface.subtitle == "把一个圆平均分成两份"
        assert view.subtitle_names == ("a.srt",)
        wait_colour(qtbot, view, "red")
        small = _white_pixels(view)
        assert small > 50
        view.set_subtitle_percent(200)
        assert _white_pixels(view) > 2 * small
        view.show_subtitles(None)
        assert _white_pixels(view) == 0
        assert colour_name(view.snapshot(), 0.5, 0.9) == "red"

    def test_shows_a_second_language_below(
        self, qtbot: QtBot, make_view: MakeView, mp4: Path, tmp_path: Path
    ) -> None:
        files = (caption_file(tmp_path / "zh", "一半"), caption_file(tmp_path / "en", "one half"))
        view = make_view(mp4, TYPE, self.backend, subtitles=files)
        assert isinstance(view, MediaView)
        opened(qtbot, view, is_playing=False)
        wait_colour(qtbot, view, "red")
        view.show_second_subtitles(1)
        assert (view.surface.subtitle, view.surface.second_subtitle) == ("一半", "one half")
        both = _white_pixels(view)
        view.show_second_subtitles(None)
        assert 0 < _white_pixels(view) < both

    def test_shows_subtitles_inside_the_medium_when_asked(
        self, qtbot: QtBot, make_view: MakeView, mp4: Path, tmp_path: Path
    ) -> None:
        captions = tmp_path / "a.srt"  # a track chosen late begins with its next caption
        captions.write_text(
            "".join(
                f"{second + 1}\n00:00:0{second},000 --> 00:00:0{second},900\n里面的字\n\n"
                for second in range(6)
            ),
            "utf-8",
        )
        film = tmp_path / "a.mkv"
        ffmpeg(
            *("-i", mp4, "-i", captions, "-c", "copy", "-c:s", "srt"),
            *("-metadata:s:s:0", "language=chi", "-disposition:s:0", "default", film),
        )
        view = make_view(film, "video/x-matroska", self.backend)
        assert isinstance(view, MediaView)
        opened(qtbot, view)
        wait_colour(qtbot, view, "red")
        assert len(view.subtitle_names) == 1
        assert view.subtitle_index is None
        assert _white_pixels(view) == 0
        view.show_subtitles(0)
        qtbot.waitUntil(lambda: _white_pixels(view, 150) > 50, timeout=30_000)
        view.show_subtitles(None)
        qtbot.waitUntil(lambda: _white_pixels(view, 150) == 0, timeout=30_000)

    def test_plays_a_sound(self, qtbot: QtBot, make_view: MakeView, mp3: Path) -> None:
        view = make_view(mp3, "audio/mpeg", self.backend)
        ear = opened(qtbot, view)
        qtbot.waitUntil(lambda: view.position_s > 0.7, timeout=30_000)
        assert not view.has_picture
        assert view.duration_s == pytest.approx(6.0, abs=0.3)
        shown = view.grab().toImage()
        note = [shown.pixelColor(x, y) for x in range(280, 360) for y in range(110, 190)]
        assert 200 < sum(name_of(colour) == "white" for colour in note) < 3000
        view.close_item()
        assert ear.kinds[-1] == "terminated"

    def test_lets_go_of_the_file_at_once(
        self, qtbot: QtBot, make_view: MakeView, mp4: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "stick.mp4"
        copy.write_bytes(mp4.read_bytes())
        view = make_view(copy, TYPE, self.backend)
        opened(qtbot, view)
        assert copy in open_files()
        view.close_item()
        qtbot.waitUntil(lambda: copy not in open_files(), timeout=30_000)

    def test_survives_a_stick_pulled_while_playing(
        self, qtbot: QtBot, make_view: MakeView, mp4: Path, tmp_path: Path
    ) -> None:
        copy = tmp_path / "stick.mp4"
        copy.write_bytes(mp4.read_bytes())
        view = make_view(copy, TYPE, self.backend)
        ear = opened(qtbot, view)
        with copy.open("r+b") as file:
            file.truncate(2000)
        copy.unlink()
        view.set_rate(2.0)
        qtbot.waitUntil(lambda: bool(ear.ends or ear.errors), timeout=30_000)
        assert set(ear.codes()) <= {"file_missing"}
        view.close_item()

    def test_a_missing_file_is_one_error(
        self, qtbot: QtBot, make_view: MakeView, tmp_path: Path
    ) -> None:
        ear = refused(qtbot, make_view(tmp_path / "gone.mp4", TYPE, self.backend))
        assert ear.codes() == ["file_missing"]

    def test_closing_while_opening_is_quiet(self, qtbot: QtBot, view: MediaView) -> None:
        ear = Ear(view)
        with qtbot.assertNotEmitted(view.ready, wait=400):
            view.open()
            view.close_item()
        assert (ear.readies, ear.codes(), ear.kinds) == (0, [], [])


def caption_file(path: Path, words: str) -> Path:
    """One caption from the first second to the last."""
    path.write_text(f"1\n00:00:00,000 --> 00:00:05,900\n{words}\n", "utf-8")
    return path


def open_files() -> set[Path]:
    """What this process holds open."""
    found = set()
    for link in Path("/proc/self/fd").iterdir():
        try:
            found.add(link.readlink())
        except OSError:
            continue  # closed between listing and reading
    return found


def _white_pixels(view: MediaView, least: int = 255) -> int:
    """In the lower half; libvlc's letters in a small picture are never quite white."""
    shown = view.grab().toImage()
    white = 0
    for y in range(shown.height() // 2, shown.height()):
        for x in range(shown.width()):
            colour = shown.pixel(x, y)
            if min(colour >> 16 & 255, colour >> 8 & 255, colour & 255) >= least:
                white += 1
    return white
