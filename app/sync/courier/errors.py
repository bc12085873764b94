# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a stick, each with one sentence."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class StickForeignError(KnownError):
    """What lies in `path` belongs to a region that this machine has not joined."""

    code = "stick_of_other_region"
    scope = Scope.CARRIER


class StickAmbiguousError(KnownError):
    """`path` holds two things that differ only in upper and lower case: `name`."""

    code = "stick_ambiguous"
    scope = Scope.CARRIER


class StickLinkError(KnownError):
    """`name` in `path` is a link where a plain folder belongs; links are never followed."""

    code = "stick_link"
    scope = Scope.CARRIER


class StickFailingError(KnownError):
    """`path` gives read or write errors again and again; what was brought stays."""

    code = "stick_failing"
    scope = Scope.CARRIER


class StickProtectedError(KnownError):
    """`path` cannot be written: its switch is on, or it is a kind of disk that only reads."""

    code = "stick_write_protected"
    scope = Scope.CARRIER


class StickFullError(KnownError):
    """`path` has no room for the next thing (`needed_bytes`); `written` bundles are on it."""

    code = "stick_full"
    scope = Scope.CARRIER


class StickLiesError(KnownError):
    """What was written to `path` does not read back the same: a worn or a fake stick."""

    code = "stick_lies"
    scope = Scope.CARRIER


class NothingToExportError(KnownError):
    """Nothing waits here that a stick could carry."""

    code = "nothing_to_export"
    scope = Scope.ITEM


class NoRoomForAllError(KnownError):
    """`files` files (`size_bytes` together) of the stick did not fit on this machine's disk."""

    code = "no_room_for_all"
    scope = Scope.ITEM
