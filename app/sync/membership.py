# SPDX-License-Identifier: GPL-3.0-or-later
"""Joining regions: fetching and checking an enrolment, keeping it, and reading it again."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import DamagedDocumentError, KnownError, MissingFileError, known_os_error
from app.base.paths import DataPaths, shelf_dir
from app.region.enrolment import MAX_ENROLMENT_BYTES, Enrolment, parse_enrolment
from app.region.layout import ENROLMENT_NAME
from app.region.region_document import SHELF_MIRROR, RegionDocument
from app.sync.carriers import path_of_file_address, resolve_address
from app.sync.headers import basic_auth
from app.sync.http import HttpSession
from app.sync.store import RegionRow, SyncStore

logger = logging.getLogger(__name__)
# Where a region was joined from, beside its enrolment: its relative mirrors refer to that.
_PLACE_FORMAT, _PLACE_MAJOR, _PLACE_NAME = "kezhan-joined", 1, "joined.json"


@dataclass(frozen=True, slots=True)
class Offer:
    """A checked enrolment and the address that its relative mirrors refer to."""

    raw: bytes
    enrolment: Enrolment
    base: str


def fetch_offer(source: str, session: HttpSession) -> Offer:
    """Read an enrolment from a directory, a file, or a file: or http(s): address; bounded, checked.

    Raises:
        DamagedDocumentError, UnknownMajorError, EnrolmentInvalidError: it is none that we can use.
        MissingFileError, PortalError, MirrorMissingError, OfflineError, AddressInvalidError.
    """
    if source.lower().startswith(("http://", "https://")):
        reply = session.request("GET", source, max_bytes=MAX_ENROLMENT_BYTES)
        reply.require_file(source.rpartition("/")[2])
        return Offer(reply.content, parse_enrolment(reply.content), source.rpartition("/")[0])
    if source.startswith(SHELF_MIRROR):
        path = shelf_dir() / source.removeprefix(SHELF_MIRROR)
    elif source.lower().startswith("file:"):
        path = path_of_file_address(source)
    else:
        path = Path(source)
    if path.is_dir():
        # A published region keeps it beside its keys or in the tree that it serves.
        places = (path / ENROLMENT_NAME, path / "public" / ENROLMENT_NAME)
        path = next((place for place in places if place.is_file()), places[0])
    raw = _read_bounded(path)
    return Offer(raw, parse_enrolment(raw), path.absolute().parent.as_uri())


def _read_bounded(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise MissingFileError(path=str(path))
        with path.open("rb") as file:
            raw = file.read(MAX_ENROLMENT_BYTES + 1)
    except OSError as error:
        raise known_os_error(error, path) from error
    if len(raw) > MAX_ENROLMENT_BYTES:
        raise DamagedDocumentError(what=ENROLMENT_NAME, reason="too_large")
    return raw


def join(paths: DataPaths, store: SyncStore, offer: Offer, now: datetime) -> RegionRow:
    """Keep an enrolment; joining again renews mirrors, credentials and school.

    The file comes first: a row without it would be a region without its root of trust.
    """
    enrolment = offer.enrolment
    folder = paths.region_dir(enrolment.region_id)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise known_os_error(error, folder) from error
    files.keep_previous_and_replace(folder / ENROLMENT_NAME, offer.raw)
    header = document_header(_PLACE_FORMAT, _PLACE_MAJOR, 0)
    files.replace_json(folder / _PLACE_NAME, header | {"base": offer.base})
    files.sync_dir(paths.regions_dir)
    row = region_row(enrolment, offer.base, None)
    store.save_region(row, now)
    return row


def rejoin(paths: DataPaths, store: SyncStore, now: datetime) -> int:
    """Join again what lies in `regions/` and has no row: state.db was lost. Returns how many."""
    known = {row.region_id for row in store.regions()}
    count = 0
    for folder in sorted(paths.regions_dir.iterdir()):
        if folder.name in known or not (folder / _PLACE_NAME).is_file():
            continue
        try:
            raw = (folder / _PLACE_NAME).read_bytes()
            place = parse_document(raw, _PLACE_FORMAT, _PLACE_MAJOR, max_bytes=64 * 1024)
            enrolment = load_enrolment(paths, folder.name)
        except (KnownError, OSError) as error:
            logger.warning("region %s cannot be joined again: %s", folder.name, error)
            continue
        store.save_region(region_row(enrolment, str(place.get("base", "")), None), now)
        count += 1
    return count


def region_row(enrolment: Enrolment, base: str, document: RegionDocument | None) -> RegionRow:
    """What enrolment and signed region document say together; the enrolment's order of mirrors."""
    addresses = [*enrolment.mirrors, *(document.mirrors if document is not None else ())]
    return RegionRow(
        region_id=enrolment.region_id,
        name=document.name if document is not None else enrolment.region_name,
        base=base,
        mirrors=tuple(dict.fromkeys(resolve_address(item, base) for item in addresses)),
        statements_url=enrolment.endpoints.statements_url
        or (document.statements_url if document is not None else None),
        uploads_url=enrolment.endpoints.uploads_url
        or (document.uploads_url if document is not None else None),
    )


def load_enrolment(paths: DataPaths, region_id: str) -> Enrolment:
    """The enrolment of a region that was joined, or its previous generation.

    Raises:
        DamagedDocumentError: neither can be read; joining again repairs it.
    """
    raw = files.read_with_previous(paths.region_dir(region_id) / ENROLMENT_NAME, _is_enrolment)
    if raw is None:
        raise DamagedDocumentError(what=f"{region_id}/{ENROLMENT_NAME}", reason="unreadable")
    return parse_enrolment(raw)


def auth_headers(enrolment: Enrolment) -> dict[str, str]:
    """The header by which the school's account is known at the region's endpoints."""
    account = enrolment.credentials
    return {} if account is None else basic_auth(account.user, account.password)


def is_shelf(address: str) -> bool:
    """Whether a mirror is the first shelf of this program, under either name."""
    return address == SHELF_MIRROR or address == shelf_dir().absolute().as_uri()


def _is_enrolment(raw: bytes) -> bool:
    try:
        parse_enrolment(raw)
    except KnownError as error:
        logger.warning("an enrolment on disk cannot be used: %s", error)
        return False
    return True
