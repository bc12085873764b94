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
