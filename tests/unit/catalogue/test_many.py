# SPDX-License-Identifier: GPL-3.0-or-later
"""Many entries asked for at once are what they are one by one."""

from app.catalogue.query import EntryKey
from tests.unit.catalogue.samples import CIRCLE, FRACTIONS, MATHS, REGION, Pair


def test_many_entries_at_once(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS, CIRCLE])
    pair.writer.finish()
    pair.reader.reopen_if_changed()
    keys = [EntryKey(REGION, one.id) for one in (FRACTIONS, CIRCLE)]
    found = pair.reader.entries([*keys, EntryKey(REGION, "nothing"), EntryKey("else", "micro-1")])
    assert found == {key: pair.reader.entry(key) for key in keys}
    assert pair.reader.entries([]) == {}
