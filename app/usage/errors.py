# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with the register."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class MonthInvalidError(KnownError):
    """`month` is not a month written as 2026-11."""

    code = "month_invalid"
    scope = Scope.ITEM
