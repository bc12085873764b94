# SPDX-License-Identifier: GPL-3.0-or-later
"""What first searches will need of a slow disk, read in one go before they need it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from app.base.errors import MissingFileError, known_os_error
from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.generations import current_generation, generation_file
from app.catalogue.store import Store

# Entries lie at the start of the file, the most popular first: of four million this is a tenth,
# and what most first pages show is in it. Half a second of an old disk.
_ENTRIES_BYTES: Final = 48 << 20
# Of four million entries the short lists are 100 MB, a second of an old disk.
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
        return sum(_read(path))
    except FileNotFoundError:
        return 0  # a newer generation has just replaced it
    except OSError as error:
        raise known_os_error(error, path) from error


def _read(path: Path) -> Iterator[int]:
    """Sizes of what was read."""
    first, last = _short_lists(path)
    parts = (0, _ENTRIES_BYTES), (max(first, _ENTRIES_BYTES), min(last, first + _LISTS_BYTES))
    with path.open("rb", buffering=0) as file:
        for start, end in parts:
            file.seek(start)
            for place in range(start, end, _CHUNK_BYTES):
                yield len(file.read(min(_CHUNK_BYTES, end - place)))


def _short_lists(path: Path) -> tuple[int, int]:
    """Where they lie; nowhere if the file cannot be asked: opening it for searches says why."""
    try:
        store = Store.open_reader(path)
        try:
            return store.short_lists_span()
        finally:
            store.close()
    except (CatalogueDamagedError, MissingFileError):
        return 0, 0
