# SPDX-License-Identifier: GPL-3.0-or-later
"""What an export has put onto a stick, counted for the card and for whoever asks later."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.base.errors import KnownError


@dataclass(slots=True)
class Exported:
    """What went onto the stick; `aboard` counts bundles of ours that were on it before."""

    bundles: int = 0
    aboard: int = 0
    statements: int = 0
    uploads: int = 0
    bytes: int = 0
    left_statements: int = 0
    left_uploads: int = 0
    relayed: int = 0
    refilled: int = 0
    is_stopped: bool = False
    errors: list[KnownError] = field(default_factory=list)

    def as_result(self) -> dict[str, object]:
        """What is written down about the request."""
        return {
            "bundles": self.bundles,
            "aboard": self.aboard,
            "statements": self.statements,
            "uploads": self.uploads,
            "bytes": self.bytes,
            "left_statements": self.left_statements,
            "left_uploads": self.left_uploads,
            "relayed": self.relayed,
            "refilled": self.refilled,
            "is_stopped": self.is_stopped,
            "problems": sorted({error.code for error in self.errors}),
        }
