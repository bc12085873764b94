# SPDX-License-Identifier: GPL-3.0-or-later
"""What will be needed of a slow disk, read in one go before it is needed.

A search reads page after page, and a disk turns once for each; parts that lie together come at a
hundred megabytes a second. Nothing is kept here: the system keeps what it has read.
"""

import contextlib
from pathlib import Path
from typing import Final

from app.base.errors import MissingFileError, known_os_error
from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.generations import current_generation, generation_file
from app.catalogue.store import COUNTED_COLUMNS, SHORT_LISTS, Store

# Entries lie at the start of the file, the most popular first: of four million this is a tenth,
# and what most first pages show is in it. Half a second of an old disk.
_ENTRIES_BYTES: Final = 48 << 20
# Of four million entries the short lists are 107 MB, a second of an old disk.
_LISTS_BYTES: Final = 128 << 20
_CHUNK_BYTES: Final = 1 << 20


def warm_up(folder: Path) -> int:
    """Let the system read the popular entries and the short lists of the current generation.

    Returns how many bytes. Raises a KnownError if the disk refuses.
    """
    generation = current_generation(folder)
    if generation is None:
        return 0
    path = generation_file(folder, generation)
    try:
        return sum(_read(path, span) for span in _spans(path))
    except FileNotFoundError:
        return 0  # a newer generation has just replaced it
    except OSError as error:
        raise known_os_error(error, path) from error


def _spans(path: Path) -> tuple[range, ...]:
    """Entries, then lists; entries alone if the file cannot be asked: its first reader says why."""
    lists = range(0)
    with contextlib.suppress(CatalogueDamagedError, MissingFileError):
        store = Store.open_reader(path)
        try:
            lists = store.span(SHORT_LISTS)
        finally:
            store.close()
    last = min(lists.stop, lists.start + _LISTS_BYTES)
    return range(_ENTRIES_BYTES), range(max(lists.start, _ENTRIES_BYTES), last)


def warm_columns(store: Store) -> None:
    """The same for the columns that a reader is about to unpack; it says itself what is wrong."""
    with contextlib.suppress(OSError):
        _read(store.path, store.span(COUNTED_COLUMNS))


def _read(path: Path, span: range) -> int:
    """How many bytes of a part of the file there were."""
    done, chunk = 0, memoryview(bytearray(_CHUNK_BYTES))
    with path.open("rb", buffering=0) as file:
        file.seek(span.start)
        while done < len(span) and (size := file.readinto(chunk[: len(span) - done])):
            done += size
    return done
