# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a timetable or a lesson list."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class TimetableInvalidError(KnownError):
    """The timetable file breaks CSES; `where` names the place, `reason` says how."""

    code = "timetable_invalid"
    scope = Scope.ITEM


class ListMissingError(KnownError):
    """The lesson list is gone (deleted in the meantime)."""

    code = "list_missing"
    scope = Scope.ITEM


class ListPackageInvalidError(KnownError):
    """The `.kezhan` file `name` cannot be brought in; `reason` says what is wrong with it."""

    code = "list_package_invalid"
    scope = Scope.ITEM


class PinInvalidError(KnownError):
    """A PIN has four to eight digits."""

    code = "pin_invalid"
    scope = Scope.ITEM


class PinWrongError(KnownError):
    """This is not the teacher's PIN."""

    code = "pin_wrong"
    scope = Scope.ITEM


class UniversalSourceError(KnownError):
    """The file `name` changed or went away while it was copied onto a universal stick."""

    code = "universal_source"
    scope = Scope.ITEM
