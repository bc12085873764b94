# SPDX-License-Identifier: GPL-3.0-or-later
"""What comes in from schools, one function a command: receive a folder, review uploads."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from app.base.errors import MissingFileError
from app.publish.bundle_keys import BundleKeys
from app.publish.commands import locked, opened_store
from app.publish.home import RegionHome
from app.publish.progress import OnProgress, quiet
from app.publish.receiving.posting import Posted, StatementPoster, post_batches
from app.publish.receiving.receiver import Receiver, ReceiveReport
from app.publish.receiving.store import ReceivedStore
from app.publish.review import Review, Reviewed
from app.publish.schools import passwords


@dataclass(frozen=True, slots=True)
class WaitingUpload:
    """One line of the list for reviewers. `path` is where the file lies."""

    number: int
    title: str
    author: str
    school: str
    name: str
    size_bytes: int
    level: str
    is_vouched: bool
    path: str


@contextmanager
def opened_received(home: RegionHome) -> Iterator[ReceivedStore]:
    """What schools have sent, closed at the end."""
    received = ReceivedStore(home.received_db)
    try:
        yield received
    finally:
        received.close()


def receive(
    root: Path, folder: Path, now: datetime, on_progress: OnProgress = quiet
) -> ReceiveReport:
    """Take in what a stick or a folder brings; see `Receiver.receive`."""
    home = RegionHome(root)
    with locked(home), opened_received(home) as received:
        if not folder.is_dir():
            raise MissingFileError(path=str(folder))
        receiver = Receiver(
            home,
            home.load_settings().region_id,
            received,
            BundleKeys(home.keys_dir).secrets(),
            passwords(home.credentials_file),
            on_progress=on_progress,
        )
        return receiver.receive(folder, now)


def post(root: Path, poster: StatementPoster) -> Posted:
    """Bring to a record store what no run has brought there; see `post_batches`."""
    home = RegionHome(root)
    with locked(home), opened_received(home) as received:
        return post_batches(received, home.statements_dir, poster)


def waiting(root: Path) -> list[WaitingUpload]:
    """Uploads that wait for review, the oldest first."""
    home = RegionHome(root)
    with locked(home), opened_received(home) as received:
        review = Review(home, home.load_settings(), received)
        return [
            WaitingUpload(
                number=row.number,
                title=row.title,
                author=row.details.get("author", ""),
                school=row.school_code,
                name=row.name,
                size_bytes=row.size_bytes,
                level=review.level_of(row),
                is_vouched=row.is_vouched,
                path=review.path_of(row),
            )
            for row in review.waiting()
        ]


def accept(
    root: Path,
    number: int,
    now: datetime,
    level: str | None = None,
    corrections: Mapping[str, str] | None = None,
) -> Reviewed:
    """Let an upload pass; see `Review.accept`. The next build publishes it."""
    home = RegionHome(root)
    with locked(home), opened_received(home) as received, opened_store(home) as store:
        review = Review(home, home.load_settings(), received)
        return review.accept(number, level, corrections or {}, store, now)


def send_back(
    root: Path, number: int, reason: str, now: datetime, level: str | None = None
) -> Reviewed:
    """Return an upload to its teacher; see `Review.send_back`."""
    home = RegionHome(root)
    with locked(home), opened_received(home) as received:
        return Review(home, home.load_settings(), received).send_back(number, level, reason, now)
