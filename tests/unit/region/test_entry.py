# SPDX-License-Identifier: GPL-3.0-or-later
import json
from typing import Any

import pytest
from hypothesis import given, settings

from app.region.entry import Entry, entry_to_json, parse_entry
from app.region.errors import EntryInvalidError
from app.region.media import FLASH, H5P_PACKAGE, WEB_PACKAGE, Format, format_of, guess_media_type
from tests.unit.region.samples import entries, lesson

FILE = {"name": "a.mp4", "size_bytes": 1, "sha256": "0" * 64}

BAD = [
    ({"title": None}, "title", "missing"),
    ({"title": "   "}, "title", "missing"),
    ({"title": "课" * 501}, "title", "too_long"),
    ({"title": "x" * 10_000_000}, "title", "too_long"),
    ({"title": "分\x00数"}, "title", "control_characters"),
    ({"title": "分\n数"}, "title", "control_characters"),
    ({"title": "gepj\u202e4pm"}, "title", "control_characters"),
    ({"title": "\ud800"}, "title", "control_characters"),
    ({"title": ["分数"]}, "title", "wrong_type"),
    ({"id": "../../etc/passwd"}, "id", "not_an_id"),
    ({"id": "a/b"}, "id", "not_an_id"),
    ({"id": ".hidden"}, "id", "not_an_id"),
    ({"id": "课件"}, "id", "not_an_id"),
    ({"id": "a" * 129}, "id", "not_an_id"),
    ({"id": "a\n"}, "id", "not_an_id"),
    ({"id": None}, "id", "missing"),
    ({"id": 7}, "id", "wrong_type"),
    ({"resource_type": "电影"}, "resource_type", "not_in_list"),
    ({"updated": "昨天"}, "updated", "not_a_date"),
    ({"keywords": ["a"] * 51}, "keywords", "too_many"),
    ({"keywords": "分数"}, "keywords", "wrong_type"),
    ({"keywords": [""]}, "keywords", "missing"),
    ({"description": "x" * 5001}, "description", "too_long"),
    ({"duration_s": -1}, "duration_s", "out_of_range"),
    ({"duration_s": float("nan")}, "duration_s", "out_of_range"),
    ({"duration_s": True}, "duration_s", "wrong_type"),
    ({"version": 0}, "version", "out_of_range"),
    ({"popularity": 2**53}, "popularity", "out_of_range"),
    ({"supersedes": "a b"}, "supersedes", "not_an_id"),
    ({"files": [FILE] * 65}, "files", "too_many"),
    ({"files": ["a.mp4"]}, "files[0]", "wrong_type"),
    ({"files": [FILE | {"sha256": "A" * 64}]}, "files[0].sha256", "not_a_hash"),
    ({"files": [FILE | {"sha256": "0" * 63}]}, "files[0].sha256", "not_a_hash"),
    ({"files": [FILE | {"size_bytes": -1}]}, "files[0].size_bytes", "out_of_range"),
    ({"files": [FILE | {"size_bytes": None}]}, "files[0].size_bytes", "missing"),
    ({"files": [FILE | {"name": "../a.mp4"}]}, "files[0].name", "not_a_name"),
    ({"files": [FILE | {"name": "C:\\a.mp4"}]}, "files[0].name", "not_a_name"),
    ({"files": [FILE | {"media_type": "video"}]}, "files[0].media_type", "not_a_media_type"),
    ({"cover": {"name": "a.png"}}, "cover.size_bytes", "missing"),
    ({"x": {"a": {"a": {"a": {"a": {"a": {"a": {"a": {"a": 1}}}}}}}}}, "extra", "too_deep"),
    ({"x": "y" * 20_000}, "extra", "too_long"),
]


@pytest.mark.parametrize(("change", "field", "reason"), BAD, ids=range(len(BAD)))
def test_bad_fields_are_refused_by_name(change: dict[str, Any], field: str, reason: str) -> None:
    with pytest.raises(EntryInvalidError) as caught:
        parse_entry(lesson("a-1") | change)
    assert (caught.value.data["field"], caught.value.data["reason"]) == (field, reason)


@pytest.mark.parametrize("raw", [None, [], "entry", 5])
def test_what_is_no_object_is_refused(raw: Any) -> None:
    with pytest.raises(EntryInvalidError):
        parse_entry(raw)


@settings(max_examples=40, deadline=None)
@given(entries())
def test_json_and_back_keeps_everything(entry: Entry) -> None:
    travelled = json.loads(json.dumps(entry_to_json(entry)))
    assert parse_entry(travelled) == entry


def test_texts_become_one_normal_form() -> None:
    assert parse_entry(lesson("a", title=" Café ")).title == "Café"


def test_fields_of_a_newer_publisher_are_kept() -> None:
    raw = lesson("a", competence=["数感"], files=[FILE | {"loudness_db": -23}])
    entry = parse_entry(raw)
    assert entry.extra == {"competence": ["数感"]}
    assert entry.files[0].extra == {"loudness_db": -23}


def test_main_file_is_the_one_with_the_role_else_the_first() -> None:
    subtitles = FILE | {"role": "subtitles", "name": "a.srt"}
    entry = parse_entry(lesson("a", files=[subtitles, FILE]))
    assert entry.main_file is entry.files[1]
    assert parse_entry(lesson("a", files=[subtitles])).format is Format.TEXT
    assert parse_entry(lesson("a")).main_file is None


@pytest.mark.parametrize(
    ("name", "media_type", "format_"),
    [
        ("老片.RMVB", "application/vnd.rn-realmedia-vbr", Format.VIDEO),
        ("a.mp4", "video/mp4", Format.VIDEO),
        ("时钟.web.zip", WEB_PACKAGE, Format.WEB),
        ("测验.h5p", H5P_PACKAGE, Format.WEB),
        ("动画.swf", FLASH, Format.FLASH),
        ("a.zip", "application/zip", Format.ARCHIVE),
        ("a.wps", "application/vnd.wps-office.wps", Format.DOCUMENT),
        ("读我", "application/octet-stream", Format.OTHER),
    ],
)
def test_names_tell_media_type_and_format(name: str, media_type: str, format_: Format) -> None:
    assert guess_media_type(name) == media_type
    assert format_of(media_type, name) is format_


def test_the_name_decides_only_where_the_media_type_says_nothing() -> None:
    assert format_of("application/octet-stream", "a.pptx") is Format.SLIDES
    assert format_of("video/x-unheard-of", "a.pptx") is Format.VIDEO
    assert format_of("text/html; charset=utf-8", "") is Format.WEB


def test_an_entry_without_files_is_catalogue_only() -> None:
    assert parse_entry(lesson("a")).format is Format.NONE
