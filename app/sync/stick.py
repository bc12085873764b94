# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings catalogue and files from a stick or a shared folder that holds all or a part of a tree.

Everything is checked before it counts, only what is wanted and missing is copied, and pulling the
stick ends the import with what was brought so far. No handle stays open when it is over.
"""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from app.base.errors import DiskFullError, KnownError
from app.base.settings import load_settings
from app.catalogue.query import EntryKey
from app.catalogue.writer import CatalogueWriter
from app.region.layout import BLOBS_DIR, METADATA_DIR
from app.sync.context import Context, stops_run
from app.sync.courier.depot import Depot
from app.sync.courier.errand import Errand, StoppedByUserError
from app.sync.courier.errors import NoRoomForAllError, StickFailingError
from app.sync.courier.intake import Batch, Intake, Wanted, batches
from app.sync.courier.pace import Pace, Stop
from app.sync.courier.places import Tree, bundles_on, find_trees
from app.sync.courier.survey import SPEED_META, takers_of
from app.sync.courier.suspects import Suspects, find_suspects
from app.sync.courier.wanted import Choice, Key, choose
from app.sync.courier.worker import call
from app.sync.directory import SPLIT_SUFFIX, DirectoryCarrier
from app.sync.errors import CarrierGoneError, NothingToImportError
from app.sync.regions import RegionKeeper

logger = logging.getLogger(__name__)
CompleteOf = Callable[[Iterable[Key], Callable[[str], bool]], set[Key]]
_PREFIX = re.compile(r"[0-9a-f]{2}\Z")
_HASH = re.compile(r"[0-9a-f]{64}\Z")
# Files that cannot be read: one is a scratch, so many are a stick that dies.
_FAILURES_IN_A_ROW = 5
_TELLING_BYTES = 16 << 20


@dataclass(slots=True)
class Imported:
    """What a stick brought; `errors` are what went wrong on the way.

    `news` counts regions of which it held a newer release: catalogue, receipts.
    """

    shards: int = 0
    files: int = 0
    bytes: int = 0
    known: int = 0
    news: int = 0
    left_files: int = 0
    left_bytes: int = 0
    relayed: int = 0
    suspects: Suspects = field(default_factory=Suspects)
    is_stopped: bool = False
    errors: list[KnownError] = field(default_factory=list)

    def as_result(self) -> dict[str, object]:
        """What is written down about the request."""
        return {
            "shards": self.shards,
            "files": self.files,
            "bytes": self.bytes,
            "known": self.known,
            "news": self.news,
            "left_files": self.left_files,
            "left_bytes": self.left_bytes,
            "relayed": self.relayed,
            "suspects": self.suspects.count,
            "suspect_names": list(self.suspects.names),
            "is_stopped": self.is_stopped,
            "problems": sorted({error.code for error in self.errors}),
        }


def blobs_on(carrier: DirectoryCarrier) -> Iterator[str]:
    """The names of all blobs that a carrier says it has, whole or split."""
    for prefix in carrier.names(BLOBS_DIR):
        if _PREFIX.match(prefix):
            for found in carrier.names(f"{BLOBS_DIR}/{prefix}"):
                name = found.removesuffix(SPLIT_SUFFIX)
                if _HASH.match(name) and name.startswith(prefix):
                    yield name


class StickImport:
    """One import; the agent's main thread alone uses it."""

    def __init__(
        self, context: Context, keeper: RegionKeeper, complete_of: CompleteOf, errand: Errand
    ) -> None:
        self._context = context
        self._keeper = keeper
        self._complete_of = complete_of
        self._errand = errand
        self._imported = Imported()
        self._fresh: set[str] = set()
        self._failures = 0
        self._done_bytes = self._total_bytes = 0
        self._title = ""

    def run(self, folder: Path, *, is_relay: bool = False) -> Imported:
        """Bring what is wanted; with `is_relay`, or where a line is, others' bundles too.

        Raises:
            CarrierGoneError, StickForeignError, NothingToImportError, StickAmbiguousError,
            StickLinkError: nothing was begun.
            CarrierGoneError, StickFailingError: what was brought stays.
            CancelledError: the agent stops; the request is begun again.
        """
        context, imported = self._context, self._imported
        region_ids = [region.region_id for region in context.store.regions()]
        imported.suspects = context.streams.call(partial(find_suspects, folder), self._between)
        takers = takers_of(context.store)
        relayed = self._relay(folder, is_relay=is_relay)
        try:
            trees = context.streams.call(partial(find_trees, folder, region_ids), self._between)
        except NothingToImportError:
            if not relayed:
                raise
            return imported
        shards_before, started_s = context.brought.shards, time.monotonic()
        try:
            if self._errand.is_lesson():  # the files it knows of come meanwhile
                self._bring_files(trees)
            self._bring_catalogues(trees)
            if takers_of(context.store) != takers:  # the stick has told where parcels go
                self._relay(folder, is_relay=is_relay)
            self._bring_files(trees)
        except StoppedByUserError:
            imported.is_stopped = True
        finally:
            imported.shards = context.brought.shards - shards_before
            self._remember_speed(time.monotonic() - started_s)
        if imported.left_files:
            imported.errors.append(
                NoRoomForAllError(files=imported.left_files, size_bytes=imported.left_bytes)
            )
        return imported

    def _relay(self, folder: Path, *, is_relay: bool) -> bool:
        """Take in other machines' bundles; whether there were any, new or known."""
        depot = Depot(self._context)
        if not (is_relay or depot.is_open()):
            return False
        takers = takers_of(self._context.store)
        found = self._context.streams.call(lambda: list(bundles_on(folder, takers)), self._between)
        try:
            self._imported.relayed += depot.take(found, self._run_quietly)
        except StoppedByUserError:
            self._imported.is_stopped = True
        return bool(found)

    def _run_quietly(self, work: Callable[[Callable[[int], None]], object]) -> object:
        stop = Stop(Pace(self._errand.rate, self._errand.wait))
        self._title = ""
        return call(self._context.streams, lambda: work(stop.passed), self._during, stop)

    def _remember_speed(self, seconds: float) -> None:
        """So that the next card can say how long it takes."""
        if self._imported.bytes > _TELLING_BYTES and seconds > 0:
            self._context.store.set_meta(SPEED_META, round(self._imported.bytes / seconds))

    # -- catalogue --------------------------------------------------------------------------

    def _bring_catalogues(self, trees: Sequence[Tree]) -> None:
        for tree in trees:
            if tree.carrier.exists(f"{METADATA_DIR}/timestamp.json"):
                self._errand.after_lesson(partial(self._bring_catalogue, tree))

    def _bring_catalogue(self, tree: Tree) -> None:
        for region in self._context.store.regions():
            if tree.region_id in ("", region.region_id):
                before = self._version_of(region.region_id)
                self._keeper.update(region, [tree.carrier])
                self._imported.news += self._version_of(region.region_id) > before

    def _version_of(self, region_id: str) -> int:
        floor = self._context.store.floor(region_id)
        return 0 if floor is None else floor.timestamp

    # -- files ------------------------------------------------------------------------------

    def _bring_files(self, trees: Sequence[Tree]) -> None:
        for tree in trees:
            self._bring_tree(tree.carrier)

    def _bring_tree(self, carrier: DirectoryCarrier) -> None:
        context, imported = self._context, self._imported
        on_stick = context.streams.call(lambda: set(blobs_on(carrier)), self._between)
        missing = {name for name in on_stick if not context.blobs.held(name)}
        imported.known += len(on_stick) - len(missing - self._fresh)
        choice = context.streams.call(partial(choose, context.paths, missing), self._between)
        wanted = choice.in_order(context.blobs.pinned())
        self._total_bytes += sum(one.size_bytes for one in wanted)
        intake = Intake(context.blobs, context.streams, self._during)
        for batch in batches(wanted):
            self._bring_batch(intake, carrier, batch, choice)

    def _bring_batch(
        self, intake: Intake, carrier: DirectoryCarrier, batch: Sequence[Wanted], choice: Choice
    ) -> None:
        base_bytes = self._done_bytes
        self._title = batch[0].title
        fitting = self._make_room(batch)
        pace = Pace(self._errand.rate, self._errand.wait)
        came = intake.bring(carrier, fitting, Stop(pace))
        crowded_out = [one for one in fitting if _is_full(came.errors.get(one.sha256))]
        if crowded_out and self._evict(sum(one.size_bytes for one in crowded_out)):
            again = intake.bring(carrier, crowded_out, Stop(pace))
            came.brought += again.brought
            came.errors = {
                **{name: e for name, e in came.errors.items() if not _is_full(e)},
                **again.errors,
            }
        self._arrived(came.brought, choice)
        self._note(carrier, batch, came)
        self._done_bytes = base_bytes + sum(one.size_bytes for one in batch)
        self._errand.progress(self._title, self._done_bytes, self._total_bytes)

    def _make_room(self, batch: Sequence[Wanted]) -> list[Wanted]:
        """Those that fit into the quota, after what nobody used for longest has made room."""
        blobs = self._context.blobs
        quota_bytes = blobs.quota_bytes(load_settings(self._context.paths).quota_bytes)
        needed_bytes = sum(one.size_bytes for one in batch)
        excess_bytes = blobs.used_bytes() + needed_bytes - quota_bytes
        if excess_bytes > 0:
            self._evict(excess_bytes)
        room_bytes = quota_bytes - blobs.used_bytes()
        fitting: list[Wanted] = []
        for one in batch:
            if one.size_bytes <= room_bytes:
                room_bytes -= one.size_bytes
                fitting.append(one)
            else:
                self._leave(one)
        return fitting

    def _evict(self, excess_bytes: int) -> bool:
        """Give up what was not used for longest; never what this stick has just brought."""
        gone = self._context.blobs.evict(excess_bytes, in_use=self._fresh)
        if gone:
            logger.info("%d blobs made room for the stick's", len(gone))
            self._tell_left(gone)
        return bool(gone)

    def _tell_left(self, gone: Sequence[str]) -> None:
        context = self._context
        keys = {key for sha256 in gone for key in context.blobs.holders(sha256)}
        self._set_offline(keys - self._complete(keys), is_offline=False)

    def _leave(self, one: Wanted) -> None:
        self._imported.left_files += 1
        self._imported.left_bytes += one.size_bytes

    def _arrived(self, brought: Sequence[Wanted], choice: Choice) -> None:
        """Rows for a whole batch in a few commits, and the entries that are complete now."""
        if not brought:
            return
        context = self._context
        keys_of = {one.sha256: choice.keys_of(one.sha256) for one in brought}
        if context.jobs.count():
            for one in brought:
                keys_of[one.sha256] = {*keys_of[one.sha256], *context.jobs.entries_of(one.sha256)}
                context.jobs.finished(one.sha256)
        context.blobs.link_all(keys_of)
        self._fresh.update(keys_of)
        keys = {key for found in keys_of.values() for key in found}
        self._set_offline(self._complete(keys), is_offline=True)
        self._imported.files += len(brought)
        self._imported.bytes += sum(one.size_bytes for one in brought)
        context.brought.files += len(brought)
        context.brought.bytes += sum(one.size_bytes for one in brought)
        context.events.changed("blobs")

    def _complete(self, keys: Iterable[Key]) -> set[Key]:
        """Those of these entries that play here."""
        return self._complete_of(keys, self._context.blobs.held)

    def _set_offline(self, keys: Iterable[Key], *, is_offline: bool) -> None:
        found = [EntryKey(*key) for key in sorted(keys)]
        if found:
            context = self._context
            with CatalogueWriter.open(context.paths, context.blobs.held) as writer:
                writer.set_offline(found, is_offline=is_offline)

    def _note(self, carrier: DirectoryCarrier, batch: Sequence[Wanted], came: Batch) -> None:
        """What did not come; a stick that is gone or dies ends the import.

        Raises:
            CarrierGoneError, StickFailingError, and whatever stops the run.
        """
        for one in batch:
            error = came.errors.get(one.sha256)
            if error is None:
                self._failures = 0
                continue
            if _is_full(error):
                self._leave(one)
                continue
            if stops_run(error) or isinstance(error, CarrierGoneError):
                raise error
            logger.info("%s on %s: %s", one.sha256, carrier.host, error)
            self._imported.errors.append(error)
            self._failures = self._failures + 1 if error.data.get("is_unreadable") else 0
            if self._failures >= _FAILURES_IN_A_ROW:
                raise StickFailingError(path=carrier.host, files=self._imported.files)
        if came.errors and not os.path.isdir(carrier.root):  # noqa: PTH112 - a dead stick answers with an error, not with no
            raise CarrierGoneError(host=carrier.host)

    def _during(self, stop: Stop) -> None:
        self._errand.progress(self._title, self._done_bytes + stop.done_bytes, self._total_bytes)
        self._between()

    def _between(self) -> None:
        self._errand.between()


def _is_full(error: KnownError | None) -> bool:
    return isinstance(error, DiskFullError)
