# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of the disk an import needs, said before it begins."""

from typing import Final

from app.catalogue.writer import most_loose

# Measured at 1,000,000: up to 680 bytes an entry while a generation is built (rows and postings on
# their way, and the new file), 280 to 300 when it is done.
PEAK_BYTES_PER_ENTRY: Final = 780
# The log of one change, and what SQLite and the file system take besides.
_SPARE_BYTES: Final = 24_000_000


def import_bytes(fetched_bytes: int, new_entries: int, held_entries: int) -> int:
    """The most that an import takes beyond what is on the disk now.

    Where much is new everything is built anew beside the old catalogue, which goes at the end.
    """
    is_rebuilt = new_entries > most_loose(held_entries)
    written = new_entries + (held_entries if is_rebuilt else 0)
    return fetched_bytes + written * PEAK_BYTES_PER_ENTRY + _SPARE_BYTES
