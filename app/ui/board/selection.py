# SPDX-License-Identifier: GPL-3.0-or-later
"""Taking hold of ink that is drawn: which lines are meant, and what is left of them. No Qt.

All lengths are shares of the picture's width, as in `strokes`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from app.ui.board.strokes import Point, Stroke, Tool

_MOST_INSIDE_SHARE = 0.6  # a loop drawn in a hurry cuts off an end
_STEP = 0.004  # how finely a line is looked at below an eraser


def within(strokes: Sequence[Stroke], loop: Sequence[Point]) -> list[int]:
    """The lines (not the erasers) of which most lies inside the loop."""
    found = []
    for at, stroke in enumerate(strokes):
        if stroke.tool is Tool.ERASER:
            continue
        inside = sum(_is_inside(point, loop) for point in stroke.points)
        if inside >= _MOST_INSIDE_SHARE * len(stroke.points):
            found.append(at)
    return found


def nearest(strokes: Sequence[Stroke], at: Point, reach: float) -> list[int]:
    """The line that was tapped, the uppermost first; none when nothing is within `reach`."""
    for number in range(len(strokes) - 1, -1, -1):
        stroke = strokes[number]
        if stroke.tool is not Tool.ERASER:
            limit = max(reach, stroke.width / 2)
            if _distance_to_line(at, stroke.points) <= limit:
                return [number]
    return []


def pieces_of(strokes: Sequence[Stroke], at: int) -> list[Stroke]:
    """What is to be seen of the line number `at`: without what later erasers took from it.

    Carried elsewhere, a line must not show again what was rubbed out.
    """
    stroke = strokes[at]
    erasers = [s for s in strokes[at + 1 :] if s.tool is Tool.ERASER]
    erasers = [_thinned(e) for e in erasers if _may_touch(stroke, e)]
    if not erasers:
        return [stroke]
    pieces: list[list[Point]] = [[]]
    for point in _fine(stroke.points):
        if any(_distance_to_line(point, e.points) <= e.width / 2 for e in erasers):
            if pieces[-1]:
                pieces.append([])
        else:
            pieces[-1].append(point)
    return [replace(stroke, points=tuple(piece)) for piece in pieces if piece]


def carried(strokes: Sequence[Stroke], across: float, down: float) -> list[Stroke]:
    """The same lines elsewhere."""
    return [
        replace(stroke, points=tuple((x + across, y + down) for x, y in stroke.points))
        for stroke in strokes
    ]


def bounds(strokes: Sequence[Stroke]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is seen of them."""
    lefts = [x - s.width / 2 for s in strokes for x, _ in s.points]
    tops = [y - s.width / 2 for s in strokes for _, y in s.points]
    rights = [x + s.width / 2 for s in strokes for x, _ in s.points]
    bottoms = [y + s.width / 2 for s in strokes for _, y in s.points]
    return min(lefts), min(tops), max(rights), max(bottoms)


def _is_inside(point: Point, loop: Sequence[Point]) -> bool:
    """Even-odd rule; the loop closes itself."""
    x, y = point
    is_in = False
    for (ax, ay), (bx, by) in zip(loop, (*loop[1:], loop[0]), strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            is_in = not is_in
    return is_in


def _distance_to_line(point: Point, line: Sequence[Point]) -> float:
    if len(line) == 1:
        return math.dist(point, line[0])
    return min(_distance(point, a, b) for a, b in pairwise(line))


def _distance(point: Point, a: Point, b: Point) -> float:
    (px, py), (ax, ay), (bx, by) = point, a, b
    length = (bx - ax) ** 2 + (by - ay) ** 2
    share = ((px - ax) * (bx - ax) + (py - ay) * (by - ay)) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return math.hypot(px - ax - share * (bx - ax), py - ay - share * (by - ay))


def _may_touch(stroke: Stroke, eraser: Stroke) -> bool:
    left, top, right, bottom = bounds([stroke])
    e_left, e_top, e_right, e_bottom = bounds([eraser])
    return left <= e_right and e_left <= right and top <= e_bottom and e_top <= bottom


def _thinned(eraser: Stroke) -> Stroke:
    """The same path with fewer points: an eraser is broad, and a page may have hundreds."""
    kept = [eraser.points[0]]
    for point in eraser.points[1:-1]:
        if math.dist(point, kept[-1]) >= eraser.width / 4:
            kept.append(point)
    return replace(eraser, points=(*kept, eraser.points[-1]))


def _fine(points: Sequence[Point]) -> list[Point]:
    """The same line with no two points further apart than `_STEP`."""
    found = [points[0]]
    for (ax, ay), (bx, by) in pairwise(points):
        count = max(1, math.ceil(math.hypot(bx - ax, by - ay) / _STEP))
        found += [
            (ax + (bx - ax) * n / count, ay + (by - ay) * n / count) for n in range(1, count + 1)
        ]
    return found
