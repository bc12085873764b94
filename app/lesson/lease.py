# SPDX-License-Identifier: GPL-3.0-or-later
"""The lesson lease: while it holds, every agent keeps quiet.

It counts in seconds of the boot clock, because wall clocks on these machines jump; a lease of
another start of the machine is over.
"""

from __future__ import annotations

from dataclasses import dataclass

LEASE_S = 90.0  # renewed every 30 s; a crashed window quiets the agent no longer than this


@dataclass(frozen=True, slots=True)
class Lease:
    """Who holds it until when."""

    boot_id: str
    until_boot_s: float


def is_held(lease: Lease | None, boot_id: str, boot_s: float) -> bool:
    """Whether a lesson runs now."""
    return lease is not None and lease.boot_id == boot_id and boot_s < lease.until_boot_s
