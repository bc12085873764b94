# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetches snapshots and deltas, verifies them, and keeps them under `shards/`.

What is kept there needs no network again: after a kill, and for a new index design.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue

from app.base import files
from app.base.errors import KnownError, OfflineError, Scope, known_os_error
from app.base.paths import DataPaths
from app.region.index import BundleLine
from app.sync.carriers import Carrier, is_as_said, read_verified
from app.sync.errors import MirrorBrokenError
from app.sync.health import CarrierHealth, is_about_the_file, truest
from app.sync.plan import AT_ONCE, ShardPlan, bundle_of
from app.sync.streams import Streams

logger = logging.getLogger(__name__)
_LOOK_S = 0.2
_TRIES = 3


@dataclass(frozen=True, slots=True)
class PartFile:
    """A file of the catalogue: where it is in the tree, and what it must be."""

    shard_id: str
    path: str
    length: int
    sha256: str

    @property
    def name(self) -> str:
        """Its name without folders; unique within its shard."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Fetched:
    """One shard's files are all here, or could not be had."""

    plan: ShardPlan
    error: KnownError | None


def parts_of(plan: ShardPlan) -> list[PartFile]:
    """The files that a plan needs, in the order of use."""
    parts: list[PartFile] = []
    if plan.snapshot is not None:
        one = plan.snapshot
        parts.append(PartFile(plan.line.shard_id, one.path, one.length, one.sha256))
    parts += [
        PartFile(plan.line.shard_id, delta.path, delta.length, delta.sha256)
        for delta in plan.deltas
        if bundle_of(delta) is None
    ]
    return parts


class PartKeeper:
    """The folder `shards/<region>/<shard>/` and how files get there."""

    def __init__(
        self,
        paths: DataPaths,
        region_id: str,
        carriers: Sequence[Carrier],
        health: CarrierHealth,
        streams: Streams,
        between: Callable[[], None],
    ) -> None:
        self._root = paths.shards_dir / region_id
        self._carriers = tuple(carriers)
        self._health = health
        self._streams = streams
        self._between = between
        self.fetched_bytes = 0

    def place(self, part: PartFile) -> Path:
        """Where a part is kept."""
        return self._root / part.shard_id / part.name

    def read(self, part: PartFile) -> bytes | None:
        """A part that is here and right, or None."""
        try:
            raw = self.place(part).read_bytes()
        except OSError:
            return None
        return raw if is_as_said(raw, part.length, part.sha256) else None

    def bring_all(self, plans: Sequence[ShardPlan]) -> Iterator[Fetched]:
        """Fetch what is missing, several shards at once, and yield each shard as it is whole."""
        results: SimpleQueue[Fetched] = SimpleQueue()
        waiting = [plan for plan in reversed(plans) if parts_of(plan)]
        yield from (Fetched(plan, None) for plan in plans if not parts_of(plan))
        running = 0
        while waiting or running:
            while waiting and running < AT_ONCE:
                self._streams.start(partial(self._bring_shard, waiting.pop(), results))
                running += 1
            self._between()
            try:
                fetched = results.get(timeout=_LOOK_S)
            except Empty:
                continue
            running -= 1
            if fetched.error is not None and stops_all(fetched.error):
                raise fetched.error
            yield fetched

    def bring_bundle(self, bundle: BundleLine, plans: Sequence[ShardPlan]) -> None:
        """Fetch one bundle and keep the deltas in it that are needed; failing is no harm."""
        try:
            work = partial(self._from_any, bundle.path, bundle.length, bundle.sha256)
            raw = self._streams.call(work, self._between)
        except KnownError as error:
            if stops_all(error):
                raise
            logger.info("bundle %s: %s", bundle.bundle_id, error)
            return
        for plan in plans:
            for delta in plan.deltas:
                if delta.bundle is None or delta.bundle.bundle_id != bundle.bundle_id:
                    continue
                piece = raw[delta.bundle.offset : delta.bundle.offset + delta.length]
                if hashlib.sha256(piece).hexdigest() == delta.sha256:
                    part = PartFile(plan.line.shard_id, delta.path, delta.length, delta.sha256)
                    self.keep(part, piece)

    def bring_beginning(self, part: PartFile, size_bytes: int) -> bytes:
        """The first bytes of a file that is longer; what is kept of it may lie on a stick alone."""

        def fetch(carrier: Carrier) -> bytes:
            try:
                return read_verified(
                    carrier, part.path, part.length, part.sha256, size_bytes=size_bytes
                )
            except MirrorBrokenError:
                if not carrier.is_local or part.length == size_bytes:
                    raise
            return read_verified(carrier, part.path, part.length, part.sha256)

        return self._streams.call(partial(self._ask_in_order, part.path, fetch), self._between)

    def forget_superseded(self, shard_id: str, keep: set[str]) -> None:
        """Delete files of a shard that no chain needs any more."""
        folder = self._root / shard_id
        try:
            for path in folder.iterdir() if folder.is_dir() else ():
                if path.name not in keep:
                    path.unlink()
        except OSError as error:
            logger.info("old catalogue files stay for now: %s", error)

    def kept_serials(self) -> dict[str, int]:
        """The serial of the newest snapshot that is here, by shard."""
        found: dict[str, int] = {}
        for path in self._root.glob("*/*.snapshot"):
            serial = path.name.partition("-")[0]
            if serial.isdigit():
                found[path.parent.name] = max(int(serial), found.get(path.parent.name, 0))
        return found

    def names(self, shard_id: str) -> set[str]:
        """The files of a shard that are here."""
        folder = self._root / shard_id
        return {path.name for path in folder.iterdir()} if folder.is_dir() else set()

    # -- in workers -------------------------------------------------------------------------

    def _bring_shard(self, plan: ShardPlan, results: SimpleQueue[Fetched]) -> None:
        error: KnownError | None = None
        try:
            for part in parts_of(plan):
                if self.read(part) is None:
                    self.keep(part, self._from_any(part.path, part.length, part.sha256))
        except KnownError as known:
            error = known
        except Exception as bug:
            logger.exception("fetching shard %s failed in a way nobody foresaw", plan.line.shard_id)
            error = MirrorBrokenError(host="", reason=repr(bug)[:99])
        results.put(Fetched(plan, error))

    def _from_any(self, path: str, length: int, sha256: str) -> bytes:
        """The verified bytes from the first carrier that has them."""
        return self._ask_in_order(path, lambda one: read_verified(one, path, length, sha256))

    def _ask_in_order(self, path: str, fetch: Callable[[Carrier], bytes]) -> bytes:
        errors: list[KnownError] = []
        for carrier in self._in_order():
            for _ in range(_TRIES):
                try:
                    raw = fetch(carrier)
                except KnownError as error:
                    if stops_all(error):
                        raise
                    logger.info("%s from %s: %s", path, carrier.host, error)
                    errors.append(error)
                    if is_about_the_file(error) or error.code != "connection_lost":
                        self._health.failed(carrier.name, error)
                        break
                else:
                    self.fetched_bytes += len(raw)
                    return raw
        raise truest(errors) or OfflineError(host="")

    def _in_order(self) -> list[Carrier]:
        by_name = {carrier.name: carrier for carrier in self._carriers}
        usable = [name for name in by_name if self._health.wait_s(name) <= 0]
        return [by_name[name] for name in self._health.order(usable)]

    def keep(self, part: PartFile, raw: bytes) -> None:
        """Write verified bytes where `place` says."""
        path = self.place(part)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise known_os_error(error, path) from error
        files.replace_bytes(path, raw)


def stops_all(error: KnownError) -> bool:
    """Whether no other carrier and no other file would fare better."""
    if isinstance(error, OfflineError):
        return False
    return error.code == "cancelled" or error.scope in (Scope.RUN, Scope.PROGRAM)
