# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder that only administrators write: who may update this machine, and what is about to run.

The data directory belongs to every account of the machine, and so do its enrolments and trust
state. Whoever installs as administrator therefore believes none of it: roots of trust and the floor
lie here, are put here by an administrator, and a package is verified after it was copied here.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from tuf.api.exceptions import DownloadHTTPError
from tuf.ngclient.fetcher import FetcherInterface

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError, ReadOnlyError, known_os_error
from app.base.paths import is_frozen, program_dir
from app.region import generation
from app.region.directory_fetcher import path_inside
from app.region.enrolment import Enrolment
from app.region.floor import TrustFloor
from app.region.layout import UPDATES_TARGET
from app.region.trust import Verdict, refresh
from app.region.update import Package, Updates, parse_updates
from app.wiring.errors import UpdateRefusedError

_LINUX_PLACE = Path("/var/lib/kezhan")
_ROOT_FORMAT, _FLOOR_FORMAT = "kezhan-update-root", "kezhan-update-floor"
_MAX_BYTES = 1 << 20
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Anchor:
    """A region that may update this machine."""

    region_id: str
    name: str
    root: bytes
    school: str | None


def vault_place() -> Path:
    """Below the installation on Windows, where the program's own rights protect it."""
    if sys.platform == "win32" and is_frozen():
        return program_dir().parent.parent / "updates"
    return _LINUX_PLACE


class Vault:
    """The folder; every method is for a process with administrator's rights."""

    def __init__(self, place: Path) -> None:
        self._place = place

    def open(self) -> None:
        """Make it, for administrators alone.

        Raises:
            ReadOnlyError: this account may not, or somebody else has prepared the place.
        """
        try:
            self._place.mkdir(mode=0o755, parents=True, exist_ok=True)
            if sys.platform != "win32":
                found = self._place.lstat()
                is_ours = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
                if not is_ours or found.st_mode & 0o022:
                    raise ReadOnlyError(path=str(self._place))
        except OSError as error:
            raise known_os_error(error, self._place) from error

    # -- who may ----------------------------------------------------------------------------

    def trust(self, enrolment: Enrolment) -> None:
        """From now on this region may update this machine; its credentials stay out of here."""
        folder = self._folder(enrolment.region_id)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise known_os_error(error, folder) from error
        document = document_header(_ROOT_FORMAT, 1, 0) | {
            "region_id": enrolment.region_id,
            "name": enrolment.region_name,
            "school": enrolment.school.code if enrolment.school is not None else None,
            "root": enrolment.root.decode("utf-8"),
        }
        files.replace_json(folder / "root.json", document)

    def anchors(self) -> list[Anchor]:
        """All regions that may."""
        found = []
        for path in sorted(self._place.glob("*/root.json")):
            try:
                raw = parse_document(path.read_bytes(), _ROOT_FORMAT, 1, max_bytes=_MAX_BYTES)
                school = raw["school"]
                anchor = Anchor(
                    str(raw["region_id"]),
                    str(raw["name"]),
                    str(raw["root"]).encode(),
                    None if school is None else str(school),
                )
            except (OSError, KnownError, KeyError):
                continue
            found.append(anchor)
        return found

    # -- what is offered --------------------------------------------------------------------

    def verified(self, anchor: Anchor, trust_dir: Path, now: datetime) -> Updates | None:
        """What the region offers, verified from the administrator's root on.

        Args:
            trust_dir: the trust state in the data directory, which anybody may have written.

        Raises:
            UpdateRefusedError: it is not what the region signed, or older than was seen before.
        """
        newest = _newest_generation(trust_dir)
        if newest is None:
            return None
        state = self._folder(anchor.region_id) / "trust"
        floor = self._floor(anchor.region_id)
        found = refresh(state, anchor.root, floor, GenerationFetcher(newest), now)
        if found.verdict not in (Verdict.UPDATED, Verdict.SAME):
            raise UpdateRefusedError(version="", reason=f"{found.verdict}: {found.reason}")
        target = found.target_file(UPDATES_TARGET)
        offer = parse_updates(target.read_bytes()) if target is not None else None
        if offer is not None and offer.region_id != anchor.region_id:
            raise UpdateRefusedError(version="", reason="other_region")
        if found.verdict is Verdict.UPDATED and found.floor is not None:
            self._save_floor(anchor.region_id, found.floor)
            generation.remove_others(state, found.floor.generation)
        return offer

    # -- what is about to run ---------------------------------------------------------------

    @contextlib.contextmanager
    def staged(self, source: Path, package: Package) -> Iterator[Path]:
        """A copy of the package that only administrators could change, verified as it lies there.

        Raises:
            UpdateRefusedError: it is not what the region signed.
        """
        suffix = ".exe" if package.platform.startswith("windows") else ".deb"
        target = self._place / f"Kezhan-{package.version}{suffix}"
        try:
            target.unlink(missing_ok=True)
            with source.open("rb") as reader, target.open("xb") as writer:
                shutil.copyfileobj(reader, writer, _CHUNK_BYTES)
                writer.flush()
                os.fsync(writer.fileno())
            if target.stat().st_size != package.size_bytes or _sha256(target) != package.sha256:
                raise UpdateRefusedError(version=package.version, reason="hash")
            yield target
        except OSError as error:
            raise known_os_error(error, target) from error
        finally:
            with contextlib.suppress(OSError):
                target.unlink(missing_ok=True)

    # -- tries ------------------------------------------------------------------------------

    def failed_at(self, version: str) -> datetime | None:
        """When that version was last tried without success."""
        try:
            raw = json.loads((self._place / "last-try.json").read_bytes())
            return datetime.fromisoformat(raw["at"]) if raw["version"] == version else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def note_failure(self, version: str, at: datetime) -> None:
        """It did not work: not again at once."""
        document: dict[str, object] = {"version": version, "at": at.isoformat()}
        files.replace_json(self._place / "last-try.json", document)

    # -- floor ------------------------------------------------------------------------------

    def _folder(self, region_id: str) -> Path:
        return self._place / region_id

    def _floor(self, region_id: str) -> TrustFloor | None:
        path = self._folder(region_id) / "floor.json"
        try:
            raw = parse_document(path.read_bytes(), _FLOOR_FORMAT, 1, max_bytes=_MAX_BYTES)
            names = ("root", "timestamp", "snapshot", "targets", "generation")
            return TrustFloor(**{name: int(raw[name]) for name in names})
        except FileNotFoundError:
            return None
        except (OSError, KnownError, KeyError, TypeError, ValueError) as error:
            raise UpdateRefusedError(version="", reason="floor") from error

    def _save_floor(self, region_id: str, floor: TrustFloor) -> None:
        document = document_header(_FLOOR_FORMAT, 1, 0) | asdict(floor)
        files.replace_json(self._folder(region_id) / "floor.json", document)


class GenerationFetcher(FetcherInterface):
    """Offers a kept trust generation as if it were a region's tree."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def _fetch(self, url: str) -> Iterator[bytes]:
        found = path_inside(self._folder, _kept_name(url))
        if found is None:
            raise DownloadHTTPError(f"{url} is not kept", 404)
        with found.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk


def _kept_name(url: str) -> str:
    """metadata/7.snapshot.json → metadata/snapshot.json; targets/a/<sha256>.b → targets/a/b."""
    path = PurePosixPath(url)
    number, _, rest = path.name.partition(".")
    if path.parts[0] == "metadata" and number.isdigit():
        kept = path.parent / ("root_history/" + path.name if rest == "root.json" else rest)
        return kept.as_posix()
    return (path.parent / rest).as_posix() if path.parts[0] == "targets" else url


def _newest_generation(trust_dir: Path) -> Path | None:
    try:
        numbers = [int(path.name) for path in trust_dir.iterdir() if path.name.isdigit()]
    except OSError:
        return None
    return generation.directory(trust_dir, max(numbers)) if numbers else None


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
