# SPDX-License-Identifier: GPL-3.0-or-later
"""Picture memory that libvlc decodes into and our surface paints from.

libvlc calls these functions on its own threads. They call nothing of libvlc (it would wait for
itself) and touch no widget: they only say through a queued signal that a picture is there.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

from PySide6.QtGui import QImage

# One is painted, one is ready, one is being decoded into.
_BUFFERS = 3
# More than a 4K board can show; libvlc scales larger pictures down.
_MAX_WIDTH, _MAX_HEIGHT = 3840, 2160
# Decoders pad: 1080 lines come as 1090, 720 as 738.
_MAX_PADDING = 18
# Hardware surfaces (VA-API, VDPAU, Direct3D) cannot be mapped; refusing at once saves 20 ms.
_HARDWARE_CHROMAS = (b"VA", b"VD", b"DX", b"MM")

_Unsigned = ctypes.POINTER(ctypes.c_uint)
_Pointers = ctypes.POINTER(ctypes.c_void_p)
# python-vlc declares the chroma as an immutable string, which we must write to.
_FormatCallback = ctypes.CFUNCTYPE(
    ctypes.c_uint, _Pointers, ctypes.c_void_p, _Unsigned, _Unsigned, _Unsigned, _Unsigned
)


class VlcFrames:
    """The buffers of one player. Keep it until the player has stopped."""

    def __init__(self, vlc: Any, on_frame: Callable[[], None]) -> None:
        self._on_frame = on_frame
        self._images: list[QImage] = []
        self._addresses: list[int] = []
        self._writing = -1
        self._shown = -1
        self._held: QImage | None = None
        self.count = 0  # pictures shown since `reset`
        decorators = vlc.CallbackDecorators
        self._format = _FormatCallback(self._set_up)
        self._callbacks = (
            decorators.VideoLockCb(self._lock),
            decorators.VideoDisplayCb(self._display),
            ctypes.cast(self._format, decorators.VideoFormatCb),
            decorators.VideoCleanupCb(self._clean_up),
        )

    def attach(self, media_player: Any) -> None:
        """Make a stopped media player draw in here."""
        lock, display, set_up, clean_up = self._callbacks
        media_player.video_set_callbacks(lock, None, display, None)
        media_player.video_set_format_callbacks(set_up, clean_up)

    def reset(self) -> None:
        """Forget what was shown; only while the player is stopped."""
        self._shown, self.count = -1, 0
        self._held = None

    def hold(self) -> None:
        """Stay with the newest picture, whatever comes, until `release`."""
        if self._held is None and not (newest := self.image()).isNull():
            self._held = newest.copy()

    def release(self) -> None:
        """Show what comes again."""
        self._held = None

    def image(self) -> QImage:
        """The newest or the held picture; the newest shares memory with the buffer."""
        if self._held is not None:
            return self._held
        shown = self._shown
        return self._images[shown] if 0 <= shown < len(self._images) else QImage()

    def _set_up(
        self, _opaque: Any, chroma: int, widths: Any, heights: Any, pitches: Any, lines: Any
    ) -> int:
        if ctypes.string_at(chroma, 2) in _HARDWARE_CHROMAS:
            return 0
        width, height = buffer_size(widths[0], heights[0])
        ctypes.memmove(chroma, b"RV32", 4)
        images = [QImage(width, height, QImage.Format.Format_RGB32) for _ in range(_BUFFERS)]
        if any(image.isNull() for image in images):
            return 0
        widths[0], heights[0] = width, height
        pitches[0], lines[0] = images[0].bytesPerLine(), height
        self._shown = self._writing = -1
        self._addresses = [
            ctypes.addressof(ctypes.c_char.from_buffer(image.bits())) for image in images
        ]
        self._images = images
        return _BUFFERS

    def _lock(self, _opaque: Any, planes: Any) -> int:
        self._writing = (self._writing + 1) % _BUFFERS
        planes[0] = self._addresses[self._writing]
        return self._writing + 1  # 0 would arrive as None

    def _display(self, _opaque: Any, picture: int | None) -> None:
        self._shown = (picture or 1) - 1
        self.count += 1
        self._on_frame()

    def _clean_up(self, _opaque: Any) -> None:
        """Buffers stay: the surface may still paint the last picture."""


def buffer_size(width: int, height: int) -> tuple[int, int]:
    """The picture size hidden in padded decoder sizes, at most 4K, never 0.

    libvlc scales the picture into whatever we answer, so a wrong guess costs sharpness only; the
    surface takes the aspect from the track, not from the buffer.
    """
    wide = round(width * 9 / 16)
    if 0 < height - wide <= _MAX_PADDING:
        height = wide
    shrink = max(1.0, width / _MAX_WIDTH, height / _MAX_HEIGHT)
    return max(1, int(width / shrink)), max(1, int(height / shrink))
