# SPDX-License-Identifier: GPL-3.0-or-later
"""Ends of pieces that other streams brought, kept in memory until the beginning has arrived."""

from __future__ import annotations

import threading
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tail:
    """The last bytes of a piece, from `start` in the file on; `carriers` brought them."""

    start: int
    content: bytes
    carriers: frozenset[str]


class Tails:
    """By piece; safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tails: dict[int, Tail] = {}
        self._waiting: dict[int, list[Tail]] = {}

    def put(self, number: int, tail: Tail, end_of_piece: int) -> None:
        """Keep an end; one that does not reach the end of the piece waits for what follows it."""
        with self._lock:
            waiting = [*self._waiting.get(number, ()), tail]
            whole = self._tails.get(number)
            reach = whole.start if whole is not None else end_of_piece
            while fitting := [one for one in waiting if one.start + len(one.content) == reach]:
                one = fitting[0]
                waiting.remove(one)
                whole = one if whole is None else _joined(one, whole)
                reach = one.start
            self._waiting[number] = waiting
            if whole is not None:
                self._tails[number] = whole

    def get(self, number: int) -> Tail | None:
        """The end of a piece as far as it is here without a gap."""
        with self._lock:
            return self._tails.get(number)

    def held_from(self, number: int) -> int | None:
        """Where what is here of a piece's end begins."""
        with self._lock:
            starts = [one.start for one in self._waiting.get(number, ())]
            tail = self._tails.get(number)
            return min([*starts, *([tail.start] if tail is not None else [])], default=None)

    def drop(self, number: int) -> None:
        """The piece is whole, or its parts did not fit."""
        with self._lock:
            self._tails.pop(number, None)
            self._waiting.pop(number, None)


def _joined(one: Tail, following: Tail) -> Tail:
    return Tail(one.start, one.content + following.content, one.carriers | following.carriers)
