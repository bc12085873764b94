# SPDX-License-Identifier: GPL-3.0-or-later
"""The captive portal answers everything with its page, in the ordered way."""

import requests

from tests.servers.portal import PAGE, Portal


def test_answers_200_html_to_every_method_and_path(portal: Portal) -> None:
    for method in ("GET", "POST", "PATCH"):
        answer = requests.request(method, f"{portal.url}metadata/1.root.json", timeout=30)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/html")
        assert answer.content == PAGE
    assert [note["method"] for note in portal.requests()] == ["GET", "POST", "PATCH"]


def test_redirects_to_its_page(portal: Portal) -> None:
    portal.set_mode("redirect")
    answer = requests.get(f"{portal.url}a", timeout=30, allow_redirects=False)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{portal.url}login")
    assert requests.get(f"{portal.url}a", timeout=30).content == PAGE


def test_says_511(portal: Portal) -> None:
    portal.set_mode("status_511")
    assert requests.get(f"{portal.url}a", timeout=30).status_code == 511


def test_pretends_to_bring_a_range(portal: Portal) -> None:
    portal.set_mode("partial")
    answer = requests.get(f"{portal.url}a", headers={"Range": "bytes=10-99"}, timeout=30)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"].startswith("bytes 10-")
    assert answer.content == PAGE
