# SPDX-License-Identifier: GPL-3.0-or-later
"""The autumn mountain of the poem lesson: one landscape, drawn whole or seen closer."""

import itertools
import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPainterPath

from resources_cache.authoring.starter import look

STONE = QColor("#EADFC8")
STONE_EDGE = QColor("#B9A888")
TRUNK = QColor("#6B4A36")
REDS = [QColor(name) for name in ("#C8402E", "#DB5A38", "#B23327", "#E57B3F", "#D34A33")]


def landscape(painter: QPainter) -> None:
    """Draw the whole scene into 1280 × 720."""
    _sky(painter)
    _ridge(
        painter,
        QColor("#C3CCCD"),
        [
            (0, 330),
            (170, 210),
            (330, 300),
            (520, 150),
            (700, 270),
            (900, 120),
            (1100, 260),
            (1280, 190),
        ],
    )
    _ridge(
        painter,
        QColor("#9DB0AC"),
        [
            (0, 420),
            (160, 350),
            (360, 400),
            (560, 280),
            (730, 205),
            (900, 290),
            (1080, 380),
            (1280, 320),
        ],
    )
    _homes(painter)
    _clouds(painter)
    _ridge(
        painter,
        QColor("#7F9A86"),
        [(0, 520), (220, 450), (430, 500), (640, 400), (830, 420), (1050, 480), (1280, 430)],
    )
    _path(painter)
    _small_trees(painter)
    _ridge(painter, QColor("#A9864F"), [(0, 640), (260, 590), (540, 622), (840, 600), (1280, 632)])
    _ridge(painter, QColor("#8C6B3E"), [(0, 688), (420, 664), (860, 680), (1280, 664)])
    maple(painter, QPointF(150, 660), 330, 1)
    maple(painter, QPointF(1120, 668), 390, 2)
    maple(painter, QPointF(930, 640), 230, 3)
    _cart(painter, QPointF(520, 640))
    poet(painter, QPointF(690, 668), 110)
    _falling_leaves(painter)
    _geese(painter)


def close_up(painter: QPainter, part: QRectF, place: QRectF) -> None:
    """Draw a part of the landscape, enlarged, into a rounded frame at `place`."""
    with look.saved(painter):
        frame = QPainterPath()
        frame.addRoundedRect(place, 22, 22)
        painter.setClipPath(frame)
        painter.translate(place.topLeft())
        scale = max(place.width() / part.width(), place.height() / part.height())
        painter.scale(scale, scale)
        painter.translate(-part.topLeft())
        landscape(painter)


def _sky(painter: QPainter) -> None:
    sky = QLinearGradient(0, 0, 0, 420)
    sky.setColorAt(0, QColor("#F3D9B4"))
    sky.setColorAt(1, QColor("#FBF2E0"))
    painter.fillRect(QRectF(0, 0, 1280, 720), sky)
    painter.setPen(look.NO_PEN)
    painter.setBrush(QColor("#F0A35E"))
    painter.drawEllipse(QPointF(250, 130), 52, 52)


def _ridge(painter: QPainter, colour: QColor, points: list[tuple[float, float]]) -> None:
    path = QPainterPath(QPointF(*points[0]))
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        half = (x1 - x0) * 0.45
        path.cubicTo(x0 + half, y0, x1 - half, y1, x1, y1)
    path.lineTo(1280, 720)
    path.lineTo(0, 720)
    path.closeSubpath()
    painter.setPen(look.NO_PEN)
    painter.setBrush(colour)
    painter.drawPath(path)


def _path_edges() -> tuple[list[QPointF], list[QPointF]]:
    """Left and right edge of the stone path, from its foot to the houses."""
    left, right = [], []
    for step in range(61):
        share = step / 60
        y = 640 - 388 * share**0.9
        x = 440 + 300 * share + 105 * math.sin(share * 9.2) * (1 - share * 0.72)
        width = 40 * (1 - share) ** 1.2 + 5
        left.append(QPointF(x - width, y))
        right.append(QPointF(x + width, y))
    return left, right


def _path(painter: QPainter) -> None:
    left, right = _path_edges()
    path = QPainterPath(left[0])
    for point in left[1:] + right[::-1]:
        path.lineTo(point)
    path.closeSubpath()
    painter.setPen(look.pen(STONE_EDGE, 2))
    painter.setBrush(STONE)
    painter.drawPath(path)
    for step in range(2, 60, 2):
        painter.setPen(look.pen(STONE_EDGE, max(1.0, 3 - step * 0.04)))
        painter.drawLine(left[step], right[step])


def _homes(painter: QPainter) -> None:
    for x, y, size in ((716, 226, 44), (778, 236, 54), (846, 268, 40)):
        _home(painter, x, y, size)


def _home(painter: QPainter, x: float, y: float, size: float) -> None:
    painter.setPen(look.NO_PEN)
    painter.setBrush(QColor("#F7F1E4"))
    painter.drawRect(QRectF(x - size * 0.45, y - size * 0.4, size * 0.9, size * 0.5))
    painter.setBrush(QColor("#7A5A44"))
    painter.drawRect(QRectF(x - size * 0.1, y - size * 0.2, size * 0.2, size * 0.3))
    roof = QPainterPath(QPointF(x - size * 0.66, y - size * 0.36))
    roof.quadTo(x - size * 0.3, y - size * 0.5, x - size * 0.2, y - size * 0.78)
    roof.lineTo(x + size * 0.2, y - size * 0.78)
    roof.quadTo(x + size * 0.3, y - size * 0.5, x + size * 0.66, y - size * 0.36)
    roof.closeSubpath()
    painter.setBrush(QColor("#54606A"))
    painter.drawPath(roof)
    painter.setBrush(look.NO_BRUSH)
    smoke = QPainterPath(QPointF(x + size * 0.15, y - size * 0.85))
    smoke.cubicTo(
        x + size * 0.5,
        y - size * 1.2,
        x - size * 0.1,
        y - size * 1.4,
        x + size * 0.35,
        y - size * 1.9,
    )
    painter.setPen(look.pen(look.alpha(look.CARD, 0.8), max(2.0, size * 0.1)))
    painter.drawPath(smoke)


def _clouds(painter: QPainter) -> None:
    for x, y, width, strength in (
        (640, 262, 190, 0.92),
        (890, 300, 230, 0.9),
        (760, 290, 160, 0.8),
        (1000, 210, 150, 0.6),
        (500, 205, 140, 0.6),
    ):
        painter.setPen(look.NO_PEN)
        shape = QPainterPath()
        shape.setFillRule(Qt.FillRule.WindingFill)
        shape.addRoundedRect(
            QRectF(x - width / 2, y - width * 0.06, width, width * 0.16), width * 0.08, width * 0.08
        )
        shape.addEllipse(QPointF(x - width * 0.18, y - width * 0.05), width * 0.16, width * 0.12)
        shape.addEllipse(QPointF(x + width * 0.12, y - width * 0.08), width * 0.2, width * 0.15)
        painter.setBrush(look.alpha(look.CARD, strength))
        painter.drawPath(shape.simplified())


def _small_trees(painter: QPainter) -> None:
    random = np.random.default_rng(21)
    for x, y in (
        (90, 480),
        (180, 455),
        (270, 462),
        (360, 480),
        (660, 410),
        (900, 430),
        (1000, 462),
        (1180, 452),
        (1240, 440),
        (820, 420),
    ):
        _crown(painter, QPointF(x, y), 30 + random.uniform(0, 12), random, 12)


def maple(painter: QPainter, foot: QPointF, height: float, seed: int) -> None:
    """A red maple in full autumn colour, standing on `foot`."""
    random = np.random.default_rng(seed)
    x, y = foot.x(), foot.y()
    trunk = QPainterPath(QPointF(x - height * 0.045, y))
    trunk.cubicTo(
        x - height * 0.02,
        y - height * 0.3,
        x - height * 0.06,
        y - height * 0.4,
        x - height * 0.02,
        y - height * 0.62,
    )
    trunk.lineTo(x + height * 0.02, y - height * 0.62)
    trunk.cubicTo(
        x + height * 0.03,
        y - height * 0.4,
        x + height * 0.03,
        y - height * 0.3,
        x + height * 0.05,
        y,
    )
    trunk.closeSubpath()
    painter.setPen(look.NO_PEN)
    painter.setBrush(TRUNK)
    painter.drawPath(trunk)
    painter.setPen(look.pen(TRUNK, height * 0.025))
    for side in (-1, 1):
        painter.drawLine(
            QPointF(x, y - height * 0.4), QPointF(x + side * height * 0.2, y - height * 0.62)
        )
    _crown(painter, QPointF(x, y - height * 0.68), height * 0.34, random, 70)


def _crown(
    painter: QPainter, centre: QPointF, size: float, random: np.random.Generator, count: int
) -> None:
    painter.setPen(look.NO_PEN)
    painter.setBrush(REDS[2])
    painter.drawEllipse(centre, size * 0.85, size * 0.7)
    for _ in range(count):
        angle, away = random.uniform(0, 2 * math.pi), math.sqrt(random.uniform(0, 1))
        at = QPointF(
            centre.x() + size * away * math.cos(angle),
            centre.y() + size * 0.8 * away * math.sin(angle),
        )
        blob = size * random.uniform(0.14, 0.26)
        painter.setBrush(REDS[int(random.integers(0, len(REDS)))])
        painter.drawEllipse(at, blob, blob * 0.9)


def leaf(painter: QPainter, centre: QPointF, size: float, turn_deg: float, colour: QColor) -> None:
    """A maple leaf with five points."""
    outline = [
        (0.0, -1.0),
        (0.16, -0.52),
        (0.5, -0.72),
        (0.44, -0.3),
        (0.95, -0.24),
        (0.6, 0.06),
        (0.72, 0.4),
        (0.22, 0.3),
    ]
    points = [*outline, (0.06, 0.36), (0.06, 0.9), (-0.06, 0.9), (-0.06, 0.36)]
    points += [(-x, y) for x, y in outline[:0:-1]]
    path = QPainterPath(QPointF(points[0][0] * size, points[0][1] * size))
    for x, y in points[1:]:
        path.lineTo(x * size, y * size)
    path.closeSubpath()
    with look.saved(painter):
        painter.translate(centre)
        painter.rotate(turn_deg)
        painter.setPen(look.NO_PEN)
        painter.setBrush(colour)
        painter.drawPath(path)


def _falling_leaves(painter: QPainter) -> None:
    random = np.random.default_rng(4)
    spots = [
        (330, 470),
        (400, 560),
        (260, 610),
        (820, 520),
        (780, 610),
        (1010, 560),
        (640, 560),
        (460, 430),
        (1230, 590),
        (60, 600),
    ]
    for x, y in spots:
        leaf(
            painter,
            QPointF(x, y),
            random.uniform(11, 17),
            random.uniform(0, 360),
            REDS[int(random.integers(0, 5))],
        )


def _cart(painter: QPainter, foot: QPointF) -> None:
    x, y = foot.x(), foot.y()
    painter.setPen(look.pen(TRUNK, 6))
    painter.drawLine(QPointF(x - 52, y - 38), QPointF(x - 150, y - 22))
    painter.setPen(look.NO_PEN)
    painter.setBrush(QColor("#A8794A"))
    painter.drawRoundedRect(QRectF(x - 62, y - 66, 124, 32), 6, 6)
    painter.setBrush(QColor("#3F6C73"))
    canopy = QPainterPath(QPointF(x - 52, y - 66))
    canopy.cubicTo(x - 52, y - 142, x + 52, y - 142, x + 52, y - 66)
    painter.drawPath(canopy)
    painter.setBrush(QColor("#27484D"))
    inside = QPainterPath(QPointF(x - 28, y - 66))
    inside.cubicTo(x - 28, y - 118, x + 28, y - 118, x + 28, y - 66)
    painter.drawPath(inside)
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(QColor("#4A3323"), 7))
    painter.drawEllipse(QPointF(x + 8, y - 24), 32, 32)
    painter.setPen(look.pen(QColor("#4A3323"), 3))
    for number in range(6):
        angle = math.pi * number / 6
        arm = QPointF(math.cos(angle) * 31, math.sin(angle) * 31)
        painter.drawLine(QPointF(x + 8, y - 24) - arm, QPointF(x + 8, y - 24) + arm)
    _ox(painter, QPointF(x - 190, y + 6))


def _ox(painter: QPainter, foot: QPointF) -> None:
    x, y = foot.x(), foot.y()
    brown = QColor("#8A6A4F")
    painter.setPen(look.pen(brown.darker(115), 11))
    for leg in (-34, -18, 26, 42):
        painter.drawLine(QPointF(x + leg, y - 36), QPointF(x + leg, y - 6))
    painter.setPen(look.NO_PEN)
    painter.setBrush(brown)
    painter.drawRoundedRect(QRectF(x - 50, y - 82, 106, 52), 26, 24)
    painter.drawEllipse(QPointF(x - 62, y - 74), 26, 21)
    painter.setBrush(QColor("#D9BFA3"))
    painter.drawEllipse(QPointF(x - 78, y - 67), 12, 11)
    painter.setBrush(look.INK)
    painter.drawEllipse(QPointF(x - 66, y - 80), 3, 3)
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(QColor("#EADFC8"), 6))
    horn = QPainterPath(QPointF(x - 56, y - 94))
    horn.cubicTo(x - 54, y - 112, x - 66, y - 116, x - 72, y - 112)
    painter.drawPath(horn)
    painter.setPen(look.pen(brown.darker(115), 4))
    painter.drawLine(QPointF(x + 54, y - 70), QPointF(x + 66, y - 40))


def poet(painter: QPainter, foot: QPointF, height: float) -> None:
    """A poet in a long robe, one hand behind his back, looking up."""
    with look.saved(painter):
        painter.translate(foot)
        painter.scale(height / 200, height / 200)
        painter.setPen(look.NO_PEN)
        robe = QPainterPath(QPointF(-22, -138))
        robe.cubicTo(-48, -90, -50, -40, -54, 0)
        robe.lineTo(50, 0)
        robe.cubicTo(48, -40, 46, -90, 22, -138)
        robe.closeSubpath()
        painter.setBrush(QColor("#F4EEDF"))
        painter.drawPath(robe)
        sleeve = QPainterPath(QPointF(18, -132))
        sleeve.cubicTo(50, -120, 70, -90, 76, -56)
        sleeve.lineTo(40, -50)
        sleeve.cubicTo(30, -70, 20, -90, 4, -100)
        sleeve.closeSubpath()
        painter.setBrush(QColor("#E1D7C0"))
        painter.drawPath(sleeve)
        painter.setBrush(look.TEAL)
        painter.drawRect(QRectF(-44, -82, 84, 13))
        painter.setBrush(QColor("#F2CFAE"))
        painter.drawEllipse(QPointF(0, -162), 25, 27)
        painter.setBrush(QColor("#2D2724"))
        hair = QPainterPath(QPointF(-26, -160))
        hair.cubicTo(-28, -200, 28, -200, 25, -164)
        hair.cubicTo(12, -180, -10, -180, -26, -160)
        painter.drawPath(hair)
        painter.drawEllipse(QPointF(-2, -196), 12, 12)
        painter.drawEllipse(QPointF(10, -164), 3, 3.6)
        painter.drawEllipse(QPointF(-8, -164), 3, 3.6)
        beard = QPainterPath(QPointF(-8, -140))
        beard.quadTo(4, -112, 12, -140)
        painter.drawPath(beard)


def _geese(painter: QPainter) -> None:
    painter.setBrush(look.NO_BRUSH)
    painter.setPen(look.pen(QColor("#5C6B73"), 3))
    for x, y in ((420, 90), (452, 78), (484, 68), (452, 102), (484, 114)):
        wing = QPainterPath(QPointF(x - 12, y - 5))
        wing.quadTo(x - 4, y - 8, x, y)
        wing.quadTo(x + 4, y - 8, x + 12, y - 5)
        painter.drawPath(wing)
