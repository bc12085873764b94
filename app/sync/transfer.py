# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings one blob from whatever carriers have it: by verified pieces, or as a whole.

Workers fetch, verify and write; the main thread assigns runs of pieces, keeps the books and stays
free for other things by calling `between` several times a second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from queue import Empty

from app.base.errors import KnownError, OfflineError, Scope
from app.cache.errors import BlobMismatchError
from app.cache.partial import PartialBlob
from app.cache.store import BlobStore
from app.region.pieces import PieceList
from app.sync.carriers import Carrier
from app.sync.errors import MirrorBrokenError, MirrorBusyError, MirrorSilentError
from app.sync.fetches import Arrived, Fetches, Misfit
from app.sync.health import CarrierHealth, is_about_the_file, is_lasting, truest
from app.sync.piecework import read_piece_list, verify_pieces
from app.sync.runs import Run, RunPlan
from app.sync.streams import Streams

logger = logging.getLogger(__name__)
_LOOK_S = 0.2
_RECORD_EVERY_S = 2.0
# In one transfer a carrier may stumble this often in a row before the job is put off.
_STUMBLES = 3
_LONGEST_PATIENCE_S = 8.0


@dataclass(frozen=True, slots=True)
class WantedBlob:
    """A file to bring; `pieces_sha256` names its piece list where there is one."""

    sha256: str
    size_bytes: int
    pieces_sha256: str | None = None


class BlobTransfer:
    """One blob on its way; `run` returns when it is whole and verified, or raises why not."""

    def __init__(
        self,
        store: BlobStore,
        streams: Streams,
        carriers: Sequence[Carrier],
        health: CarrierHealth,
        *,
        between: Callable[[], None],
        stream_count: Callable[[], int] = lambda: 4,
        on_progress: Callable[[int, int], None] = lambda _done, _total: None,
        on_busy: Callable[[Set[str], bool], None] = lambda _busy, _is_full: None,
        on_too_many: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_busy` hears often who brings something and whether all streams do, `on_too_many` that
        a server is full.
        """
        self._store = store
        self._streams = streams
        self._carriers = {carrier.name: carrier for carrier in carriers}
        self._health = health
        self._between = between
        self._stream_count = stream_count
        self._on_progress = on_progress
        self._on_busy = on_busy
        self._on_too_many = on_too_many
        self._is_single_source = False
        self._source: str | None = None
        self._reset()

    def run(self, wanted: WantedBlob) -> Path:
        """Bring the blob.

        Raises:
            the truest `KnownError` of all carriers; the partial file is kept for the next time.
        """
        try:
            pieces = self._piece_list(wanted)
            if pieces is not None:
                path = self._by_pieces(wanted, pieces)
                if path is not None:
                    return path
                self._reset()
            return self._as_a_whole(wanted)
        finally:
            self._fetches.gate.close()

    def _piece_list(self, wanted: WantedBlob) -> PieceList | None:
        """The list, from any carrier; None means that the file must come as a whole."""
        for name in self._usable() if wanted.pieces_sha256 is not None else ():
            carrier, sha256 = self._carriers[name], wanted.pieces_sha256 or ""
            try:
                pieces = self._streams.call(
                    partial(read_piece_list, carrier, sha256), self._between
                )
            except KnownError as error:
                self._raise_if_fatal(error)
                logger.info("no piece list from %s: %s", name, error)
                self._health.failed(name, error)
                if not is_about_the_file(error):
                    self._errors[name] = error
                continue
            return pieces if pieces is not None and _fits(pieces, wanted) else None
        return None

    # -- by pieces --------------------------------------------------------------------------

    def _by_pieces(self, wanted: WantedBlob, pieces: PieceList) -> Path | None:
        """None when the list itself must be wrong."""
        blob = self._store.begin(wanted.sha256, wanted.size_bytes, pieces.piece_bytes)
        verify_pieces(blob, pieces, self._between)
        plan = RunPlan(len(pieces.hashes), blob.done, bounds=pieces.bounds)
        try:
            self._collect(plan, blob, pieces)
        except KnownError:
            self._fetches.gate.close()
            self._store.record(blob)
            if self._is_list_suspect(plan):
                logger.info("every carrier disagrees with the piece list of %s", wanted.sha256)
                return None
            raise
        self._fetches.gate.close()
        try:
            return self._store.commit(blob)
        except BlobMismatchError:
            logger.warning("the piece list of %s does not fit its file", wanted.sha256)
            return None

    def _collect(self, plan: RunPlan, blob: PartialBlob, pieces: PieceList) -> None:
        """Let streams fetch until every piece is there."""
        recorded_s = time.monotonic()
        self._progress(blob, pieces)
        while not plan.is_complete:
            self._assign(plan, lambda run: self._fetches.fetch_run(run, pieces, blob))
            if self._take_event(plan, blob):
                self._progress(blob, pieces)
            if time.monotonic() - recorded_s > _RECORD_EVERY_S:
                self._store.record(blob)
                recorded_s = time.monotonic()
            self._between()

    def _is_list_suspect(self, plan: RunPlan) -> bool:
        """Carriers answer, every piece of theirs is wrong and none was ever right."""
        return not plan.has_any_arrived and any(
            error.data.get("piece") is not None for error in self._errors.values()
        )

    def _progress(self, blob: PartialBlob, pieces: PieceList) -> None:
        done_bytes = sum(pieces.bounds(number)[1] for number in blob.done)
        self._on_progress(done_bytes, blob.size_bytes)

    # -- as a whole -------------------------------------------------------------------------

    def _as_a_whole(self, wanted: WantedBlob) -> Path:
        """One stream; resumed from what lies there, and from nothing when that proves wrong."""
        while True:
            blob = self._store.begin(wanted.sha256, wanted.size_bytes)
            resumed_at_bytes = blob.prefix_bytes
            plan = RunPlan(1, (), bounds=lambda _: (0, wanted.size_bytes))
            if resumed_at_bytes < wanted.size_bytes or not wanted.size_bytes:
                self._collect_whole(plan, blob)
            try:
                return self._store.commit(blob)
            except BlobMismatchError:
                if resumed_at_bytes == 0 and len(plan.sources) == 1:
                    self._blame(*plan.sources)
                # Who of several was wrong is unknown: from now on one carrier brings all of it.
                self._is_single_source = True

    def _collect_whole(self, plan: RunPlan, blob: PartialBlob) -> None:
        while not plan.is_complete:
            self._assign(plan, lambda run: self._fetch_rest(run, blob), is_whole=True)
            self._take_event(plan, blob)
            self._on_progress(blob.prefix_bytes, blob.size_bytes)
            self._between()

    def _fetch_rest(self, run: Run, blob: PartialBlob) -> None:
        """Runs in a worker; after a mismatch only one carrier's bytes may come together."""
        if self._is_single_source and self._source not in (None, run.carrier):
            blob.truncate()
        self._source = run.carrier
        self._fetches.fetch_rest(run, blob)

    # -- carriers ---------------------------------------------------------------------------

    def _usable(self) -> list[str]:
        names = [name for name in self._carriers if name not in self._out]
        return [name for name in self._health.order(names) if self._health.wait_s(name) <= 0]

    def _assign(
        self, plan: RunPlan, work: Callable[[Run], None], *, is_whole: bool = False
    ) -> None:
        """Give runs to usable carriers until all streams are busy.

        Raises:
            the truest error, when nothing is on its way and nobody is worth waiting for.
        """
        usable = self._usable()
        count = 1 if self._is_single_source else self._stream_count()
        held_from = self._fetches.tails.held_from
        while plan.active_count < count:
            if is_whole and plan.active_count:  # so that a wrong whole is one carrier's blame
                usable = [name for name in usable if name in plan.busy]
            run = plan.next_run(usable, count, may_overtake=not is_whole, held_from=held_from)
            if run is None:
                break
            self._streams.start(partial(self._fetches.work, run, work))
        self._on_busy(plan.busy, plan.active_count >= count)
        if plan.active_count:
            return
        resting = [name for name in self._carriers if name not in self._out and name not in usable]
        if not any(self._health.wait_s(name) <= _LONGEST_PATIENCE_S for name in resting):
            raise self._truest_error()

    def _take_event(self, plan: RunPlan, blob: PartialBlob) -> bool:
        """Wait a moment for something to happen; True when a piece arrived."""
        try:
            event = self._fetches.events.get(timeout=_LOOK_S)
        except Empty:
            return False
        run = event.run
        if isinstance(event, Misfit):
            plan.keep_whole(event.number)
            return False
        if isinstance(event, Arrived):
            for name in event.liars:
                wrong = MirrorBrokenError(host=self._host(name), reason="hash", piece=event.number)
                self._wrong_piece(plan, name, wrong)
            plan.arrived(run, event.number)
            blob.done.add(event.number)
            self._stumbles.pop(run.carrier, None)
            self._health.succeeded(run.carrier)
            return True
        plan.ended(run)
        if run.is_abandoned and run.tail is None:
            self._health.failed(run.carrier, MirrorSilentError(host=self._host(run.carrier)))
        elif isinstance(event.error, MirrorBrokenError) and event.error.wrong_piece in run:
            self._wrong_piece(plan, run.carrier, event.error)
        elif event.error is not None:
            self._judge(run.carrier, event.error)
        return False

    def _wrong_piece(self, plan: RunPlan, name: str, error: MirrorBrokenError) -> None:
        """The carrier may have the other pieces right; after three wrong ones it is out."""
        self._errors[name] = error
        self._health.failed(name, error)
        if plan.refuse(name, error.wrong_piece or 0) >= _STUMBLES:
            self._out.add(name)

    def _judge(self, name: str, error: KnownError) -> None:
        """Decide what an error means for its carrier, or for the whole transfer."""
        self._raise_if_fatal(error)
        logger.info("%s: %s", name, error)
        self._errors[name] = error
        self._health.failed(name, error)
        if isinstance(error, MirrorBusyError):
            self._on_too_many()
        weight = 2 if isinstance(error, MirrorSilentError) else 1  # silence has cost time already
        self._stumbles[name] = self._stumbles.get(name, 0) + weight
        if is_about_the_file(error) or is_lasting(error) or self._stumbles[name] >= _STUMBLES:
            self._out.add(name)

    def _raise_if_fatal(self, error: KnownError) -> None:
        """What stops the run or the program is no carrier's fault; being offline is one."""
        if isinstance(error, OfflineError):
            return
        if error.scope in (Scope.RUN, Scope.PROGRAM) or error.code == "cancelled":
            raise error

    def _blame(self, name: str) -> None:
        self._judge(name, MirrorBrokenError(host=self._host(name), reason="hash"))

    def _host(self, name: str) -> str:
        return self._carriers[name].host

    def _truest_error(self) -> KnownError:
        resting = (self._health.error(name) for name in self._carriers)
        errors = [*self._errors.values(), *(error for error in resting if error is not None)]
        return truest(errors) or OfflineError(host="")

    def _reset(self) -> None:
        """Begin with new books; workers of an earlier try can no longer write."""
        self._fetches = Fetches(self._carriers)
        self._errors: dict[str, KnownError] = {}
        self._out: set[str] = set()
        self._stumbles: dict[str, int] = {}
        self._source = None


def _fits(pieces: PieceList, wanted: WantedBlob) -> bool:
    return pieces.sha256 == wanted.sha256 and pieces.size_bytes == wanted.size_bytes
