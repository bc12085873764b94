# SPDX-License-Identifier: GPL-3.0-or-later
"""Drawings that several lessons share: children, moon cakes, drops, suns and clouds."""

import math
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPolygonF, QRadialGradient

from resources_cache.authoring.starter import look

SKIN = QColor("#F6D2B0")
HAIR = QColor("#3B2E2A")


class Child(NamedTuple):
    """What tells two drawn children apart."""

    shirt: QColor
    has_plaits: bool


BOY = Child(look.SKY, has_plaits=False)
GIRL = Child(look.CORAL, has_plaits=True)


def child(painter: QPainter, feet: QPointF, size: float, who: Child, joy: float = 0.0) -> None:
    """A child from the waist up; `size` is its height, `joy` from 0 to 1 lifts the arms."""
    with look.saved(painter):
        painter.translate(feet)
        painter.scale(size / 200, size / 200)
        _body(painter, who, joy)
        _head(painter, who, joy)


def _body(painter: QPainter, who: Child, joy: float) -> None:
    for side in (-1, 1):
        painter.setPen(look.pen(who.shirt.darker(108), 24))
        hand = QPointF(side * (74 + 6 * joy), -22 - 60 * joy)
        painter.drawLine(QPointF(side * 40, -62), hand)
        painter.setPen(look.NO_PEN)
        painter.setBrush(SKIN)
        painter.drawEllipse(hand, 13, 13)
    path = QPainterPath(QPointF(-62, 0))
    path.cubicTo(-60, -60, -48, -84, -22, -86)
    path.lineTo(22, -86)
    path.cubicTo(48, -84, 60, -60, 62, 0)
    path.closeSubpath()
    painter.setPen(look.NO_PEN)
    painter.setBrush(who.shirt)
    painter.drawPath(path)
    painter.setBrush(SKIN)
    painter.drawRoundedRect(QRectF(-13, -98, 26, 24), 10, 10)


def _head(painter: QPainter, who: Child, joy: float) -> None:
    painter.setPen(look.NO_PEN)
    painter.setBrush(HAIR)
    if who.has_plaits:
        for side in (-1, 1):
            painter.drawEllipse(QPointF(side * 60, -112), 17, 26)
            painter.setBrush(look.SUN)
            painter.drawEllipse(QPointF(side * 54, -134), 8, 8)
            painter.setBrush(HAIR)
    painter.drawEllipse(QPointF(0, -148), 57, 54)
    painter.setBrush(SKIN)
    for side in (-1, 1):
        painter.drawEllipse(QPointF(side * 52, -138), 10, 12)
    painter.drawEllipse(QPointF(0, -138), 51, 47)
    _fringe(painter, who)
    painter.setBrush(HAIR)
    for side in (-1, 1):
        painter.drawEllipse(QPointF(side * 19, -138), 5.2, 6.4)
        painter.setBrush(look.alpha(look.CORAL, 0.32))
        painter.drawEllipse(QPointF(side * 33, -121), 9, 6)
        painter.setBrush(HAIR)
    mouth = QPainterPath(QPointF(-11, -118))
    mouth.quadTo(0, -108 + 6 * joy, 11, -118)
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(QColor("#A5483C"), 4))
    painter.drawPath(mouth)


def _fringe(painter: QPainter, who: Child) -> None:
    path = QPainterPath(QPointF(-52, -138))
    path.cubicTo(-56, -206, 56, -206, 52, -138)
    if who.has_plaits:
        path.cubicTo(42, -164, 20, -172, 0, -174)
        path.cubicTo(-20, -172, -42, -164, -52, -138)
    else:
        path.cubicTo(44, -160, 30, -166, 10, -160)
        path.cubicTo(-12, -158, -40, -164, -52, -138)
    painter.setBrush(HAIR)
    painter.drawPath(path)


def moon_cake(
    painter: QPainter,
    centre: QPointF,
    radius: float,
    start_deg: float = 0,
    span_deg: float = 360,
) -> None:
    """A moon cake, or the sector of one from `start_deg` (0 is right, counter-clockwise)."""
    with look.saved(painter):
        painter.translate(centre)
        if span_deg < 360:
            sector = QPainterPath(QPointF(0, 0))
            sector.arcTo(
                QRectF(-radius * 1.1, -radius * 1.1, radius * 2.2, radius * 2.2),
                start_deg,
                span_deg,
            )
            sector.closeSubpath()
            painter.setClipPath(sector)
        _cake_face(painter, radius)
        if span_deg < 360:
            painter.setClipping(False)
            painter.setPen(look.pen(look.DARK_CRUST, max(2.0, radius * 0.03)))
            for angle in (start_deg, start_deg + span_deg):
                turn = math.radians(angle)
                end = QPointF(math.cos(turn) * radius * 0.96, -math.sin(turn) * radius * 0.96)
                painter.drawLine(QPointF(0, 0), end)


def _cake_face(painter: QPainter, radius: float) -> None:
    scallops = QPainterPath()
    for number in range(16):
        angle = math.radians(number * 22.5 + 11.25)
        bump = QPointF(math.cos(angle) * radius * 0.9, math.sin(angle) * radius * 0.9)
        scallops.addEllipse(bump, radius * 0.185, radius * 0.185)
    scallops.addEllipse(QPointF(0, 0), radius * 0.95, radius * 0.95)
    scallops.setFillRule(Qt.FillRule.WindingFill)
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.DARK_CRUST)
    painter.drawPath(scallops)
    shine = QRadialGradient(QPointF(-radius * 0.3, -radius * 0.35), radius * 1.6)
    shine.setColorAt(0, QColor("#E3AE60"))
    shine.setColorAt(1, look.CRUST)
    painter.setBrush(shine)
    painter.drawEllipse(QPointF(0, 0), radius * 0.93, radius * 0.93)
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(look.DARK_CRUST, max(1.5, radius * 0.035)))
    painter.drawEllipse(QPointF(0, 0), radius * 0.74, radius * 0.74)
    for number in range(8):
        with look.saved(painter):
            painter.rotate(number * 45)
            painter.drawEllipse(QPointF(0, -radius * 0.42), radius * 0.15, radius * 0.24)
    painter.setBrush(look.FILLING)
    painter.drawEllipse(QPointF(0, 0), radius * 0.17, radius * 0.17)


def knife(painter: QPainter, tip: QPointF, length: float) -> None:
    """A knife seen from the side, blade pointing down to its tip."""
    with look.saved(painter):
        painter.translate(tip)
        blade = QPainterPath(QPointF(0, 0))
        blade.cubicTo(24, -length * 0.2, 24, -length * 0.5, 22, -length * 0.62)
        blade.lineTo(-6, -length * 0.62)
        blade.closeSubpath()
        painter.setPen(look.pen(QColor("#9FB0B8"), 2))
        painter.setBrush(QColor("#DCE6EA"))
        painter.drawPath(blade)
        painter.setPen(look.NO_PEN)
        painter.setBrush(look.TEAL)
        painter.drawRoundedRect(QRectF(-8, -length, 32, length * 0.39), 10, 10)


def drop(painter: QPainter, tip: QPointF, size: float, colour: QColor) -> None:
    """A water drop hanging from its tip."""
    path = QPainterPath(tip)
    x, y = tip.x(), tip.y()
    path.cubicTo(
        x + size * 0.1,
        y + size * 0.4,
        x + size * 0.42,
        y + size * 0.5,
        x + size * 0.42,
        y + size * 0.85,
    )
    path.arcTo(QRectF(x - size * 0.42, y + size * 0.43, size * 0.84, size * 0.84), 0, -180)
    path.cubicTo(x - size * 0.42, y + size * 0.5, x - size * 0.1, y + size * 0.4, x, y)
    painter.setPen(look.NO_PEN)
    painter.setBrush(colour)
    painter.drawPath(path)
    painter.setBrush(look.alpha(look.CARD, 0.55))
    painter.drawEllipse(QPointF(x - size * 0.16, y + size * 0.8), size * 0.08, size * 0.14)


def sun(painter: QPainter, centre: QPointF, radius: float, turn_deg: float = 0) -> None:
    """A friendly sun with turning rays."""
    with look.saved(painter):
        painter.translate(centre)
        painter.rotate(turn_deg)
        painter.setPen(look.pen(look.SUN, radius * 0.16))
        for number in range(12):
            angle = math.radians(number * 30)
            ray = QPointF(math.cos(angle), math.sin(angle))
            painter.drawLine(ray * radius * 1.28, ray * radius * 1.55)
    painter.setPen(look.NO_PEN)
    painter.setBrush(look.SUN)
    painter.drawEllipse(centre, radius, radius)
    painter.setBrush(QColor("#F7C860"))
    painter.drawEllipse(centre, radius * 0.8, radius * 0.8)


def cloud(painter: QPainter, centre: QPointF, width: float, colour: QColor) -> None:
    """A cloud with a flat foot."""
    x, y, w = centre.x(), centre.y(), width
    path = QPainterPath()
    path.addRoundedRect(QRectF(x - w * 0.5, y - w * 0.04, w, w * 0.24), w * 0.12, w * 0.12)
    path.addEllipse(QPointF(x - w * 0.2, y - w * 0.03), w * 0.19, w * 0.18)
    path.addEllipse(QPointF(x + w * 0.1, y - w * 0.09), w * 0.25, w * 0.24)
    path.setFillRule(Qt.FillRule.WindingFill)
    painter.setPen(look.NO_PEN)
    painter.setBrush(colour)
    painter.drawPath(path)


def polygon(
    painter: QPainter, points: list[tuple[float, float]], fill: QColor, edge: QColor
) -> None:
    """A filled polygon with a round-cornered edge."""
    painter.setPen(look.pen(edge, 4))
    painter.setBrush(fill)
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in points]))


def waiting_ring(
    painter: QPainter, centre: QPointF, radius: float, share: float, left: str
) -> None:
    """A ring that empties while the class thinks; `left` stands in its middle."""
    box = QRectF(centre.x() - radius, centre.y() - radius, radius * 2, radius * 2)
    painter.setBrush(look.CARD)
    painter.setPen(look.pen(look.LINE, 12))
    painter.drawEllipse(box)
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(look.SUN, 12))
    painter.drawArc(box, 90 * 16, round(360 * 16 * max(0.0, 1 - share)))
    look.write(painter, box, left, radius * 0.95, look.INK, 700)
