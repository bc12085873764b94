# SPDX-License-Identifier: GPL-3.0-or-later
"""The index of a region's catalogue: one line a shard, naming its snapshot and deltas by hash."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region import layout
from app.region.errors import RegionInvalidError
from app.region.fields import SHA256, Fields, Reason
from app.region.index_packing import PackedLinesError, pack_lines, unpack_lines
from app.region.region_document import ISSUED, parse_region_id

INDEX_FORMAT: Final = "kezhan-index"
INDEX_MAJOR: Final = 1
INDEX_MINOR: Final = 1  # since 1: `packed`
MAX_INDEX_BYTES: Final = 64 * 1024 * 1024
MAX_SHARDS: Final = 20_000
MAX_DELTAS: Final = 200
MAX_BUNDLES: Final = 1_000
MAX_SHARD_FILE_BYTES: Final = 256 * 1024 * 1024
MAX_BUNDLE_BYTES: Final = 1024 * 1024 * 1024
_MAX_LINE_BYTES: Final = 256 * 1024
# From this size on lines are packed; a small index stays readable.
_PACKED_FROM_BYTES: Final = 64 * 1024


@dataclass(frozen=True, slots=True, order=True)
class ShardKey:
    """What a shard holds: one stage × subject × edition, exercises apart."""

    stage: str
    subject: str
    edition: str
    is_exercise: bool = False

    @property
    def shard_id(self) -> str:
        return layout.shard_id_of(self.stage, self.subject, self.edition, self.is_exercise)


@dataclass(frozen=True, slots=True)
class Part:
    """A snapshot file: the shard's whole content as of `serial`."""

    path: str
    length: int
    sha256: str
    serial: int


@dataclass(frozen=True, slots=True)
class BundleRef:
    """Where in a bundle the same bytes lie."""

    bundle_id: str
    offset: int


@dataclass(frozen=True, slots=True)
class DeltaPart:
    """A delta file: what changed from one serial to the next."""

    from_serial: int
    to_serial: int
    path: str
    length: int
    sha256: str
    bundle: BundleRef | None


@dataclass(frozen=True, slots=True)
class ShardLine:
    """One shard as published; its deltas lead from `snapshot.serial`, or earlier, to `serial`."""

    shard_id: str
    key: ShardKey
    entries: int
    files_bytes: int
    serial: int
    snapshot: Part
    deltas: tuple[DeltaPart, ...]

    def deltas_from(self, serial: int) -> tuple[DeltaPart, ...] | None:
        """The deltas that lead from `serial` to the newest; None when a snapshot must be taken."""
        if serial == self.serial:
            return ()
        chain = tuple(delta for delta in self.deltas if delta.from_serial >= serial)
        return chain if chain and chain[0].from_serial == serial else None


@dataclass(frozen=True, slots=True)
class BundleLine:
    """The deltas of one build, one after the other, for who wants a single request."""

    bundle_id: str
    path: str
    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """The beginning of a file, which can be fetched and verified alone."""

    length: int
    sha256: str


@dataclass(frozen=True, slots=True)
class DeltaBundleLine:
    """The deltas of one build packed together (`delta_bundle`); `shards` says of how many."""

    bundle_id: str
    path: str
    head: Prefix
    lessons: Prefix
    whole: Prefix
    shards: int


@dataclass(frozen=True, slots=True)
class Index:
    """All shards of a region, in the order of their ids.

    Where there are `delta_bundles`, oldest first, lines name only deltas that are in none of them.
    """

    region_id: str
    issued: str
    shards: tuple[ShardLine, ...]
    bundles: tuple[BundleLine, ...]
    delta_bundles: tuple[DeltaBundleLine, ...] = ()

    def bundle(self, bundle_id: str) -> BundleLine | None:
        return next((line for line in self.bundles if line.bundle_id == bundle_id), None)


def _fail(name: str, reason: Reason) -> KnownError:
    return RegionInvalidError(what=INDEX_FORMAT, field=name, reason=reason.value)


def parse_index(raw: bytes) -> Index:
    """Check and read an index whose bytes are already verified against the signed targets.

    Raises:
        DamagedDocumentError, UnknownMajorError: not an index, or of another major version.
        RegionInvalidError: a line breaks a rule; data names the field.
    """
    if len(raw) > MAX_INDEX_BYTES:
        raise _fail("length", Reason.TOO_LONG)
    first, _, rest = raw.partition(b"\n")
    header = parse_document(first, INDEX_FORMAT, INDEX_MAJOR, max_bytes=_MAX_LINE_BYTES)
    fields = Fields(header, _fail)
    region_id = parse_region_id(fields)
    issued = fields.matching("issued", ISSUED, Reason.NOT_A_DATE)
    shards: list[ShardLine] = []
    bundles: list[BundleLine] = []
    if fields.raw.get("packed") is not None:
        bundles = [_parse_bundle(fields.inside("bundles", one)) for one in _bundles(fields)]
        shards = list(packed_shards(fields, rest, [bundle.bundle_id for bundle in bundles]))
        rest = b""
    for line in _objects(rest.split(b"\n")):
        if "shard" in line.raw:
            shards.append(_parse_shard(line))
            _check_chain(shards[-1])
        elif "bundle" in line.raw:
            bundles.append(_parse_bundle(line))
    check_shards(fields, shards)
    _check_bundle_refs(shards, bundles)
    return Index(region_id=region_id, issued=issued, shards=tuple(shards), bundles=tuple(bundles))


def _bundles(fields: Fields) -> Sequence[Any]:
    return fields.items("bundles", MAX_BUNDLES)


def check_shards(fields: Fields, shards: Sequence[ShardLine]) -> None:
    """As many as the header says, each once."""
    if len(shards) > MAX_SHARDS:
        raise _fail("shards", Reason.TOO_MANY)
    if len(shards) != fields.required_count("shards"):
        raise _fail("shards", Reason.OUT_OF_RANGE)
    if len({shard.shard_id for shard in shards}) != len(shards):
        raise _fail("shard", Reason.TWICE)


def packed_shards(
    fields: Fields, body: bytes, bundles: list[str], *, has_chains: bool = True
) -> Iterator[ShardLine]:
    """Shard lines of a packed index; each is checked like a line of its own."""
    lengths = fields.items("packed", 3)
    if len(lengths) != 3 or any(type(n) is not int or n < 0 for n in lengths):
        raise _fail("packed", Reason.WRONG_TYPE)
    try:
        for line in unpack_lines(lengths, body, bundles):
            key = parse_key(Fields(line["key"], _fail, "key."))
            shard = _parse_shard(Fields({"shard": key.shard_id, **line}, _fail))
            _check_chain(shard, is_whole=has_chains)
            yield shard
    except PackedLinesError as error:
        raise _fail("packed", Reason.OUT_OF_RANGE) from error


def _objects(lines: list[bytes]) -> Iterator[Fields]:
    for line in lines:
        if not line.strip():
            continue
        if len(line) > _MAX_LINE_BYTES:
            raise _fail("line", Reason.TOO_LONG)
        try:
            yield Fields(json.loads(line), _fail)
        except (ValueError, RecursionError) as error:
            raise _fail("line", Reason.WRONG_TYPE) from error


def _parse_shard(fields: Fields) -> ShardLine:
    shard_id = fields.matching("shard", layout.SHARD_ID, Reason.NOT_AN_ID)
    serial = fields.required_count("serial", minimum=1)
    deltas = tuple(
        _parse_delta(shard_id, fields.inside("deltas", item))
        for item in fields.items("deltas", MAX_DELTAS)
    )
    snapshot = fields.inside("snapshot", fields.raw.get("snapshot"))
    snapshot_serial = snapshot.required_count("serial", minimum=1, maximum=serial)
    snapshot_hash = snapshot.matching("sha256", SHA256, Reason.NOT_A_HASH)
    return ShardLine(
        shard_id=shard_id,
        key=parse_key(fields.inside("key", fields.raw.get("key"))),
        entries=fields.required_count("entries"),
        files_bytes=fields.required_count("files_bytes"),
        serial=serial,
        snapshot=Part(
            path=layout.snapshot_path(shard_id, snapshot_serial, snapshot_hash),
            length=snapshot.required_count("length", maximum=MAX_SHARD_FILE_BYTES),
            sha256=snapshot_hash,
            serial=snapshot_serial,
        ),
        deltas=deltas,
    )


def parse_key(fields: Fields) -> ShardKey:
    return ShardKey(
        stage=fields.text("stage", 100),
        subject=fields.text("subject", 100),
        edition=fields.text("edition", 100),
        is_exercise=fields.flag("exercise"),
    )


def key_to_json(key: ShardKey) -> dict[str, object]:
    out: dict[str, object] = {
        "stage": key.stage,
        "subject": key.subject,
        "edition": key.edition,
    }
    return out | {"exercise": True} if key.is_exercise else out


def _parse_delta(shard_id: str, fields: Fields) -> DeltaPart:
    from_serial = fields.required_count("from", minimum=1)
    to_serial = fields.required_count("to", minimum=from_serial + 1)
    sha256 = fields.matching("sha256", SHA256, Reason.NOT_A_HASH)
    bundle = None
    if fields.raw.get("bundle") is not None:
        bundle = BundleRef(
            bundle_id=fields.matching("bundle", layout.SHARD_ID, Reason.NOT_AN_ID),
            offset=fields.required_count("offset", maximum=MAX_BUNDLE_BYTES),
        )
    return DeltaPart(
        from_serial=from_serial,
        to_serial=to_serial,
        path=layout.delta_path(shard_id, from_serial, to_serial, sha256),
        length=fields.required_count("length", maximum=MAX_SHARD_FILE_BYTES),
        sha256=sha256,
        bundle=bundle,
    )


def _check_chain(line: ShardLine, *, is_whole: bool = True) -> None:
    """Deltas follow each other without a gap and reach the newest serial from the snapshot's.

    In a short index others lie between them.
    """
    if not is_whole:
        ends = [0, *(delta.to_serial for delta in line.deltas), line.serial]
        starts = [*(delta.from_serial for delta in line.deltas), line.serial]
        if any(start < end for start, end in zip(starts, ends, strict=False)) or ends != sorted(
            ends
        ):
            raise _fail("deltas", Reason.OUT_OF_RANGE)
        return
    for before, after in zip(line.deltas, line.deltas[1:], strict=False):
        if before.to_serial != after.from_serial:
            raise _fail("deltas", Reason.OUT_OF_RANGE)
    if line.deltas and line.deltas[-1].to_serial != line.serial:
        raise _fail("deltas", Reason.OUT_OF_RANGE)
    if line.deltas_from(line.snapshot.serial) is None:
        raise _fail("deltas", Reason.MISSING)


def _parse_bundle(fields: Fields) -> BundleLine:
    bundle_id = fields.matching("bundle", layout.SHARD_ID, Reason.NOT_AN_ID)
    sha256 = fields.matching("sha256", SHA256, Reason.NOT_A_HASH)
    return BundleLine(
        bundle_id=bundle_id,
        path=layout.bundle_path(bundle_id, sha256),
        length=fields.required_count("length", maximum=MAX_BUNDLE_BYTES),
        sha256=sha256,
    )


def _check_bundle_refs(shards: list[ShardLine], bundles: list[BundleLine]) -> None:
    lengths = {line.bundle_id: line.length for line in bundles}
    for shard in shards:
        for delta in shard.deltas:
            ref = delta.bundle
            if ref is not None and ref.offset + delta.length > lengths.get(ref.bundle_id, -1):
                raise _fail("bundle", Reason.OUT_OF_RANGE)


def index_to_bytes(index: Index) -> bytes:
    """The index as published; equal content gives equal bytes."""
    header = document_header(INDEX_FORMAT, INDEX_MAJOR, INDEX_MINOR) | {
        "region_id": index.region_id,
        "issued": index.issued,
        "shards": len(index.shards),
    }
    shards = [shard_to_json(line) for line in index.shards]
    bundles: list[dict[str, object]] = [
        {"bundle": line.bundle_id, "length": line.length, "sha256": line.sha256}
        for line in index.bundles
    ]
    lines = b"".join(map(_line_bytes, [header, *shards, *bundles]))
    is_derivable = all(line.shard_id == line.key.shard_id for line in index.shards)
    if len(lines) < _PACKED_FROM_BYTES or not is_derivable:
        return lines
    lengths, body = pack_lines(shards, [line.bundle_id for line in index.bundles])
    return _line_bytes(header | {"packed": lengths, "bundles": bundles}) + body


def _line_bytes(row: Mapping[str, object]) -> bytes:
    return json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode("utf-8") + b"\n"


def shard_to_json(line: ShardLine) -> dict[str, object]:
    out: dict[str, object] = {
        "shard": line.shard_id,
        "key": key_to_json(line.key),
        "entries": line.entries,
        "files_bytes": line.files_bytes,
        "serial": line.serial,
        "snapshot": {
            "serial": line.snapshot.serial,
            "length": line.snapshot.length,
            "sha256": line.snapshot.sha256,
        },
    }
    if line.deltas:
        out["deltas"] = [_delta_to_json(delta) for delta in line.deltas]
    return out


def _delta_to_json(delta: DeltaPart) -> dict[str, Any]:
    out: dict[str, Any] = {
        "from": delta.from_serial,
        "to": delta.to_serial,
        "length": delta.length,
        "sha256": delta.sha256,
    }
    if delta.bundle:
        out |= {"bundle": delta.bundle.bundle_id, "offset": delta.bundle.offset}
    return out
