# SPDX-License-Identifier: GPL-3.0-or-later
"""Every misbehaviour of a line and a server, in front of the real upload server.

Whatever happens, the content at the server is the teacher's file, and at most one chunk is sent
again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.base.files import sha256_file
from app.sync.uploads.store import State
from tests.servers.portal import Portal
from tests.servers.tus import FaultKind, TusServer
from tests.sync.uploads.rig import CHUNK_BYTES, SIZE_BYTES, Rig, make_file


@dataclass(frozen=True)
class Fault:
    method: str
    kind: FaultKind
    status: int = 503
    count: int = 1
    after_bytes: int = 0

    def __str__(self) -> str:
        detail = self.status if self.kind == "status" else self.kind
        return f"{self.method}-{detail}-x{self.count}"


FAULTS = [
    *(Fault("PATCH", "status", status) for status in (404, 410, 409, 412, 423, 429, 500, 503)),
    Fault("PATCH", "status", 503, count=5),
    Fault("PATCH", "status", 423, count=4),
    Fault("PATCH", "reset"),
    Fault("PATCH", "hang"),
    Fault("PATCH", "portal"),
    Fault("PATCH", "lost_reply"),
    Fault("PATCH", "lost_reply", count=2),
    Fault("PATCH", "cut", after_bytes=600_000),
    *(Fault("HEAD", "status", status) for status in (404, 409, 423, 500, 503)),
    Fault("HEAD", "reset"),
    Fault("HEAD", "portal"),
    Fault("HEAD", "hang"),
    *(Fault("POST", "status", status) for status in (400, 409, 429, 500, 503)),
    Fault("POST", "reset"),
    Fault("POST", "portal"),
    Fault("POST", "lost_reply"),
]


def provoke(tus: TusServer, fault: Fault) -> None:
    tus.fault(
        fault.method,
        fault.kind,
        count=fault.count,
        status=fault.status,
        after_bytes=fault.after_bytes,
    )


def require_identical(tus: TusServer, rig: Rig, source: Path) -> None:
    complete = [one for one in tus.uploads() if one.stored_bytes == one.size_bytes]
    assert [sha256_file(one.path) for one in complete] == [sha256_file(source)]
    (row,) = rig.store.all()
    assert row.state is State.DELIVERED


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_fresh_upload_arrives(tus: TusServer, rig: Rig, source: Path, fault: Fault) -> None:
    rig.add(source)
    provoke(tus, fault)
    if fault.method == "HEAD":
        tus.fault("PATCH", "reset")  # a doubt, so that the server is asked
    rig.run()
    require_identical(tus, rig, source)
    assert rig.sent_bytes - SIZE_BYTES <= CHUNK_BYTES * fault.count


@pytest.mark.parametrize("fault", [one for one in FAULTS if one.method != "POST"], ids=str)
def test_a_resumed_upload_arrives(tus: TusServer, rig: Rig, source: Path, fault: Fault) -> None:
    rig.add(source)
    rig.step()
    rig.step()
    before_bytes = rig.sent_bytes
    rig.session.close()
    rig.connect()
    provoke(tus, fault)
    rig.run()
    rig.session.close()
    require_identical(tus, rig, source)
    assert before_bytes + rig.sent_bytes - SIZE_BYTES <= CHUNK_BYTES * fault.count


def test_a_proxy_that_takes_small_bodies_only_is_obeyed(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    rig.add(source)
    tus.fault("PATCH", "status", status=413, count=2)
    rig.run()
    require_identical(tus, rig, source)
    sizes = [int(str(one["offset"])) for one in tus.requests() if one["method"] == "PATCH"]
    assert sizes[2:5] == [0, 256 << 10, 512 << 10]


def test_a_proxy_that_takes_nothing_pauses_the_upload_and_says_so(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    upload = rig.add(source)
    tus.fault("PATCH", "status", status=413, count=50)
    rig.run()
    assert rig.codes == ["upload_too_large"]
    row = rig.store.get(upload.upload_id)
    assert (row.state, row.code) == (State.PAUSED, "upload_too_large")


def test_a_server_that_takes_no_such_file_pauses_it_and_the_next_one_goes(
    tus: TusServer, rig: Rig, source: Path, tmp_path: Path
) -> None:
    large = rig.add(source)
    (tmp_path / "small.txt").write_bytes(b"small")
    small = rig.add(tmp_path / "small.txt")
    tus.fault("POST", "status", status=413)
    rig.run()
    assert rig.store.get(large.upload_id).state is State.PAUSED
    assert rig.store.get(small.upload_id).state is State.DELIVERED


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_stop_and_tell(
    tus: TusServer, rig: Rig, source: Path, status: int
) -> None:
    rig.add(source)
    tus.fault("POST", "status", status=status)
    result = rig.step()
    assert [problem.code for problem in result.problems] == ["auth_refused"]
    assert result.wait_s == 3600
    assert rig.step().is_idle
    assert [one["method"] for one in tus.requests()] == ["POST"]


def test_a_server_that_asks_for_patience_gets_it(tus: TusServer, rig: Rig, source: Path) -> None:
    rig.add(source)
    tus.fault("POST", "status", status=503, retry_after_s=77)
    assert rig.step().wait_s == 77
    assert rig.step().is_idle
    rig.waited_s += 78
    rig.run()
    require_identical(tus, rig, source)


def test_a_portal_is_told_apart_and_nothing_is_sent_to_it(
    portal: Portal, rig: Rig, source: Path
) -> None:
    rig.url = f"{portal.address}/files"
    rig.connect()
    rig.add(source)
    result = rig.step()
    assert [problem.code for problem in result.problems] == ["portal"]
    assert rig.sent_bytes < 10_000


def test_an_upload_the_server_has_forgotten_starts_again(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    rig.add(source)
    rig.step()
    rig.step()
    tus.empty()
    rig.connect()
    rig.run()
    require_identical(tus, rig, source)


def test_a_server_that_always_forgets_is_not_sent_the_same_bytes_for_ever(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    rig.add(source)

    def forget(event: object) -> None:
        for path in tus.uploads_folder.iterdir():
            path.unlink()

    rig.on_event = forget
    while rig.step().wait_s is None:
        assert rig.sent_bytes < 4 * CHUNK_BYTES
    assert rig.codes[-1] == "mirror_busy"


def test_another_file_under_the_stored_address_is_not_continued(
    tus: TusServer, rig: Rig, source: Path, tmp_path: Path
) -> None:
    upload = rig.add(source)
    other = tmp_path / "other.bin"
    other.write_bytes(b"another file altogether" * 99_999)
    second = rig.add(other)
    rig.step()
    stolen = rig.store.get(upload.upload_id).address
    assert stolen is not None
    rig.store.created(second.upload_id, tus.url, stolen)
    rig.connect()
    rig.run()
    complete = {
        sha256_file(one.path) for one in tus.uploads() if one.stored_bytes == one.size_bytes
    }
    assert complete == {upload.sha256, second.sha256}


@pytest.mark.parametrize("seed", range(6))
def test_a_storm_of_faults_ends_with_the_right_bytes(
    tus: TusServer, rig: Rig, source: Path, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    wanted = {rig.add(source).sha256, rig.add(make_file(tmp_path / "b.pdf", 2_500_000, 7)).sha256}
    for fault in chance.sample([one for one in FAULTS if one.kind != "hang"], 8):
        provoke(tus, fault)
    for _ in range(60):
        result = rig.step()
        if result.wait_s is not None:
            rig.waited_s += result.wait_s
        if chance.random() < 0.2:
            rig.session.close()
            rig.connect()
        if not result.left:
            break
    complete = [one for one in tus.uploads() if one.stored_bytes == one.size_bytes]
    assert sorted(sha256_file(one.path) for one in complete) == sorted(wanted)
    assert rig.store.count_by_state() == {"delivered": 2}
