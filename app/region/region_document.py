# SPDX-License-Identifier: GPL-3.0-or-later
"""region.json: who the region is and where it can be reached; signed as a TUF target."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region.errors import RegionInvalidError
from app.region.fields import Fields, Reason, is_web_address

REGION_FORMAT: Final = "kezhan-region"
REGION_MAJOR: Final = 1
REGION_MINOR: Final = 1
MAX_REGION_BYTES: Final = 256 * 1024
MAX_MIRRORS: Final = 32
MAX_REGION_NAME_CHARS: Final = 100
SHELF_MIRROR: Final = "shelf:/"

REGION_ID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ISSUED: Final = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"
)
_KEY: Final = re.compile(r"[A-Za-z0-9+/]{43}=")  # 32 bytes in base64
_KNOWN: Final = frozenset(
    {
        "format",
        "major",
        "minor",
        "region_id",
        "name",
        "mirrors",
        "uploads_url",
        "statements_url",
        "issued",
        "bundle_key",
    }
)


@dataclass(frozen=True, slots=True)
class RegionDocument:
    """The region itself. `issued` is when this document last changed.

    `bundle_key` is the X25519 key that bundles on sticks are sealed for; None means that the region
    takes nothing from sticks.
    """

    region_id: str
    name: str
    mirrors: tuple[str, ...]
    uploads_url: str | None
    statements_url: str | None
    issued: str
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)
    bundle_key: bytes | None = None


def parse_region_document(raw: bytes) -> RegionDocument:
    """Check and read region.json.

    Raises:
        DamagedDocumentError, UnknownMajorError: not this document, or of another major version.
        RegionInvalidError: a field breaks a rule.
    """
    document = parse_document(raw, REGION_FORMAT, REGION_MAJOR, max_bytes=MAX_REGION_BYTES)

    def fail(name: str, reason: Reason) -> KnownError:
        return RegionInvalidError(what=REGION_FORMAT, field=name, reason=reason.value)

    fields = Fields(document, fail)
    return RegionDocument(
        region_id=parse_region_id(fields),
        name=fields.text("name", MAX_REGION_NAME_CHARS, required=True),
        mirrors=parse_mirrors(fields),
        uploads_url=fields.web_address("uploads_url"),
        statements_url=fields.web_address("statements_url"),
        issued=fields.matching("issued", ISSUED, Reason.NOT_A_DATE),
        extra=fields.unknown(_KNOWN),
        bundle_key=parse_bundle_key(fields),
    )


def region_document_to_bytes(region: RegionDocument) -> bytes:
    document = document_header(REGION_FORMAT, REGION_MAJOR, REGION_MINOR) | {
        "region_id": region.region_id,
        "name": region.name,
        "mirrors": list(region.mirrors),
        "uploads_url": region.uploads_url,
        "statements_url": region.statements_url,
        "issued": region.issued,
    }
    if region.bundle_key is not None:
        document["bundle_key"] = key_to_text(region.bundle_key)
    document |= {name: value for name, value in region.extra.items() if name not in _KNOWN}
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def parse_region_id(fields: Fields) -> str:
    return fields.matching("region_id", REGION_ID, Reason.NOT_AN_ID)


def parse_bundle_key(fields: Fields) -> bytes | None:
    """An X25519 key in base64, or None when absent."""
    text = fields.optional_matching("bundle_key", _KEY, Reason.NOT_A_KEY)
    if text is None:
        return None
    key = base64.b64decode(text)
    if key_to_text(key) != text or not any(key):
        raise fields.error("bundle_key", Reason.NOT_A_KEY)
    return key


def key_to_text(key: bytes) -> str:
    """A key as documents carry it."""
    return base64.b64encode(key).decode("ascii")


def parse_mirrors(fields: Fields) -> tuple[str, ...]:
    """Where the tree is served: http(s), file, the shelf, or relative to the enrolment's place."""
    mirrors = fields.texts("mirrors", MAX_MIRRORS, 2000)
    for mirror in mirrors:
        if not is_mirror_address(mirror):
            raise fields.error("mirrors", Reason.NOT_AN_ADDRESS)
    return mirrors


def is_mirror_address(mirror: str) -> bool:
    """A relative address stays at or below the enrolment's own folder."""
    if mirror == SHELF_MIRROR or is_web_address(mirror):
        return True
    if mirror.startswith("file:///"):
        return True
    is_relative = not mirror.startswith("/") and ":" not in mirror and "\\" not in mirror
    return is_relative and ".." not in mirror.split("/")
