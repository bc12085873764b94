# SPDX-License-Identifier: GPL-3.0-or-later
"""Captions in the encodings and formats that Chinese files really come in."""

from pathlib import Path

import pytest

from app.base.errors import MissingFileError
from app.player.encodings import decode_text
from app.player.errors import DamagedMediaError
from app.player.item import PlayItem
from app.player.subtitle_choice import SubtitleChoice
from app.player.subtitles import Cue, Subtitles, parse_subtitles, read_subtitles

SRT = """1
00:00:01,000 --> 00:00:02,500
<i>四分之一</i>

2
00:00:02,000 --> 00:01:00,250 X1:10
第二行
2024
{\\an8}还有

"""
ASS = """[Script Info]
Title: x
[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
Dialogue: 0,0:00:01.00,0:00:02.50,Default,,0,0,0,,{\\b1}平均分\\N有逗号, 也行
Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,{\\p1}m 0 0 l 10 10
Comment: 0,0:00:05.00,0:00:06.00,Default,,0,0,0,,no
"""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_reads_every_usual_encoding(encoding: str) -> None:
    assert decode_text("把一个圆平均分成两份".encode(encoding)) == "把一个圆平均分成两份"


def test_a_file_cut_inside_a_character_stays_utf8() -> None:
    assert decode_text("平均分".encode()[:-1]) == "平均"


def test_reads_srt_with_markup_and_position_hints() -> None:
    assert parse_subtitles(SRT.replace("\n", "\r\n")) == [
        Cue(1.0, 2.5, "四分之一"),
        Cue(2.0, 60.25, "第二行\n2024\n还有"),
    ]


def test_reads_ass_without_drawings_and_comments() -> None:
    assert parse_subtitles(ASS) == [Cue(1.0, 2.5, "平均分\n有逗号, 也行")]


def test_says_overlapping_captions_together() -> None:
    said = Subtitles(parse_subtitles(SRT))
    assert said.at(0.5) == ""
    assert said.at(1.0) == "四分之一"
    assert said.at(2.2).startswith("四分之一\n第二行")
    assert said.at(2.5).startswith("第二行")
    assert said.at(61) == ""


def test_a_long_caption_is_found_behind_many_short_ones() -> None:
    cues = [Cue(0, 100, "长"), *(Cue(i, i + 0.5, str(i)) for i in range(1, 50))]
    assert Subtitles(cues).at(49.2) == "长\n49"
    assert Subtitles(cues).at(99.9) == "长"


def test_damaged_and_missing_files_are_typed(tmp_path: Path) -> None:
    broken = tmp_path / "x.srt"
    broken.write_bytes(bytes(range(256)) * 100)
    with pytest.raises(DamagedMediaError):
        read_subtitles(broken)
    with pytest.raises(MissingFileError):
        read_subtitles(tmp_path / "gone.srt")


@pytest.mark.parametrize(("has_open_captions", "first"), [(False, 0), (True, None)])
def test_captions_in_the_picture_are_not_shown_twice(
    tmp_path: Path, has_open_captions: bool, first: int | None
) -> None:
    path = tmp_path / "a.srt"
    path.write_text(SRT, encoding="utf-8")
    item = PlayItem(
        region_id="region",
        entry_id="entry",
        title="微课",
        path=tmp_path / "a.mp4",
        media_type="video/mp4",
        name="a.mp4",
        sha256="ab" * 32,
        converted_dir=tmp_path,
        subtitles=(path,),
        has_open_captions=has_open_captions,
    )
    choice = SubtitleChoice(item)
    choice.load(lambda error: pytest.fail(str(error)))
    assert choice.index == first
    choice.choose(0)
    assert choice.at(1.5) == "四分之一"


@pytest.mark.parametrize("encoding", ["big5", "cp950", "utf-16-le", "utf-16-be", "gb18030"])
def test_long_captions_are_told_apart_by_what_they_say(encoding: str) -> None:
    traditional = "同學們好，今天我們來學習分數。把一個圓平均分成兩份，每一份是它的二分之一。"
    simplified = "同学们好，今天我们来学习分数。把一个圆平均分成两份，每一份是它的二分之一。"
    words = simplified if encoding == "gb18030" else traditional
    text = "1\r\n00:00:01,000 --> 00:00:02,000\r\n" + words + "\r\n"
    assert decode_text(text.encode(encoding)) == text


def test_a_second_language_is_never_the_first(tmp_path: Path) -> None:
    paths = []
    for name in ("zh", "en", "ug"):
        path = tmp_path / f"{name}.srt"
        path.write_text(f"1\n00:00:00,000 --> 00:00:09,000\n{name}\n", "utf-8")
        paths.append(path)
    item = PlayItem(
        region_id="r",
        entry_id="e",
        title="微课",
        path=tmp_path / "a.mp4",
        media_type="video/mp4",
        name="a.mp4",
        sha256="",
        converted_dir=tmp_path,
        subtitles=tuple(paths),
    )
    choice = SubtitleChoice(item)
    choice.load(lambda _error: None)
    choice.choose_second(1)
    assert (choice.at(1.0), choice.second_at(1.0)) == ("zh", "en")
    choice.choose(1)
    assert (choice.at(1.0), choice.second_at(1.0)) == ("en", "")
    choice.choose_second(1)
    assert choice.second_index is None
    choice.choose_second(7)
    assert choice.second_index is None
