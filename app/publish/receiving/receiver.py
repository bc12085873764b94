# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes in a folder: opens bundles, keeps uploads and statements, says what could not be taken.

Repeating it changes nothing. A bundle counts as received (and gets its receipt) only after all of
it is durable here; of one that was cut, what could be verified is kept, and it is expected again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Final

from app.base.errors import DiskFullError, KnownError, ReadOnlyError, known_os_error
from app.publish import times
from app.publish.errors import NothingReceivedError, RecordRefusedError, UploadDamagedError
from app.publish.home import RegionHome
from app.publish.progress import OnProgress, Progress, quiet
from app.publish.receiving.sources import (
    Found,
    FoundBundle,
    FoundProblem,
    FoundStatements,
    FoundUpload,
    find,
)
from app.publish.receiving.statements import StatementInbox, lines_of, write_batches
from app.publish.receiving.store import ReceivedBundle, ReceivedStore, Sender
from app.publish.receiving.unsettled import write_incomplete, write_unvouched
from app.publish.receiving.uploads import Arrival, UploadShelf
from app.region.bundle import (
    DataRecord,
    RefusedRecord,
    StatementRecord,
    UploadEndRecord,
    UploadRecord,
)
from app.region.bundle_reader import OpenBundle, open_bundle
from app.region.errors import BundleDamagedError, BundleForeignError, BundleUnfinishedError

_CHUNK_BYTES: Final = 1 << 20
_MOST_PROBLEMS: Final = 1000


@dataclass(slots=True)
class ReceiveReport:
    """What a folder brought. `…_known` had come before; `problems` are named one by one.

    `incomplete` uploads lack pieces, `unvouched` bundles came without an account, now or earlier;
    of `given_up` uploads nothing more is expected.
    """

    bundles: int = 0
    bundles_known: int = 0
    bundles_unvouched: int = 0
    statements: int = 0
    statements_known: int = 0
    uploads: int = 0
    uploads_known: int = 0
    incomplete: int = 0
    unvouched: int = 0
    given_up: int = 0
    problem_count: int = 0
    problems: list[KnownError] = field(default_factory=list)

    def note(self, error: KnownError) -> None:
        self.problem_count += 1
        if len(self.problems) < _MOST_PROBLEMS:
            self.problems.append(error)


class Receiver:
    """Takes in folders for one region. `passwords` are those of its schools' accounts, by user."""

    def __init__(
        self,
        home: RegionHome,
        region_id: str,
        store: ReceivedStore,
        secret_keys: Sequence[bytes],
        passwords: Mapping[str, str],
        *,
        on_progress: OnProgress = quiet,
    ) -> None:
        self._home = home
        self._region_id = region_id
        self._store = store
        self._secret_keys = secret_keys
        self._passwords = passwords
        self._shelf = UploadShelf(home, store)
        self._on_progress = on_progress

    def receive(self, folder: Path, now: datetime) -> ReceiveReport:
        """Take in everything below `folder`.

        Raises:
            NothingReceivedError: nothing there comes from schools.
            DiskFullError, ReadOnlyError: on the region's own disk; run it again afterwards.
        """
        report = ReceiveReport()
        count = 0
        for count, found in enumerate(find(folder, self._region_id), 1):
            self._guarded(report, lambda found=found: self._take(found, report, now))  # type: ignore[misc]
            self._on_progress(Progress("received", count, 0))
        write_batches(self._store, self._home.statements_dir)
        self._say_what_hangs(report, now)
        if not count:
            raise NothingReceivedError(path=str(folder))
        return report

    def _say_what_hangs(self, report: ReceiveReport, now: datetime) -> None:
        """Uploads that are not whole and bundles that nobody vouches for, counted and listed."""
        report.given_up = self._shelf.give_up(now)
        incomplete, unvouched = self._shelf.incomplete(), self._store.unvouched_bundles()
        report.incomplete, report.unvouched = len(incomplete), len(unvouched)
        folder = self._home.received_db.parent
        write_incomplete(folder, incomplete)
        write_unvouched(folder, unvouched)

    def _guarded(self, report: ReceiveReport, work: Callable[[], None]) -> None:
        """One thing that cannot be taken in is noted; trouble with our own disk ends the run."""
        try:
            work()
        except (DiskFullError, ReadOnlyError) as error:
            if Path(str(error.data.get("path", ""))).is_relative_to(self._home.root):
                raise
            report.note(error)
        except KnownError as error:
            report.note(error)

    def _take(self, found: Found, report: ReceiveReport, now: datetime) -> None:
        shown = times.show(now)
        match found:
            case FoundBundle():
                self._take_bundle(found, report, shown)
            case FoundUpload():
                self._take_upload(found, report, shown)
            case FoundStatements():
                self._take_statements(found, report)
            case FoundProblem(error):
                raise error

    # --- bundles

    def _take_bundle(self, found: FoundBundle, report: ReceiveReport, now: str) -> None:
        if not found.parts:
            raise BundleUnfinishedError(bundle_id=found.name)
        with open_bundle(found.parts, self._secret_keys) as bundle:
            header = bundle.header
            if header.region_id != self._region_id:
                raise BundleForeignError(bundle_id=found.name, key="")
            if self._store.has_bundle(header.bundle_id):
                report.bundles_known += 1
                return
            sender = self._sender(bundle)
            inbox = StatementInbox(self._store, is_vouched=sender.is_vouched)
            reading = _Reading(self._shelf, inbox, sender, report, found.name, now)
            try:
                for record in bundle.records():
                    reading.take(record)
            finally:
                reading.stop()
        if reading.is_complete:
            received = ReceivedBundle(header.bundle_id, sender, header.trip)
            self._store.add_bundle(received, now)
            report.bundles += 1
            report.bundles_unvouched += not sender.is_vouched

    def _sender(self, bundle: OpenBundle) -> Sender:
        header = bundle.header
        password = self._passwords.get(header.user)
        is_vouched = password is not None and bundle.is_vouched_by(password)
        # An account is named like the code of its school.
        is_vouched = is_vouched and header.user == header.school_code
        is_vouched = is_vouched or not self._passwords
        return Sender(header.device_id, header.school_code, is_vouched)

    # --- folders of servers and of people

    def _take_upload(self, found: FoundUpload, report: ReceiveReport, now: str) -> None:
        """The server has asked for the school's account before it took the file in."""
        sender = Sender("", found.upload.school_code, is_vouched=True)
        arrival = self._shelf.begin(found.upload, sender, now)
        if arrival is None:
            report.uploads_known += 1
            return
        try:
            with found.path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    arrival.write(chunk)
            report.uploads += arrival.finish(now)
        except OSError as error:
            raise known_os_error(error, found.path) from error
        finally:
            arrival.drop()

    def _take_statements(self, found: FoundStatements, report: ReceiveReport) -> None:
        inbox = StatementInbox(self._store, is_vouched=True)
        try:
            for line in lines_of(found.path):
                self._guarded(
                    report,
                    lambda line=line: inbox.take(None, line, str(found.path)),  # type: ignore[misc]
                )
        except OSError as error:
            raise known_os_error(error, found.path) from error
        finally:
            inbox.flush()
            report.statements += inbox.added
            report.statements_known += inbox.seen - inbox.added


class _Reading:
    """One bundle being read: where the bytes of its current upload go."""

    def __init__(
        self,
        shelf: UploadShelf,
        inbox: StatementInbox,
        sender: Sender,
        report: ReceiveReport,
        name: str,
        now: str,
    ) -> None:
        self._shelf = shelf
        self._inbox = inbox
        self._sender = sender
        self._report = report
        self._name = name
        self._now = now
        self._arrival: Arrival | None = None
        self.is_complete = True

    def take(self, record: object) -> None:
        try:
            match record:
                case StatementRecord(statement_id, raw):
                    self._inbox.take(statement_id, raw, self._name)
                case UploadRecord(upload):
                    self._finish()
                    self._arrival = self._shelf.begin(upload, self._sender, self._now)
                    self._report.uploads_known += self._arrival is None
                case DataRecord(chunk) if self._arrival is not None:
                    self._arrival.write(chunk)
                case UploadEndRecord():
                    self._finish()
                case RefusedRecord(what, reason):
                    self._drop()
                    raise RecordRefusedError(what=what, path=self._name, reason=reason)
        except (RecordRefusedError, UploadDamagedError, BundleDamagedError) as error:
            self._report.note(error)  # its sender erred: bringing it again would not help
        except (DiskFullError, ReadOnlyError):
            raise
        except KnownError as error:
            self.is_complete = False  # no receipt: it is brought again when there is room
            self._drop()
            self._report.note(error)

    def stop(self) -> None:
        """The end, or a cut: what has come is genuine and may be a part of what comes later."""
        try:
            self._finish()
        except UploadDamagedError as error:
            self._report.note(error)
        finally:
            self._drop()
            self._inbox.flush()
            self._report.statements += self._inbox.added
            self._report.statements_known += self._inbox.seen - self._inbox.added

    def _finish(self) -> None:
        arrival, self._arrival = self._arrival, None
        if arrival is not None:
            self._report.uploads += arrival.finish(self._now)

    def _drop(self) -> None:
        if self._arrival is not None:
            self._arrival.drop()
            self._arrival = None
