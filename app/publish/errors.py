# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong while publishing, each with a stable code and its data."""

from typing import ClassVar

from app.base.errors import KnownError, Scope


class RegionHomeMissingError(KnownError):
    """`path` holds no region yet; `init` makes one."""

    code: ClassVar[str] = "region_home_missing"
    scope: ClassVar[Scope] = Scope.RUN


class RegionHomeExistsError(KnownError):
    """`path` already holds a region; nothing is overwritten."""

    code: ClassVar[str] = "region_home_exists"
    scope: ClassVar[Scope] = Scope.RUN


class LineInvalidError(KnownError):
    """A line of an input file is refused. Data: path, line, entry_id, field, reason."""

    code: ClassVar[str] = "line_invalid"
    scope: ClassVar[Scope] = Scope.RUN


class BuildPendingError(KnownError):
    """A build was cut; it must be finished by `build` before anything else changes."""

    code: ClassVar[str] = "build_pending"
    scope: ClassVar[Scope] = Scope.RUN


class IssuedInvalidError(KnownError):
    """`--issued` is no time, or earlier than the newest published. Data: issued, newest."""

    code: ClassVar[str] = "issued_invalid"
    scope: ClassVar[Scope] = Scope.RUN


class SettingInvalidError(KnownError):
    """An option of `init` breaks a rule of the format. Data: field, reason."""

    code: ClassVar[str] = "setting_invalid"
    scope: ClassVar[Scope] = Scope.RUN


class KeyMissingError(KnownError):
    """A signing key is not where it should be, or unreadable. Data: role, path."""

    code: ClassVar[str] = "key_missing"
    scope: ClassVar[Scope] = Scope.RUN


class RegionEntryUnknownError(KnownError):
    """`entry_id` is not in this region."""

    code: ClassVar[str] = "region_entry_unknown"
    scope: ClassVar[Scope] = Scope.RUN


class CheckFailedError(KnownError):
    """The tree is not what a client needs. Data: problems (count), first."""

    code: ClassVar[str] = "check_failed"
    scope: ClassVar[Scope] = Scope.RUN


class UploadDamagedError(KnownError):
    """The upload `name` arrived with other bytes than its sender announced."""

    code: ClassVar[str] = "upload_damaged"
    scope: ClassVar[Scope] = Scope.ITEM


class UploadTooLargeError(KnownError):
    """There is no room for the upload `name` (`size_bytes`) on the region's disk now."""

    code: ClassVar[str] = "upload_no_room"
    scope: ClassVar[Scope] = Scope.ITEM


class RecordRefusedError(KnownError):
    """A `what` (statement or upload) from `path` breaks a rule (`reason`); its sender erred."""

    code: ClassVar[str] = "record_refused"
    scope: ClassVar[Scope] = Scope.ITEM


class LinkRefusedError(KnownError):
    """`path` on a stick is a link or no plain file; links are never followed."""

    code: ClassVar[str] = "link_refused"
    scope: ClassVar[Scope] = Scope.ITEM


class ForeignStickError(KnownError):
    """`path` holds parcels for another region."""

    code: ClassVar[str] = "parcels_foreign"
    scope: ClassVar[Scope] = Scope.ITEM


class NothingReceivedError(KnownError):
    """`path` holds nothing that schools send."""

    code: ClassVar[str] = "nothing_received"
    scope: ClassVar[Scope] = Scope.RUN


class UploadUnknownError(KnownError):
    """No upload has the number `number`, or it is not waiting for review."""

    code: ClassVar[str] = "review_unknown"
    scope: ClassVar[Scope] = Scope.RUN


class LevelInvalidError(KnownError):
    """`level` is no level of review, or one that the upload has passed. Data: levels."""

    code: ClassVar[str] = "review_level"
    scope: ClassVar[Scope] = Scope.RUN


class ReasonMissingError(KnownError):
    """An upload is returned with a reason or not at all."""

    code: ClassVar[str] = "review_reason_missing"
    scope: ClassVar[Scope] = Scope.RUN


class RunnableUploadError(KnownError):
    """The upload `name` is a program; those are never published."""

    code: ClassVar[str] = "review_runnable"
    scope: ClassVar[Scope] = Scope.RUN


class SchoolUnknownError(KnownError):
    """There is no enrolment of the school `code`."""

    code: ClassVar[str] = "school_unknown"
    scope: ClassVar[Scope] = Scope.RUN


class SpaceInvalidError(KnownError):
    """`space` is no size, or too small for the catalogue itself (`needed_bytes`)."""

    code: ClassVar[str] = "stick_space"
    scope: ClassVar[Scope] = Scope.RUN


class StickDamagedError(KnownError):
    """`path` on the stick reads back other than it was written."""

    code: ClassVar[str] = "stick_reads_wrong"
    scope: ClassVar[Scope] = Scope.RUN
