# SPDX-License-Identifier: GPL-3.0-or-later
"""Problems of offering versions of the program."""

from typing import ClassVar

from app.base.errors import KnownError, Scope


class UpdateUnknownError(KnownError):
    """The region has never offered `version`."""

    code: ClassVar[str] = "update_unknown"
    scope: ClassVar[Scope] = Scope.RUN
