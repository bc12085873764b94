# SPDX-License-Identifier: GPL-3.0-or-later
"""updates.json: which versions of the program a region offers its schools; signed as a TUF target.

The packages themselves are blobs, named by their hash, so every carrier brings them. Who may run
one is decided on the machine, with administrator's rights and by an administrator's root of trust.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.region.errors import RegionInvalidError
from app.region.fields import SHA256, Fields, Reason
from app.region.region_document import ISSUED, parse_region_id

UPDATES_FORMAT: Final = "kezhan-updates"
UPDATES_MAJOR: Final = 1
UPDATES_MINOR: Final = 0
MAX_UPDATES_BYTES: Final = 256 * 1024
MAX_PACKAGES: Final = 50
MAX_PACKAGE_BYTES: Final = 1024 * 1024 * 1024
MAX_PILOTS: Final = 2000
WINDOWS, DEBIAN = "windows-x64", "debian-amd64"
PLATFORMS: Final = (WINDOWS, DEBIAN)
# Also a folder's name and the content of a pointer file: nothing that leads away.
VERSION: Final = re.compile(r"[0-9]{1,4}(\.[0-9]{1,5}){1,3}")


@dataclass(frozen=True, slots=True)
class Package:
    """One version for one platform; `pilots` are school codes, empty: every school."""

    version: str
    platform: str
    sha256: str
    size_bytes: int
    pieces_sha256: str | None = None
    pilots: tuple[str, ...] = ()
    is_paused: bool = False

    def is_for(self, platform: str, school: str | None) -> bool:
        """Whether a machine of that school may take it now."""
        is_school = not self.pilots or (school is not None and school in self.pilots)
        return self.platform == platform and not self.is_paused and is_school


@dataclass(frozen=True, slots=True)
class Updates:
    """The whole offer of a region."""

    region_id: str
    issued: str
    packages: tuple[Package, ...]

    def choose(self, platform: str, running: str, school: str | None) -> Package | None:
        """The newest package for a machine that is newer than what it runs."""
        offered = [each for each in self.packages if each.is_for(platform, school)]
        newest = max(offered, key=lambda each: version_key(each.version), default=None)
        if newest is None or version_key(newest.version) <= version_key(running):
            return None
        return newest


def version_key(version: str) -> tuple[int, ...]:
    """What versions are compared by; 1.2 equals 1.2.0, a suffix counts for nothing."""
    match = VERSION.match(version)
    numbers = [int(part) for part in match[0].split(".")] if match else []
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _fail(name: str, reason: Reason) -> KnownError:
    return RegionInvalidError(what=UPDATES_FORMAT, field=name, reason=reason.value)


def parse_updates(raw: bytes) -> Updates:
    """Check and read updates.json.

    Raises:
        DamagedDocumentError, UnknownMajorError: not this document, or of another major version.
        RegionInvalidError: a field breaks a rule; data names the field.
    """
    document = parse_document(raw, UPDATES_FORMAT, UPDATES_MAJOR, max_bytes=MAX_UPDATES_BYTES)
    fields = Fields(document, _fail)
    packages = [
        _parse_package(fields.inside("packages", item))
        for item in fields.items("packages", MAX_PACKAGES)
    ]
    if len({(each.platform, each.version) for each in packages}) != len(packages):
        raise _fail("packages", Reason.TWICE)
    return Updates(
        region_id=parse_region_id(fields),
        issued=fields.matching("issued", ISSUED, Reason.NOT_A_DATE),
        packages=tuple(packages),
    )


def _parse_package(fields: Fields) -> Package:
    return Package(
        version=fields.matching("version", VERSION, Reason.NOT_AN_ID),
        platform=fields.text("platform", 40, required=True),
        sha256=fields.matching("sha256", SHA256, Reason.NOT_A_HASH),
        size_bytes=fields.required_count("size_bytes", minimum=1, maximum=MAX_PACKAGE_BYTES),
        pieces_sha256=fields.optional_matching("pieces_sha256", SHA256, Reason.NOT_A_HASH),
        pilots=fields.texts("pilots", MAX_PILOTS, 40),
        is_paused=fields.flag("is_paused"),
    )


def updates_to_bytes(updates: Updates) -> bytes:
    """The document as published; equal content gives equal bytes."""
    document = document_header(UPDATES_FORMAT, UPDATES_MAJOR, UPDATES_MINOR) | {
        "region_id": updates.region_id,
        "issued": updates.issued,
        "packages": [_package_to_json(each) for each in _in_order(updates.packages)],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8") + b"\n"


def _in_order(packages: Sequence[Package]) -> list[Package]:
    return sorted(packages, key=lambda each: (each.platform, version_key(each.version)))


def _package_to_json(package: Package) -> Mapping[str, Any]:
    out: dict[str, Any] = {
        "version": package.version,
        "platform": package.platform,
        "sha256": package.sha256,
        "size_bytes": package.size_bytes,
        "pilots": list(package.pilots),
        "is_paused": package.is_paused,
    }
    if package.pieces_sha256 is not None:
        out["pieces_sha256"] = package.pieces_sha256
    return out
