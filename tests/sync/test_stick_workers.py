# SPDX-License-Identifier: GPL-3.0-or-later
"""What copies from a stick: several workers at once, and short files in one go."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from app.base.errors import CancelledError
from app.sync.courier.pace import Stop
from app.sync.courier.worker import call, call_all
from app.sync.directory import DirectoryCarrier
from app.sync.errors import CarrierGoneError, MirrorBrokenError, MirrorMissingError
from app.sync.streams import Streams

GIVE_UP_S = 20.0


@pytest.fixture
def streams() -> Iterator[Streams]:
    pool = Streams()
    yield pool
    assert pool.close(GIVE_UP_S)


def nothing(_: Stop) -> None:
    """For those who have nothing to do meanwhile."""


def until_stopped(stop: Stop, ended: list[str]) -> None:
    """Work that goes on for as long as nobody ends it."""
    pause = threading.Event()
    try:
        while True:
            stop.passed(1)
            pause.wait(0.001)
    finally:
        ended.append("let go")


def test_an_answer_comes_back(streams: Streams) -> None:
    assert call(streams, lambda: 7, nothing, Stop()) == 7


def test_all_workers_count_into_one_stop(streams: Streams) -> None:
    stop = Stop()

    def work() -> None:
        for _ in range(5000):
            stop.passed(1)

    call_all(streams, [work] * 2, nothing, stop)
    assert stop.done_bytes == 10_000


def test_the_first_error_ends_the_others_and_is_told(streams: Streams) -> None:
    stop, ended = Stop(), list[str]()

    def fail() -> None:
        raise CarrierGoneError(host="stick")

    with pytest.raises(CarrierGoneError):
        call_all(streams, [partial(until_stopped, stop, ended), fail], nothing, stop)
    assert ended == ["let go"]


def test_what_happens_meanwhile_ends_all_of_them_first(streams: Streams) -> None:
    stop, ended = Stop(), list[str]()

    def cancel(_: Stop) -> None:
        raise CancelledError

    with pytest.raises(CancelledError):
        call_all(streams, [partial(until_stopped, stop, ended)] * 2, cancel, stop)
    assert ended == ["let go"] * 2


def test_a_short_file_is_read_whole_or_not_at_all(tmp_path: Path) -> None:
    carrier = DirectoryCarrier(tmp_path)
    (tmp_path / "blobs").mkdir()
    (tmp_path / "blobs" / "a").write_bytes(b"lesson")
    folders: set[str] = set()
    assert carrier.read_whole("blobs/a", 6, folders) == b"lesson"
    assert folders == {"blobs"}
    for other in (5, 7):
        with pytest.raises(MirrorBrokenError):
            carrier.read_whole("blobs/a", other, folders)
    for name in ("blobs/b", "../blobs/a", "blobs/..", "blobs/con"):
        with pytest.raises(MirrorMissingError):
            carrier.read_whole(name, 6, folders)


def test_a_short_file_in_pieces_reads_as_one(tmp_path: Path) -> None:
    folder = tmp_path / "a.split"
    folder.mkdir()
    (folder / "0001").write_bytes(b"les")
    (folder / "0002").write_bytes(b"son")
    assert DirectoryCarrier(tmp_path).read_whole("a", 6, set()) == b"lesson"
    with pytest.raises(MirrorBrokenError):
        DirectoryCarrier(tmp_path).read_whole("a", 7, set())


def test_neither_links_nor_pipes_are_read(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"lesson")
    (tmp_path / "link").symlink_to(tmp_path / "secret")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").symlink_to(tmp_path)
    for name in ("link", "pipe", "folder/secret"):
        with pytest.raises(MirrorMissingError):
            DirectoryCarrier(tmp_path).read_whole(name, 6, set())
