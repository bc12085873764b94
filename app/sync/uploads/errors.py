# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with one upload."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class SourceChangedError(KnownError):
    """The teacher's file `name` changed while it was read."""

    code = "upload_source_changed"
    scope = Scope.ITEM


class NotAFileError(KnownError):
    """`name` is a folder or a device."""

    code = "upload_not_a_file"
    scope = Scope.ITEM


class EmptyFileError(KnownError):
    """The file `name` has no bytes."""

    code = "upload_empty"
    scope = Scope.ITEM


class DetailsInvalidError(KnownError):
    """What was said about an upload breaks a rule: `field`, `reason`."""

    code = "upload_details_invalid"
    scope = Scope.ITEM


class TitleMissingError(DetailsInvalidError):
    """An upload needs a title."""

    code = "upload_title_missing"
    scope = Scope.ITEM


class CopyDamagedError(KnownError):
    """The staged copy of `name` is gone or no longer what the teacher gave us."""

    code = "upload_copy_damaged"
    scope = Scope.ITEM


class TooLargeError(KnownError):
    """`host` takes no upload as large as `name`."""

    code = "upload_too_large"
    scope = Scope.ITEM


class UnknownUploadError(KnownError):
    """No upload has the id `upload_id`, or it is past what was asked."""

    code = "upload_unknown"
    scope = Scope.ITEM
