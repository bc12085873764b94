# SPDX-License-Identifier: GPL-3.0-or-later
"""The sealed bundle (`kezhan-bundle`): what a machine gives a stick, readable by its region alone.

Owns what writer and reader must agree on. A bundle is a folder of parts `0001.part`, … that hold,
one after the other: a line in the clear (format, version, whose key), a key for this one bundle in
a sealed box, the header of a libsodium secretstream, then its chunks, all of one size. Inside the
seal lie records: the header, statements, uploads in pieces, the end mark, and padding.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any, Final

from nacl.bindings import (
    crypto_secretstream_xchacha20poly1305_ABYTES,
    crypto_secretstream_xchacha20poly1305_HEADERBYTES,
    crypto_secretstream_xchacha20poly1305_KEYBYTES,
)
from nacl.bindings.crypto_box import crypto_box_SEALBYTES

from app.base.documents import check_header, document_header
from app.base.errors import KnownError
from app.region.errors import BundleDamagedError
from app.region.fields import ENTRY_ID, SHA256, Fields, Reason
from app.region.region_document import ISSUED, REGION_ID

BUNDLE_FORMAT: Final = "kezhan-bundle"
BUNDLE_MAJOR: Final = 1
BUNDLE_MINOR: Final = 0

OUT_DIR: Final = "kezhan/out"  # on a stick: kezhan/out/<region_id>/<bundle_id>/0001.part
BUNDLE_ID: Final = REGION_ID  # both are lowercase UUIDs
PART_NAME: Final = re.compile(r"(\d{4})\.part")
PART_BYTES: Final = 1 << 30  # far below the 4 GiB that FAT32 ends at
MAX_PARTS: Final = 9999

KEY_BYTES: Final = 32  # an X25519 key
STREAM_KEY_BYTES: Final = crypto_secretstream_xchacha20poly1305_KEYBYTES
SEALED_KEY_BYTES: Final = STREAM_KEY_BYTES + crypto_box_SEALBYTES
STREAM_HEADER_BYTES: Final = crypto_secretstream_xchacha20poly1305_HEADERBYTES
CHUNK_BYTES: Final = 64 * 1024
SEALED_CHUNK_BYTES: Final = CHUNK_BYTES + crypto_secretstream_xchacha20poly1305_ABYTES
# Below this every bundle looks alike, so that "two lessons today" cannot be read off its size.
_SMALLEST_CHUNKS: Final = 4

MAX_PRELUDE_BYTES: Final = 512
MAX_DOCUMENT_BYTES: Final = 64 * 1024
MAX_STATEMENT_BYTES: Final = 1 << 20
MAX_DATA_BYTES: Final = 1 << 20
MAX_UPLOAD_BYTES: Final = 1 << 40
MAX_ID_BYTES: Final = 128
_MAX_DETAILS: Final = 32
_MAX_DETAIL_CHARS: Final = 1000
_MAX_NAME_CHARS: Final = 255
_DETAIL_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PROOF: Final = re.compile(r"[0-9a-f]{64}")


class Kind(IntEnum):
    """What a record is: one byte, then four bytes of length (big-endian), then that many bytes.

    A reader passes over kinds it does not know; padding has no length and goes on to the end.
    """

    PADDING = 0
    HEADER = 1
    STATEMENT = 2
    UPLOAD = 3
    DATA = 4
    UPLOAD_END = 5
    END = 6


RECORD_HEAD_BYTES: Final = 5
MAX_RECORD_BYTES: Final = MAX_STATEMENT_BYTES + MAX_ID_BYTES + 1


@dataclass(frozen=True, slots=True)
class BundleHeader:
    """Who made a bundle, and which one of theirs it is.

    `trip` counts the bundles of a machine; `made_at` is its best guess of the time in UTC, or
    empty. `user` and `proof` show that the maker knows the account of its school (see `prove`).
    """

    bundle_id: str
    region_id: str
    device_id: str
    school_code: str = ""
    trip: int = 0
    made_at: str = ""
    user: str = ""
    proof: str = ""


@dataclass(frozen=True, slots=True)
class BundledUpload:
    """A teacher's file, or the part of it from `offset_bytes` on that this bundle carries."""

    upload_id: str
    sha256: str
    size_bytes: int
    name: str
    school_code: str = ""
    details: Mapping[str, str] = field(default_factory=dict, hash=False)
    offset_bytes: int = 0


@dataclass(frozen=True, slots=True)
class StatementRecord:
    """A statement with exactly the bytes that were frozen when it was first sent."""

    statement_id: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class UploadRecord:
    """An upload begins; its `DataRecord`s follow, then an `UploadEndRecord`."""

    upload: BundledUpload


@dataclass(frozen=True, slots=True)
class DataRecord:
    """The next bytes of the upload that has begun."""

    chunk: bytes


@dataclass(frozen=True, slots=True)
class UploadEndRecord:
    """All bytes of the upload that this bundle carries have been read."""


@dataclass(frozen=True, slots=True)
class RefusedRecord:
    """A record of a genuine bundle that breaks a rule; `reason` says which. The rest goes on."""

    what: str
    reason: str


Record = StatementRecord | UploadRecord | DataRecord | UploadEndRecord | RefusedRecord


def key_name(public_key: bytes) -> str:
    """A short public name of a region's key, so that a bundle can say whom it is for."""
    return hashlib.sha256(b"kezhan-bundle-key" + public_key).hexdigest()[:16]


def prelude_bytes(public_key: bytes) -> bytes:
    """The only readable line of a bundle."""
    document = document_header(BUNDLE_FORMAT, BUNDLE_MAJOR, BUNDLE_MINOR)
    return _json(document | {"key": key_name(public_key)}) + b"\n"


def prove(password: str, bundle_id: str, stream_key: bytes) -> str:
    """HMAC-SHA256 over a bundle's id and key: only who has the school's password can make it."""
    message = b"kezhan-bundle-proof" + bundle_id.encode("ascii") + stream_key
    return hmac.new(password.encode("utf-8"), message, hashlib.sha256).hexdigest()


def padded_chunks(chunks: int) -> int:
    """How many chunks a bundle gets: Padmé (PETS 2019) gives away O(log log n) of its size."""
    if chunks <= _SMALLEST_CHUNKS:
        return _SMALLEST_CHUNKS
    exponent = chunks.bit_length() - 1
    kept_bits = exponent.bit_length()
    mask = (1 << max(exponent - kept_bits, 0)) - 1
    return (chunks + mask) & ~mask


def sealed_bytes(plain_bytes: int) -> int:
    """What records of so many bytes take on a stick, padding included (header and end apart)."""
    chunks = padded_chunks(-(-plain_bytes // CHUNK_BYTES))
    return MAX_PRELUDE_BYTES + SEALED_KEY_BYTES + STREAM_HEADER_BYTES + chunks * SEALED_CHUNK_BYTES


def header_to_bytes(header: BundleHeader) -> bytes:
    return _json(
        document_header(BUNDLE_FORMAT, BUNDLE_MAJOR, BUNDLE_MINOR)
        | {
            "bundle_id": header.bundle_id,
            "region_id": header.region_id,
            "device_id": header.device_id,
            "school": header.school_code,
            "trip": header.trip,
            "made_at": header.made_at,
            "user": header.user,
            "proof": header.proof,
        }
    )


def parse_header(raw: bytes) -> BundleHeader:
    """Raises BundleDamagedError, DamagedDocumentError, UnknownMajorError."""
    fields = Fields(_document(raw), _damaged)
    check_header(dict(fields.raw), BUNDLE_FORMAT, BUNDLE_MAJOR)
    return BundleHeader(
        bundle_id=fields.matching("bundle_id", BUNDLE_ID, Reason.NOT_AN_ID),
        region_id=fields.matching("region_id", REGION_ID, Reason.NOT_AN_ID),
        device_id=fields.matching("device_id", ENTRY_ID, Reason.NOT_AN_ID),
        school_code=fields.text("school", 100),
        trip=fields.count("trip"),
        made_at=fields.optional_matching("made_at", ISSUED, Reason.NOT_A_DATE) or "",
        user=fields.text("user", 200),
        proof=fields.optional_matching("proof", _PROOF, Reason.NOT_A_HASH) or "",
    )


def upload_to_bytes(upload: BundledUpload) -> bytes:
    return _json(
        {
            "id": upload.upload_id,
            "sha256": upload.sha256,
            "size_bytes": upload.size_bytes,
            "name": upload.name,
            "school": upload.school_code,
            "details": dict(upload.details),
            "offset_bytes": upload.offset_bytes,
        }
    )


def parse_upload(raw: bytes) -> BundledUpload:
    """Raises BundleDamagedError with the field and what is wrong with it."""
    fields = Fields(_document(raw), _damaged)
    size_bytes = fields.required_count("size_bytes", minimum=1, maximum=MAX_UPLOAD_BYTES)
    details = fields.inside("details", fields.raw.get("details", {}))
    if len(details.raw) > _MAX_DETAILS:
        raise fields.error("details", Reason.TOO_MANY)
    names = [name for name in details.raw if _DETAIL_NAME.fullmatch(name)]
    texts = {name: details.text(name, _MAX_DETAIL_CHARS, multiline=True) for name in names}
    return BundledUpload(
        upload_id=fields.matching("id", ENTRY_ID, Reason.NOT_AN_ID),
        sha256=fields.matching("sha256", SHA256, Reason.NOT_A_HASH),
        size_bytes=size_bytes,
        name=fields.text("name", _MAX_NAME_CHARS),
        school_code=fields.text("school", 100),
        details={name: text for name, text in texts.items() if text},
        offset_bytes=fields.count("offset_bytes", maximum=size_bytes - 1),
    )


def statement_to_bytes(statement_id: str, raw: bytes) -> bytes:
    name = statement_id.encode("ascii")
    return bytes([len(name)]) + name + raw


def parse_statement(payload: bytes) -> StatementRecord:
    """Raises BundleDamagedError when there is no id in front of it."""
    length = payload[0] if payload else 0
    name = payload[1 : 1 + length].decode("ascii", "replace")
    if not ENTRY_ID.fullmatch(name):
        raise _damaged("statement", Reason.NOT_AN_ID)
    return StatementRecord(name, payload[1 + length :])


def _document(raw: bytes) -> dict[str, Any]:
    try:
        document = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise BundleDamagedError(bundle_id="", reason="not_json") from error
    if not isinstance(document, dict):
        raise BundleDamagedError(bundle_id="", reason="not_json")
    return document


def _damaged(name: str, reason: Reason) -> KnownError:
    return BundleDamagedError(bundle_id="", reason=f"{name}: {reason.value}")


def _json(document: Mapping[str, object]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
