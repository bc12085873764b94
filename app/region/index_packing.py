# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of a large index in short: what can be foreseen takes nothing, hashes stand apart.

Measured with 2,000 shards and 26 weeks of deltas (36,000): 5.6 MB as lines, 1.9 MB as compressed
lines, 1.3 MB like this, of which 1.2 MB are the hashes.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final

import zstandard

MAX_UNPACKED_BYTES: Final = 32 * 1024 * 1024
_LEVEL: Final = 12
_HASH_BYTES: Final = 32
_NAMES: Final = ("stage", "subject", "edition")
_NUMBERS: Final = ("entries", "files_bytes", "serial")
Line = Mapping[str, Any]


class PackedLinesError(Exception):
    """The body does not hold what the header says; the index turns it into its own error."""


def pack_lines(shards: Sequence[Line], bundles: Sequence[str]) -> tuple[list[int], bytes]:
    """(lengths for the header, body) of shard lines; `bundles` are the ids in the index's order."""
    number = {bundle_id: place for place, bundle_id in enumerate(bundles, start=1)}
    used: dict[int, int] = {}  # bundle: where the deltas of the shards before end in it
    hashes: list[str] = []
    rows = []
    for line in shards:
        snapshot, serial = line["snapshot"], line["snapshot"]["serial"]
        hashes.append(snapshot["sha256"])
        deltas = []
        for delta in line.get("deltas", ()):
            place = number.get(delta.get("bundle"), 0)
            skip = delta.get("offset", 0) - used.get(place, 0)
            step = [delta["from"] - serial, delta["to"] - delta["from"], delta["length"]]
            deltas.append([*step, place, skip] if skip else [*step, place])
            serial = delta["to"]
            if place:
                used[place] = delta["offset"] + delta["length"]
            hashes.append(delta["sha256"])
        key = [line["key"].get(name, "") for name in _NAMES]
        exercise = int(line["key"].get("exercise", False))
        numbers = [line[name] for name in _NUMBERS]
        about = [snapshot["serial"], snapshot["length"]]
        rows.append([*key, exercise, *numbers, *about, deltas])
    text = json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(text)
    return [len(packed), len(text), len(hashes)], packed + bytes.fromhex("".join(hashes))


def unpack_lines(
    lengths: Sequence[int], body: bytes, bundles: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """Shard lines as they were, without their ids (which follow from their keys).

    Raises PackedLinesError: lengths or contents do not fit together.
    """
    packed, unpacked, count = lengths
    if unpacked > MAX_UNPACKED_BYTES or len(body) != packed + count * _HASH_BYTES:
        raise PackedLinesError("length")
    digits = body[packed:].hex()
    width = 2 * _HASH_BYTES
    hashes = iter([digits[start : start + width] for start in range(0, len(digits), width)])
    used: dict[int, int] = {}
    try:
        for row in json.loads(_unpacked(body[:packed], unpacked)):
            yield _line(row, hashes, bundles, used)
    except (TypeError, ValueError, LookupError, StopIteration, RecursionError) as error:
        raise PackedLinesError("form") from error
    if next(hashes, None) is not None:
        raise PackedLinesError("hashes")


def _unpacked(frame: bytes, length: int) -> bytes:
    try:
        if zstandard.frame_content_size(frame) != length:
            raise PackedLinesError("length")
        raw = zstandard.ZstdDecompressor().decompress(frame, max_output_size=length)
    except zstandard.ZstdError as error:
        raise PackedLinesError("not unpackable") from error
    return raw


def _line(
    row: Sequence[Any], hashes: Iterator[str], bundles: Sequence[str], used: dict[int, int]
) -> dict[str, Any]:
    *key, exercise, entries, files_bytes, serial, first, length, deltas = row
    line: dict[str, Any] = {
        "key": dict(zip(_NAMES, key, strict=True)) | {"exercise": bool(exercise)},
        "entries": entries,
        "files_bytes": files_bytes,
        "serial": serial,
        "snapshot": {"serial": first, "length": length, "sha256": next(hashes)},
        "deltas": [],
    }
    for item in deltas:
        gap, step, size, place = islice(item, 4)
        start = first + gap
        first = start + step
        delta = {"from": start, "to": first, "length": size, "sha256": next(hashes)}
        if place:
            offset = used.get(place, 0) + (item[4] if len(item) > 4 else 0)
            used[place] = offset + size
            delta |= {"bundle": bundles[place - 1], "offset": offset}
        line["deltas"].append(delta)
    return line
