# SPDX-License-Identifier: GPL-3.0-or-later
"""A real server as a child process on loopback: a test starts, kills and restarts it."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic

import requests

REPOSITORY = Path(__file__).resolve().parents[2]
READY_WITHIN_S = 40.0
STOP_WITHIN_S = 5.0
POLL_S = 0.02
LOG_TAIL_BYTES = 8_000

RUNNING: list["ServerProcess"] = []


class ServerFailedError(AssertionError):
    """A server did not do its part; the text holds the end of its log."""


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class ServerProcess:
    """One server. Subclasses say how it is started and which address tells that it is ready."""

    name = "server"

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.log = folder / f"{self.name}.log"
        self.port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        raise AssertionError(f"{type(self).__name__} does not say how it is started")

    def environment(self) -> Mapping[str, str]:
        return {}

    def is_ready(self) -> bool:
        """Whether the server accepts connections; subclasses may ask for more."""
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def process_id(self) -> int | None:
        return None if self._process is None else self._process.pid

    def start(self) -> None:
        """Start the server on its port and wait until it answers."""
        if self.is_running:
            return
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [*dying_with_parent(), *self.command()],
                cwd=REPOSITORY,
                env=_environment() | dict(self.environment()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        RUNNING.append(self)
        self._wait_until_ready(self._process)

    def stop(self) -> None:
        """End the server politely, then firmly."""
        if self._process is None:
            return
        if self.is_running:
            self._process.terminate()
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._forget()

    def kill(self) -> None:
        """End the server as a power cut would: SIGKILL, nothing flushed, connections reset."""
        if self._process is not None:
            self._process.kill()
            self._forget()

    def restart(self) -> None:
        """Start again on the same port with the same files."""
        self.stop()
        self.start()

    def log_tail(self) -> str:
        return self.log.read_bytes()[-LOG_TAIL_BYTES:].decode("utf-8", "replace")

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = monotonic() + READY_WITHIN_S
        while not self.is_ready():
            try:
                code = process.wait(POLL_S)
            except subprocess.TimeoutExpired:
                if monotonic() < deadline:
                    continue
                self.kill()
                code = None
            self._forget()
            reason = "did not answer in time" if code is None else f"ended with exit code {code}"
            raise ServerFailedError(f"{self.name} {reason}:\n{self.log_tail()}")

    def _forget(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None
        if self in RUNNING:
            RUNNING.remove(self)


class ControlledServer(ServerProcess):
    """A server of our own that takes orders from the test at `/_control`."""

    def order(self, **words: object) -> None:
        answer = requests.post(f"{self.address}/_control", json=words, timeout=30)
        if answer.status_code != 204:
            raise ServerFailedError(f"{self.name} refused {words}: {answer.text}")

    def requests(self) -> list[dict[str, object]]:
        """What arrived since the last reset, oldest first."""
        answer = requests.get(f"{self.address}/_control", timeout=30)
        seen: list[dict[str, object]] = answer.json()
        return seen

    def reset(self) -> None:
        """Forget all faults and everything seen; connections left hanging are closed."""
        self.order(do="reset")


def _environment() -> dict[str, str]:
    return dict(os.environ) | {"PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1"}


def dying_with_parent() -> list[str]:
    """A test process that crashes takes its servers with it (Linux: util-linux's setpriv)."""
    if sys.platform != "linux":
        return []
    return [shutil.which("setpriv") or "setpriv", "--pdeathsig", "KILL", "--"]
