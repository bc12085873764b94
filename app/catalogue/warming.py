# SPDX-License-Identifier: GPL-3.0-or-later
"""What first pages will need of a slow disk, read in one go before they need it."""

from pathlib import Path
from typing import Final

from app.base.errors import known_os_error
from app.catalogue.generations import current_generation, generation_file

# Texts and records lie at the start of the file, the most popular first: of four million entries
# this is a tenth, and what most first pages show is in it. Half a second of an old disk.
_WARMED_BYTES: Final = 48 << 20
_CHUNK_BYTES: Final = 1 << 20


def warm_up(folder: Path) -> int:
    """Let the system read the start of the current generation; returns how many bytes.

    Raises a KnownError if the disk refuses.
    """
    generation = current_generation(folder)
    if generation is None:
        return 0
    path, done = generation_file(folder, generation), 0
    try:
        with path.open("rb", buffering=0) as file:
            while done < _WARMED_BYTES and (chunk := file.read(_CHUNK_BYTES)):
                done += len(chunk)
    except FileNotFoundError:
        return done  # a newer generation has just replaced it
    except OSError as error:
        raise known_os_error(error, path) from error
    return done
