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
