# SPDX-License-Identifier: GPL-3.0-or-later
"""Other machines' sealed bundles: taken from a stick, kept, passed on by line or by another stick.

Nothing here can read them. Each part becomes an upload of its own (`kind=bundle`), so that whatever
a line does to teachers' files it does to these. They go when the region's receipt is here.
"""

from __future__ import annotations

import logging
import shutil
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from app.base import files
from app.base.errors import known_os_error
from app.base.paths import DataPaths
from app.cache.quota import reserve_bytes
from app.region.bundle_reader import part_paths
from app.region.bundle_writer import WrittenPart
from app.sync.context import Context
from app.sync.courier.aboard import copy_part, read_point, remove_bundle
from app.sync.courier.store import BundleStore, Relay, RelayState, RelayStore
from app.sync.courier.survey import LINE_META
from app.sync.membership import load_enrolment
from app.sync.uploads.outbox import release_copies
from app.sync.uploads.staging import staged_path
from app.sync.uploads.store import State, Upload, UploadStore

logger = logging.getLogger(__name__)
# A school that had a line this long ago is likely to have it again before the stick gets there.
_LINE_FRESH = timedelta(days=60)
_MOST_KEPT_BYTES = 20 << 30

Run = Callable[[Callable[[Callable[[int], None]], object]], object]


@dataclass(frozen=True, slots=True)
class _Taken:
    parts: tuple[WrittenPart, ...]
    point: str


class Depot:
    """What this machine keeps for others; the agent's main thread alone uses it."""

    def __init__(self, context: Context) -> None:
        self._context = context
        database = context.store.database
        self._relays = RelayStore(database)
        self._bundles = BundleStore(database)
        self._uploads = UploadStore(database)

    def is_open(self) -> bool:
        """Whether it can hope to pass anything on: a central school, or a line not long ago."""
        if self._is_centre():
            return True
        seen = self._context.store.meta(LINE_META)
        if not isinstance(seen, str):
            return False
        return self._context.now() - datetime.fromisoformat(seen) < _LINE_FRESH

    def _is_centre(self) -> bool:
        """Whether its county knows it as a school that stands below no other."""
        for region in self._context.store.regions():
            school = load_enrolment(self._context.paths, region.region_id).school
            if school is not None and school.centre in ("", school.code, school.name):
                return True
        return False

    def take(self, bundles: Iterable[tuple[str, Path]], run: Run) -> int:
        """Take in what is new on a stick, and clear away what is known to have got there.

        `bundles` are those that lie on it, each with its region; `run` runs work in a worker with
        progress and stop. Returns how many bundles were taken.

        Raises:
            KnownError: the stick is gone; CancelledError: what was taken stays.
        """
        taken = 0
        for region_id, place in bundles:
            bundle_id = place.name
            known = self._relays.known(bundle_id)
            if known is None and not self._is_ours(region_id, bundle_id):
                taken += self._take_one(region_id, place, run)
            elif known is RelayState.ARRIVED or (known and self._is_sent(bundle_id)):
                run(lambda _, place=place: remove_bundle(place))  # type: ignore[misc]
        return taken

    def to_pass_on(self, region_id: str) -> list[tuple[Relay, list[tuple[Path, str]]]]:
        """Bundles that no line has taken yet, with their parts here and those parts' names."""
        found = []
        rows = self._parts()
        for relay in self._relays.in_state(RelayState.KEPT):
            own = rows.get(relay.bundle_id, [])
            if relay.region_id != region_id or self._is_sent(relay.bundle_id, own):
                continue
            parts = [(staged_path(self._context.paths, one.sha256), one.name) for one in own]
            if len(parts) == relay.parts and all(path.is_file() for path, _ in parts):
                found.append((relay, parts))
        return found

    # -- taking -----------------------------------------------------------------------------

    def _is_ours(self, region_id: str, bundle_id: str) -> bool:
        return any(one.bundle_id == bundle_id for one in self._bundles.bundles(region_id))

    def _take_one(self, region_id: str, place: Path, run: Run) -> int:
        context = self._context
        paths = part_paths(place)
        size_bytes = sum(path.stat().st_size for path in paths)
        if not paths or not self._has_room(size_bytes):
            return 0
        copied = run(lambda passed: self._copy(place, paths, passed))
        if not isinstance(copied, _Taken):
            return 0
        for part in copied.parts:
            name = part.name
            self._uploads.add(
                f"{place.name}.{name[:4]}",
                region_id,
                sha256=part.sha256,
                size_bytes=part.size_bytes,
                name=name,
                details={
                    "kind": "bundle",
                    "bundle_id": place.name,
                    "part": name[:4],
                    "parts": str(len(copied.parts)),
                },
            )
        relay = Relay(
            place.name,
            region_id,
            copied.point,
            size_bytes,
            len(copied.parts),
            "",
            RelayState.KEPT,
        )
        self._relays.take(relay, context.now())
        context.events.changed("outbox")
        return 1

    def _copy(self, place: Path, paths: tuple[Path, ...], passed: Callable[[int], None]) -> _Taken:
        """Copy parts into the outbox under their own hashes; runs in a worker."""
        outbox = self._context.paths.outbox_dir
        parts = []
        for path in paths:
            temporary = outbox / f".staging-{uuid.uuid4().hex}"
            try:
                written = copy_part(path, temporary, passed)
                files.publish_file(temporary, outbox / written.sha256)
            except OSError as error:
                raise known_os_error(error, path) from error
            finally:
                temporary.unlink(missing_ok=True)
            parts.append(WrittenPart(path.name, written.size_bytes, written.sha256))
        return _Taken(tuple(parts), read_point(place))

    def _has_room(self, size_bytes: int) -> bool:
        usage = shutil.disk_usage(self._context.paths.outbox_dir)
        kept_bytes = sum(one.size_bytes for one in self._relays.in_state(RelayState.KEPT))
        if kept_bytes + size_bytes > _MOST_KEPT_BYTES:
            return False
        return usage.free - size_bytes > reserve_bytes(usage.total)

    # -- what became of them ------------------------------------------------------------------

    def _parts(self) -> dict[str, list[Upload]]:
        found: dict[str, list[Upload]] = {}
        for upload in sorted(self._uploads.bundle_parts(), key=lambda one: one.name):
            found.setdefault(upload.details.get("bundle_id", ""), []).append(upload)
        return found

    def _is_sent(self, bundle_id: str, rows: list[Upload] | None = None) -> bool:
        """Whether every part of it is at the region's server."""
        own = self._parts().get(bundle_id, []) if rows is None else rows
        return bool(own) and all(one.state is State.DELIVERED for one in own)


def let_go(paths: DataPaths, uploads: UploadStore, bundle_ids: set[str]) -> int:
    """Forget the parts of bundles that have arrived, however they got there; returns how many."""
    gone = 0
    for upload in uploads.bundle_parts():
        if upload.details.get("bundle_id") in bundle_ids:
            uploads.forget(upload.upload_id)
            release_copies(uploads, paths, [upload.sha256])
            gone += 1
    return gone
