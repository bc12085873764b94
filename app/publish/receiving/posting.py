# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the files of statements to a learning record store, each file once.

How a store is spoken to is for others to know (`StatementPoster`); here only what has been posted
is kept. A cut posts a file again, which a store recognises by the ids.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.base import files
from app.base.errors import known_os_error
from app.publish.receiving.statements import batch_path
from app.publish.receiving.store import ReceivedStore


class StatementPoster(Protocol):
    """One learning record store."""

    def post(self, statements: Sequence[bytes]) -> list[bytes]:
        """Bring statements there; returns those that it refuses for good.

        Raises:
            KnownError: the store cannot be reached or is in trouble; nothing is lost.
        """
        ...


PosterTo = Callable[[str], StatementPoster]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a run brought to the store, and what that refused (kept beside as `….refused`)."""

    statements: int
    refused: int


def post_batches(store: ReceivedStore, folder: Path, poster: StatementPoster) -> Posted:
    """Post every file that has not been, the oldest first; see `StatementPoster.post`."""
    count = refused_count = 0
    for number in store.unposted_batches():
        path = batch_path(folder, number)
        try:
            lines = path.read_bytes().splitlines()
        except OSError as error:
            raise known_os_error(error, path) from error
        refused = poster.post(lines)
        if refused:
            kept = b"".join(line + b"\n" for line in refused)
            files.replace_bytes(path.with_suffix(".refused"), kept)
        store.batch_posted(number)
        count += len(lines) - len(refused)
        refused_count += len(refused)
    return Posted(count, refused_count)
