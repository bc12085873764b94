# SPDX-License-Identifier: GPL-3.0-or-later
"""enrolment.json: what a machine needs to join a region, most of all the root it shall trust."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region.errors import EnrolmentInvalidError
from app.region.fields import Fields, Reason
from app.region.index import ShardKey, key_to_json, parse_key
from app.region.region_document import MAX_REGION_NAME_CHARS, parse_mirrors, parse_region_id
from app.region.root import RootRefusedError, verify_root

ENROLMENT_FORMAT: Final = "kezhan-enrolment"
ENROLMENT_MAJOR: Final = 1
ENROLMENT_MINOR: Final = 0
MAX_ENROLMENT_BYTES: Final = 1024 * 1024
_MAX_ROOMS: Final = 2000
_MAX_SUBSCRIPTIONS: Final = 20_000
_KNOWN: Final = frozenset(
    {
        "format",
        "major",
        "minor",
        "region_id",
        "region_name",
        "root",
        "mirrors",
        "endpoints",
        "school",
        "rooms",
        "classes",
        "subscriptions",
        "credentials",
    }
)


@dataclass(frozen=True, slots=True)
class School:
    """A school: its code, its name and the centre school it belongs to (may be empty)."""

    code: str
    name: str
    centre: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """One account per school, used for uploads and statements alike (HTTP Basic)."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Addresses for what travels upwards; None when region.json names them."""

    statements_url: str | None = None
    uploads_url: str | None = None


@dataclass(frozen=True, slots=True)
class Enrolment:
    """`subscriptions` None means everything but exercises; `root` is a whole TUF root.json."""

    region_id: str
    region_name: str
    root: bytes
    mirrors: tuple[str, ...]
    endpoints: Endpoints = Endpoints()
    school: School | None = None
    rooms: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    subscriptions: tuple[ShardKey, ...] | None = None
    credentials: Credentials | None = None
    extra: Mapping[str, Any] = field(default_factory=dict, hash=False)


def parse_enrolment(raw: bytes) -> Enrolment:
    """Check an enrolment and that its root verifies by itself.

    Raises:
        DamagedDocumentError: not JSON, not an enrolment, or too large.
        UnknownMajorError: of another major version.
        EnrolmentInvalidError: a field breaks a rule, or the root is not signed by its own keys.
    """
    document = parse_document(raw, ENROLMENT_FORMAT, ENROLMENT_MAJOR, max_bytes=MAX_ENROLMENT_BYTES)

    def fail(name: str, reason: Reason) -> KnownError:
        return EnrolmentInvalidError(field=name, reason=reason.value)

    fields = Fields(document, fail)
    return Enrolment(
        region_id=parse_region_id(fields),
        region_name=fields.text("region_name", MAX_REGION_NAME_CHARS, required=True),
        root=_parse_root(fields),
        mirrors=parse_mirrors(fields),
        endpoints=_parse_endpoints(fields),
        school=_parse_school(fields),
        rooms=fields.texts("rooms", _MAX_ROOMS, 100),
        classes=fields.texts("classes", _MAX_ROOMS, 100),
        subscriptions=_parse_subscriptions(fields),
        credentials=_parse_credentials(fields),
        extra=fields.unknown(_KNOWN),
    )


def _parse_root(fields: Fields) -> bytes:
    raw = fields.raw.get("root")
    if raw is None:
        raise fields.error("root", Reason.MISSING)
    root = _root_bytes(fields.inside("root", raw).raw)
    try:
        verify_root(root)
    except RootRefusedError as error:
        raise fields.error("root", Reason.NOT_VERIFIED) from error
    return root


def _root_bytes(root: Mapping[str, Any]) -> bytes:
    """Signatures cover the canonical form, so any faithful JSON of the same data verifies."""
    return json.dumps(root, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


def _parse_endpoints(fields: Fields) -> Endpoints:
    raw = fields.raw.get("endpoints")
    if raw is None:
        return Endpoints()
    inner = fields.inside("endpoints", raw)
    return Endpoints(
        statements_url=inner.web_address("statements_url"),
        uploads_url=inner.web_address("uploads_url"),
    )


def _parse_school(fields: Fields) -> School | None:
    raw = fields.raw.get("school")
    if raw is None:
        return None
    inner = fields.inside("school", raw)
    return School(
        code=inner.text("code", 100, required=True),
        name=inner.text("name", 200, required=True),
        centre=inner.text("centre", 200),
    )


def _parse_subscriptions(fields: Fields) -> tuple[ShardKey, ...] | None:
    if fields.raw.get("subscriptions") is None:
        return None
    items = fields.items("subscriptions", _MAX_SUBSCRIPTIONS)
    return tuple(parse_key(fields.inside("subscriptions", item)) for item in items)


def _parse_credentials(fields: Fields) -> Credentials | None:
    raw = fields.raw.get("credentials")
    if raw is None:
        return None
    inner = fields.inside("credentials", raw)
    return Credentials(
        user=inner.text("user", 200, required=True),
        password=inner.text("password", 200, required=True),
    )


def enrolment_to_bytes(enrolment: Enrolment) -> bytes:
    """The enrolment as a file, readable and equal for equal content."""
    document = document_header(ENROLMENT_FORMAT, ENROLMENT_MAJOR, ENROLMENT_MINOR) | {
        "region_id": enrolment.region_id,
        "region_name": enrolment.region_name,
        "mirrors": list(enrolment.mirrors),
    }
    endpoints = enrolment.endpoints
    if endpoints != Endpoints():
        document["endpoints"] = {
            "statements_url": endpoints.statements_url,
            "uploads_url": endpoints.uploads_url,
        }
    if enrolment.school:
        school = enrolment.school
        document["school"] = {"code": school.code, "name": school.name, "centre": school.centre}
    if enrolment.rooms:
        document["rooms"] = list(enrolment.rooms)
    if enrolment.classes:
        document["classes"] = list(enrolment.classes)
    if enrolment.subscriptions is not None:
        document["subscriptions"] = [key_to_json(key) for key in enrolment.subscriptions]
    if enrolment.credentials:
        account = enrolment.credentials
        document["credentials"] = {"user": account.user, "password": account.password}
    document |= {name: value for name, value in enrolment.extra.items() if name not in _KNOWN}
    document["root"] = json.loads(enrolment.root)
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"
