# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF pages with Chinese words and bookmarks, made by Qt itself."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMarginsF, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPageSize, QPainter, QPdfWriter, QWheelEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.player.item import Fit, Position
from app.player.pdf_library import keep_library
from app.player.pdf_view import PdfView
from app.player.zoom_canvas import ZoomCanvas
from tests.player.conftest import MakeView
from tests.player.listening import Ear, colour_name, opened, refused
from tests.player.media_cases import open_files
from tests.player.memory import anonymous_bytes

COLOURS = ["#ff0000", "#00ff00", "#0000ff"]
TYPE = "application/pdf"


def write_pdf(path: Path, pages: int) -> Path:
    """Landscape pages whose right half is red, green, blue in turn; words on the left."""
    writer = QPdfWriter(str(path))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A5))
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setResolution(100)
    painter = QPainter(writer)
    painter.setFont(QFont("Noto Sans CJK SC", 20))
    for page in range(1, pages + 1):
        if page > 1:
            writer.newPage()
        width, height = writer.width(), writer.height()
        painter.fillRect(width // 2, 0, width, height, QColor(COLOURS[(page - 1) % 3]))
        painter.drawText(40, 100, f"第{page}页")
        if page % 2 == 0:
            painter.drawText(40, 200, "四分之一")
    painter.end()
    return path


@pytest.fixture(scope="module")
def pdf(qapp: QApplication, media_dir: Path) -> Path:
    """Nine pages."""
    return write_pdf(media_dir / "九页.pdf", 9)


@pytest.fixture
def view(make_view: MakeView, pdf: Path) -> PdfView:
    """The nine pages, unopened."""
    view = make_view(pdf, TYPE)
    assert isinstance(view, PdfView)
    return view


def wait_right_half(qtbot: QtBot, view: PdfView, colour: str) -> None:
    """Until the page's right half has this colour."""
    qtbot.waitUntil(lambda: colour_name(view.snapshot(), 0.6, 0.5) == colour, timeout=30_000)


def test_opens_on_its_first_page_between_dark_bars(qtbot: QtBot, view: PdfView) -> None:
    ear = opened(qtbot, view)
    assert (view.page, view.page_count) == (1, 9)
    wait_right_half(qtbot, view, "red")
    shown = view.snapshot()
    assert colour_name(shown, 0.4, 0.9) == "white"
    assert colour_name(shown, 0.05, 0.5) == "black"
    assert ear.kinds == ["initialized"]
    assert ear.numbers("initialized") == {"pages": 9.0}


def test_turns_pages_and_logs_those_that_stayed(qtbot: QtBot, view: PdfView) -> None:
    ear = opened(qtbot, view)
    for _ in range(7):
        assert view.next_page()
    wait_right_half(qtbot, view, "green")
    qtbot.waitUntil(lambda: "page_shown" in ear.kinds, timeout=30_000)
    assert ear.kinds.count("page_shown") == 1  # the others were only leafed through
    assert ear.numbers("page_shown") == {"page": 8.0, "pages": 9.0}
    assert view.next_page()
    assert not view.next_page()
    assert ear.ends == 1
    view.go_to(1)
    assert not view.previous_page()
    view.go_to(99)
    assert view.page == 9
    view.close_item()
    assert ear.numbers("terminated") == {"page": 9.0, "pages": 9.0}


def test_the_neighbours_are_drawn_ahead(qtbot: QtBot, view: PdfView) -> None:
    opened(qtbot, view)
    view.go_to(4)
    pages = view.pages
    assert pages is not None
    qtbot.waitUntil(
        lambda: all(pages.any_picture(page) is not None for page in (2, 3, 4, 5, 6)), timeout=30_000
    )
    view.next_page()
    shown = view.snapshot()  # painted at once, from the cache
    assert colour_name(shown, 0.6, 0.5) == "green"


def test_a_page_wider_than_tall_screens_scrolls_before_it_turns(
    qtbot: QtBot, view: PdfView
) -> None:
    opened(qtbot, view)
    view.fit(Fit.WIDTH)
    assert view.fit_mode is Fit.WIDTH
    steps = 0
    while view.page == 1:
        assert view.next_page()
        steps += 1
    assert 2 <= steps <= 5
    assert view.position().y == 0.0
    view.previous_page()
    assert view.page == 1
    assert view.position().y == pytest.approx(1.0)


def test_zooms_about_a_point_and_comes_back(qtbot: QtBot, view: PdfView) -> None:
    opened(qtbot, view)
    for _ in range(4):
        view.zoom_in()
    assert view.position().zoom == pytest.approx(1.25**4)
    assert view.fit_mode is Fit.FREE
    place = view.position()
    view.fit()
    assert view.position().zoom == pytest.approx(1.0)
    view.restore(place)
    assert view.position() == place
    for _ in range(40):
        view.zoom_in()
    assert view.position().zoom == pytest.approx(8.0)


def test_the_wheel_turns_a_fitted_page_and_ctrl_zooms(qtbot: QtBot, view: PdfView) -> None:
    opened(qtbot, view)
    canvas = view.findChild(ZoomCanvas)
    assert canvas is not None
    _wheel(canvas, -120, Qt.KeyboardModifier.NoModifier)
    assert view.page == 2
    _wheel(canvas, 120, Qt.KeyboardModifier.NoModifier)
    assert view.page == 1
    _wheel(canvas, 240, Qt.KeyboardModifier.ControlModifier)
    assert view.position().zoom == pytest.approx(1.5625)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    assert view.page == 1  # a tap turns nothing


def test_searches_folded_words_and_shows_them(qtbot: QtBot, view: PdfView) -> None:
    ear = Ear(view)
    opened(qtbot, view)
    answers: list[tuple[int, int]] = []
    view.found.connect(lambda index, count: answers.append((index, count)))
    view.search("四分 之⼀")
    qtbot.waitUntil(lambda: (1, 4) in answers, timeout=30_000)
    assert view.page == 2
    marked = view.grab().toImage()
    view.search_next()
    assert (view.page, answers[-1]) == (4, (2, 4))
    view.search_previous()
    view.search_previous()
    assert (view.page, answers[-1]) == (8, (4, 4))
    view.go_to(2)
    view.search("")
    assert view.grab().toImage() != marked
    view.search("没有的词")
    qtbot.waitUntil(lambda: answers[-1] == (0, 0), timeout=30_000)
    assert ear.numbers("interacted") == {"what": "search"}


def test_the_panel_shows_pages_and_bookmarks(
    qtbot: QtBot, make_view: MakeView, pdf: Path, tmp_path: Path
) -> None:
    marked = add_outline(pdf, tmp_path / "marked.pdf")
    view = make_view(marked, TYPE)
    assert isinstance(view, PdfView)
    opened(qtbot, view)
    view.resize(900, 500)
    view.toggle_side_panel()
    panel = view.panel
    assert panel is not None
    assert panel.has_bookmarks
    assert panel.isVisible()
    pages = view.pages
    assert pages is not None
    qtbot.waitUntil(lambda: _has_colour(view, "#ff0000"), timeout=30_000)
    panel.chosen.emit(6)
    assert view.page == 6
    view.toggle_side_panel()
    assert panel.isHidden()


def test_lets_go_of_the_file(qtbot: QtBot, view: PdfView, pdf: Path) -> None:
    opened(qtbot, view)
    view.close_item()
    assert pdf not in open_files()
    assert view.page_count == 0
    assert colour_name(view.grab().toImage(), 0.6, 0.5) == "black"


def test_restores_before_opening(qtbot: QtBot, view: PdfView) -> None:
    view.restore(Position(page=3))
    opened(qtbot, view)
    assert view.page == 3


def test_a_pdf_of_2000_pages_opens_at_once(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    view = make_view(write_pdf(tmp_path / "thick.pdf", 2000), TYPE)
    opened(qtbot, view)
    view.toggle_side_panel()
    view.go_to(2000)
    view.search("第1999页")
    with qtbot.waitSignal(view.found, check_params_cb=lambda index, _: index == 1, timeout=30_000):
        pass
    assert view.page == 1999


@pytest.mark.parametrize("kind", ["empty", "zeros", "cut", "text", "locked"])
def test_broken_files_are_one_typed_error(
    qtbot: QtBot, make_view: MakeView, pdf: Path, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / "x.pdf"
    content = {"empty": b"", "zeros": bytes(5000), "text": b"hello " * 99}.get(kind)
    if kind == "cut":
        content = pdf.read_bytes()[:600]
    if content is not None:
        file.write_bytes(content)
    else:
        lock_pdf(pdf, file)
    ear = refused(qtbot, make_view(file, TYPE))
    assert ear.codes() == ["pdf_locked" if kind == "locked" else "media_damaged"]
    assert ear.readies == 0


def add_outline(source: Path, target: Path) -> Path:
    """Bookmarks on pages 1 and 6."""
    from pypdf import PdfWriter
    from pypdf.generic import Fit as PdfFit

    writer = PdfWriter(clone_from=source)
    first = writer.add_outline_item(title="第一部分", page_number=0, fit=PdfFit.xyz(0, 500, 1))
    writer.add_outline_item(title="练一练", page_number=5, parent=first, fit=PdfFit.xyz(0, 500, 1))
    writer.write(target)
    return target


def lock_pdf(source: Path, target: Path) -> None:
    """Only who knows the word may open it."""
    from pypdf import PdfWriter

    writer = PdfWriter(clone_from=source)
    writer.encrypt(user_password="mima", algorithm="RC4-128")
    writer.write(target)


def _wheel(canvas: ZoomCanvas, delta: int, modifiers: Qt.KeyboardModifier) -> None:
    middle = QPointF(canvas.rect().center())
    event = QWheelEvent(
        middle,
        canvas.mapToGlobal(middle),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(canvas, event)


def _has_colour(view: PdfView, colour: str) -> bool:
    panel = view.panel
    assert panel is not None
    image = panel.grab().toImage()
    wanted = QColor(colour).rgb()
    return any(
        image.pixel(x, y) == wanted
        for y in range(0, image.height(), 3)
        for x in range(0, image.width(), 3)
    )


def test_a_view_keeps_the_library_loaded(view: PdfView) -> None:
    assert keep_library.cache_info().currsize == 1


def test_many_documents_leave_nothing(qapp: QApplication, pdf: Path) -> None:
    keep_library()

    def show() -> None:
        document = QPdfDocument()
        document.load(str(pdf))
        assert not document.render(0, QSize(400, 280)).isNull()
        document.close()

    for _ in range(50):
        show()
    before = anonymous_bytes()
    for _ in range(300):
        show()
    assert anonymous_bytes() - before < 5 << 20
