# SPDX-License-Identifier: GPL-3.0-or-later
"""The types of TUF metadata: python-tuf re-exports them without saying so to type checkers."""

from tuf.api.metadata import (  # type: ignore[attr-defined]
    Key,
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

__all__ = ["Key", "MetaFile", "Metadata", "Root", "Snapshot", "TargetFile", "Targets", "Timestamp"]
