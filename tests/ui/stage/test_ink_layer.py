# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing with mouse and fingers on the real widget, looked at pixel by pixel."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QEventPoint, QImage, QPainter, QPaintEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from app.ui.board.contacts import screen_height_mm
from app.ui.board.ink_layer import InkLayer
from app.ui.board.pens import PenCase
from app.ui.board.strokes import Stroke, Tool
from tests.ui.stage.fixture_stage import drag, line

PAPER = QColor("#ffffff")
RED = QColor("#e02d2d")
States = QEventPoint.State


class Paper(QWidget):
    """White, and counting the presses that reach it and the area that is painted again."""

    def __init__(self) -> None:
        super().__init__()
        self.resize(800, 450)
        self.presses = 0
        self.repainted: list[QRectF] = []

    def paintEvent(self, event: QPaintEvent) -> None:
        self.repainted.append(QRectF(event.rect()))
        QPainter(self).fillRect(self.rect(), PAPER)

    def mousePressEvent(self, _event: object) -> None:
        self.presses += 1


@pytest.fixture
def paper(qtbot: QtBot) -> Paper:
    made = Paper()
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def layer(paper: Paper) -> InkLayer:
    made = InkLayer(paper)
    made.setGeometry(paper.rect())
    made.show_strokes([], QRectF(paper.rect()))
    made.take_pen(PenCase().with_size(2))
    return made


def picture(paper: Paper) -> QImage:
    return paper.grab().toImage()


def palm_diameter(layer: InkLayer) -> float:
    """A palm of 60 mm in the pixels of this screen."""
    screen = layer.screen()
    return 60 / screen_height_mm(screen.physicalSize().height()) * screen.size().height()


def test_a_drag_leaves_a_line_from_end_to_end(paper: Paper, layer: InkLayer) -> None:
    drawn: list[Stroke] = []
    layer.drawn.connect(drawn.append)
    drag(layer, *line(QPoint(100, 100), QPoint(500, 300)))
    image = picture(paper)
    for at in (QPoint(101, 101), QPoint(300, 200), QPoint(499, 299)):
        assert image.pixelColor(at) == RED
    assert image.pixelColor(300, 100) == PAPER
    assert len(drawn) == 1
    assert drawn[0].points[0] == pytest.approx((0.125, 0.125))
    assert drawn[0].points[-1] == pytest.approx((0.625, 0.375))


def test_a_tap_is_a_dot(paper: Paper, layer: InkLayer) -> None:
    QTest.mouseClick(layer, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    assert picture(paper).pixelColor(200, 200) == RED


def test_the_line_is_there_while_the_button_is_still_down(paper: Paper, layer: InkLayer) -> None:
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(layer, QPoint(200, 100))
    assert picture(paper).pixelColor(199, 100) == RED  # up to the very tip
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(200, 100))


def test_only_what_changed_is_painted_again(qtbot: QtBot, paper: Paper, layer: InkLayer) -> None:
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(100, 100))
    QTest.mouseMove(layer, QPoint(110, 104))
    qtbot.waitUntil(lambda: bool(paper.repainted), timeout=30_000)
    paper.repainted.clear()
    QTest.mouseMove(layer, QPoint(120, 108))
    qtbot.waitUntil(lambda: bool(paper.repainted), timeout=30_000)
    assert all(area.width() < 60 and area.height() < 60 for area in paper.repainted)
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=QPoint(120, 108))


def test_five_fingers_write_at_once(paper: Paper, layer: InkLayer) -> None:
    device = QTest.createTouchDevice()
    drawn: list[Stroke] = []
    layer.drawn.connect(drawn.append)
    fingers = range(5)
    press = QTest.touchEvent(layer, device)
    for finger in fingers:
        press.press(finger, QPoint(100, 60 + 80 * finger), layer)
    press.commit()
    for step in range(1, 6):
        move = QTest.touchEvent(layer, device)
        for finger in fingers:
            move.move(finger, QPoint(100 + 80 * step, 60 + 80 * finger), layer)
        move.commit()
    assert layer.is_drawing
    lift = QTest.touchEvent(layer, device)
    for finger in fingers:
        lift.release(finger, QPoint(500, 60 + 80 * finger), layer)
    lift.commit()
    image = picture(paper)
    assert [image.pixelColor(300, 60 + 80 * finger) == RED for finger in fingers] == [True] * 5
    assert len(drawn) == 5
    assert not layer.is_drawing


def test_a_palm_rubs_out_and_is_as_broad_as_it_is(paper: Paper, layer: InkLayer) -> None:
    for y in (100, 300):
        drag(layer, *line(QPoint(50, y), QPoint(750, y)))
    palm_px = palm_diameter(layer)
    layer.take_contact(9, States.Pressed, QPointF(300, 100), palm_px)
    layer.take_contact(9, States.Updated, QPointF(500, 100), palm_px)
    layer.take_contact(9, States.Released, QPointF(500, 100), palm_px)
    image = picture(paper)
    assert image.pixelColor(400, 100) == PAPER
    assert image.pixelColor(100, 100) == RED
    assert image.pixelColor(400, 300) == RED
    assert layer.strokes[-1].tool is Tool.ERASER


def test_a_palm_may_be_set_to_do_nothing(paper: Paper, layer: InkLayer) -> None:
    layer.palm_erases = False
    drag(layer, *line(QPoint(50, 100), QPoint(750, 100)))
    layer.take_contact(9, States.Pressed, QPointF(300, 100), 400.0)
    layer.take_contact(9, States.Updated, QPointF(500, 100), 400.0)
    layer.take_contact(9, States.Released, QPointF(500, 100), 400.0)
    assert picture(paper).pixelColor(400, 100) == RED
    assert len(layer.strokes) == 1


def test_a_hand_that_comes_down_edge_first_leaves_no_line(paper: Paper, layer: InkLayer) -> None:
    layer.take_contact(1, States.Pressed, QPointF(600, 60), 12.0)  # a pupil beside writes on
    layer.take_contact(1, States.Updated, QPointF(700, 60), 12.0)
    layer.take_contact(2, States.Pressed, QPointF(100, 300), 12.0)
    layer.take_contact(2, States.Updated, QPointF(200, 300), 12.0)
    layer.take_contact(2, States.Updated, QPointF(210, 300), 400.0)
    layer.take_contact(2, States.Released, QPointF(210, 300), 400.0)
    layer.take_contact(1, States.Released, QPointF(740, 60), 12.0)
    image = picture(paper)
    assert image.pixelColor(150, 300) == PAPER
    assert image.pixelColor(650, 60) == RED
    assert [s.tool for s in layer.strokes] == [Tool.ERASER, Tool.PEN]


def test_a_highlighter_never_darkens_itself(paper: Paper, layer: InkLayer) -> None:
    layer.take_pen(PenCase(tool=Tool.HIGHLIGHTER))
    there_and_back = [
        *line(QPoint(100, 200), QPoint(400, 200)),
        *line(QPoint(400, 200), QPoint(100, 200)),
    ]
    drag(layer, *there_and_back)
    image = picture(paper)
    assert image.pixelColor(250, 200) == image.pixelColor(120, 200)
    assert image.pixelColor(250, 200) != PAPER
    before = image.pixelColor(250, 200)
    drag(layer, *there_and_back)
    assert picture(paper).pixelColor(250, 200) != before  # another stroke does


def test_the_eraser_rubs_out_where_it_passes(paper: Paper, layer: InkLayer) -> None:
    drag(layer, *line(QPoint(50, 200), QPoint(750, 200)))
    layer.take_pen(PenCase(tool=Tool.ERASER))
    drag(layer, *line(QPoint(400, 100), QPoint(400, 300)))
    image = picture(paper)
    assert image.pixelColor(400, 200) == PAPER
    assert image.pixelColor(200, 200) == RED


@pytest.mark.parametrize("tool", list(Tool))
def test_ink_looks_the_same_drawn_and_shown_again(
    paper: Paper, layer: InkLayer, tool: Tool
) -> None:
    drag(layer, *line(QPoint(50, 200), QPoint(750, 250)))
    layer.take_pen(PenCase(tool=tool, size=2))
    drag(
        layer,
        QPoint(120, 90),
        QPoint(180, 140),
        QPoint(300, 150),
        QPoint(420, 330),
        QPoint(90, 240),
    )
    fresh = picture(paper)
    layer.show_strokes(layer.strokes, QRectF(paper.rect()))
    again = picture(paper)
    far = [
        (x, y)
        for x in range(0, 800, 3)
        for y in range(0, 450, 3)
        if abs(fresh.pixelColor(x, y).green() - again.pixelColor(x, y).green()) > 90
    ]
    assert len(far) < 12  # seams of antialiasing, no shape


def test_ink_follows_the_picture_when_it_is_moved_and_zoomed(paper: Paper, layer: InkLayer) -> None:
    drag(layer, *line(QPoint(100, 100), QPoint(200, 100)))
    layer.show_strokes(layer.strokes, QRectF(-100, -50, 1600, 900))
    image = picture(paper)
    assert image.pixelColor(200, 150) == RED  # 2 × (150, 100) − (100, 50)
    assert image.pixelColor(150, 100) == PAPER


def test_without_a_pen_presses_reach_the_lesson(paper: Paper, layer: InkLayer) -> None:
    drag(layer, *line(QPoint(100, 100), QPoint(200, 100)))
    layer.take_pen(None)
    assert layer.isVisible()  # the ink stays
    at = QPoint(150, 200)
    reached = paper.childAt(at)
    assert reached is None
    QTest.mouseClick(paper, Qt.MouseButton.LeftButton, pos=at)
    assert paper.presses == 1
    layer.show_strokes([], QRectF(paper.rect()))
    assert not layer.isVisible()  # and nothing is left to pay for


def test_ink_costs_memory_only_where_it_is(layer: InkLayer) -> None:
    assert layer.tiles.bytes_held == 0
    drag(layer, *line(QPoint(10, 10), QPoint(200, 20)))
    assert 0 < layer.tiles.bytes_held <= 2 * 256 * 256 * 4


def test_a_line_under_way_is_finished_when_the_pen_is_put_away(layer: InkLayer) -> None:
    drawn: list[Stroke] = []
    layer.drawn.connect(drawn.append)
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=QPoint(10, 10))
    QTest.mouseMove(layer, QPoint(60, 10))
    layer.take_pen(None)
    assert len(drawn) == 1
