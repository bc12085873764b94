# SPDX-License-Identifier: GPL-3.0-or-later
"""Slides and documents through the real LibreOffice."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import QLockFile
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.player import office_view as module
from app.player.item import PlayItem
from app.player.office import OfficeProgram, OfficeWay, find_converter
from app.player.office_convert import OfficeConversion, office_suffix
from app.player.office_view import OfficeView, OutsideView, office_view
from tests.player.conftest import MakeItem, MakeView
from tests.player.listening import Ear, colour_name

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTM = "application/vnd.ms-powerpoint.presentation.macroenabled.12"
CONVERT_MS = 100_000

pytestmark = pytest.mark.timeout(200)


@pytest.fixture(scope="module")
def pptx(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two slides: lime, then blue with words."""
    from pptx import Presentation
    from pptx.dml.color import RGBColor
    from pptx.util import Inches

    slides = Presentation()
    for colour in (RGBColor(0, 255, 0), RGBColor(0, 0, 255)):  # type: ignore[no-untyped-call]
        slide = slides.slides.add_slide(slides.slide_layouts[6])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = colour
        box = slide.shapes.add_textbox(Inches(1), Inches(1), Inches(5), Inches(1))
        box.text_frame.text = "颜色 colours"
    path = tmp_path_factory.mktemp("slides") / "课件.pptx"
    slides.save(str(path))
    return path


@pytest.fixture
def docx(tmp_path: Path) -> Path:
    """The smallest document that says something."""
    path = tmp_path / "文.docx"
    kinds = "http://schemas.openxmlformats.org"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{kinds}/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/><Override PartName="/word/document.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{kinds}/package/2006/relationships"><Relationship '
        f'Id="r1" Type="{kinds}/officeDocument/2006/relationships/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{kinds}/wordprocessingml/2006/main"><w:body>'
        "<w:p><w:r><w:t>白日依山尽</w:t></w:r></w:p></w:body></w:document>",
    }
    with zipfile.ZipFile(path, "w") as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_slides_become_pages_once(qtbot: QtBot, make_view: MakeView, pptx: Path) -> None:
    view = make_view(pptx, PPTX)
    assert isinstance(view, OfficeView)
    ear = Ear(view)
    view.open()
    assert view.is_preparing
    waiting = view.grab().toImage()
    assert colour_name(waiting, 0.1, 0.1) == "black"
    qtbot.waitUntil(lambda: bool(ear.readies or ear.errors), timeout=CONVERT_MS)
    assert ear.codes() == []
    assert (view.page, view.page_count) == (1, 2)
    qtbot.waitUntil(lambda: colour_name(view.snapshot(), 0.5, 0.8) == "green", timeout=30_000)
    assert view.next_page()
    qtbot.waitUntil(lambda: colour_name(view.snapshot(), 0.5, 0.8) == "blue", timeout=30_000)
    folder = view.item.converted_dir
    made = sorted(path.name for path in folder.iterdir())
    assert made == [f"{view.item.sha256}.pdf", "office-profile"]
    view.close_item()
    # The second time the pages come from the cache, without the program.
    again = make_view(pptx, PPTX, converted_dir=folder)
    shutil.rmtree(folder / "office-profile")
    second = Ear(again)
    again.open()
    qtbot.waitUntil(lambda: bool(second.readies or second.errors), timeout=30_000)
    assert again.page_count == 2
    assert not (folder / "office-profile").exists()


@pytest.fixture
def pptm(pptx: Path, tmp_path: Path) -> Path:
    """The same slides as PowerPoint writes those with macros."""
    path = tmp_path / "课件.pptm"
    kind = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
    macros = b'<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'
    with zipfile.ZipFile(pptx) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "[Content_Types].xml":
                content = content.replace(f"{PPTX}.main+xml".encode(), kind.encode())
                content = content.replace(b"<Default", macros + b"<Default", 1)
                assert kind.encode() in content
            target.writestr(name, content)
        target.writestr("ppt/vbaProject.bin", bytes(512))
    return path


def test_slides_with_macros_become_pages_and_reach_no_office_program(
    qtbot: QtBot, make_item: MakeItem, pptm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = OfficeProgram(OfficeWay.OPEN, Path("/nowhere/POWERPNT"))
    monkeypatch.setattr(module, "find_office", lambda: found)
    view = office_view(make_item(pptm, PPTM))
    qtbot.addWidget(view)
    assert isinstance(view, OfficeView)
    view.resize(640, 360)
    ear = Ear(view)
    view.open()
    qtbot.waitUntil(lambda: bool(ear.readies or ear.errors), timeout=CONVERT_MS)
    assert ear.codes() == []
    assert view.page_count == 2
    view.close_item()


def test_slides_with_macros_are_refused_where_only_an_office_program_could_show_them(
    qtbot: QtBot, make_item: MakeItem, pptm: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = OfficeProgram(OfficeWay.OPEN, Path("/nowhere/POWERPNT"))
    monkeypatch.setattr(module, "find_office", lambda: found)
    monkeypatch.setattr(module, "find_converter", lambda: None)
    view = office_view(make_item(pptm, PPTM))
    qtbot.addWidget(view)
    ear = Ear(view)
    view.open()
    assert ear.codes() == ["outside_refused"]


def test_documents_become_pages(qtbot: QtBot, make_view: MakeView, docx: Path) -> None:
    view = make_view(docx, DOCX)
    ear = Ear(view)
    view.open()
    qtbot.waitUntil(lambda: bool(ear.readies or ear.errors), timeout=CONVERT_MS)
    assert ear.codes() == []
    with qtbot.waitSignal(view.found, timeout=30_000) as found:
        view.search("依山")
    assert found.args == [1, 1]


@pytest.mark.allow_warnings("app.player")
def test_what_libreoffice_cannot_read_is_one_error(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    broken = tmp_path / "x.pptx"
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
    view = make_view(broken, PPTX)
    ear = Ear(view)
    view.open()
    qtbot.waitUntil(lambda: bool(ear.readies or ear.errors), timeout=CONVERT_MS)
    assert ear.codes() == ["conversion_failed"]
    assert list(view.item.converted_dir.glob("work-*")) == []


def test_what_is_no_office_file_never_reaches_libreoffice(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    contents = (b"", bytes(3000), b"PK\3\4" + bytes(300), "不是课件".encode() * 50)
    for number, content in enumerate(contents):
        file = tmp_path / f"{number}.ppt"
        file.write_bytes(content)
        view = make_view(file, "application/vnd.ms-powerpoint")
        ear = Ear(view)
        view.open()
        assert ear.codes() == ["media_damaged"]
        assert not view.item.converted_dir.exists()


def test_closing_stops_libreoffice_and_leaves_nothing(
    qtbot: QtBot, make_view: MakeView, pptx: Path
) -> None:
    view = make_view(pptx, PPTX)
    view.open()
    qtbot.waitUntil(lambda: bool(office_processes()), timeout=30_000)
    view.close_item()
    qtbot.waitUntil(lambda: not office_processes(), timeout=30_000)
    left = sorted(path.name for path in view.item.converted_dir.iterdir())
    assert left == ["office-profile"]


def test_takes_no_longer_than_it_may(
    qtbot: QtBot, qapp: QApplication, make_item: MakeItem, pptx: Path
) -> None:
    program = find_converter()
    assert program is not None
    conversion = OfficeConversion(make_item(pptx, PPTX), program, qapp)
    conversion.set_timeout(50)
    with qtbot.waitSignal(conversion.failed, timeout=30_000) as failed:
        conversion.start()
    assert failed.args[0].data["reason"] == "timeout"
    qtbot.waitUntil(lambda: not office_processes(), timeout=30_000)


def test_waits_while_another_window_converts(qtbot: QtBot, make_view: MakeView, pptx: Path) -> None:
    view = make_view(pptx, PPTX)
    folder = view.item.converted_dir
    folder.mkdir(parents=True)
    other = QLockFile(str(folder / "converting.lock"))
    assert other.tryLock(0)
    ear = Ear(view)
    view.open()
    with qtbot.assertNotEmitted(view.ready, wait=700):
        assert office_processes() == []
    other.unlock()
    qtbot.waitUntil(lambda: bool(ear.readies or ear.errors), timeout=CONVERT_MS)
    assert ear.codes() == []


def test_without_any_office_program_it_says_so(
    qtbot: QtBot, make_view: MakeView, pptx: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make_view(pptx, PPTX)
    monkeypatch.setattr(module, "find_converter", lambda: None)
    ear = Ear(view)
    view.open()
    assert ear.codes() == ["no_office"]


def test_powerpoint_gets_a_copy_of_its_own(
    qtbot: QtBot, make_item: MakeItem, pptx: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "POWERPNT"
    seen = tmp_path / "seen"
    writes = f'printf "%s\\n" "$@" > "{seen}.part"; mv "{seen}.part" "{seen}"'
    program.write_text(f"#!/bin/sh\n{writes}\n")
    program.chmod(0o755)
    found = OfficeProgram(OfficeWay.OPEN, program)
    monkeypatch.setattr(module, "find_office", lambda: found)
    monkeypatch.setattr(module, "program_for", {"pptx": program}.get)
    view = office_view(make_item(pptx, PPTX))
    qtbot.addWidget(view)
    assert isinstance(view, OutsideView)
    ear = Ear(view)
    view.open()
    assert ear.readies == 1
    qtbot.waitUntil(seen.is_file, timeout=30_000)
    switch, copy = seen.read_text("utf-8").splitlines()
    assert switch == "/S"
    assert Path(copy).read_bytes() == pptx.read_bytes()
    assert Path(copy) != pptx


@pytest.mark.parametrize(
    ("media_type", "name", "suffix"),
    [
        (PPTX, "a.pptx", "pptx"),
        (PPTX, "a", "pptx"),
        (DOCX, "a.exe", "docx"),
        ("application/vnd.ms-powerpoint", "a.pps", "ppt"),
        ("application/vnd.wps-office.dps", "a.dps", "dps"),
    ],
)
def test_only_office_suffixes_are_used(
    make_item: MakeItem, media_type: str, name: str, suffix: str
) -> None:
    item: PlayItem = make_item(Path(name), media_type)
    assert office_suffix(item) == suffix


def office_processes() -> list[int]:
    """LibreOffice processes below this one."""
    found = []
    for child in psutil.Process().children(recursive=True):
        try:
            if "soffice" in child.name() and child.status() != psutil.STATUS_ZOMBIE:
                found.append(child.pid)
        except psutil.Error:
            continue
    return found
