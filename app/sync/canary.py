# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices that the data went back to an earlier state: a frozen disk, a restored copy.

Every start counts up, first in state.db, then in a file of the data directory, last on another
disk. In that order no crash can leave state.db behind the others: when it is, it was set back.
"""

from __future__ import annotations

import json
import logging
from enum import StrEnum
from pathlib import Path

from app.base import files
from app.base.documents import document_header, parse_document
from app.base.errors import KnownError
from app.base.paths import DataPaths
from app.sync.store import SyncStore

logger = logging.getLogger(__name__)
_FORMAT, _MAJOR = "kezhan-canary", 1
_MAX_BYTES = 4096
_META = "canary"
CANARY_NAME = "canary.json"


class SetBack(StrEnum):
    """What went back, or who noticed."""

    DATABASE = "database"  # state.db alone: its previous generation, or a copy of it
    DATA = "data"  # the whole data directory: a frozen disk, or a copy of it
    REGION = "region"  # the region has what we do not remember having sent


class Canary:
    """The count of this data directory in its three places; `device_id` tells directories apart."""

    def __init__(
        self, paths: DataPaths, store: SyncStore, second_place: Path | None, device_id: str
    ) -> None:
        self._store = store
        self._beside = paths.root / CANARY_NAME
        self._elsewhere = (
            second_place / f"{device_id}.{CANARY_NAME}" if second_place is not None else None
        )

    def look(self) -> SetBack | None:
        """What has gone back since the last `count_up`; None when all is as it should be."""
        here = self._here()
        if _read(self._elsewhere) > max(here, _read(self._beside)):
            return SetBack.DATA
        return SetBack.DATABASE if _read(self._beside) > here else None

    def count_up(self) -> None:
        """Count beyond every place; called at each start and after each copy of state.db.

        A place that refuses (a full disk) stays behind, which alarms nobody.
        """
        count = 1 + max(self._here(), _read(self._beside), _read(self._elsewhere))
        self._store.set_meta(_META, count)
        content = json.dumps(document_header(_FORMAT, _MAJOR, 0) | {"count": count}).encode()
        for place in (self._beside, self._elsewhere):
            if place is None:
                continue
            try:
                place.parent.mkdir(parents=True, exist_ok=True)
                files.replace_bytes(place, content)
            except (KnownError, OSError) as error:
                logger.info("a place of the canary refuses: %s", error)

    def _here(self) -> int:
        count = self._store.meta(_META)
        return count if isinstance(count, int) else 0


def _read(place: Path | None) -> int:
    if place is None:
        return 0
    try:
        document = parse_document(place.read_bytes(), _FORMAT, _MAJOR, max_bytes=_MAX_BYTES)
    except (KnownError, OSError):
        return 0
    count = document.get("count")
    return count if isinstance(count, int) and not isinstance(count, bool) else 0
