# SPDX-License-Identifier: GPL-3.0-or-later
"""Uploads from the outbox to the real server and back by receipt."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from pathlib import Path

import psutil
import pytest

from app.base.errors import CancelledError
from app.base.files import sha256_file
from app.base.paths import DataPaths
from app.region.receipts import ReceiptState, UploadReceipt
from app.sync.errors import TransferPausedError
from app.sync.uploads.outbox import apply_receipts, forget_upload
from app.sync.uploads.staging import staged_path
from app.sync.uploads.store import State, Upload
from tests.servers.tus import TusServer
from tests.sync.uploads.rig import DETAILS, SIZE_BYTES, Rig, make_file


def test_a_file_arrives_with_what_servers_and_the_region_need(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    upload = rig.add(source)
    rig.run()
    (stored,) = tus.uploads()
    assert sha256_file(stored.path) == sha256_file(source)
    assert stored.metadata == {
        "filename": "分数 课件.pptx",
        "filetype": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "sha256": upload.sha256,
        "id": upload.upload_id,
        "school": "3301020017",
        **DETAILS,
    }
    assert rig.sent_bytes == SIZE_BYTES


def test_delivered_is_not_accepted(rig: Rig, paths: DataPaths, source: Path) -> None:
    upload = rig.add(source)
    rig.run()
    assert rig.store.get(upload.upload_id).state is State.DELIVERED
    assert staged_path(paths, upload.sha256).is_file()
    receipt = UploadReceipt(upload.upload_id, upload.sha256, ReceiptState.ACCEPTED)
    assert apply_receipts(rig.store, paths, [receipt]) == 1
    assert rig.store.get(upload.upload_id).state is State.ACCEPTED
    assert not staged_path(paths, upload.sha256).exists()
    assert apply_receipts(rig.store, paths, [receipt]) == 0


def test_a_rejected_file_stays_until_its_teacher_deletes_it(
    rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)
    rig.run()
    receipt = UploadReceipt(
        upload.upload_id, upload.sha256, ReceiptState.REJECTED, reason="缺少封面"
    )
    apply_receipts(rig.store, paths, [receipt])
    row = rig.store.get(upload.upload_id)
    assert (row.state, row.data) == (State.REJECTED, {"reason": "缺少封面"})
    assert staged_path(paths, upload.sha256).is_file()
    forget_upload(rig.store, paths, upload.upload_id)
    assert rig.store.all() == ()
    assert not staged_path(paths, upload.sha256).exists()


def test_a_receipt_for_other_content_decides_nothing(
    rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)
    rig.run()
    assert (
        apply_receipts(
            rig.store, paths, [UploadReceipt(upload.upload_id, "0" * 64, ReceiptState.ACCEPTED)]
        )
        == 0
    )
    assert rig.store.get(upload.upload_id).state is State.DELIVERED


def test_progress_moves_inside_a_chunk_and_ends_at_the_size(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    upload = rig.add(source)
    started = time.monotonic()
    rig.rate_bytes_s = 4 << 20
    rig.connect()
    rig.courier._clock_s = lambda: time.monotonic() - started  # progress is paced by real time
    while not rig.step().is_idle:
        pass
    done = [int(str(event["done_bytes"])) for event in rig.events if event["event"] == "progress"]
    assert done == sorted(done)
    assert done[-1] == SIZE_BYTES
    chunks = [int(str(one["offset"])) for one in tus.requests() if one["method"] == "PATCH"]
    assert set(done[:-1]) - set(chunks)
    assert all(event["job"] == upload.upload_id for event in rig.events if "job" in event)


def test_memory_stays_flat(rig: Rig, tmp_path: Path) -> None:
    rig.add(make_file(tmp_path / "long.mp4", 48 << 20))
    rig.step()
    before = psutil.Process().memory_info().rss
    rig.run()
    assert psutil.Process().memory_info().rss - before < 16 << 20


def test_the_upload_in_progress_is_finished_before_the_next(
    rig: Rig, source: Path, tmp_path: Path
) -> None:
    first = rig.add(source)
    rig.step()
    second = rig.add(make_file(tmp_path / "b.pdf", 1000, seed=2))
    rig.step()
    assert rig.store.get(second.upload_id).state is State.QUEUED
    rig.run()
    assert [rig.store.get(one.upload_id).state for one in (first, second)] == [State.DELIVERED] * 2


def test_a_paused_upload_waits_and_goes_on_where_it_was(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    upload = rig.add(source)
    rig.step()
    rig.store.pause(upload.upload_id)
    rig.run()
    assert rig.store.get(upload.upload_id).state is State.PAUSED
    rig.store.resume(upload.upload_id)
    rig.run()
    assert rig.store.get(upload.upload_id).state is State.DELIVERED
    assert rig.sent_bytes == SIZE_BYTES
    assert len(tus.uploads()) == 1


def test_a_cancelled_upload_leaves_nothing_here_or_there(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)
    rig.step()
    assert tus.uploads()
    forget_upload(rig.store, paths, upload.upload_id)
    assert not staged_path(paths, upload.sha256).exists()
    tus.fault("DELETE", "status", status=503)
    rig.run()
    assert rig.codes == ["mirror_busy"]
    assert tus.uploads() == []
    assert rig.store.get(upload.upload_id).state is State.CANCELLED


def test_an_upload_cancelled_before_it_began_needs_no_server(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)
    forget_upload(rig.store, paths, upload.upload_id)
    rig.run()
    assert rig.store.get(upload.upload_id).state is State.CANCELLED
    assert tus.requests() == []


def test_the_same_content_is_not_sent_twice(tus: TusServer, rig: Rig, source: Path) -> None:
    first = rig.add(source)
    again = rig.add(source, {**DETAILS, "title": "更好的标题"})
    assert again.upload_id == first.upload_id
    rig.run()
    (stored,) = tus.uploads()
    assert stored.metadata["title"] == "更好的标题"


def change(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4_000_000)
        file.write(b"changed")


def truncate(path: Path) -> None:
    with path.open("r+b") as file:
        file.truncate(1_000_000)


@pytest.mark.parametrize("harm", [change, truncate, Path.unlink])
def test_a_copy_that_changes_while_it_is_sent_is_noticed(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path, harm: object
) -> None:
    upload = rig.add(source)
    harmed = staged_path(paths, upload.sha256)
    rig.step()
    assert callable(harm)
    harm(harmed)
    rig.run()
    row = rig.store.get(upload.upload_id)
    assert (row.state, row.code) == (State.PAUSED, "upload_copy_damaged")
    assert tus.uploads() == []


def test_a_copy_that_changes_in_the_middle_of_a_chunk_is_noticed(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)
    harm_once = [staged_path(paths, upload.sha256)]

    def harm(event: Mapping[str, object]) -> None:
        if event["event"] == "progress" and harm_once:
            change(harm_once.pop())

    rig.on_event = harm
    rig.waited_s = 1.0  # past the pace of progress, so that the first part tells
    rig.run()
    assert rig.store.get(upload.upload_id).code == "upload_copy_damaged"
    assert tus.uploads() == []


def test_staging_the_original_again_heals_a_damaged_copy(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)
    change(staged_path(paths, upload.sha256))
    rig.run()
    assert rig.add(source).upload_id == upload.upload_id
    rig.run()
    (stored,) = tus.uploads()
    assert sha256_file(stored.path) == upload.sha256


def test_a_hanging_server_does_not_hold_up_the_end(tus: TusServer, rig: Rig, source: Path) -> None:
    rig.silence_s = 60
    rig.connect()
    rig.add(source)
    tus.fault("PATCH", "hang")
    stop = threading.Timer(0.3, rig.session.abort)
    stop.start()
    started_s = time.monotonic()
    with pytest.raises(CancelledError):
        rig.run()
    stop.join()
    assert time.monotonic() - started_s < 40  # a busy machine, yet not the 60 s of silence


def test_stopping_in_the_middle_of_a_chunk_keeps_what_arrived(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    upload = rig.add(source)

    def stop(event: Mapping[str, object]) -> None:
        if event["event"] == "progress" and int(str(event["done_bytes"])) > 100_000:
            rig.is_stopped = True

    rig.on_event = stop
    rig.courier._clock_s = time.monotonic
    rig.courier._said_s = -1.0
    rig.rate_bytes_s = 1 << 20
    rig.session.throttle.set_rate(1 << 20)
    with pytest.raises(CancelledError):
        rig.run()
    first_bytes = rig.sent_bytes
    assert first_bytes < 1 << 20
    rig.is_stopped, rig.rate_bytes_s = False, None
    rig.on_event = lambda event: None
    rig.connect()
    rig.run()
    (stored,) = tus.uploads()
    assert sha256_file(stored.path) == upload.sha256
    assert first_bytes + rig.sent_bytes - SIZE_BYTES <= 2 << 20


def test_pausing_all_transfers_keeps_the_row(rig: Rig, source: Path) -> None:
    upload = rig.add(source)
    rig.session.throttle.pause()
    with pytest.raises(TransferPausedError):
        rig.step()
    rig.session.throttle.resume()
    rig.run()
    assert rig.store.get(upload.upload_id).state is State.DELIVERED


def test_a_killed_server_is_resumed(tus: TusServer, rig: Rig, source: Path) -> None:
    upload = rig.add(source)
    is_killed: list[bool] = []

    def kill_once(event: Mapping[str, object]) -> None:
        done = event.get("done_bytes")
        if not is_killed and isinstance(done, int) and done > 1_500_000:
            is_killed.append(True)
            tus.kill()

    rig.on_event = kill_once
    rig.courier._clock_s = time.monotonic
    rig.session.throttle.set_rate(4 << 20)  # slow enough to be killed in the middle
    while (result := rig.step()).left:
        if result.wait_s is not None:
            tus.start()
            rig.courier.patience.forget()
    assert is_killed
    assert rig.codes  # the kill was felt
    (stored,) = tus.uploads()
    assert sha256_file(stored.path) == upload.sha256
    assert rig.sent_bytes - SIZE_BYTES <= 2 << 20


def test_another_region_keeps_its_own_uploads(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path
) -> None:
    other = Rig(paths, tus.url, region_id="00000000-0000-4000-8000-000000000000")
    kept: Upload = rig.add(source)
    other.run()
    other.session.close()
    assert rig.store.get(kept.upload_id).state is State.QUEUED


def test_credentials_are_sent_and_go_nowhere_else(
    tus: TusServer, paths: DataPaths, source: Path
) -> None:
    rig = Rig(paths, tus.url, headers={"Authorization": "Basic c2Nob29s"})
    rig.add(source)
    rig.run()
    rig.session.close()
    assert {one["authorization"] for one in tus.requests()} == {"Basic c2Nob29s"}


def test_a_region_that_moved_its_server_gets_the_file_at_the_new_place(
    tus: TusServer, rig: Rig, source: Path
) -> None:
    upload = rig.add(source)
    rig.step()
    old = rig.store.get(upload.upload_id).address
    rig.url = tus.url.replace("127.0.0.1", "localhost")
    rig.connect()
    rig.run()
    row = rig.store.get(upload.upload_id)
    assert row.state is State.DELIVERED
    assert row.address is not None
    assert row.address.startswith(rig.url)
    assert row.address != old
    complete = [one for one in tus.uploads() if one.stored_bytes == one.size_bytes]
    assert [sha256_file(one.path) for one in complete] == [upload.sha256]


def test_a_copy_stays_while_another_region_still_needs_it(
    tus: TusServer, rig: Rig, paths: DataPaths, source: Path
) -> None:
    other = Rig(paths, tus.url, region_id="00000000-0000-4000-8000-000000000000")
    first, second = rig.add(source), other.add(source)
    assert first.upload_id != second.upload_id
    forget_upload(rig.store, paths, first.upload_id)
    assert staged_path(paths, second.sha256).is_file()
    forget_upload(other.store, paths, second.upload_id)
    assert not staged_path(paths, second.sha256).exists()
    other.session.close()


def test_receipts_prevail_over_a_forgetful_machine(
    rig: Rig, paths: DataPaths, source: Path
) -> None:
    upload = rig.add(source)  # its bytes went out before the disk was set back
    apply_receipts(
        rig.store, paths, [UploadReceipt(upload.upload_id, upload.sha256, ReceiptState.ACCEPTED)]
    )
    assert rig.store.get(upload.upload_id).state is State.ACCEPTED
    rig.run()
    assert rig.sent_bytes == 0


def test_hashing_a_long_file_can_be_stopped(rig: Rig, source: Path) -> None:
    rig.add(source)
    asked = iter([False, True])
    rig.courier._should_stop = lambda: next(asked)
    with pytest.raises(CancelledError):
        rig.courier.step()
