# SPDX-License-Identifier: GPL-3.0-or-later
"""Decisions about space."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.cache.quota import Holding, choose_evictions, default_quota_bytes, reserve_bytes

GIB = 1 << 30

holdings = st.lists(
    st.builds(
        Holding,
        sha256=st.text("0123456789abcdef", min_size=4, max_size=4),
        size_bytes=st.integers(0, 1000),
        used_at=st.floats(0, 1000),
        is_protected=st.booleans(),
    ),
    max_size=30,
)


@given(holdings, st.integers(0, 20_000))
def test_eviction_takes_the_oldest_unprotected_and_no_more_than_needed(
    items: list[Holding], excess_bytes: int
) -> None:
    chosen = choose_evictions(items, excess_bytes)
    assert not any(item.is_protected for item in chosen)
    assert [item.used_at for item in chosen] == sorted(item.used_at for item in chosen)
    if chosen:
        assert sum(item.size_bytes for item in chosen[:-1]) < excess_bytes
    freed = sum(item.size_bytes for item in chosen)
    unprotected = [item for item in items if not item.is_protected]
    assert freed >= excess_bytes or len(chosen) == len(unprotected)


def test_reserve_and_default_quota() -> None:
    assert reserve_bytes(200 * GIB) == GIB
    assert reserve_bytes(2 * GIB) == 2 * GIB // 20
    assert default_quota_bytes(free_bytes=21 * GIB, used_bytes=0, disk_bytes=200 * GIB) == 10 * GIB
    assert default_quota_bytes(free_bytes=0, used_bytes=0, disk_bytes=200 * GIB) == 0
