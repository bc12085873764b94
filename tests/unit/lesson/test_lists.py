# SPDX-License-Identifier: GPL-3.0-or-later
"""How an order changes, and what a name may be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.lesson.lease import LEASE_S, Lease, is_held
from app.lesson.lists import MAX_NAME_CHARS, clean_name, copy_name, moved


@given(st.lists(st.integers(), max_size=8), st.integers(-3, 12), st.integers(-3, 12))
def test_moving_keeps_every_item(items: list[int], source: int, target: int) -> None:
    order = moved(items, source, target)
    assert sorted(order) == sorted(items)
    if 0 <= source < len(items) and 0 <= target < len(items):
        assert order[target] == items[source]
    elif not 0 <= source < len(items):
        assert order == items


def test_a_copy_finds_a_free_name() -> None:
    assert copy_name("分数", ["分数"]) == "分数 (2)"
    assert copy_name("分数 (2)", ["分数", "分数 (2)"]) == "分数 (3)"


@given(st.text())
def test_names_are_one_short_printable_line(name: str) -> None:
    cleaned = clean_name(name)
    assert len(cleaned) <= MAX_NAME_CHARS
    assert cleaned == cleaned.strip() or len(cleaned) == MAX_NAME_CHARS
    assert cleaned.isprintable()


def test_a_lease_ends_by_itself_and_with_the_start_it_was_made_in() -> None:
    lease = Lease("boot-1", 100.0 + LEASE_S)
    assert is_held(lease, "boot-1", 100.0)
    assert not is_held(lease, "boot-1", 100.0 + LEASE_S)
    assert not is_held(lease, "boot-2", 100.0)
    assert not is_held(None, "boot-1", 0.0)
