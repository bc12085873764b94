# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a carrier may be believed: staged TUF refresh, durable floor, polite verdicts.

python-tuf alone forgets three things that classrooms meet: a refresh cut in the middle poisons the
local state, a power cut empties it and rollback protection with it, and the machine's clock lies.
So the refresh works in a copy, the floor lies in the caller's database, and the time is injected.
"""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from tuf.api import exceptions as tuf_errors
from tuf.api.serialization import DeserializationError
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from app.base.errors import KnownError, known_os_error
from app.region import generation as generations
from app.region.errors import TrustRefusedError
from app.region.floor import TrustFloor
from app.region.index import MAX_INDEX_BYTES
from app.region.layout import (
    INDEX_TARGET,
    OPTIONAL_TARGETS,
    RECEIPTS_TARGET,
    REGION_TARGET,
    SHORT_INDEX_TARGET,
    TARGET_NAMES,
    UPDATES_TARGET,
)
from app.region.region_document import MAX_REGION_BYTES
from app.region.tuf_types import Metadata, Timestamp

ISSUED_FIELD: Final = "x-issued"
TARGET_LIMITS: Final[Mapping[str, int]] = {
    REGION_TARGET: MAX_REGION_BYTES,
    SHORT_INDEX_TARGET: MAX_INDEX_BYTES,
    INDEX_TARGET: MAX_INDEX_BYTES,
    RECEIPTS_TARGET: MAX_INDEX_BYTES,
    UPDATES_TARGET: 256 * 1024,
}
_ROLES: Final = ("root", "timestamp", "snapshot", "targets")
_NOT_THERE: Final = frozenset({403, 404, 410})
_MAX_TIMESTAMP_BYTES: Final = 16 * 1024


class Verdict(StrEnum):
    """What a refresh came to; only REFUSED is suspicious, OLDER and SAME are ordinary."""

    UPDATED = "updated"
    SAME = "same"
    OLDER = "older"
    EXPIRED = "expired"
    INCOMPLETE = "incomplete"
    PORTAL = "portal"
    REFUSED = "refused"
    RETRY_LATER = "retry_later"


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a refresh found.

    `floor` is the one to commit after UPDATED, else the one given. `directory` is the generation
    that is valid now (None when there is none); its verified targets lie where `target_file` says.
    `issued` is the signed date of what the carrier offers, `reason` a stable word for the log.
    """

    verdict: Verdict
    floor: TrustFloor | None
    directory: Path | None
    issued: datetime | None = None
    reason: str = ""

    def target_file(self, name: str) -> Path | None:
        """The verified bytes of region.json, the index or the receipts."""
        if self.directory is None:
            return None
        found = generations.targets_dir(self.directory).joinpath(*name.split("/"))
        return found if found.is_file() else None


class PortalAnswerError(tuf_errors.DownloadError):
    """HTML came where JSON was asked for: a captive portal or a wrong address."""


class _WatchingFetcher(FetcherInterface):
    """Passes on what the carrier brings, notices portals and remembers the offered timestamp."""

    def __init__(self, carrier: FetcherInterface) -> None:
        self._carrier = carrier
        self.timestamp = b""

    def _fetch(self, url: str) -> Iterator[bytes]:
        is_timestamp = url.endswith("/timestamp.json")
        is_first = True
        for chunk in self._carrier.fetch(url):
            if is_first and chunk.strip():
                is_first = False
                if chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
                    raise PortalAnswerError(f"{url} is a web page")
            if is_timestamp and len(self.timestamp) < _MAX_TIMESTAMP_BYTES:
                self.timestamp += chunk
            yield chunk


def refresh(
    state_dir: Path,
    root: bytes,
    floor: TrustFloor | None,
    fetcher: FetcherInterface,
    reference_time: datetime,
) -> Refreshed:
    """Ask one carrier for news; the caller commits `floor` and then calls `remove_others`.

    The fetcher is asked for paths of the tree ("metadata/timestamp.json"). `reference_time` is the
    trusted estimate of now, aware; when in doubt its lower bound, so that nothing expires falsely.

    Raises:
        TrustRefusedError: `root` itself does not verify.
        KnownError: raised by the carrier, or the disk refuses; nothing has changed then.
    """
    number = floor.generation if floor else 0
    current = generations.directory(state_dir, number)
    staged = generations.directory(state_dir, number + 1)
    watching = _WatchingFetcher(fetcher)
    kept: Path | None = None
    try:
        generations.copy(current, staged)
        result = _refresh_staged(staged, root, floor, watching, reference_time)
        if result.verdict is Verdict.UPDATED and not _is_unchanged(result, floor, current, staged):
            generations.make_durable(staged)
            kept = staged
            return result
        if result.verdict is Verdict.UPDATED:
            return Refreshed(Verdict.SAME, floor, current, result.issued)
        return Refreshed(
            result.verdict,
            floor,
            current if current.is_dir() else None,
            result.issued,
            result.reason,
        )
    except OSError as error:
        raise known_os_error(error, state_dir) from error
    finally:
        if kept is None:
            shutil.rmtree(staged, ignore_errors=True)


def _is_unchanged(result: Refreshed, floor: TrustFloor | None, current: Path, staged: Path) -> bool:
    if floor is None or result.floor is None:
        return False
    same_versions = versions_of(result.floor) == versions_of(floor)
    return same_versions and generations.are_equal(current, staged)


def _refresh_staged(
    staged: Path,
    root: bytes,
    floor: TrustFloor | None,
    watching: _WatchingFetcher,
    reference_time: datetime,
) -> Refreshed:
    updater = _updater(staged, root, watching)
    updater._trusted_set.reference_time = reference_time
    try:
        updater.refresh()
        versions = {role: updater._trusted_set[role].version for role in _ROLES}
        issued = issued_of(updater._trusted_set.timestamp)
        if floor is not None and is_below(versions, floor):
            return Refreshed(Verdict.OLDER, floor, None, issued, "below_floor")
        reason = _bring_targets(updater, staged)
        if reason:
            return Refreshed(Verdict.REFUSED, floor, None, issued, reason)
    except (tuf_errors.RepositoryError, tuf_errors.DownloadError) as error:
        if isinstance(error.__cause__, KnownError):
            raise error.__cause__ from error
        offered = _offered(watching.timestamp)
        known = _known_timestamp(updater, floor)
        verdict, reason = verdict_of(error, offered.version if offered else None, known)
        issued = issued_of(offered) if offered and verdict is Verdict.OLDER else None
        return Refreshed(verdict, floor, None, issued, reason)
    new_floor = TrustFloor(**versions, generation=floor.generation + 1 if floor else 1)
    return Refreshed(Verdict.UPDATED, new_floor, staged, issued)


def _updater(staged: Path, root: bytes, fetcher: FetcherInterface) -> Updater:
    try:
        return Updater(
            str(generations.metadata_dir(staged)),
            "metadata/",
            str(generations.targets_dir(staged)),
            "targets/",
            fetcher=fetcher,
            config=UpdaterConfig(timestamp_max_length=_MAX_TIMESTAMP_BYTES),
            bootstrap=root,
        )
    except tuf_errors.RepositoryError as error:
        raise TrustRefusedError(reason="root") from error


def _bring_targets(updater: Updater, staged: Path) -> str:
    """Fetch the signed targets that the copy lacks; a reason when the region lacks one."""
    is_short = updater.get_targetinfo(SHORT_INDEX_TARGET) is not None
    for name in TARGET_NAMES:
        if name == (INDEX_TARGET if is_short else SHORT_INDEX_TARGET):
            generations.targets_dir(staged).joinpath(*name.split("/")).unlink(missing_ok=True)
            continue
        target = updater.get_targetinfo(name)
        if target is None and name in OPTIONAL_TARGETS:
            continue
        if target is None:
            return "no_" + name.partition("/")[0].partition(".")[0]
        if target.length > TARGET_LIMITS[name]:
            return "too_long"
        place = str(generations.targets_dir(staged).joinpath(*name.split("/")))
        if updater.find_cached_target(target, place) is None:
            updater.download_target(target, place)
    return ""


# --- decisions, free of side effects


def versions_of(floor: TrustFloor) -> dict[str, int]:
    return {role: getattr(floor, role) for role in _ROLES}


def is_below(versions: Mapping[str, int], floor: TrustFloor) -> bool:
    """Whether any role is older than the floor remembers."""
    return any(versions[role] < version for role, version in versions_of(floor).items())


def verdict_of(error: Exception, offered: int | None, known: int) -> tuple[Verdict, str]:
    """The verdict for an error of python-tuf; `offered` and `known` are timestamp versions."""
    is_older = offered is not None and offered < known
    if is_older and isinstance(
        error, (tuf_errors.BadVersionNumberError, tuf_errors.ExpiredMetadataError)
    ):
        return Verdict.OLDER, "older"
    if isinstance(error, tuf_errors.DownloadHTTPError) and error.status_code in _NOT_THERE:
        return Verdict.INCOMPLETE, "missing"
    for kind, verdict, reason in _VERDICTS:
        if isinstance(error, kind):
            return verdict, reason
    return Verdict.REFUSED, "metadata"


# In order: a subclass stands before its parent.
_VERDICTS: Final[tuple[tuple[type[Exception], Verdict, str], ...]] = (
    (PortalAnswerError, Verdict.PORTAL, "portal"),
    (tuf_errors.DownloadLengthMismatchError, Verdict.REFUSED, "too_long"),
    (tuf_errors.DownloadHTTPError, Verdict.RETRY_LATER, "status"),
    (tuf_errors.DownloadError, Verdict.RETRY_LATER, "cut"),
    (tuf_errors.ExpiredMetadataError, Verdict.EXPIRED, "expired"),
    (tuf_errors.LengthOrHashMismatchError, Verdict.INCOMPLETE, "damaged"),
    (DeserializationError, Verdict.INCOMPLETE, "damaged"),
    (tuf_errors.UnsignedMetadataError, Verdict.REFUSED, "unsigned"),
    (tuf_errors.BadVersionNumberError, Verdict.REFUSED, "version"),
)


def issued_of(timestamp: Any) -> datetime | None:
    """The signed issue date; None when it is missing or no date."""
    value = timestamp.unrecognized_fields.get(ISSUED_FIELD)
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if parsed is None:
        return None
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)


def _offered(raw: bytes) -> Timestamp | None:
    try:
        signed = Metadata.from_bytes(raw).signed
    except tuf_errors.RepositoryError:
        return None
    return signed if isinstance(signed, Timestamp) else None


def _known_timestamp(updater: Updater, floor: TrustFloor | None) -> int:
    """The newest timestamp version believed: the local copy's or the floor's."""
    held = updater._trusted_set.get("timestamp")
    floor_version = floor.timestamp if floor else 0
    return max(held.version if held is not None else 0, floor_version)
