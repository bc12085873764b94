# SPDX-License-Identifier: GPL-3.0-or-later
"""Notices about newer versions of the program."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class UpdateReadyError(KnownError):
    """`version` lies here and installs itself outside lesson hours."""

    code = "update_ready"
    scope = Scope.ITEM


class UpdateNeedsAdministratorError(KnownError):
    """`version` lies here; this account may not install it."""

    code = "update_needs_administrator"
    scope = Scope.ITEM
