# SPDX-License-Identifier: GPL-3.0-or-later
"""nginx serves ranges as the downloads need them, and its variants do what they say."""

from pathlib import Path
from time import monotonic

import pytest
import requests

from tests.servers.fixtures import StartNginx

IDENTITY = {"Accept-Encoding": "identity"}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "树 tree"
    folder.mkdir()
    (folder / "file.bin").write_bytes(bytes(range(256)) * 400)
    return folder


def test_serves_the_asked_range_and_notes_the_request(nginx: StartNginx, tree: Path) -> None:
    server = nginx(tree)
    headers = IDENTITY | {"Range": "bytes=100-199"}
    answer = requests.get(f"{server.url}file.bin", headers=headers, timeout=30)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == "bytes 100-199/102400"
    assert answer.content == (tree / "file.bin").read_bytes()[100:200]
    [seen] = server.requests()
    assert (seen.method, seen.path, seen.range) == ("GET", "/file.bin", "bytes=100-199")
    assert (seen.status, seen.body_bytes) == (206, 100)


def test_missing_file_is_404(nginx: StartNginx, tree: Path) -> None:
    assert requests.get(f"{nginx(tree).url}none", timeout=30).status_code == 404


def test_gzip_variant_compresses_only_for_those_who_accept_it(
    nginx: StartNginx, tree: Path
) -> None:
    url = f"{nginx(tree, is_gzip_on=True).url}file.bin"
    packed = requests.get(url, headers={"Accept-Encoding": "gzip"}, timeout=30)
    plain = requests.get(url, headers=IDENTITY, timeout=30)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.content == plain.content


def test_rate_limit_holds(nginx: StartNginx, tree: Path) -> None:
    server = nginx(tree, rate_bytes_per_s=50_000)
    started = monotonic()
    answer = requests.get(f"{server.url}file.bin", headers=IDENTITY, timeout=30)
    assert len(answer.content) == 102_400
    assert monotonic() - started > 0.5


def test_answers_again_on_the_same_address_after_a_kill(nginx: StartNginx, tree: Path) -> None:
    server = nginx(tree)
    server.kill()
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{server.url}file.bin", timeout=30)
    server.start()
    assert requests.get(f"{server.url}file.bin", headers=IDENTITY, timeout=30).ok
