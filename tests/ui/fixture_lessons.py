# SPDX-License-Identifier: GPL-3.0-or-later
"""Lessons with real files: pictures, a text, a PDF, drawn when a test needs them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QLinearGradient, QPainter, QPdfWriter

from app.region.entry import Entry
from app.ui.look.theme import FONT_FAMILIES
from tests.ui.fixture_library import MemoryLocator, file_of, promised

_LESSONS = (
    (
        "fraction-video",
        "分数的初步认识：几分之一",
        "数学",
        "三年级",
        "上册",
        "分数的初步认识",
        "几分之一",
        "微课",
        "#2660a8",
    ),
    (
        "fraction-slides",
        "几分之一（课件）",
        "数学",
        "三年级",
        "上册",
        "分数的初步认识",
        "几分之一",
        "课件",
        "#2660a8",
    ),
    (
        "fraction-plan",
        "《几分之一》教学设计",
        "数学",
        "三年级",
        "上册",
        "分数的初步认识",
        "几分之一",
        "教案",
        "",
    ),
    (
        "fraction-exercise",
        "几分之一课后练习（附答案）",
        "数学",
        "三年级",
        "上册",
        "分数的初步认识",
        "几分之一",
        "练习",
        "",
    ),
    (
        "water-video",
        "水的三态变化",
        "科学",
        "三年级",
        "上册",
        "水",
        "水的三态变化",
        "微课",
        "#12727f",
    ),
    (
        "clock-web",
        "认识钟表：拨一拨",
        "数学",
        "一年级",
        "上册",
        "认识钟表",
        "认识钟表",
        "课件",
        "#2660a8",
    ),
    (
        "autumn-slides",
        "秋天的雨",
        "语文",
        "三年级",
        "上册",
        "第二单元",
        "秋天的雨",
        "课件",
        "#a63d3d",
    ),
    (
        "jasmine-audio",
        "茉莉花（伴奏与范唱）",
        "音乐",
        "四年级",
        "上册",
        "民歌",
        "茉莉花",
        "音频",
        "#a83a71",
    ),
    (
        "colour-slides",
        "三原色和间色",
        "美术",
        "三年级",
        "上册",
        "色彩",
        "三原色",
        "课件",
        "#a8541a",
    ),
)
_NAMES: dict[str, tuple[str, dict[str, Any]]] = {
    "微课": ("微课.mp4", {"duration_s": 263.0}),
    "课件": ("课件.pdf", {"pages": 14}),
    "教案": ("教案.pdf", {"pages": 3}),
    "练习": ("练习.txt", {}),
    "音频": ("伴奏.mp3", {"duration_s": 148.0}),
}


def draw_cover(path: Path, title: str, colour: str) -> None:
    """A cover of 960 × 540 with the title on it."""
    image = QImage(960, 540, QImage.Format.Format_RGB32)
    base = QColor(colour)
    gradient = QLinearGradient(0, 0, 960, 540)
    gradient.setColorAt(0, base.lighter(150))
    gradient.setColorAt(1, base)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(image.rect(), gradient)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(255, 255, 255, 50))
    for at in range(5):
        painter.drawEllipse(QRectF(560 + at * 70, 260 - at * 60, 260, 260))
    font = QFont(list(FONT_FAMILIES))
    font.setPixelSize(64)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(Qt.GlobalColor.white)
    flags = int(
        Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextWordWrap
    )
    painter.drawText(QRectF(60, 60, 640, 420), flags, title)
    painter.end()
    image.save(str(path))


def draw_pdf(path: Path, title: str, pages: int) -> None:
    """A PDF with large print on every page."""
    writer = QPdfWriter(str(path))
    painter = QPainter(writer)
    font = QFont(list(FONT_FAMILIES), 40)
    painter.setFont(font)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.drawText(400, 2000 + page * 300, f"{title} {page + 1}")
    painter.end()


def lessons(folder: Path, locator: MemoryLocator) -> list[Entry]:
    """The lessons; their files are drawn into `folder` and known to the locator."""
    made = []
    for at, (key, title, subject, grade, volume, unit, lesson, kind, colour) in enumerate(_LESSONS):
        name, facts = _NAMES[kind]
        path = folder / f"{key}-{name}"
        if name.endswith(".pdf"):
            draw_pdf(path, title, 3)
        else:
            path.write_bytes(f"{title}\n\n1. 1/2 + 1/4 = ?\n".encode() * 40)
        main = file_of(path, name, **facts)
        locator.add(main, path)
        entry = Entry(
            id=key,
            title=title,
            stage="小学",
            subject=subject,
            edition="人教版",
            grade=grade,
            volume=volume,
            unit=unit,
            lesson=lesson,
            resource_type=kind,
            keywords=("开齐课",),
            provider="课栈起步资源",
            license="CC0 1.0",
            description="可以直接在课堂上使用：画面大、字大、节奏慢，边看边停下来提问。",
            updated=f"2026-10-{28 - at:02}",
            popularity=5000 - at,
            files=(main,),
        )
        if colour:
            cover_path = folder / f"{key}-cover.png"
            draw_cover(cover_path, lesson, colour)
            cover = file_of(cover_path, "cover.png", "cover", width=960, height=540)
            locator.add(cover, cover_path)
            entry = replace(entry, cover=cover)
        made.append(entry)
    return [*made, *_elsewhere()]


def _elsewhere() -> list[Entry]:
    """What the region has and this machine has not, and what nothing here shows."""
    base = Entry(
        id="decimal-video",
        title="小数的意义",
        stage="小学",
        subject="数学",
        edition="人教版",
        grade="四年级",
        volume="下册",
        unit="小数的意义和性质",
        lesson="小数的意义",
        resource_type="微课",
        provider="省电教馆",
        updated="2026-09-02",
        popularity=2600,
        files=(promised("小数.mp4", 48_300_000, duration_s=542.0),),
    )
    flash = replace(
        base,
        id="old-flash",
        title="圆的面积动画",
        grade="六年级",
        volume="上册",
        unit="圆",
        lesson="圆的面积",
        resource_type="素材",
        updated="2011-05-04",
        files=(promised("圆的面积.rar", 812_000),),
    )
    return [base, flash]
