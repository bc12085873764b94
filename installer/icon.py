# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws what the setup shows from our logo: a Windows icon at every usual size, PNG, welcome."""

from __future__ import annotations

import os
import struct
import sys
from pathlib import Path

from app.ui.look.colours import LIGHT

COLOUR = LIGHT.primary
SIZES_PX = (16, 20, 24, 32, 40, 48, 64, 128, 256)
WELCOME_PX = (164, 314)
LOGO = "app/ui/assets/icons/logo.svg"


def draw(root: Path, work: Path) -> None:
    """Write `kezhan.ico`, `kezhan.png` and `welcome.bmp` into `work`."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    svg = (root / LOGO).read_text("utf-8").replace("currentColor", COLOUR).encode()
    pictures = {size: _png(svg, size) for size in SIZES_PX}
    (work / "kezhan.png").write_bytes(pictures[256])
    (work / "kezhan.ico").write_bytes(ico(pictures))
    _draw_welcome(svg, work / "welcome.bmp")


def _png(svg: bytes, size_px: int) -> bytes:
    from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(QByteArray(svg)).render(painter)
    painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if not image.save(buffer, "PNG"):  # type: ignore[call-overload]
        raise RuntimeError("the icon could not be written as PNG")
    return bytes(buffer.data().data())


def _draw_welcome(svg: bytes, target: Path) -> None:
    """The left side of the setup's first page: our colour and the logo."""
    from PySide6.QtCore import QByteArray, QRectF
    from PySide6.QtGui import QColor, QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    width, height = WELCOME_PX
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(QColor(LIGHT.tint))
    painter = QPainter(image)
    side = width * 0.6
    place = QRectF((width - side) / 2, height * 0.3, side, side)
    QSvgRenderer(QByteArray(svg)).render(painter, place)
    painter.end()
    if not image.save(str(target), "BMP"):  # type: ignore[call-overload]
        raise RuntimeError("the welcome picture could not be written")


def ico(pictures: dict[int, bytes]) -> bytes:
    """An icon file of square PNG pictures (Windows Vista and later read PNG in every size)."""
    header = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(header) + 16 * len(pictures)
    entries = b""
    for size, content in pictures.items():
        side = size if size < 256 else 0
        entries += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(content), offset)
        offset += len(content)
    return header + entries + b"".join(pictures.values())


if __name__ == "__main__":
    draw(Path(sys.argv[1]), Path(sys.argv[2]))
