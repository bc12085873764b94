# SPDX-License-Identifier: GPL-3.0-or-later
"""The pinyin of a generation, read when letters are first typed. Light to import."""

from functools import cached_property
from typing import TYPE_CHECKING, Final

from app.catalogue.recent import Recent
from app.catalogue.store import Store
from app.catalogue.syllables import Syllables

if TYPE_CHECKING:
    from app.catalogue.pinyin import PinyinTable, Sound

_SOUNDS_KEPT: Final = 64


class Spoken:
    """How the characters of a generation are read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._sounds: Recent[Sound] = Recent(_SOUNDS_KEPT)

    @cached_property
    def table(self) -> "PinyinTable":
        """Every reading of every character."""
        from app.catalogue.pinyin import PinyinTable

        return PinyinTable.from_bytes(self._store.meta("pinyin"))

    @cached_property
    def syllables(self) -> Syllables:
        """What typed letters can be cut into."""
        return Syllables(self.table.syllables)

    def sound(self, part: str, *, is_begun: bool) -> "Sound":
        """A syllable, or all that begin like it."""
        return self._sounds.recall(
            (part, is_begun), lambda: self.table.sound(part, is_begun=is_begun)
        )
