# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with the local catalogue."""

from typing import ClassVar

from app.base.errors import KnownError, Scope


class CatalogueDamagedError(KnownError):
    """The current catalogue cannot be read; it can be rebuilt. Data: path, reason."""

    code: ClassVar[str] = "catalogue_damaged"
    scope: ClassVar[Scope] = Scope.ITEM


class DeltaGapError(KnownError):
    """A delta does not join what is here. Data: shard_id, expected (or None), found."""

    code: ClassVar[str] = "delta_gap"
    scope: ClassVar[Scope] = Scope.ITEM


class CatalogueFullError(KnownError):
    """More entries, textbooks or shards than the index can number. Data: what, limit."""

    code: ClassVar[str] = "catalogue_full"
    scope: ClassVar[Scope] = Scope.RUN


class CatalogueRoomError(KnownError):
    """An import would not fit on the disk. Data: path, needed_bytes, free_bytes, and both in MB."""

    code: ClassVar[str] = "catalogue_room"
    scope: ClassVar[Scope] = Scope.ITEM
