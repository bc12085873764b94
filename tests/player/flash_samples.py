# SPDX-License-Identifier: GPL-3.0-or-later
"""A Flash film in ActionScript 3 of our own (CC0), instruction by instruction."""

from __future__ import annotations

import struct

from tests.player.web_samples import film, flash_tag


def swf_of_classes(*, address: str = "") -> bytes:
    """A red stage that a class of its own paints green; with `address`, it then asks for that page
    and that file."""
    tags = flash_tag(69, struct.pack("<I", 8)) + flash_tag(9, bytes((255, 0, 0)))
    tags += flash_tag(82, struct.pack("<I", 1) + b"ours\0" + _bytecode(address))
    tags += (
        flash_tag(76, struct.pack("<HH", 1, 0) + b"Main\0") + flash_tag(1, b"") + flash_tag(0, b"")
    )
    return film(10, tags)


_STRINGS = (
    "", "Main", "flash.display", "Sprite", "Object", "flash.events", "EventDispatcher",
    "DisplayObject", "InteractiveObject", "DisplayObjectContainer", "graphics", "beginFill",
    "drawRect", "flash.net", "URLRequest", "URLLoader", "load", "navigateToURL",
)  # fmt: skip
_PACKAGES = ("", "flash.display", "flash.events", "flash.net")
_NAMES = (
    ("", "Main"), ("flash.display", "Sprite"), ("", "Object"),
    ("flash.events", "EventDispatcher"), ("flash.display", "DisplayObject"),
    ("flash.display", "InteractiveObject"), ("flash.display", "DisplayObjectContainer"),
    ("", "graphics"), ("", "beginFill"), ("", "drawRect"), ("flash.net", "URLRequest"),
    ("flash.net", "URLLoader"), ("", "load"), ("flash.net", "navigateToURL"),
)  # fmt: skip


def _bytecode(address: str) -> bytes:
    """The class `Main` as the ActionScript Virtual Machine 2 reads it."""
    strings = (*_STRINGS, address)
    pool = _number(3) + _number(0x00FF00) + _number(200)  # whole numbers
    pool += _number(0) + _number(0)  # no others
    pool += _number(len(strings) + 1)
    pool += b"".join(_number(len(one.encode())) + one.encode() for one in strings)
    pool += _number(len(_PACKAGES) + 1)
    pool += b"".join(b"\x16" + _number(_STRINGS.index(one) + 1) for one in _PACKAGES)
    pool += _number(0) + _number(len(_NAMES) + 1)
    for package, name in _NAMES:
        pool += b"\x07" + _number(_PACKAGES.index(package) + 1)
        pool += _number(_STRINGS.index(name) + 1)
    methods = _number(3) + 3 * bytes(4)  # of the script, of an object, of the class
    main = _number(1) + b"\x01\x02\x01\x00\x01\x00" + b"\x02\x00"
    script = _number(1) + b"\x00\x01" + b"\x01\x04\x00\x00"
    bodies = _number(3) + _body(0, _script_code(), 1) + _body(1, _object_code(address), 8)
    bodies += _body(2, b"\xd0\x30\x47", 8)
    return struct.pack("<HH", 16, 46) + pool + methods + _number(0) + main + script + bodies


def _script_code() -> bytes:
    """Make the class below all the classes above it."""
    above = (3, 4, 5, 6, 7, 2)
    scopes = b"".join(b"\x60" + _number(name) + b"\x30" for name in above)
    return b"\xd0\x30\x65\x00" + scopes + b"\x60\x02\x58\x00" + 6 * b"\x1d" + b"\x68\x01\x47"


def _object_code(address: str) -> bytes:
    """Paint; then ask, which may end in an error."""
    code = b"\xd0\x30\xd0\x49\x00"
    code += b"\x60\x08\x2d\x01\x4f\x09\x01"  # graphics.beginFill(green)
    # and a rectangle of 200 by 100 pixels with it
    code += b"\x60\x08\x24\x00\x24\x00\x2d\x02\x24\x64\x4f\x0a\x04"
    if address:
        request = b"\x5d\x0b\x2c" + _number(len(_STRINGS) + 1) + b"\x4a\x0b\x01"
        code += b"\x5d\x0e" + request + b"\x4f\x0e\x01"  # navigateToURL(request)
        # new URLLoader().load(request)
        code += b"\x5d\x0c\x4a\x0c\x00" + request + b"\x4f\x0d\x01"
    return code + b"\x47"


def _body(method: int, code: bytes, depth: int) -> bytes:
    """A method: six on the stack, one local, so many scopes around it."""
    sizes = _number(6) + _number(1) + _number(depth) + _number(depth + 8)
    return _number(method) + sizes + _number(len(code)) + code + bytes(2)


def _number(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*found, value])
