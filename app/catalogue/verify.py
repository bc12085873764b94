# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a whole generation and says whether everything in it can still be decoded."""

from app.catalogue.blocks import packed_texts, record_rows
from app.catalogue.builder import codecs_of
from app.catalogue.columns import unpack_column, unpack_directory
from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.facets import CountTable
from app.catalogue.pinyin import PinyinTable
from app.catalogue.postings import ListReader, unpack
from app.catalogue.segment import COLUMNS
from app.catalogue.store import Store


def verify(store: Store) -> None:
    """Decode every block, list and column (about a second for 300,000 entries).

    Raises CatalogueDamagedError: with what could not be read.
    """
    with store.reading():
        problem = store.structure_problem()
        if problem:
            raise CatalogueDamagedError(path=str(store.path), reason=problem)
        PinyinTable.from_bytes(store.meta("pinyin"))
        CountTable(store.books()).with_terms(store.terms())
        store.newer()
        for name in ("dead", "copies", "superseded", "offline"):
            unpack(store.meta(name))
        codecs = codecs_of(store)
        for raw in store.every("entry"):
            codecs.text.rows(packed_texts(raw))
            record_rows(codecs.record, raw, ())
        reader = ListReader(is_many=True)
        for raw in store.lists.every(store.every("gram")):
            reader.check(0, raw)
        for segment in store.segments():
            unpack_directory(store.directory(segment.segment))
            for name in COLUMNS:
                raw = store.column(name, segment.segment)
                unpack_column(raw, segment.entries)
