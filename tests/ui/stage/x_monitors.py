# SPDX-License-Identifier: GPL-3.0-or-later
"""Plugs monitors into a running X server and pulls them out, as RandR 1.5 tells every program."""

from __future__ import annotations

import ctypes
from ctypes import POINTER, Structure, c_char_p, c_int, c_ulong, c_void_p


class _Monitor(Structure):
    """XRRMonitorInfo."""

    _fields_ = (
        ("name", c_ulong),
        ("primary", c_int),
        ("automatic", c_int),
        ("noutput", c_int),
        ("x", c_int),
        ("y", c_int),
        ("width", c_int),
        ("height", c_int),
        ("mwidth", c_int),
        ("mheight", c_int),
        ("outputs", POINTER(c_ulong)),
    )


_DOTS_PER_MM = 96 / 25.4


class Monitors:
    """The monitors of one display. Xvfb has a single output, which the first monitor takes."""

    def __init__(self, display: str) -> None:
        self._x, self._randr = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXrandr.so.2")
        self._x.XOpenDisplay.restype = c_void_p
        self._x.XDefaultRootWindow.restype = self._x.XInternAtom.restype = c_ulong
        self._x.XInternAtom.argtypes = (c_void_p, c_char_p, c_int)
        for name in ("XRRAllocateMonitor", "XRRGetMonitors"):
            getattr(self._randr, name).restype = POINTER(_Monitor)
        self._display = c_void_p(self._x.XOpenDisplay(display.encode()))
        if not self._display:
            raise OSError(f"no X server at {display}")
        self._root = c_ulong(self._x.XDefaultRootWindow(self._display))
        count = c_int()
        first = self._randr.XRRGetMonitors(self._display, self._root, 1, ctypes.byref(count))
        self._output = first[0].outputs[0]

    def plug(self, name: str, x: int, size: tuple[int, int], *, has_output: bool = False) -> None:
        """A monitor of that size, that far from the left edge."""
        info = self._randr.XRRAllocateMonitor(self._display, int(has_output))
        shown = info.contents
        shown.name, shown.primary, shown.automatic = self._atom(name), int(has_output), 0
        shown.x, shown.y, (shown.width, shown.height) = x, 0, size
        shown.mwidth, shown.mheight = (round(side / _DOTS_PER_MM) for side in size)
        if has_output:
            shown.outputs[0] = self._output
        self._randr.XRRSetMonitor(self._display, self._root, info)
        self._x.XSync(self._display, 0)

    def pull(self, name: str) -> None:
        """It is gone."""
        self._randr.XRRDeleteMonitor(self._display, self._root, c_ulong(self._atom(name)))
        self._x.XSync(self._display, 0)

    def _atom(self, name: str) -> int:
        return int(self._x.XInternAtom(self._display, name.encode(), 0))
