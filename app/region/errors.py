# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a region's documents, each with a stable code and its data."""

from typing import ClassVar

from app.base.errors import KnownError, Scope


class EntryInvalidError(KnownError):
    """An entry breaks a rule of the format. Data: entry_id, field, reason (see `fields.Reason`)."""

    code: ClassVar[str] = "entry_invalid"
    scope: ClassVar[Scope] = Scope.ITEM


class EnrolmentInvalidError(KnownError):
    """An enrolment file breaks a rule or its root does not verify. Data: field, reason."""

    code: ClassVar[str] = "enrolment_invalid"
    scope: ClassVar[Scope] = Scope.ITEM


class RegionInvalidError(KnownError):
    """The signed region or index document breaks a rule. Data: what, field, reason."""

    code: ClassVar[str] = "region_invalid"
    scope: ClassVar[Scope] = Scope.CARRIER


class ShardDamagedError(KnownError):
    """A snapshot or delta cannot be read as what it says it is. Data: shard_id, reason."""

    code: ClassVar[str] = "shard_damaged"
    scope: ClassVar[Scope] = Scope.ITEM


class PieceListDamagedError(KnownError):
    """A piece list does not fit the file it belongs to. Data: reason."""

    code: ClassVar[str] = "piece_list_damaged"
    scope: ClassVar[Scope] = Scope.ITEM


class TrustRefusedError(KnownError):
    """A region's metadata is not signed by whom it must be. Data: reason."""

    code: ClassVar[str] = "trust_refused"
    scope: ClassVar[Scope] = Scope.CARRIER


class BundleKeyMissingError(KnownError):
    """The region `region` has not said for which key bundles are to be sealed."""

    code: ClassVar[str] = "bundle_key_missing"
    scope: ClassVar[Scope] = Scope.RUN


class BundleForeignError(KnownError):
    """The bundle `bundle_id` is sealed for another key (`key` is that key's short name)."""

    code: ClassVar[str] = "bundle_foreign"
    scope: ClassVar[Scope] = Scope.ITEM


class BundleDamagedError(KnownError):
    """The bundle `bundle_id` is not as it was sealed. Data: reason."""

    code: ClassVar[str] = "bundle_damaged"
    scope: ClassVar[Scope] = Scope.ITEM


class BundleUnfinishedError(KnownError):
    """The bundle `bundle_id` ends before its end: a stick pulled, or a part is missing."""

    code: ClassVar[str] = "bundle_unfinished"
    scope: ClassVar[Scope] = Scope.ITEM
