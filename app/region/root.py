# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a TUF root.json stands by itself: well-formed and signed by its own keys."""


class RootRefusedError(Exception):
    """The bytes are no root, or not signed as they demand."""


def verify_root(raw: bytes) -> int:
    """The version of a root that verifies by its own keys; raises RootRefusedError otherwise."""
    from tuf.api.exceptions import RepositoryError

    from app.region.tuf_types import Metadata, Root

    try:
        metadata = Metadata[Root].from_bytes(raw)
        if not isinstance(metadata.signed, Root):
            raise RootRefusedError("not a root")
        metadata.signed.verify_delegate(Root.type, metadata.signed_bytes, metadata.signatures)
    except (
        RepositoryError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RecursionError,
    ) as error:
        raise RootRefusedError(str(error)[:200]) from error
    return metadata.signed.version
