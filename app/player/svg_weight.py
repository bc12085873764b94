# SPDX-License-Identifier: GPL-3.0-or-later
"""How much a drawing (SVG) asks to be painted, counted without painting it.

`<use>` repeats a group that may itself repeat groups: a kilobyte can ask for a thousand million
shapes, and Qt would paint them all on the window's thread (10,000,000 take 5 s).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QBuffer, QIODevice, QXmlStreamReader

# The largest map of a region that we know has 60,000 shapes.
MAX_SHAPES: Final = 500_000
MAX_BYTES: Final = 32 << 20
_MAX_DEPTH: Final = 200
_GZIP: Final = b"\x1f\x8b"
_PAINTED_WITH: Final = re.compile(r"url\(\s*['\"]?#([^)'\"\s]+)")


class _Group:
    """An element that has a name: its own shapes and the groups it repeats."""

    def __init__(self) -> None:
        self.shapes = 0
        self.repeats: list[str] = []


def is_too_heavy(raw: bytes) -> bool:
    """Whether painting would take too long; damaged drawings are left to whoever reads them."""
    if raw.startswith(_GZIP):
        unpacking = zlib.decompressobj(wbits=31)
        try:
            raw = unpacking.decompress(raw, MAX_BYTES + 1)
        except zlib.error:
            return False
    if len(raw) > MAX_BYTES:
        return True
    groups, top = _read(raw)
    if top is None:
        return True  # nested too deeply
    weights: dict[str, int] = {}
    return _weight(top, groups, weights, frozenset()) > MAX_SHAPES


def _read(raw: bytes) -> tuple[dict[str, _Group], _Group | None]:
    buffer = QBuffer()
    buffer.setData(raw)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QXmlStreamReader(buffer)
    groups: dict[str, _Group] = {}
    top = _Group()
    open_groups: list[list[_Group]] = [[top]]
    for attributes in _elements(reader, open_groups):
        if len(open_groups) > _MAX_DEPTH:
            return {}, None
        name = attributes.get("id", "")
        inside = open_groups[-1]
        here = [*inside, groups.setdefault(name, _Group())] if name else inside
        targets = _targets(attributes)
        for group in here:
            group.shapes += 1
            group.repeats += targets
        open_groups.append(here)
    return groups, top


def _targets(attributes: dict[str, str]) -> list[str]:
    """Groups that are painted with this element: repeated ones, patterns, marks, masks."""
    found = [target for value in attributes.values() for target in _PAINTED_WITH.findall(value)]
    repeated = attributes.get("href", "")
    return [*found, repeated[1:]] if repeated.startswith("#") else found


def _elements(
    reader: QXmlStreamReader, open_groups: list[list[_Group]]
) -> Iterator[dict[str, str]]:
    """Attributes of each element as it begins; elements that end are taken off `open_groups`."""
    while not reader.atEnd():
        reader.readNext()
        if reader.isStartElement():
            found = reader.attributes()
            each = [found.at(index) for index in range(found.size())]
            yield {one.name(): one.value() for one in each}
        elif reader.isEndElement():
            open_groups.pop()


def _weight(
    group: _Group, groups: dict[str, _Group], weights: dict[str, int], above: frozenset[str]
) -> int:
    if len(above) > _MAX_DEPTH:
        return MAX_SHAPES + 1
    total = group.shapes
    for name in group.repeats:
        if name in above or name not in groups:
            continue  # Qt draws no circle of repetitions
        if name not in weights:
            weights[name] = 0
            weights[name] = _weight(groups[name], groups, weights, above | {name})
        total += weights[name]
        if total > MAX_SHAPES:
            break
    return total
