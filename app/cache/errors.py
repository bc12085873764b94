# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with blobs."""

from __future__ import annotations

from app.base.errors import KnownError, Scope


class BlobMismatchError(KnownError):
    """The bytes that arrived for `sha256` are not the ones it names."""

    code = "blob_mismatch"
    scope = Scope.ITEM
