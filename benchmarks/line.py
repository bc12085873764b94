# SPDX-License-Identifier: GPL-3.0-or-later
"""Goodput on bad lines beside curl, wget and aria2, in one run: 300 ms, 2 % loss, 1 to 10 Mbit/s.

`python3 dev.py bench line [--rates 1 4 10] [--algorithms cubic bbr] [--size MB] [--patience S]`
needs root, iproute2, nginx, curl, wget and aria2. A rival that is not through after `--patience`
seconds is stopped and judged by what it had: one stream's speed does not change any more by then.
Targets: 0.97 of the best rival; with cubic at 1 Mbit/s 2.3 times curl and 85 % of the line.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from app.region.pieces import PieceList
from benchmarks.line_parts.emulator import CLIENT_IP, SERVER_IP

ROOT = Path(__file__).resolve().parents[1]
NAME, PORT = "kzline", 8080
RTT_S, LOSS, QUEUE_S, SEED = 0.3, 0.02, 0.2, 7
PIECE_BYTES = 1 << 20
NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
    access_log off; default_type application/octet-stream; sendfile on; etag on;
    client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
    uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    server {{ listen {ip}:{port}; root {served}; }}
}}
"""


@dataclass(frozen=True)
class Sample:
    """A file on the server and the list of its pieces."""

    sha256: str
    size_bytes: int
    pieces_sha256: str

    @property
    def url(self) -> str:
        return f"http://{SERVER_IP}:{PORT}/blobs/{self.sha256[:2]}/{self.sha256}"


def make_sample(served: Path, size_bytes: int) -> Sample:
    content = random.Random(SEED).randbytes(size_bytes)
    parts = (content[at : at + PIECE_BYTES] for at in range(0, size_bytes, PIECE_BYTES))
    sha256 = hashlib.sha256(content).hexdigest()
    hashes = tuple(hashlib.sha256(part).digest() for part in parts)
    raw = PieceList(sha256, size_bytes, PIECE_BYTES, hashes).to_bytes()
    name = hashlib.sha256(raw).hexdigest()
    for folder, file, bytes_ in (("blobs", sha256, content), ("pieces", name, raw)):
        place = served / folder / file[:2] / file
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(bytes_)
    return Sample(sha256, size_bytes, name)


@contextmanager
def line(rate_mbit: float, name: str = NAME) -> Iterator[None]:
    """The two ends of a line, for as long as the block runs."""
    numbers = [rate_mbit * 1e6, RTT_S / 2, LOSS, QUEUE_S, SEED]
    command = [sys.executable, "-m", "benchmarks.line_parts.emulator", name, *map(str, numbers)]
    emulator = subprocess.Popen(
        ["nice", "-n", "-15", *command], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert emulator.stdout is not None
        if emulator.stdout.readline().strip() != "ready":
            raise SystemExit("the line could not be made: root, iproute2 and /dev/net/tun?")
        yield
    finally:
        emulator.terminate()
        emulator.wait()


@contextmanager
def server(folder: Path, served: Path, algorithm: str, name: str = NAME) -> Iterator[None]:
    """nginx at the far end, whose replies are sent by this congestion control."""
    far = ["ip", "netns", "exec", f"{name}-s"]
    route = ["ip", "route", "change", CLIENT_IP, "dev", "tun0", "src", SERVER_IP]
    subprocess.run([*far, *route, "congctl", algorithm], check=True)
    configuration = folder / "nginx.conf"
    configuration.write_text(
        NGINX.format(folder=folder, served=served, ip=SERVER_IP, port=PORT), "utf-8"
    )
    program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin") or "nginx"
    process = subprocess.Popen([*far, program, "-c", str(configuration)])
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def near(*command: str, name: str = NAME) -> list[str]:
    return ["ip", "netns", "exec", f"{name}-c", *command]


def rivals(url: str, out: Path) -> dict[str, list[str]]:
    aria2 = ["aria2c", "-q", "--file-allocation=none", "--allow-overwrite=true"]
    place = ["-d", str(out.parent), "-o", out.name]
    return {
        "curl": ["curl", "-s", "-o", str(out), url],
        "wget": ["wget", "-q", "-O", str(out), url],
        "aria2": [*aria2, *place, url],
        "aria2 -x4": [*aria2, "-x4", "-s4", "-k1M", *place, url],
    }


def goodput_of_rival(command: list[str], out: Path, patience_s: float) -> float:
    """Megabit a second of payload, until the end or until patience ends."""
    out.unlink(missing_ok=True)
    started_s = time.monotonic()
    process = subprocess.Popen(near(*command))
    try:
        process.wait(patience_s)
    except subprocess.TimeoutExpired:
        process.terminate()
        process.wait()
    seconds = time.monotonic() - started_s
    blocks = out.stat().st_blocks * 512 if out.exists() else 0
    return min(blocks, out.stat().st_size if out.exists() else 0) * 8e-6 / seconds


def goodput_of_ours(sample: Sample, folder: Path) -> tuple[float, str]:
    shutil.rmtree(folder, ignore_errors=True)
    arguments = [
        f"http://{SERVER_IP}:{PORT}/",
        sample.sha256,
        str(sample.size_bytes),
        sample.pieces_sha256,
        str(folder),
    ]
    command = near(sys.executable, "-m", "benchmarks.line_parts.ours", *arguments)
    told = subprocess.run(
        command, check=True, capture_output=True, text=True, cwd=ROOT, env=os.environ
    ).stdout.split()
    remark = f"{told[1]} streams at the end, {int(told[2]) // 1000} KB came twice"
    return sample.size_bytes * 8e-6 / float(told[0]), remark


def measure(rate: float, algorithm: str, options: argparse.Namespace, folder: Path) -> None:
    served = folder / "served"
    sample = make_sample(served, int(options.size * 1e6))
    with line(rate), server(folder, served, algorithm):
        got = {
            name: goodput_of_rival(command, folder / "out.bin", options.patience)
            for name, command in rivals(sample.url, folder / "out.bin").items()
        }
        ours, remark = goodput_of_ours(sample, folder / "data")
    print(f"\n{rate:g} Mbit/s, {algorithm} ({options.size:g} MB; {remark})")
    for name, goodput in got.items():
        print(f"  {name:10} {goodput:6.3f} Mbit/s")
    best = max(got.values())
    print(
        f"  {'Kezhan':10} {ours:6.3f} Mbit/s = {ours / rate:.0%} of the line,"
        f" {ours / got['curl']:.2f} x curl, {ours / best:.2f} x the best",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rates", type=float, nargs="+", default=[1.0, 4.0, 10.0])
    parser.add_argument("--algorithms", nargs="+", default=["cubic", "bbr"])
    parser.add_argument("--size", type=float, default=20.0)
    parser.add_argument("--patience", type=float, default=90.0)
    options = parser.parse_args()
    available = Path("/proc/sys/net/ipv4/tcp_available_congestion_control").read_text("ascii")
    for rate in options.rates:
        for algorithm in options.algorithms:
            if algorithm not in available.split():
                print(f"{algorithm}: this kernel does not offer it")
                continue
            with tempfile.TemporaryDirectory(prefix="kezhan-line-") as folder:
                Path(folder).chmod(0o755)
                measure(rate, algorithm, options, Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
