# SPDX-License-Identifier: GPL-3.0-or-later
"""Damaged files, lost bits and leftovers: an error with a name, and a way back."""

import random
from dataclasses import replace
from pathlib import Path

import pytest

from app.base.errors import KnownError
from app.catalogue import generations
from app.catalogue.errors import CatalogueDamagedError
from app.catalogue.query import Query
from app.catalogue.reader import Catalogue
from app.catalogue.restoring import ShardSource
from app.catalogue.writer import CatalogueWriter
from app.region.shard import encode_delta, encode_snapshot
from tests.unit.catalogue.samples import (
    CHINESE,
    CIRCLE,
    FRACTIONS,
    MATHS,
    PLAYABLE,
    REGION,
    SLIDES,
    Pair,
    found,
    snapshot,
)


def test_a_damaged_catalogue_is_rebuilt_from_verified_files(pair: Pair, tmp_path: Path) -> None:
    first = tmp_path / "snapshot"
    second = tmp_path / "delta"
    broken = tmp_path / "broken"
    first.write_bytes(encode_snapshot(MATHS, 1, [FRACTIONS]))
    second.write_bytes(encode_delta(MATHS, 1, 2, [CIRCLE], []))
    broken.write_bytes(encode_snapshot(CHINESE, 1, [SLIDES])[:-20])
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    pair.close()
    file = generations.generation_file(pair.paths.catalogue_dir, 1)
    file.write_bytes(b"\0" * 9000)
    with pytest.raises(CatalogueDamagedError):
        Catalogue.open(pair.paths, PLAYABLE)
    pair.writer = CatalogueWriter.open(pair.paths, lambda _: False)
    assert pair.writer.damage is not None
    assert pair.writer.serial_of(REGION, MATHS.shard_id) is None
    sources = [ShardSource(REGION, first, (second,)), ShardSource(REGION, broken)]
    problems = pair.writer.rebuild([*sources, ShardSource(REGION, tmp_path / "gone")])
    assert all(isinstance(problem, KnownError) for problem in problems)
    assert len(problems) == 2
    pair.reader = Catalogue.open(pair.paths, PLAYABLE)
    assert sorted(found(pair, "")) == ["circle", "micro-1"]
    assert pair.writer.serial_of(REGION, MATHS.shard_id) == 2


@pytest.mark.allow_warnings("app.catalogue.store")
def test_lost_bits_are_an_error_with_a_name_or_no_harm(pair: Pair) -> None:
    entries = [replace(FRACTIONS, id=f"e{n}", title=f"分数 {n}") for n in range(400)]
    pair.put(REGION, MATHS, entries)
    pair.writer.finish()
    pair.close()
    file = generations.generation_file(pair.paths.catalogue_dir, 1)
    good = file.read_bytes()
    chance = random.Random(7)
    damaged = 0
    with CatalogueWriter.open(pair.paths, lambda _: False) as whole:
        assert whole.verify()
    for _ in range(40):
        raw = bytearray(good)
        for _ in range(chance.choice((1, 30, 500))):
            raw[chance.randrange(len(raw))] = chance.randrange(256)
        file.write_bytes(bytes(raw))
        try:
            reader = Catalogue.open(pair.paths, PLAYABLE)
            for words in ("分", "分数 1", "fens", "几分之一", ""):
                reader.search(Query(words, with_facets=True, is_exact=True))
            reader.browse(())
            reader.close()
        except CatalogueDamagedError:
            damaged += 1
            with CatalogueWriter.open(pair.paths, lambda _: False) as again:
                assert not again.verify()
    assert 10 < damaged <= 40
    file.write_bytes(good)
    pair.reader = Catalogue.open(pair.paths, PLAYABLE)
    assert pair.reader.count() == 400


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"{}", b'{"format":"x"}', b"\xff\xfe"])
def test_a_damaged_pointer_counts_as_no_catalogue(pair: Pair, content: bytes) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    pair.close()
    (pair.paths.catalogue_dir / "CURRENT").write_bytes(content)
    reader = Catalogue.open(pair.paths, PLAYABLE)
    assert reader.search(Query("分数")).total == 0
    assert reader.browse(()) == ()
    reader.close()
    pair.writer = CatalogueWriter.open(pair.paths, lambda _: False)
    assert pair.writer.serial_of(REGION, MATHS.shard_id) is None
    pair.writer.apply_snapshot(REGION, snapshot(MATHS, 3, [CIRCLE]))
    pair.writer.finish()
    pair.reader = Catalogue.open(pair.paths, PLAYABLE)
    assert found(pair, "") == ["circle"]


def test_leftovers_of_interrupted_imports_are_swept(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    folder = pair.paths.catalogue_dir
    (folder / "staging-1234").mkdir()
    (folder / "staging-1234" / "rows").write_bytes(b"x")
    (folder / "00000009.db").write_bytes(b"x")
    (folder / "00000009.db-wal").write_bytes(b"x")
    CatalogueWriter.open(pair.paths, lambda _: False).close()
    assert {path.name for path in folder.iterdir()} >= {"CURRENT", "00000001.db"}
    assert not [path for path in folder.iterdir() if "9" in path.name or "staging" in path.name]


# --- lightness
