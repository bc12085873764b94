# SPDX-License-Identifier: GPL-3.0-or-later
"""What replies mean, and that odd ones lead nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from app.base.errors import KnownError
from app.sync.http import HttpResponse, HttpSession, SizedBody
from app.sync.statements.step import Backoff, Endpoint
from app.sync.uploads.chunk import FIRST_BYTES, LARGEST_BYTES, SMALLEST_BYTES, ChunkSize
from app.sync.uploads.tus import TusClient, Verdict, judge

URL = "https://uploads.example:8443/files"
TUS = {"Tus-Resumable": "1.0.0"}


class ScriptedSession(HttpSession):
    """Answers from a list instead of a line."""

    def __init__(self, *replies: tuple[int, Mapping[str, str]]) -> None:
        super().__init__()
        self.replies = list(replies)
        self.asked: list[tuple[str, str]] = []

    def request(self, method: str, url: str, **named: Any) -> HttpResponse:
        self.asked.append((method, url))
        status, headers = self.replies.pop(0)
        return HttpResponse(url, status, headers, b"")


def client(*replies: tuple[int, Mapping[str, str]], url: str = URL) -> TusClient:
    return TusClient(ScriptedSession(*replies), Endpoint("region", url))


def reply(status: int, headers: Mapping[str, str] = TUS) -> HttpResponse:
    return HttpResponse(URL, status, headers, b"")


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.DONE),
        (201, Verdict.DONE),
        (204, Verdict.DONE),
        (404, Verdict.GONE),
        (410, Verdict.GONE),
        (409, Verdict.DOUBT),
        (423, Verdict.DOUBT),
        (460, Verdict.DOUBT),
        (413, Verdict.TOO_LARGE),
    ],
)
def test_what_a_server_says(status: int, verdict: Verdict) -> None:
    assert judge(reply(status)) is verdict


@pytest.mark.parametrize(
    ("status", "headers", "code"),
    [
        (200, {}, "portal"),
        (204, {}, "portal"),
        (401, TUS, "auth_refused"),
        (403, {}, "auth_refused"),
        (404, {}, "mirror_missing"),
        (429, TUS, "mirror_busy"),
        (500, TUS, "mirror_busy"),
        (502, {}, "mirror_busy"),
        (504, {}, "mirror_busy"),
        (412, TUS, "mirror_broken"),
        (400, TUS, "mirror_broken"),
        (415, {}, "mirror_broken"),
    ],
)
def test_what_no_question_can_settle(status: int, headers: Mapping[str, str], code: str) -> None:
    with pytest.raises(KnownError) as caught:
        judge(reply(status, headers))
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("location", "address"),
    [
        ("/files/abc", "https://uploads.example:8443/files/abc"),
        ("https://uploads.example:8443/files/abc", "https://uploads.example:8443/files/abc"),
        # A server behind a proxy knows neither the scheme nor the port of the outside.
        ("http://uploads.example/files/abc?x=1", "https://uploads.example:8443/files/abc?x=1"),
    ],
)
def test_the_address_of_an_upload_is_at_the_endpoint(location: str, address: str) -> None:
    assert client((201, {**TUS, "Location": location})).create(5, "filename eA==") == address


@pytest.mark.parametrize(
    "location",
    [
        "",
        "https://elsewhere.example/files/abc",
        "//elsewhere.example/files/abc",
        "/files",
        "/",
        "file:///etc/passwd",
        "/files/" + "a" * 3000,
    ],
)
def test_an_upload_is_never_sent_elsewhere(location: str) -> None:
    with pytest.raises(KnownError) as caught:
        client((201, {**TUS, "Location": location})).create(5, "")
    assert caught.value.code == "mirror_broken"


@pytest.mark.parametrize(("status", "code"), [(404, "mirror_missing"), (200, "mirror_broken")])
def test_an_endpoint_that_makes_no_uploads_is_told(status: int, code: str) -> None:
    with pytest.raises(KnownError) as caught:
        client((status, TUS)).create(5, "")
    assert caught.value.code == code


def test_a_single_404_is_asked_about_once_more() -> None:
    found = (200, {**TUS, "Upload-Offset": "3", "Upload-Length": "5"})
    assert client((404, TUS), found).offset(f"{URL}/a", 5) == 3
    assert client((404, TUS), (410, TUS)).offset(f"{URL}/a", 5) is None


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Offset": "3", "Upload-Length": "6"},
        {"Upload-Offset": "6", "Upload-Length": "5"},
        {"Upload-Offset": "6"},
    ],
)
def test_another_file_at_the_address_is_not_ours(headers: Mapping[str, str]) -> None:
    assert client((200, {**TUS, **headers})).offset(f"{URL}/a", 5) is None


@pytest.mark.parametrize("offset", ["", "-1", "three", "3.5", "٣"])
def test_an_offset_that_is_none_is_a_broken_server(offset: str) -> None:
    with pytest.raises(KnownError) as caught:
        client((200, {**TUS, "Upload-Offset": offset})).offset(f"{URL}/a", 5)
    assert caught.value.code == "mirror_broken"


@pytest.mark.parametrize("told", ["", "0", "2", "6", "x"])
def test_an_offset_outside_the_chunk_is_a_doubt(told: str) -> None:
    answer = (204, {**TUS, "Upload-Offset": told})
    body = SizedBody(3, [b"abc"])
    assert client(answer).send(f"{URL}/a", 2, body) == (Verdict.DOUBT, 2)


def test_an_offset_inside_the_chunk_is_where_we_are() -> None:
    answer = (204, {**TUS, "Upload-Offset": "4"})
    assert client(answer).send(f"{URL}/a", 2, SizedBody(3, [b"abc"])) == (Verdict.DONE, 4)


@pytest.mark.parametrize(
    ("status", "is_done"), [(204, True), (404, True), (405, True), (501, True), (423, False)]
)
def test_a_server_is_asked_to_forget_until_it_has(status: int, is_done: bool) -> None:
    assert client((status, TUS)).delete(f"{URL}/a") is is_done


def test_chunks_grow_on_a_quick_line_and_shrink_on_a_slow_one() -> None:
    size = ChunkSize()
    assert size.size_bytes == FIRST_BYTES
    size.took(2)
    size.took(2)
    assert size.size_bytes == LARGEST_BYTES
    for _ in range(9):
        size.took(100)
    assert size.size_bytes == SMALLEST_BYTES


def test_a_limit_on_the_way_is_never_tried_again() -> None:
    size = ChunkSize()
    assert size.was_too_large()
    size.took(1)
    assert size.size_bytes == FIRST_BYTES // 2
    while size.was_too_large():
        pass
    assert size.size_bytes == SMALLEST_BYTES


def test_waiting_grows_to_ten_minutes_and_obeys_the_server() -> None:
    backoff = Backoff(chance=lambda: 1.0)
    waits = [backoff.failed() for _ in range(12)]
    assert waits[:4] == [2, 4, 8, 16]
    assert waits[-1] == 600
    assert backoff.failed(at_least_s=1800) == 1800
    backoff.succeeded()
    assert backoff.failed() == 2
    assert Backoff(chance=lambda: 0.0).failed() == 1
