# SPDX-License-Identifier: GPL-3.0-or-later
"""Start time and memory beside an empty window and beside Kolibri, as ratios from one run.

`python3 dev.py bench start` measures, in turn and several times: process start to an empty PySide6
window's first paint; to Kezhan's first page with its books (second start; window, agent, guard); to
Kolibri's first page (second start). Memory is the proportional set size of all processes, at rest
and after the same search. Kolibri comes from the package index into an environment of its own.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from tests.servers.process import free_port
from tests.servers.screen import virtual_screen

KOLIBRI = "kolibri==0.19.5"
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv" / "kolibri"
DEADLINE_S = 120.0
END_S = 15.0
POLL_S = 0.02
# Idle means idle: the agent rests after 20 s of housekeeping-free quiet, Kolibri has its own jobs.
SETTLE_S = 45.0


@dataclass(frozen=True)
class Sample:
    """One start: seconds to usable, and memory in megabytes."""

    ready_s: float
    rest_mb: float
    searched_mb: float


def memory_mb(pid: int) -> float:
    """Proportional set size of a process and its children."""
    process = psutil.Process(pid)
    family = [process, *process.children(recursive=True)]
    return sum(member.memory_full_info().pss for member in family) / 1e6


def probe(
    screen: dict[str, str], *arguments: str, does_search: bool, settle_s: float = 0.0
) -> Sample:
    """Start a window of ours and wait for its words."""
    started = time.monotonic()
    command = [sys.executable, "-X", "utf8", "-m", "benchmarks.start_probe", *arguments]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env={**os.environ, **screen},
    ) as window:
        assert window.stdin is not None
        assert window.stdout is not None
        assert window.stdout.readline() == "ready\n"
        ready_s = time.monotonic() - started
        time.sleep(settle_s)
        rest_mb = searched_mb = memory_mb(window.pid)
        if does_search:
            window.stdin.write("search\n")
            window.stdin.flush()
            assert window.stdout.readline() == "found\n"
            searched_mb = memory_mb(window.pid)
        window.stdin.close()
        window.wait(DEADLINE_S)
    return Sample(ready_s, rest_mb, searched_mb)


def install_kolibri() -> Path:
    """Kolibri's program, installed once."""
    program = ENVIRONMENT / "bin" / "kolibri"
    if not program.exists():
        subprocess.run([sys.executable, "-m", "venv", str(ENVIRONMENT)], check=True)
        python = str(ENVIRONMENT / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", KOLIBRI], check=True)
    return program


@contextmanager
def kolibri_running(program: Path, home: Path) -> Iterator[tuple[int, int]]:
    """A Kolibri server; yields its pid and port and ends it."""
    port = free_port()
    server = subprocess.Popen(
        [program, "start", "--foreground", "--port", str(port)],
        env={**os.environ, "KOLIBRI_HOME": str(home), "KOLIBRI_LISTEN_ADDRESS": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield server.pid, port
    finally:
        for child in psutil.Process(server.pid).children(recursive=True):
            child.terminate()
        server.terminate()
        try:
            server.wait(END_S)
        except subprocess.TimeoutExpired:  # it waits for its own threads now and then
            server.kill()
            server.wait(END_S)


def is_answered(url: str) -> bool:
    """Whether a page comes."""
    try:
        with urllib.request.urlopen(url, timeout=30) as page:  # noqa: S310 - loopback only
            return bool(page.read())
    except OSError:
        return False


def kolibri(program: Path, home: Path, settle_s: float = 0.0) -> Sample:
    """Start Kolibri, wait for its first page, search."""
    started = time.monotonic()
    with kolibri_running(program, home) as (pid, port):
        address = f"http://127.0.0.1:{port}"
        while not is_answered(f"{address}/"):
            assert time.monotonic() - started < DEADLINE_S
            time.sleep(POLL_S)
        ready_s = time.monotonic() - started
        time.sleep(settle_s)
        rest_mb = memory_mb(pid)
        is_answered(f"{address}/api/content/contentnode/?search=%E5%88%86%E6%95%B0")
        return Sample(ready_s, rest_mb, memory_mb(pid))


def main() -> None:
    """Measure in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    program = install_kolibri()
    samples: dict[str, list[Sample]] = {"empty": [], "kezhan": [], "kolibri": []}
    with tempfile.TemporaryDirectory() as folder, virtual_screen() as screen:
        data_dir, home = Path(folder, "data"), Path(folder, "kolibri")
        probe(screen, "kezhan", str(data_dir), does_search=False)  # the first start enrols
        kolibri(program, home)  # the first start makes its databases
        for _ in range(runs):
            samples["empty"].append(probe(screen, "empty", does_search=False))
            samples["kezhan"].append(probe(screen, "kezhan", str(data_dir), does_search=False))
            samples["kolibri"].append(kolibri(program, home))
        at_rest = {
            "empty": probe(screen, "empty", does_search=False),
            "kezhan": probe(screen, "kezhan", str(data_dir), does_search=True, settle_s=SETTLE_S),
            "kolibri": kolibri(program, home, SETTLE_S),
        }
    table = {
        name: replace(at_rest[name], ready_s=statistics.median(one.ready_s for one in several))
        for name, several in samples.items()
    }
    print(f"{'':10}{'usable s':>10}{'rest MB':>10}{'searched MB':>13}   (times: medians of {runs})")
    for name, row in table.items():
        print(f"{name:10}{row.ready_s:10.2f}{row.rest_mb:10.0f}{row.searched_mb:13.0f}")
    ours, empty, theirs = table["kezhan"], table["empty"], table["kolibri"]
    print(f"time:   {ours.ready_s / empty.ready_s:.2f} × empty window (target ≤ 3)")
    print(f"        {ours.ready_s / theirs.ready_s:.2f} × Kolibri (target ≤ 0.25)")
    print(f"memory: {ours.rest_mb / theirs.rest_mb:.2f} × Kolibri at rest (target ≤ 1)")
    print(f"        {ours.searched_mb / theirs.searched_mb:.2f} × Kolibri after a search")


if __name__ == "__main__":
    main()
