# SPDX-License-Identifier: GPL-3.0-or-later
"""What another program may be asked to open, and what never."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication

from app.base.errors import KnownError
from app.player.office import program_for
from app.player.outside import copy_for_outside, may_go_outside, open_outside
from tests.desktop import Desktop, standing_in
from tests.player.conftest import MakeItem


@pytest.fixture
def system(qapp: QApplication) -> Iterator[Desktop]:
    """Stands where the desktop stands."""
    with standing_in() as made:
        yield made


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("成绩.xlsx", True),
        ("圆.gsp", True),
        ("照片.HEIC", True),
        ("儿歌.mid", True),
        ("课.enbx", True),
        ("a.exe", False),
        ("a.pdf.exe", False),
        ("a.lnk", False),
        ("a.bat", False),
        ("a.html", False),
        ("a.svg", False),
        ("a.pptm", False),
        ("a.zip", False),
        ("a.swf", False),
        ("a.chm", False),
        ("a.js", False),
        ("readme", False),
        ("a.", False),
        ("a.ex\u202ee", False),
    ],
)
def test_documents_may_and_what_runs_may_not(name: str, may: bool) -> None:
    assert may_go_outside(name) is may


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\0",
        b"\x7fELF\x02",
        b"#!/bin/sh\n",
        b"L\0\0\0\x01\x14\x02\0",
        b"[Desktop Entry]\nExec=sh",
        b"\xef\xbb\xbf[InternetShortcut]\nURL=x",
        b"  <html><script>",
    ],
)
def test_a_program_in_the_clothes_of_a_document_is_refused(
    make_item: MakeItem, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "成绩.xlsx"
    path.write_bytes(content + bytes(100))
    with pytest.raises(KnownError) as refused:
        copy_for_outside(make_item(path, "application/octet-stream"))
    assert refused.value.code == "outside_refused"
    assert not list(tmp_path.glob("converted/outside/*/*"))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("三年级 成绩.xlsx", "三年级 成绩.xlsx"),
        ("../../etc/成绩.xlsx", "成绩.xlsx"),
        ("C:\\Users\\x\\成绩.xlsx", "成绩.xlsx"),
        ("a\u202exslx.xlsx", "a_xslx.xlsx"),
        ("- --option.xlsx", "--option.xlsx"),
        ("" + "长" * 300 + ".xlsx", "长" * 60 + ".xlsx"),
        ("...xlsx", "file.xlsx"),
    ],
)
def test_the_copy_has_a_plain_name(
    make_item: MakeItem, tmp_path: Path, system: Desktop, name: str, kept: str
) -> None:
    path = tmp_path / "blob"
    path.write_bytes(b"PK\x03\x04 cells")
    copy = copy_for_outside(make_item(path, "application/octet-stream", name=name))
    assert copy.name.lstrip("-") == kept.lstrip("-")
    assert not copy.name.startswith("-")
    assert copy.parent.parent == tmp_path / "converted" / "outside"
    assert copy.read_bytes() == path.read_bytes()
    open_outside(copy)
    assert system.asked == [copy]


def test_only_the_newest_copies_are_kept(make_item: MakeItem, tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK")
    for number in range(30):
        copy_for_outside(make_item(path, "", sha256=f"{number:064x}"[::-1]))
    assert len(list((tmp_path / "converted" / "outside").iterdir())) <= 21


def test_a_system_without_a_program_says_so(
    qapp: QApplication, make_item: MakeItem, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: False)
    path = tmp_path / "a.gsp"
    path.write_bytes(b"sketch")
    with pytest.raises(KnownError) as said:
        open_outside(copy_for_outside(make_item(path, "")))
    assert said.value.code == "no_program"


@pytest.mark.linux
def test_wps_is_found_for_slides_and_for_documents(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("wpp", "wps"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert program_for("pptx") == tmp_path / "wpp"
    assert program_for("docx") == tmp_path / "wps"
