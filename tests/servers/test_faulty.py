# SPDX-License-Identifier: GPL-3.0-or-later
"""Each fault of the misbehaving mirror really happens on the wire."""

import gzip
import http.client
from pathlib import Path

import pytest
import requests

from tests.servers.faulty import FaultyServer
from tests.servers.fixtures import StartFaulty

CONTENT = bytes(range(256)) * 16
IDENTITY = {"Accept-Encoding": "identity"}


@pytest.fixture
def server(faulty: StartFaulty, tmp_path: Path) -> FaultyServer:
    served = tmp_path / "served"
    served.mkdir()
    (served / "a.bin").write_bytes(CONTENT)
    (served / "b.bin").write_bytes(CONTENT)
    return faulty(served)


def get(server: FaultyServer, asked: str | None = None, name: str = "a.bin") -> requests.Response:
    headers = IDENTITY | ({"Range": asked} if asked else {})
    return requests.get(f"{server.url}{name}", headers=headers, timeout=30, allow_redirects=False)


def test_is_a_good_mirror_without_faults(server: FaultyServer) -> None:
    assert get(server).content == CONTENT
    part = get(server, "bytes=256-511")
    assert (part.status_code, part.content) == (206, CONTENT[256:512])
    assert part.headers["Content-Range"] == "bytes 256-511/4096"
    assert get(server, "bytes=5000-").status_code == 416
    assert get(server, name="none").status_code == 404
    assert get(server, name="../faulty.log").status_code == 404
    assert server.requests()[1]["range"] == "bytes=256-511"


def test_fault_hits_only_its_path_and_only_so_often(server: FaultyServer) -> None:
    server.fault("/a*", "status", status=429, retry_after_s=3, count=1)
    assert get(server, name="b.bin").status_code == 200
    refused = get(server)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "3")
    assert get(server).status_code == 200


def test_truncated_breaks_below_the_promised_length(server: FaultyServer) -> None:
    server.fault("/a.bin", "truncated", after_bytes=1000)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        get(server)


@pytest.mark.parametrize("kind", ["short", "no_length"])
def test_short_bodies_look_complete(server: FaultyServer, kind: str) -> None:
    server.fault("/a.bin", kind, after_bytes=1000)  # type: ignore[arg-type]
    assert get(server).content == CONTENT[:1000]


def test_flipped_changes_one_byte(server: FaultyServer) -> None:
    server.fault("/a.bin", "flipped", after_bytes=300)
    body = get(server).content
    assert [i for i in range(4096) if body[i] != CONTENT[i]] == [300]
    assert get(server, "bytes=256-511").content[44] == CONTENT[300] ^ 0xFF


def test_ranges_go_wrong_in_four_ways(server: FaultyServer) -> None:
    asked = "bytes=256-511"
    server.fault("/a.bin", "wrong_range", count=1)
    assert get(server, asked).headers["Content-Range"] != "bytes 256-511/4096"
    server.fault("/a.bin", "lying_range", count=1)
    lying = get(server, asked)
    assert lying.headers["Content-Range"] == "bytes 256-511/4096"
    assert lying.content != CONTENT[256:512]
    server.fault("/a.bin", "ignored_range", count=1)
    whole = get(server, asked)
    assert (whole.status_code, whole.content) == (200, CONTENT)
    server.fault("/a.bin", "no_content_range", count=1)
    unnamed = get(server, asked)
    assert (unnamed.status_code, unnamed.headers.get("Content-Range")) == (206, None)


def test_html_redirect_and_forced_gzip(server: FaultyServer) -> None:
    server.fault("/a.bin", "html", count=1)
    assert get(server).headers["Content-Type"] == "text/html"
    server.fault("/a.bin", "redirect", count=1)
    assert get(server).status_code == 302
    server.fault("/a.bin", "gzip", count=1)
    with requests.get(f"{server.url}a.bin", headers=IDENTITY, timeout=30, stream=True) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(answer.raw.read(decode_content=False)) == CONTENT


def test_silence_before_and_inside_the_body(server: FaultyServer) -> None:
    server.fault("/a.bin", "hang")
    server.fault("/b.bin", "stall", after_bytes=10)
    for name in ("a.bin", "b.bin"):
        with pytest.raises((requests.ReadTimeout, requests.ConnectionError)):
            requests.get(f"{server.url}{name}", timeout=0.3)


def test_drip_sends_byte_by_byte(server: FaultyServer) -> None:
    server.fault("/a.bin", "drip", pause_ms=50)
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/a.bin")
    answer = connection.getresponse()
    received = [answer.read1(4096) for _ in range(3)]
    connection.close()
    assert b"".join(received) == CONTENT[:3]


def test_endless_outgrows_any_limit(server: FaultyServer) -> None:
    server.fault("/a.bin", "endless")
    with requests.get(f"{server.url}a.bin", timeout=30, stream=True) as answer:
        received = 0
        for part in answer.iter_content(65_536):
            received += len(part)
            if received > 5_000_000:
                break
    assert received > 5_000_000


def test_reset_breaks_the_connection(server: FaultyServer) -> None:
    server.fault("/a.bin", "reset")
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/a.bin")
    with pytest.raises(ConnectionError):
        connection.getresponse()
    connection.close()
