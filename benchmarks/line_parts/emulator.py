# SPDX-License-Identifier: GPL-3.0-or-later
"""A slow line on one machine: two network namespaces joined by user-space delay, loss and rate.

For kernels without netem. Needs root, iproute2 and /dev/net/tun. `python -m
benchmarks.line_parts.emulator NAME RATE_BIT_S DELAY_S LOSS QUEUE_S SEED` makes NAME-s (10.77.0.1)
and NAME-c (10.77.0.2), says `ready`, and runs until it is told to end.
"""

from __future__ import annotations

import ctypes
import fcntl
import heapq
import os
import random
import select
import signal
import struct
import subprocess
import sys
import time
from dataclasses import dataclass, field

SERVER_IP, CLIENT_IP = "10.77.0.1", "10.77.0.2"
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_CLONE_NEWNET = 0x40000000
_PACKET_BYTES = 2048
_AT_ONCE = 64


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


def forget(name: str) -> None:
    for side in ("s", "c"):
        subprocess.run(["ip", "netns", "del", f"{name}-{side}"], check=False, capture_output=True)


def make_side(namespace: str, own: str, peer: str) -> int:
    """A namespace whose only way out is a TUN device; returns the device's descriptor."""
    ip("netns", "add", namespace)
    libc = ctypes.CDLL(None, use_errno=True)
    here = os.open("/proc/self/ns/net", os.O_RDONLY)
    there = os.open(f"/var/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(there, _CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, _TUNSETIFF, struct.pack("16sH", b"tun0", _IFF_TUN | _IFF_NO_PI))
    libc.setns(here, _CLONE_NEWNET)
    os.close(here)
    os.close(there)
    inside = ["netns", "exec", namespace, "ip"]
    ip(*inside, "addr", "add", own, "peer", peer, "dev", "tun0")
    ip(*inside, "link", "set", "tun0", "mtu", "1500", "txqueuelen", "10000", "up")
    ip(*inside, "link", "set", "lo", "up")
    return tun


@dataclass
class Line:
    """Delays, drops and paces packets in both directions."""

    rate_bit_s: float
    delay_s: float
    loss: float
    queue_s: float
    chance: random.Random
    _busy_until_s: dict[int, float] = field(default_factory=dict)
    _waiting: list[tuple[float, int, int, bytes]] = field(default_factory=list)
    _count: int = 0

    def take(self, packet: bytes, source: int, target: int) -> None:
        """A packet enters; a full queue or bad luck drops it."""
        now_s = time.monotonic()
        free_s = max(self._busy_until_s.get(source, 0.0), now_s)
        if packet[0] >> 4 != 4 or free_s - now_s > self.queue_s:
            return
        free_s += len(packet) * 8 / self.rate_bit_s
        self._busy_until_s[source] = free_s
        if self.chance.random() < self.loss:
            return
        self._count += 1
        heapq.heappush(self._waiting, (free_s + self.delay_s, self._count, target, packet))

    def deliver(self) -> float:
        """Let out what is due; returns the seconds until the next."""
        while self._waiting:
            due_s = self._waiting[0][0] - time.monotonic()
            if due_s > 0:
                return min(due_s, 0.5)
            _, _, target, packet = heapq.heappop(self._waiting)
            try:
                os.write(target, packet)
            except OSError:
                continue  # the other side is going away
        return 0.5


def run(line: Line, server: int, client: int) -> None:
    ends = {server: client, client: server}
    wait_s = 0.5
    while True:
        for source in select.select(list(ends), [], [], wait_s)[0]:
            for _ in range(_AT_ONCE):
                try:
                    packet = os.read(source, _PACKET_BYTES)
                except BlockingIOError:
                    break
                line.take(packet, source, ends[source])
        wait_s = line.deliver()


def main() -> None:
    name, *numbers = sys.argv[1:]
    rate, delay, loss, queue, seed = map(float, numbers)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    forget(name)
    try:
        server = make_side(f"{name}-s", SERVER_IP, CLIENT_IP)
        client = make_side(f"{name}-c", CLIENT_IP, SERVER_IP)
        print("ready", flush=True)
        run(Line(rate, delay, loss, queue, random.Random(seed)), server, client)
    finally:
        forget(name)


if __name__ == "__main__":
    main()
