# SPDX-License-Identifier: GPL-3.0-or-later
"""The agent: one process, one loop, one writer; the scheduler decides, this acts."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from datetime import datetime
from queue import SimpleQueue
from typing import Any

from app.base.db import (
    Database,
    DatabaseError,
    known_database_error,
    open_writer_or_previous,
)
from app.base.errors import CancelledError, KnownError, Scope
from app.base.identity import device
from app.base.locks import ProcessLock
from app.cache.store import MIGRATIONS as CACHE_MIGRATIONS
from app.cache.store import BlobStore
from app.sync.agenda import Agenda
from app.sync.bandwidth import Throttle
from app.sync.canary import Canary, SetBack
from app.sync.config import PARTS, AgentConfig
from app.sync.context import Context, done_event
from app.sync.courier.store import MIGRATIONS as COURIER_MIGRATIONS
from app.sync.couriers import Couriers
from app.sync.desk_use import DeskUse
from app.sync.downloads import Downloads
from app.sync.errors import NotEnrolledError, TransferPausedError
from app.sync.first_look import FirstLook
from app.sync.floors import Floors
from app.sync.health import CarrierHealth
from app.sync.housekeeping import Housekeeping
from app.sync.http import HttpSession
from app.sync.jobs import JobTable
from app.sync.membership import rejoin
from app.sync.pipe import Commands, Events, Out, ends_with_input
from app.sync.regions import RegionKeeper
from app.sync.requests import RequestTable
from app.sync.scheduler import Situation, Step, next_step
from app.sync.statements.store import MIGRATIONS as STATEMENT_MIGRATIONS
from app.sync.store import MIGRATIONS as SYNC_MIGRATIONS
from app.sync.store import SyncStore, stamp
from app.sync.streams import CommandReader, Streams, end_process_within
from app.sync.surroundings import Surroundings
from app.sync.update_packages import is_update
from app.sync.update_shelf import renew_shelf
from app.sync.uploads.store import MIGRATIONS as UPLOAD_MIGRATIONS
from app.sync.wishes import LocalEntries, Wishes
from app.sync.withdrawn import Withdrawals

__all__ = ["PARTS", "AgentConfig", "run_agent"]
logger = logging.getLogger(__name__)
_LOOK_EVERY_S = 0.5
# What the first pages of the library show.
_COVERS = 200
_KEEP_STATE_EVERY_S = 20 * 3600.0
_COLLECT_EVERY_S = 3.0
_LONGEST_SLEEP_S = 2.0
_END_WITHIN_S = 1.0
_GIVES_WAY = (Step.DOWNLOADS, Step.UPLOADS, Step.HOUSEKEEPING)


def run_agent(config: AgentConfig, commands: int | None, out: Out) -> int:
    """Run until stopped (or with `is_once`, until nothing is left that can be done now).

    Args:
        commands: the file descriptor that brings command lines, or None.
        out: takes each event as an object, in order, on the calling thread.

    Returns the exit code: 0, or 1 when something did not work; the `done` event has the codes.

    Raises:
        AlreadyRunningError: another agent has this data directory; nothing was touched.
        ReadOnlyError, DiskFullError, DamagedDatabaseError, NewerDataError: it cannot begin.
    """
    config.paths.ensure()
    lock = ProcessLock(config.paths.agent_lock)
    lock.acquire()
    try:
        database, damage = open_writer_or_previous(
            config.paths.state_db,
            [
                CACHE_MIGRATIONS,
                SYNC_MIGRATIONS,
                STATEMENT_MIGRATIONS,
                UPLOAD_MIGRATIONS,
                COURIER_MIGRATIONS,
            ],
        )
        try:
            agent = Agent(config, database, out)
            return agent.run(commands, damage)
        finally:
            database.conn.close()
    finally:
        lock.release()


class Agent:
    """One run of the agent."""

    def __init__(self, config: AgentConfig, database: Database, out: Out) -> None:
        self._config = config
        self._dates: SimpleQueue[datetime] = SimpleQueue()
        self._throttle = Throttle(config.settings.limit_bytes_per_s)
        store = SyncStore(database)
        session = HttpSession(self._throttle, on_date=self._dates.put, timeouts=config.timeouts)
        self._context = Context(
            paths=config.paths,
            shelves=config.shelves,
            clock=config.clock,
            store=store,
            floors=Floors(config.paths, store, config.second_place),
            jobs=JobTable(database),
            requests=RequestTable(database),
            blobs=BlobStore(database, config.paths, config.shelves, config.clock),
            session=session,
            streams=Streams(),
            health=CarrierHealth(time.monotonic),
            events=Events(out),
            between=self._between,
        )
        self._surroundings = Surroundings(self._context, config.settings, self._dates)
        self._commands = Commands(self._on_stop, self._surroundings.pause)
        self._entries = LocalEntries(self._context)
        self._keeper = RegionKeeper(self._context)
        self._downloads = Downloads(self._context, self._entries)
        withdrawals = Withdrawals(self._context, self._downloads, self._entries, is_update)
        self._keeper.on_whole = withdrawals.look
        self._wishes = Wishes(self._context, self._keeper, self._downloads, self._entries)
        found = device(config.paths, config.machine)
        canary = Canary(config.paths, store, config.second_place, found.device_id)
        self._first_look = FirstLook(self._context, found, canary)
        self._couriers = Couriers(
            self._context,
            lambda: self._commands.is_stopping,
            lambda: self._first_look.tell_set_back(SetBack.REGION),
        )
        self._housekeeping = Housekeeping(
            self._context, self._downloads, canary, lambda: self._surroundings.settings
        )
        self._desk_use = DeskUse(self._context, self._downloads)
        self._agenda = Agenda(
            config,
            self._context,
            self._wishes,
            self._downloads,
            self._couriers,
            self._desk_use,
        )
        self._step: Step | None = None
        self._is_sending = False
        self._looked_s = self._collected_s = -1e9

    # -- the loop ---------------------------------------------------------------------------

    def run(self, commands: int | None, damage: KnownError | None) -> int:
        """Say hello, work, say what was done."""
        events = self._context.events
        events.hello()
        if damage is not None:
            self._context.problem(damage, "state")
        if commands is not None:
            self._listen(commands)
        try:
            self._begin()
            self._loop()
        except CancelledError:
            logger.info("stopped")
        except KnownError as error:
            self._context.problem(error, "agent")
        finally:
            self._end()
        return 1 if events.problems else 0

    def _listen(self, descriptor: int) -> None:
        is_end = ends_with_input(descriptor, is_once=self._config.is_once)
        CommandReader(
            descriptor, lambda line: self._commands.take_line(line, ends_with_input=is_end)
        ).start()

    def _begin(self) -> None:
        self._context.store.close_problems("agent")
        self._first_look.run()
        lost = self._context.blobs.check(lambda: self._commands.is_stopping)
        if lost:
            logger.warning("%d blobs are gone from the disk", len(lost))
            self._downloads.left(lost)
        rejoin(self._config.paths, self._context.store, self._context.now())
        for shelf in self._config.shelves:
            renew_shelf(self._context, self._keeper.open_writer, shelf)
        self._surroundings.begin(is_once=self._config.is_once and not self._config.for_requests)
        self._wishes.take()
        self._couriers.collect()
        needs_region = not self._config.for_requests and not self._wishes.has_new()
        if needs_region and not self._context.store.regions():
            self._context.problem(NotEnrolledError(), "agent")

    def _loop(self) -> None:
        while not self._commands.is_stopping:
            self._look()
            step, wait_s = next_step(self._situation())
            if step is None:
                if self._agenda.is_through(wait_s) or self._may_rest(wait_s):
                    return
                self._commands.wait(min(_LONGEST_SLEEP_S, wait_s or _LONGEST_SLEEP_S))
                continue
            self._do(step)

    def _do(self, step: Step) -> None:
        self._step = step
        try:
            getattr(self, f"_do_{step.value}")()
        except TransferPausedError:
            logger.info("%s gives way", step)
            self._agenda.gave_way(step)
        except KnownError as error:
            if error.code == "cancelled" or error.scope is Scope.PROGRAM:
                raise
            self._context.problem(error, "agent")
            self._agenda.failed(step)
        except Exception as error:
            known = known_database_error(error, self._config.paths.state_db)
            if not isinstance(known, KnownError):
                raise
            raise known from error
        finally:
            self._step = None
            self._agenda.worked()

    def _do_requests(self) -> None:
        if self._wishes.begin_all():
            self._agenda.catalogue_now()

    def _do_catalogue(self) -> None:
        self._agenda.catalogue_done(is_good=self._keeper.update_all())
        self._wishes.settle()  # what was waited for may be here in another form
        self._context.store.set_meta("last_catalogue_at", stamp(self._context.now()))
        if not self._surroundings.settings.is_metered:
            self._downloads.queue_covers(self._entries.most_popular(_COVERS))

    def _do_statements(self) -> None:
        self._couriers.step_statements()

    def _do_downloads(self) -> None:
        error = self._downloads.step(self._config.for_requests)
        if error is None:
            self._wishes.settle()
            self._housekeeping.keep_to_quota()
            self._context.store.close_problems("downloads")
        else:
            self._context.problem(error, "downloads")
            self._wishes.waits(error)

    def _do_uploads(self) -> None:
        self._couriers.step_uploads()

    def _do_housekeeping(self) -> None:
        if self._desk_use.has_suspects:
            self._desk_use.recheck()
            return
        self._agenda.housekeeping_begun()
        self._housekeeping.run()

    # -- deciding ---------------------------------------------------------------------------

    def _situation(self) -> Situation:
        return Situation(
            due=self._agenda.due(),
            only=self._config.only,
            is_paused=self._commands.is_paused,
            is_lesson=self._surroundings.is_lesson,
        )

    def _may_rest(self, wait_s: float | None) -> bool:
        """A pause and a lesson keep the process."""
        if self._commands.is_paused or self._surroundings.is_lesson:
            return False
        return self._agenda.may_rest(wait_s, self._surroundings.rest_at_most_s)

    # -- while something runs ---------------------------------------------------------------

    def _between(self) -> None:
        """Called several times a second by whatever takes long."""
        if self._commands.is_stopping:
            raise CancelledError()
        self._throttle.check()
        if time.monotonic() - self._looked_s < _LOOK_EVERY_S:
            return
        self._look()
        if self._step in _GIVES_WAY and self._wishes.has_new():
            raise TransferPausedError()
        if self._step is Step.DOWNLOADS and not self._is_sending:
            self._send_meanwhile()

    def _send_meanwhile(self) -> None:
        """Statements never wait behind a video."""
        due_s = self._couriers.statements_due_s() if "statements" in self._config.only else None
        if due_s is None or due_s > 0 or self._config.for_requests:
            return
        self._is_sending = True
        try:
            self._couriers.step_statements()
        finally:
            self._is_sending = False

    def _look(self) -> None:
        """Look at everything that changes by itself."""
        self._looked_s = time.monotonic()
        new_wishes = self._wishes.take()
        if self._commands.is_nudged:
            self._commands.is_nudged = False
            self._forgive()
            if not new_wishes:  # "sync now"; with a wish the teacher waits for that alone
                self._agenda.catalogue_now()
        if self._looked_s - self._collected_s > _COLLECT_EVERY_S:
            self._collected_s = self._looked_s
            self._couriers.collect()
            self._desk_use.look()
        self._surroundings.look()

    def _forgive(self) -> None:
        """Somebody wants it now: whatever was put off is tried again."""
        self._agenda.forgive()
        self._context.health.forgive()
        self._downloads.forgive()
        self._couriers.forgive()
        self._couriers.collect()

    def _on_stop(self) -> None:
        """From the reader's thread: whatever waits on the network returns at once."""
        if self._config.is_process:
            end_process_within(_END_WITHIN_S, 0)
        self._context.session.abort()

    # -- the end ----------------------------------------------------------------------------

    def _end(self) -> None:
        context = self._context
        try:
            self._surroundings.save_dates()
            if self._throttle.is_paused:
                self._wishes.waits(TransferPausedError())
            context.store.set_meta("last_sync_at", stamp(context.now()))
            self._tidy()
        except DatabaseError as error:  # a full disk must not swallow the last line
            logger.warning("the end of the run could not be noted: %s", error)
        self._entries.close()
        self._surroundings.close()
        context.session.abort()
        has_ended = context.streams.close(within_s=0.5)
        context.events.emit(self.done())
        if not has_ended and self._config.is_process:
            end_process_within(1.0, 1 if context.events.problems else 0)

    def _tidy(self) -> None:
        """A run of `--once` has no idle hour: it keeps to the quota and a copy at its end."""
        if self._config.is_once and not self._commands.is_stopping:
            try:
                self._housekeeping.keep_to_quota()
                self._housekeeping.keep_state(at_most_every_s=_KEEP_STATE_EVERY_S)
            except KnownError as error:
                logger.warning("the run could not be tidied up: %s", error)

    def done(self) -> Mapping[str, Any]:
        """The last line."""
        statements, uploads = self._couriers.statements_left(), self._couriers.uploads_left()
        return done_event(self._context, statements, uploads, self._agenda.rests_s)
