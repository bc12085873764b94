# SPDX-License-Identifier: GPL-3.0-or-later
"""The upload server keeps what arrived, and shows the faults that a test orders."""

import hashlib
from base64 import b64encode

import pytest
import requests

from tests.servers.tus import TusServer

CONTENT = bytes(range(251)) * 8000
TUS = {"Tus-Resumable": "1.0.0"}


def create(server: TusServer, **metadata: str) -> str:
    """Create an upload of CONTENT and return its address."""
    pairs = [f"{name} {b64encode(text.encode()).decode()}" for name, text in metadata.items()]
    headers = TUS | {"Upload-Length": str(len(CONTENT)), "Upload-Metadata": ",".join(pairs)}
    answer = requests.post(server.url, headers=headers, timeout=30)
    assert answer.status_code == 201, answer.text
    return f"{server.address}{answer.headers['Location']}"


def offset_of(address: str) -> int:
    answer = requests.head(address, headers=TUS, timeout=30)
    assert answer.ok
    return int(answer.headers["Upload-Offset"])


def send(address: str, offset: int, until: int | None = None) -> requests.Response:
    headers = TUS | {
        "Upload-Offset": str(offset),
        "Content-Type": "application/offset+octet-stream",
    }
    return requests.patch(address, data=CONTENT[offset:until], headers=headers, timeout=30)


def test_keeps_content_and_metadata(tus: TusServer) -> None:
    address = create(tus, filename="教案.pdf", sha256=hashlib.sha256(CONTENT).hexdigest())
    assert send(address, 0).status_code == 204
    [stored] = tus.uploads()
    assert stored.path.read_bytes() == CONTENT
    assert stored.metadata["filename"] == "教案.pdf"
    assert stored.size_bytes == stored.stored_bytes == len(CONTENT)


def test_resumes_after_the_server_was_killed(tus: TusServer) -> None:
    address = create(tus, filename="a.bin")
    send(address, 0, until=1_000_000)
    tus.kill()
    with pytest.raises(requests.ConnectionError):
        offset_of(address)
    tus.start()
    assert offset_of(address) == 1_000_000
    assert send(address, 1_000_000).status_code == 204
    assert tus.uploads()[0].path.read_bytes() == CONTENT


def test_a_cut_line_keeps_the_bytes_before_it(tus: TusServer) -> None:
    address = create(tus, filename="a.bin")
    tus.fault("PATCH", "cut", after_bytes=400_000)
    with pytest.raises(requests.ConnectionError):
        send(address, 0)
    offset = offset_of(address)
    assert offset < len(CONTENT)
    assert send(address, offset).status_code == 204
    assert tus.uploads()[0].path.read_bytes() == CONTENT


def test_a_lost_reply_leaves_the_work_done(tus: TusServer) -> None:
    address = create(tus, filename="a.bin")
    tus.fault("PATCH", "lost_reply")
    with pytest.raises(requests.ConnectionError):
        send(address, 0)
    assert offset_of(address) == len(CONTENT)


def test_faults_come_in_order_and_run_out(tus: TusServer) -> None:
    address = create(tus, filename="a.bin")
    tus.fault("HEAD", "status", status=423, count=2)
    tus.fault("HEAD", "portal")
    statuses = [requests.head(address, headers=TUS, timeout=30).status_code for _ in range(4)]
    assert statuses == [423, 423, 200, 200]
    assert [note["status"] for note in tus.requests()][1:] == statuses


def test_status_fault_can_ask_to_wait(tus: TusServer) -> None:
    tus.fault("POST", "status", status=503, retry_after_s=7)
    answer = requests.post(tus.url, headers=TUS, timeout=30)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "7")


def test_reset_and_hang_give_no_reply(tus: TusServer) -> None:
    tus.fault("POST", "reset")
    with pytest.raises(requests.ConnectionError):
        requests.post(tus.url, headers=TUS, timeout=30)
    tus.fault("POST", "hang")
    with pytest.raises(requests.ReadTimeout):
        requests.post(tus.url, headers=TUS, timeout=0.3)


def test_each_test_begins_with_an_empty_server(tus: TusServer) -> None:
    assert tus.uploads() == []
    assert tus.requests() == []
