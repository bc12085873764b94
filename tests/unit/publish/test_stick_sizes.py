# SPDX-License-Identifier: GPL-3.0-or-later
"""How large a stick is, as people write it."""

import pytest

from app.publish import outbound
from app.publish.errors import SpaceInvalidError


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [("32GB", 32 * 10**9), ("1.5 T", 1_500_000_000_000), ("700m", 7 * 10**8), (None, None)],
)
def test_sizes_are_read_as_people_write_them(text: str | None, size_bytes: int | None) -> None:
    assert outbound.parse_space(text) == size_bytes


@pytest.mark.parametrize("text", ["", "viel", "-1GB", "0", "1e9"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(SpaceInvalidError):
        outbound.parse_space(text)
