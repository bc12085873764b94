# SPDX-License-Identifier: GPL-3.0-or-later
"""Time in a film: easing, scenes, captions and sound cues; draws nothing itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QPainter


def phase(now_s: float, start_s: float, length_s: float = 0.8) -> float:
    """How far a movement has come, eased, from 0 before it to 1 after it."""
    share = min(1.0, max(0.0, (now_s - start_s) / length_s))
    return share * share * (3.0 - 2.0 * share)


def bounce(now_s: float, start_s: float, length_s: float = 0.6) -> float:
    """Like `phase`, but overshooting a little before it rests at 1."""
    share = min(1.0, max(0.0, (now_s - start_s) / length_s))
    if share in (0.0, 1.0):
        return share
    return 1.0 + 2.2 * (share - 1.0) ** 3 + 1.2 * (share - 1.0) ** 2


def between(start: float, end: float, share: float) -> float:
    """The value `share` of the way from `start` to `end`."""
    return start + (end - start) * share


def sway(now_s: float, period_s: float, size: float, offset: float = 0.0) -> float:
    """A slow swing around zero."""
    return size * math.sin(2 * math.pi * (now_s / period_s + offset))


@dataclass(frozen=True, slots=True)
class Caption:
    """One line under the picture; times count from the start of its scene."""

    start_s: float
    end_s: float
    words: str


@dataclass(frozen=True, slots=True)
class Cue:
    """One small sound, by the name the sound room knows."""

    at_s: float
    sound: str


@dataclass(frozen=True, slots=True)
class Scene:
    """A step of the lesson: its name on the step bar, its picture and its words."""

    name: str
    length_s: float
    draw: Callable[[QPainter, float], None]
    captions: tuple[Caption, ...]
    cues: tuple[Cue, ...] = ()


def said(*lines: tuple[float, str], until_s: float) -> tuple[Caption, ...]:
    """Captions that each stay until the next begins; empty words leave a pause."""
    ends = [start for start, _ in lines[1:]] + [until_s]
    return tuple(
        Caption(start, end, words) for (start, words), end in zip(lines, ends, strict=True) if words
    )


def starts_s(scenes: tuple[Scene, ...]) -> list[float]:
    """Start of every scene in the film, then the end of the film."""
    times = [0.0]
    for scene in scenes:
        times.append(times[-1] + scene.length_s)
    return times
