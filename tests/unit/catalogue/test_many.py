# SPDX-License-Identifier: GPL-3.0-or-later
"""Many entries asked for at once are what they are one by one."""

from dataclasses import replace

import pytest

from app.catalogue.query import EntryKey
from tests.unit.catalogue.samples import CIRCLE, FILES, FRACTIONS, MATHS, REGION, Pair

MAIN_AND_NOTES = ("main", "notes")


def test_many_entries_at_once(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS, CIRCLE])
    pair.writer.finish()
    pair.reader.reopen_if_changed()
    keys = [EntryKey(REGION, one.id) for one in (FRACTIONS, CIRCLE)]
    found = pair.reader.hits([*keys, EntryKey(REGION, "nothing"), EntryKey("else", "micro-1")])
    assert {hit.key: hit.entry for hit in found} == {key: pair.reader.entry(key) for key in keys}
    assert pair.reader.hits([]) == []


@pytest.mark.parametrize("names", [("one",), ("one", "covered", "two", "notes", "none")])
def test_main_files_are_told_without_unpacking(pair: Pair, names: tuple[str, ...]) -> None:
    one, other = (
        replace(file, role=role) for file, role in zip(FILES, MAIN_AND_NOTES, strict=False)
    )
    files = {
        "one": (one,),
        "covered": (one,),
        "two": (other, one, replace(one, sha256="2" * 64)),
        "notes": (other, replace(other, sha256="3" * 64)),
        "none": (),
    }
    covers = {"covered": replace(other, role="cover")}
    entries = [
        replace(CIRCLE, id=name, files=files[name], cover=covers.get(name)) for name in names
    ]
    pair.put(REGION, MATHS, entries)
    pair.writer.finish()
    pair.reader.reopen_if_changed()
    found = pair.reader.hits([EntryKey(REGION, name) for name in names])
    expected = {
        "one": (one.sha256,),
        "covered": (one.sha256,),
        "two": (one.sha256, "2" * 64),
        "notes": (other.sha256,),
        "none": (),
    }
    assert {hit.key.entry_id: hit.main_files for hit in found} == {
        name: expected[name] for name in names
    }
