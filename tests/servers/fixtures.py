# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest fixtures for the real servers. A missing server is a failure, never a skip."""

from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from tests.servers.faulty import FaultyServer
from tests.servers.lrs import LearningRecordStore
from tests.servers.nginx import Nginx
from tests.servers.portal import Portal
from tests.servers.process import RUNNING, ServerProcess
from tests.servers.screen import virtual_screen
from tests.servers.tus import TusServer


class StartNginx(Protocol):
    """Start nginx on a folder; the test's end stops it."""

    def __call__(
        self, served: Path, *, rate_bytes_per_s: int | None = None, is_gzip_on: bool = False
    ) -> Nginx: ...


class StartFaulty(Protocol):
    """Start a misbehaving mirror on a folder; the test's end stops it."""

    def __call__(self, served: Path) -> FaultyServer: ...


@pytest.fixture
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartNginx]:
    """Starts nginx on any folder, several times if need be: `nginx(folder).url`."""
    started: list[Nginx] = []

    def start(
        served: Path, *, rate_bytes_per_s: int | None = None, is_gzip_on: bool = False
    ) -> Nginx:
        folder = tmp_path_factory.mktemp("nginx")
        server = Nginx(folder, served, rate_bytes_per_s=rate_bytes_per_s, is_gzip_on=is_gzip_on)
        started.append(server)
        server.start()
        return server

    yield start
    _stop(started)


@pytest.fixture
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartFaulty]:
    """Starts a misbehaving mirror on any folder: `faulty(folder).fault("/a", "truncated")`."""
    started: list[FaultyServer] = []

    def start(served: Path) -> FaultyServer:
        server = FaultyServer(tmp_path_factory.mktemp("faulty"), served)
        started.append(server)
        server.start()
        return server

    yield start
    _stop(started)


@pytest.fixture(scope="session")
def _tus_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TusServer]:
    server = TusServer(tmp_path_factory.mktemp("tus"))
    yield server
    server.stop()


@pytest.fixture
def tus(_tus_of_session: TusServer) -> TusServer:
    """The upload server, running, empty and without faults; a test may kill and start it."""
    _tus_of_session.start()
    _tus_of_session.empty()
    return _tus_of_session


@pytest.fixture(scope="session")
def _lrs_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LearningRecordStore]:
    server = LearningRecordStore(tmp_path_factory.mktemp("lrs"))
    yield server
    server.stop()


@pytest.fixture
def lrs(_lrs_of_session: LearningRecordStore) -> LearningRecordStore:
    """The learning record store, running, empty, without faults; a test may kill and start it."""
    _lrs_of_session.start()
    _lrs_of_session.empty()
    return _lrs_of_session


@pytest.fixture
def screen() -> Iterator[dict[str, str]]:
    """Environment variables for a window of a child process, on a virtual screen of its own."""
    with virtual_screen() as variables:
        yield variables


@pytest.fixture(scope="session")
def _portal_of_session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    server = Portal(tmp_path_factory.mktemp("portal"))
    yield server
    server.stop()


@pytest.fixture
def portal(_portal_of_session: Portal) -> Portal:
    """A captive portal that answers 200 with HTML to everything until told otherwise."""
    _portal_of_session.start()
    _portal_of_session.reset()
    return _portal_of_session


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failure what the servers that run at that moment logged."""
    report = yield
    if report.failed:
        for server in RUNNING:
            report.sections.append((f"log of {server.name}", server.log_tail()))
    return report


def _stop(servers: list[ServerProcess] | list[Nginx] | list[FaultyServer]) -> None:
    for server in servers:
        server.stop()
