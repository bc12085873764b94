# SPDX-License-Identifier: GPL-3.0-or-later
"""The index for who comes every week: snapshots, and deltas only by the bundle they lie in.

A long index names every delta of half a year by its hash, and everybody fetches all of it every
week. Here each bundle's own head does that, for who needs it.
"""

import json
from pathlib import Path
from typing import Any, Final

import zstandard

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region import layout
from app.region.errors import RegionInvalidError
from app.region.fields import SHA256, Fields, Reason
from app.region.index import (
    MAX_BUNDLE_BYTES,
    MAX_INDEX_BYTES,
    MAX_SHARDS,
    DeltaBundleLine,
    Index,
    Prefix,
    check_shards,
    packed_shards,
    parse_index,
    shard_to_json,
)
from app.region.index_packing import pack_lines
from app.region.region_document import ISSUED, parse_region_id

SHORT_FORMAT: Final = "kezhan-shards"
SHORT_MAJOR: Final = 1
SHORT_MINOR: Final = 0
MAX_DELTA_BUNDLES: Final = 400
_MAX_LINE_BYTES: Final = 64 * 1024
_MAX_BUNDLES_BYTES: Final = 1024 * 1024
_LEVEL: Final = 12
_PREFIXES: Final = ("head", "lessons", "whole")


def _fail(name: str, reason: Reason) -> KnownError:
    return RegionInvalidError(what=SHORT_FORMAT, field=name, reason=reason.value)


def short_index_to_bytes(index: Index) -> bytes:
    """The short index as published; equal content gives equal bytes."""
    bundles = [_bundle_to_json(line) for line in index.delta_bundles]
    text = json.dumps(bundles, separators=(",", ":")).encode()
    packed = zstandard.ZstdCompressor(level=_LEVEL).compress(text)
    lengths, body = pack_lines([shard_to_json(line) for line in index.shards], [])
    header = document_header(SHORT_FORMAT, SHORT_MAJOR, SHORT_MINOR) | {
        "region_id": index.region_id,
        "issued": index.issued,
        "shards": len(index.shards),
        "bundles": [len(packed), len(text)],
        "packed": lengths,
    }
    line = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    return line + b"\n" + packed + body


def _bundle_to_json(line: DeltaBundleLine) -> dict[str, Any]:
    prefixes = (line.head, line.lessons, line.whole)
    return {
        "bundle": line.bundle_id,
        "shards": line.shards,
        **{name: [one.length, one.sha256] for name, one in zip(_PREFIXES, prefixes, strict=True)},
    }


def parse_short_index(raw: bytes) -> Index:
    """Check and read a short index whose bytes are already verified.

    Raises:
        DamagedDocumentError, UnknownMajorError: not a short index, or of another major version.
        RegionInvalidError: something in it breaks a rule; data names the field.
    """
    if len(raw) > MAX_INDEX_BYTES:
        raise _fail("length", Reason.TOO_LONG)
    first, _, rest = raw.partition(b"\n")
    header = parse_document(first, SHORT_FORMAT, SHORT_MAJOR, max_bytes=_MAX_LINE_BYTES)
    fields = Fields(header, _fail)
    packed, unpacked = _two_numbers(fields, "bundles", fields.raw.get("bundles"))
    bundles = _bundles(fields, rest[:packed], unpacked)
    shards = tuple(packed_shards(fields, rest[packed:], [], has_chains=False))
    check_shards(fields, shards)
    return Index(
        region_id=parse_region_id(fields),
        issued=fields.matching("issued", ISSUED, Reason.NOT_A_DATE),
        shards=shards,
        bundles=(),
        delta_bundles=bundles,
    )


def _two_numbers(fields: Fields, name: str, value: object) -> tuple[int, Any]:
    if not isinstance(value, list) or len(value) != 2 or type(value[0]) is not int:
        raise fields.error(name, Reason.WRONG_TYPE)
    if not 0 <= value[0] <= MAX_BUNDLE_BYTES:
        raise fields.error(name, Reason.OUT_OF_RANGE)
    return value[0], value[1]


def _bundles(fields: Fields, frame: bytes, unpacked: object) -> tuple[DeltaBundleLine, ...]:
    if type(unpacked) is not int or not 0 <= unpacked <= _MAX_BUNDLES_BYTES:
        raise fields.error("bundles", Reason.OUT_OF_RANGE)
    try:
        if zstandard.frame_content_size(frame) != unpacked:
            raise fields.error("bundles", Reason.OUT_OF_RANGE)
        text = zstandard.ZstdDecompressor().decompress(frame, max_output_size=unpacked)
        found = Fields({"bundles": json.loads(text)}, _fail)
    except (zstandard.ZstdError, ValueError, RecursionError) as error:
        raise fields.error("bundles", Reason.WRONG_TYPE) from error
    items = found.items("bundles", MAX_DELTA_BUNDLES)
    lines = tuple(_bundle(found.inside("bundles", item)) for item in items)
    if len({line.bundle_id for line in lines}) != len(lines):
        raise fields.error("bundles", Reason.TWICE)
    return lines


def _bundle(fields: Fields) -> DeltaBundleLine:
    head, lessons, whole = (_prefix(fields, name) for name in _PREFIXES)
    if not head.length <= lessons.length <= whole.length:
        raise fields.error("whole", Reason.OUT_OF_RANGE)
    bundle_id = fields.matching("bundle", layout.SHARD_ID, Reason.NOT_AN_ID)
    return DeltaBundleLine(
        bundle_id=bundle_id,
        path=layout.delta_bundle_path(bundle_id, whole.sha256),
        head=head,
        lessons=lessons,
        whole=whole,
        shards=fields.required_count("shards", maximum=MAX_SHARDS),
    )


def _prefix(fields: Fields, name: str) -> Prefix:
    length, sha256 = _two_numbers(fields, name, fields.raw.get(name))
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256):
        raise fields.error(name, Reason.NOT_A_HASH)
    return Prefix(length, sha256)


def index_in(targets: Path) -> Path:
    """The index among verified targets: the short one where there is one."""
    short = targets / layout.SHORT_INDEX_TARGET
    return short if short.is_file() else targets / layout.INDEX_TARGET


def parse_either_index(raw: bytes) -> Index:
    """An index of either form; raises as their own functions do."""
    is_short = SHORT_FORMAT.encode() in raw[: len(SHORT_FORMAT) + 32]
    return parse_short_index(raw) if is_short else parse_index(raw)
