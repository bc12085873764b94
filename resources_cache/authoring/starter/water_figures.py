# SPDX-License-Identifier: GPL-3.0-or-later
"""Apparatus of the water lesson: ice, beaker, thermometer, flame, kettle, particles."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath

from resources_cache.authoring.starter import figures, look

WATER = QColor("#7CC0E6")
DEEP_WATER = QColor("#4A9CCB")
ICE = QColor("#CFEAF6")
ICE_EDGE = QColor("#8CC3DE")
VAPOUR = QColor("#B9CBD6")
GLASS = QColor("#8FA6B2")
RED = look.CORAL
BLUE = QColor("#2F7FB5")


def ice_block(painter: QPainter, rect: QRectF, melted: float = 0.0) -> None:
    """An ice block; `melted` from 0 to 1 makes it smaller and rounder."""
    kept = max(0.0, 1 - melted)
    if kept < 0.03:
        return
    size = kept**0.45
    box = QRectF(0, 0, rect.width() * size, rect.height() * size)
    box.moveCenter(QPointF(rect.center().x(), rect.bottom() - box.height() / 2))
    radius = 10 + 0.4 * min(box.width(), box.height()) * melted
    fill = QLinearGradient(box.topLeft(), box.bottomRight())
    fill.setColorAt(0, QColor("#F2FAFE"))
    fill.setColorAt(1, QColor("#B5DDF0"))
    painter.setPen(look.pen(ICE_EDGE, 4))
    painter.setBrush(fill)
    painter.drawRoundedRect(box, radius, radius)
    painter.setPen(look.pen(look.alpha(look.CARD, 0.9), 5))
    a, b = box.left() + box.width() * 0.2, box.top() + box.height() * 0.2
    painter.drawLine(QPointF(a, b + box.height() * 0.28), QPointF(a + box.width() * 0.22, b))


def beaker(
    painter: QPainter, rect: QRectF, level: float, now_s: float = 0.0, calm: float = 1.0
) -> None:
    """A beaker filled to `level` (0 to 1); the surface moves when `calm` falls below 1."""
    top = rect.bottom() - rect.height() * 0.92 * level
    if level > 0.01:
        wave = 1.5 + 5 * (1 - calm)
        path = QPainterPath(QPointF(rect.left() + 5, top))
        for step in range(1, 25):
            x = rect.left() + 5 + (rect.width() - 10) * step / 24
            path.lineTo(x, top + wave * math.sin(step * 0.7 + now_s * 3.0))
        path.lineTo(rect.right() - 5, rect.bottom() - 22)
        path.quadTo(rect.right() - 5, rect.bottom() - 5, rect.right() - 22, rect.bottom() - 5)
        path.lineTo(rect.left() + 22, rect.bottom() - 5)
        path.quadTo(rect.left() + 5, rect.bottom() - 5, rect.left() + 5, rect.bottom() - 22)
        path.closeSubpath()
        painter.setPen(look.NO_PEN)
        painter.setBrush(look.alpha(WATER, 0.75))
        painter.drawPath(path)
    glass = QPainterPath(QPointF(rect.left() - 12, rect.top()))
    glass.quadTo(rect.left(), rect.top() + 4, rect.left(), rect.top() + 20)
    glass.lineTo(rect.left(), rect.bottom() - 24)
    glass.quadTo(rect.left(), rect.bottom(), rect.left() + 24, rect.bottom())
    glass.lineTo(rect.right() - 24, rect.bottom())
    glass.quadTo(rect.right(), rect.bottom(), rect.right(), rect.bottom() - 24)
    glass.lineTo(rect.right(), rect.top() + 8)
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(GLASS, 6))
    painter.drawPath(glass)


def thermometer(
    painter: QPainter, rect: QRectF, celsius: float, low: float, high: float, step: float
) -> None:
    """A thermometer with a scale from `low` to `high` and a label every `step` degrees."""
    bulb = QPointF(rect.center().x(), rect.bottom() - 24)
    tube = QRectF(rect.center().x() - 13, rect.top(), 26, rect.height() - 30)
    painter.setPen(look.pen(GLASS, 4))
    painter.setBrush(look.CARD)
    painter.drawRoundedRect(tube, 13, 13)
    painter.setBrush(RED)
    painter.drawEllipse(bulb, 23, 23)
    foot, head = tube.bottom() - 24, tube.top() + 20
    y = foot + (head - foot) * (celsius - low) / (high - low)
    painter.setPen(look.NO_PEN)
    painter.drawRect(QRectF(bulb.x() - 7, y, 14, bulb.y() - y))
    marks = round((high - low) / step)
    for number in range(marks + 1):
        mark_y = foot + (head - foot) * number / marks
        painter.setPen(look.pen(look.SOFT_INK, 3))
        painter.drawLine(QPointF(tube.right() + 4, mark_y), QPointF(tube.right() + 18, mark_y))
        label = QRectF(tube.right() + 26, mark_y - 20, 80, 40)
        value = f"{round(low + number * step)}".replace("-", "−")
        look.write(painter, label, value, 26, look.SOFT_INK, 400, look.LEFT)


def reading(painter: QPainter, rect: QRectF, celsius: float, colour: QColor = RED) -> None:
    """The temperature in large digits."""
    look.panel(painter, rect, look.CARD, 20, look.LINE)
    value = f"{round(celsius)} ℃".replace("-", "−")
    look.write(painter, rect, value, 46, colour, 700)


def flame(painter: QPainter, foot: QPointF, size: float, now_s: float) -> None:
    """A spirit lamp with a living flame."""
    flicker = 1 + 0.06 * math.sin(now_s * 9) + 0.04 * math.sin(now_s * 23)
    for share, colour in ((1.0, look.SUN), (0.55, look.CORAL)):
        h, w = size * flicker * share, size * 0.3 * share
        path = QPainterPath(QPointF(foot.x(), foot.y() - h))
        path.cubicTo(
            foot.x() + w * 1.3, foot.y() - h * 0.4, foot.x() + w, foot.y(), foot.x(), foot.y()
        )
        path.cubicTo(
            foot.x() - w, foot.y(), foot.x() - w * 1.3, foot.y() - h * 0.4, foot.x(), foot.y() - h
        )
        painter.setPen(look.NO_PEN)
        painter.setBrush(colour)
        painter.drawPath(path)
    painter.setBrush(look.SOFT_INK)
    painter.drawRoundedRect(QRectF(foot.x() - 14, foot.y(), 28, 16), 4, 4)
    painter.setBrush(look.PALE_SKY)
    painter.setPen(look.pen(GLASS, 4))
    painter.drawRoundedRect(QRectF(foot.x() - 52, foot.y() + 16, 104, 38), 16, 16)


def stand(painter: QPainter, rect: QRectF) -> None:
    """An iron ring on legs for a beaker; `rect` spans from ring to ground."""
    painter.setPen(look.pen(look.SOFT_INK, 7))
    painter.drawLine(rect.topLeft(), rect.topRight())
    for x in (rect.left() + 12, rect.right() - 12):
        painter.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))


def bubbles(painter: QPainter, rect: QRectF, now_s: float, count: int) -> None:
    """Bubbles that are born at the bottom and grow on their way up."""
    random = np.random.default_rng(12)
    for _ in range(count):
        x, speed, start = random.uniform(0.08, 0.92), random.uniform(0.5, 0.9), random.uniform(0, 1)
        rise = (start + now_s * speed) % 1.0
        y = rect.bottom() - 14 - rise * (rect.height() - 18)
        size = 4 + 11 * rise
        painter.setPen(look.pen(look.alpha(look.CARD, 0.95), 3))
        painter.setBrush(look.alpha(look.CARD, 0.35))
        at = QPointF(rect.left() + x * rect.width() + 5 * math.sin(rise * 12 + start * 6), y)
        painter.drawEllipse(at, size, size)


def mist(
    painter: QPainter, foot: QPointF, now_s: float, width: float, height: float, strength: float
) -> None:
    """A white mist of tiny droplets that rises and vanishes."""
    random = np.random.default_rng(5)
    painter.setPen(look.NO_PEN)
    for _ in range(26):
        x, start = random.uniform(-1, 1), random.uniform(0, 1)
        rise = (start + now_s * 0.28) % 1.0
        size = 12 + 26 * rise
        fade = math.sin(math.pi * rise) * 0.35 * strength
        painter.setBrush(look.alpha(VAPOUR, fade))
        spread = width * (0.3 + 0.7 * rise)
        painter.drawEllipse(
            QPointF(foot.x() + x * spread + 10 * math.sin(now_s + x * 5), foot.y() - rise * height),
            size,
            size,
        )


def particles(
    painter: QPainter, rect: QRectF, state: str, now_s: float, radius: float = 15
) -> None:
    """Particles of ice (`solid`), water (`liquid`) or vapour (`gas`) in a box."""
    painter.setPen(look.pen(DEEP_WATER.darker(112), 3))
    painter.setBrush(WATER if state != "solid" else ICE_EDGE)
    for x, y in _places(rect, state, now_s, radius):
        painter.drawEllipse(QPointF(x, y), radius, radius)
        painter.setPen(look.NO_PEN)
        painter.setBrush(look.alpha(look.CARD, 0.6))
        painter.drawEllipse(
            QPointF(x - radius * 0.3, y - radius * 0.35), radius * 0.28, radius * 0.22
        )
        painter.setPen(look.pen(DEEP_WATER.darker(112), 3))
        painter.setBrush(WATER if state != "solid" else ICE_EDGE)


def _places(rect: QRectF, state: str, now_s: float, radius: float) -> list[tuple[float, float]]:
    random = np.random.default_rng(8)
    low = np.array([rect.left() + radius, rect.top() + radius])
    high = np.array([rect.right() - radius, rect.bottom() - radius])
    if state == "gas":
        number = np.arange(8)
        unfolded = np.stack([number * 1.236 + now_s * 0.27, number * 1.51 + now_s * 0.38], axis=1)
        return _apart(low + (high - low) * _zigzag(unfolded), low, high, radius)
    columns = int(rect.width() // (radius * 2.3))
    gap = rect.width() / columns
    row, column = np.divmod(np.arange(columns * 5), columns)
    at = np.stack([rect.left() + gap * (column + 0.5), rect.bottom() - gap * (row + 0.5)], axis=1)
    shiver = random.uniform(0, 2 * math.pi, at.shape)
    if state == "solid":
        at = at + 2.6 * np.sin(now_s * np.array([9, 8]) + shiver)
        return [(float(x), float(y)) for x, y in at]
    at = at + gap * np.array([0.62, 0.42]) * np.sin(now_s * np.array([1.2, 1.0]) + shiver)
    return _apart(at, low, high, radius)


def _apart(
    at: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64], radius: float
) -> list[tuple[float, float]]:
    """Push discs apart until they no longer lie upon each other; never out of the box."""
    for _ in range(14):
        away = at[:, None, :] - at[None, :, :]
        distance = np.sqrt((away**2).sum(axis=2)) + np.eye(len(at)) * 1e9 + 1e-6
        overlap = np.clip(2.05 * radius - distance, 0, None) / distance
        at = np.clip(at + 0.45 * (away * overlap[:, :, None]).sum(axis=1), low, high)
    return [(float(x), float(y)) for x, y in at]


def _zigzag(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """A triangle wave between 0 and 1."""
    rest = value % 2.0
    return np.where(rest < 1, rest, 2 - rest)


def vapour(painter: QPainter, centre: QPointF, size: float, now_s: float, rows: int = 3) -> None:
    """Water vapour as a textbook shows what cannot be seen: dashed rings that drift."""
    dashed = look.pen(look.SKY, max(2.0, size * 0.016))
    dashed.setDashPattern([2, 3])
    painter.setPen(dashed)
    painter.setBrush(look.NO_BRUSH)
    gap = size / rows
    for number in range(rows * rows):
        row, column = divmod(number, rows)
        x = centre.x() + gap * (column - (rows - 1) / 2)
        y = centre.y() + gap * (row - (rows - 1) / 2)
        drift = gap * 0.17
        x += drift * math.sin(2 * math.pi * (now_s / 3.1 + number * 0.23))
        y += drift * math.sin(2 * math.pi * (now_s / 3.7 + number * 0.31))
        painter.drawEllipse(QPointF(x, y), gap * 0.21, gap * 0.21)


def kettle(painter: QPainter, centre: QPointF, size: float) -> None:
    """A kettle whose spout points right."""
    with look.saved(painter):
        painter.translate(centre)
        painter.scale(size / 200, size / 200)
        painter.setPen(look.pen(look.TEAL.darker(115), 16))
        painter.setBrush(look.NO_BRUSH)
        painter.drawArc(QRectF(-70, -128, 140, 130), 20 * 16, 140 * 16)
        spout = QPainterPath(QPointF(60, 20))
        spout.cubicTo(100, 10, 100, -40, 128, -52)
        spout.lineTo(142, -36)
        spout.cubicTo(124, -10, 120, 50, 60, 66)
        spout.closeSubpath()
        painter.setPen(look.NO_PEN)
        painter.setBrush(look.TEAL.darker(108))
        painter.drawPath(spout)
        body = QPainterPath(QPointF(-60, -60))
        body.lineTo(60, -60)
        body.cubicTo(100, -20, 104, 60, 84, 90)
        body.lineTo(-84, 90)
        body.cubicTo(-104, 60, -100, -20, -60, -60)
        painter.setBrush(look.TEAL)
        painter.drawPath(body)
        painter.setBrush(look.SUN)
        painter.drawEllipse(QPointF(0, -70), 13, 13)
        painter.setBrush(look.alpha(look.CARD, 0.25))
        painter.drawEllipse(QPointF(-46, 5), 14, 44)


def puddle(painter: QPainter, centre: QPointF, size: float) -> None:
    """Water on the ground, seen from the side."""
    painter.setPen(look.NO_PEN)
    painter.setBrush(WATER)
    painter.drawEllipse(centre, size, size * 0.2)
    painter.setBrush(look.alpha(look.CARD, 0.5))
    painter.drawEllipse(centre + QPointF(-size * 0.3, -size * 0.05), size * 0.25, size * 0.04)


def drops_on(painter: QPainter, spots: Sequence[tuple[float, float]], grown: float) -> None:
    """Drops that grow at their places one after another."""
    for number, (x, y) in enumerate(spots):
        share = min(1.0, max(0.0, grown * len(spots) - number))
        if share > 0.05:
            figures.drop(painter, QPointF(x, y), 26 * share, look.alpha(DEEP_WATER, 0.9))
