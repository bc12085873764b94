# SPDX-License-Identifier: GPL-3.0-or-later
"""The trust floor of each region in more than one durable place; the highest one counts.

state.db alone is not enough: when it is set back (its previous generation, a restored copy), the
versions accepted since then would be forgotten and an old, signed state would be believed again.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Sequence
from pathlib import Path

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.region.floor import TrustFloor
from app.sync.store import SyncStore

logger = logging.getLogger(__name__)
_FORMAT, _MAJOR = "kezhan-floor", 1
_MAX_BYTES = 4096
FLOOR_NAME = "floor.json"
_FIELDS = tuple(field.name for field in dataclasses.fields(TrustFloor))


class Floors:
    """Reads and raises floors; only the agent's main thread uses it.

    `second_place` is a folder on another disk that is not set back together with the data, or None.
    """

    def __init__(self, paths: DataPaths, store: SyncStore, second_place: Path | None) -> None:
        self._paths = paths
        self._store = store
        self._second_place = second_place

    def of(self, region_id: str) -> TrustFloor | None:
        """The versions that must never go back; places that know less are told."""
        row = self._store.floor(region_id)
        kept = [_read(place) for place in self._places(region_id)]
        known = [floor for floor in (row, *kept) if floor is not None]
        if not known:
            return None
        highest = highest_of(known, self._generations(region_id))
        if row is not None and row != highest:
            logger.warning("the trust floor of %s was set back here; a copy knew better", region_id)
        if any(floor != highest for floor in (row, *kept)):
            self.raise_to(region_id, highest)
        return highest

    def raise_to(self, region_id: str, floor: TrustFloor) -> None:
        """Remember a floor everywhere; the row, first, is what makes a refresh count.

        Raises:
            DiskFullError, ReadOnlyError: the data directory refuses.
        """
        self._store.save_floor(region_id, floor)
        document = document_header(_FORMAT, _MAJOR, 0) | dataclasses.asdict(floor)
        content = json.dumps(document, indent=1).encode()
        first, *others = self._places(region_id)
        first.parent.mkdir(parents=True, exist_ok=True)
        files.replace_bytes(first, content)
        for place in others:
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                files.replace_bytes(place, content)
            except (KnownError, OSError) as error:
                logger.info("the second place of the trust floor refuses: %s", error)

    def forget(self, region_id: str) -> None:
        """Believe nothing of a region any more; for one that is joined under another root."""
        for place in self._places(region_id):
            place.unlink(missing_ok=True)
        self._store.forget_floor(region_id)

    def _places(self, region_id: str) -> list[Path]:
        places = [self._paths.region_dir(region_id) / FLOOR_NAME]
        if self._second_place is not None:
            places.append(self._second_place / f"{region_id}.{FLOOR_NAME}")
        return places

    def _generations(self, region_id: str) -> frozenset[int]:
        folder = state_dir(self._paths, region_id)
        names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
        return frozenset(int(name) for name in names if name.isdigit())


def state_dir(paths: DataPaths, region_id: str) -> Path:
    """Where the trusted generations of a region lie."""
    return paths.region_dir(region_id) / "trust"


def highest_of(floors: Sequence[TrustFloor], generations: frozenset[int]) -> TrustFloor:
    """The highest version of each role, and the newest accepted generation that lies on disk."""
    accepted = {floor.generation for floor in floors}
    on_disk = accepted & generations
    return TrustFloor(
        root=max(floor.root for floor in floors),
        timestamp=max(floor.timestamp for floor in floors),
        snapshot=max(floor.snapshot for floor in floors),
        targets=max(floor.targets for floor in floors),
        generation=max(on_disk or accepted),
    )


def _read(place: Path) -> TrustFloor | None:
    try:
        document = parse_document(place.read_bytes(), _FORMAT, _MAJOR, max_bytes=_MAX_BYTES)
    except (KnownError, OSError):
        return None
    values = [document.get(name) for name in _FIELDS]
    if not all(isinstance(value, int) and not isinstance(value, bool) for value in values):
        return None
    return TrustFloor(*(int(value) for value in values if value is not None))
