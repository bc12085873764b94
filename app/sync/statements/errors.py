# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with one statement."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class StatementRefusedError(KnownError):
    """`host` refuses the statement `statement_id` for good with `status`; it is set aside."""

    code = "statement_refused"
    scope = Scope.ITEM
