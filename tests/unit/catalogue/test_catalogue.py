# SPDX-License-Identifier: GPL-3.0-or-later
"""Importing, changing, finding and browsing, as the agent and the window do it."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from app.base.errors import DiskFullError
from app.catalogue import generations, spool, store, warming, writer
from app.catalogue.errors import DeltaGapError
from app.catalogue.query import EntryKey, Facet, Order, Query
from app.catalogue.store import Store
from app.catalogue.warming import warm_up
from app.catalogue.writer import CatalogueWriter
from app.region.entry import Entry
from tests.unit.catalogue.samples import (
    CHINESE,
    CIRCLE,
    FRACTIONS,
    HASHES,
    MATHS,
    REGION,
    SLIDES,
    Pair,
    delta,
    found,
)


@pytest.mark.parametrize(
    "words",
    [
        "分",
        "分数",
        "分数的初步认识",
        "分数 微课",
        "微课 平均分",
        "分數",
        "实验小学",
        "王老师",
        "平均分",
        "几分之一",
        "第八单元",
        "fsdcbrs",
        "fenshudechubu",
        "fensh",
        "jfzy",
        "pjf fs",
        "chongqing",
        "《分数》",
    ],
)
def test_a_lesson_is_found_by_whatever_a_teacher_types(pair: Pair, words: str) -> None:
    pair.put(REGION, MATHS, [FRACTIONS, CIRCLE])
    pair.writer.finish()
    expected = [] if words == "pjf fs" else ["micro-1"]  # initials look at titles and lessons
    assert found(pair, words) == expected


@pytest.mark.parametrize(
    "words", ['"', "*", "%", "😀", "\0", "'; DROP TABLE gram; --", "NEAR(a b)"]
)
def test_text_that_would_break_a_query_breaks_nothing(pair: Pair, words: str) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    for order in Order:
        pair.check(Query(words, order=order, with_facets=True))
    pair.check(Query(words * 3000, with_facets=True))
    assert found(pair, "分数") == ["micro-1"]


def test_results_say_what_is_here_and_what_plays(pair: Pair) -> None:
    pair.model.held.update(HASHES[1:])  # the PDF and the slides, not the video
    pair.put(REGION, MATHS, [FRACTIONS, SLIDES, CIRCLE])
    pair.writer.finish()
    page = pair.reader.search(Query("", with_facets=True))
    assert {hit.key.entry_id: hit.is_playable for hit in page.hits} == {
        "micro-1": False,
        "slides-1": True,
        "circle": False,
    }
    assert page.facets[Facet.PLAYABLE] == {"yes": 1, "no": 2}
    pair.writer.set_offline([EntryKey(REGION, "micro-1")], True)
    assert found(pair, "", filters={Facet.OFFLINE: frozenset({"yes"})}) == ["micro-1", "slides-1"]
    pair.writer.set_offline([EntryKey(REGION, "slides-1"), EntryKey(REGION, "none")], False)
    assert found(pair, "", filters={Facet.OFFLINE: frozenset({"yes"})}) == ["micro-1"]


def test_deep_pages_hold_each_result_once(pair: Pair) -> None:
    entries = [replace(CIRCLE, id=f"e{n}", popularity=n % 5) for n in range(230)]
    pair.put(REGION, MATHS, entries[:200])
    pair.writer.finish()
    pair.change(REGION, MATHS, entries[200:], ["e3"])
    pair.writer.finish()
    for order in Order:
        seen: list[str] = []
        for offset in range(0, 240, 7):
            seen += found(pair, "认识圆", order=order, offset=offset, limit=7)
        assert len(seen) == len(set(seen)) == 229
        assert found(pair, "认识圆", offset=10**9) == []


# --- the tree and the lesson


def test_the_tree_goes_from_stage_to_lesson_in_school_order(pair: Pair) -> None:
    pair.model.held.update(HASHES)
    tenth = replace(CIRCLE, id="tenth", lesson="扇形", lesson_no="5.9", grade="三年级")
    pair.put(REGION, MATHS, [FRACTIONS, SLIDES, CIRCLE, tenth])
    pair.put("region-b", MATHS, [replace(FRACTIONS, id="other")])
    pair.writer.finish()
    path: tuple[str, ...] = ()
    names = []
    while nodes := pair.reader.browse(path):
        names.append([(node.name, node.count, node.playable_count) for node in nodes])
        path = nodes[-1].path if len(path) == 5 else nodes[0].path
    assert names == [
        [("小学", 5, 3)],
        [("数学", 5, 3)],
        [("人教版", 5, 3)],
        [("三年级", 4, 3), ("六年级", 1, 0)],
        [("上册", 4, 3)],
        [("第五单元 圆", 1, 0), ("第八单元 分数的初步认识", 3, 3)],
        [("几分之一", 3, 3)],
    ]
    base = ("小学", "数学", "人教版", "三年级", "上册")
    assert pair.reader.browse((*base, "没有")) == ()
    lessons = pair.reader.browse(("小学", "数学", "人教版", "六年级", "上册", "第五单元 圆"))
    assert [node.name for node in lessons] == ["圆的认识"]


def test_the_resources_of_a_lesson_come_together(pair: Pair) -> None:
    other = replace(FRACTIONS, id="other", popularity=70)
    pair.put(REGION, MATHS, [FRACTIONS, SLIDES, CIRCLE])
    pair.put("region-b", MATHS, [other])
    pair.writer.finish()
    hits = pair.reader.lesson_resources(EntryKey(REGION, "slides-1"))
    assert [hit.key.entry_id for hit in hits] == ["other", "micro-1", "slides-1"]
    assert pair.reader.lesson_resources(EntryKey(REGION, "none")) == ()


def test_two_regions_with_the_same_ids_never_mix(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.put("region-b", MATHS, [replace(FRACTIONS, title="别的分数")])
    pair.writer.finish()
    keys = [EntryKey(REGION, "micro-1"), EntryKey("region-b", "micro-1")]
    assert pair.reader.find("micro-1") == keys
    entries = [pair.reader.entry(key) for key in keys]
    assert [entry and entry.title for entry in entries] == [FRACTIONS.title, "别的分数"]
    assert found(pair, "分数", region_id="region-b") == ["micro-1"]
    assert pair.reader.search(Query("分数")).total == 2
    pair.writer.remove_region(REGION)
    pair.writer.finish()
    pair.reader.reopen_if_changed()
    assert pair.reader.find("micro-1") == keys[1:]
    assert pair.reader.find("none") == []


# --- newer and older ones


def test_a_newer_version_hides_the_older_one_which_still_opens(pair: Pair) -> None:
    second = replace(FRACTIONS, id="micro-2", supersedes="micro-1")
    third = replace(FRACTIONS, id="micro-3", supersedes="micro-2")
    pair.put(REGION, MATHS, [FRACTIONS, second])
    pair.writer.finish()
    pair.change(REGION, MATHS, [third], [])
    pair.writer.finish()
    assert found(pair, "分数") == ["micro-3"]
    old = pair.reader.hit(EntryKey(REGION, "micro-1"))
    assert old is not None
    assert old.has_newer
    assert pair.reader.newest(EntryKey(REGION, "micro-1")) == EntryKey(REGION, "micro-3")
    assert pair.reader.newest(EntryKey(REGION, "micro-3")) is None
    pair.change(REGION, MATHS, [], ["micro-3", "micro-2"])
    pair.writer.finish()
    assert found(pair, "分数") == ["micro-1"]


def test_a_circle_of_versions_hides_nothing(pair: Pair) -> None:
    second = replace(FRACTIONS, id="micro-2", supersedes="micro-1")
    pair.put(REGION, MATHS, [replace(FRACTIONS, supersedes="micro-2"), second])
    pair.writer.finish()
    assert sorted(found(pair, "分数")) == ["micro-1", "micro-2"]


def test_an_entry_on_its_way_between_two_shards_is_there_once(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.put(REGION, CHINESE, [FRACTIONS])
    pair.writer.finish()
    assert found(pair, "分数") == ["micro-1"]
    pair.change(REGION, MATHS, [], ["micro-1"])
    pair.writer.finish()
    assert found(pair, "分数") == ["micro-1"]


# --- bringing shards in


def test_a_delta_that_does_not_join_is_refused_and_changes_nothing(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    with pytest.raises(DeltaGapError) as caught:
        pair.writer.apply_delta(REGION, delta(MATHS, 5, [CIRCLE], []))
    assert caught.value.data == {"shard_id": MATHS.shard_id, "expected": 1, "found": 5}
    with pytest.raises(DeltaGapError):
        pair.writer.apply_delta(REGION, delta(CHINESE, 1, [CIRCLE], []))
    pair.writer.finish()
    assert found(pair, "") == ["micro-1"]
    assert pair.writer.serial_of(REGION, MATHS.shard_id) == 1
    assert pair.writer.serial_of(REGION, CHINESE.shard_id) is None


def test_what_is_staged_is_seen_only_when_it_is_finished(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    assert pair.reader.count() == 0
    pair.writer.finish()
    assert pair.reader.count() == 1
    pair.change(REGION, MATHS, [CIRCLE], [])
    assert pair.reader.count() == 1
    assert pair.writer.serial_of(REGION, MATHS.shard_id) == 2
    pair.writer.close()
    again = CatalogueWriter.open(pair.paths, lambda _: False)
    assert again.serial_of(REGION, MATHS.shard_id) == 1
    again.close()


def test_a_hundred_shards_are_published_as_one_generation(pair: Pair) -> None:
    for number in range(100):
        key = replace(MATHS, edition=f"版本{number}")
        pair.put(REGION, key, [replace(FRACTIONS, id=f"e{number}")])
    pair.writer.finish()
    assert [path.name for path in pair.paths.catalogue_dir.glob("*.db")] == ["00000001.db"]
    assert pair.reader.count() == 100


def test_an_open_reader_follows_deltas_and_new_generations(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    assert found(pair, "") == ["micro-1"]
    pair.change(REGION, MATHS, [CIRCLE], [])
    pair.writer.finish()
    assert found(pair, "圆") == ["circle"]
    assert not pair.reader.reopen_if_changed()
    monkeypatch.setattr(writer, "REBUILD_AT_LEAST", 0)
    monkeypatch.setattr(writer, "REBUILD_AT_MOST", 0)
    pair.change(REGION, MATHS, [SLIDES], [])
    pair.writer.finish()
    assert len(found(pair, "")) == 2  # the old generation goes on answering
    assert pair.reader.reopen_if_changed()
    assert not pair.reader.reopen_if_changed()
    assert len(found(pair, "")) == 3
    assert generations.current_generation(pair.paths.catalogue_dir) == 2


def test_many_deltas_are_merged_and_numbers_stay_right(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    for number in range(12):
        entry = replace(CIRCLE, id=f"c{number}", popularity=number)
        pair.change(REGION, MATHS, [entry], [f"c{number - 2}"])
        pair.writer.finish()
        pair.check(Query("圆", with_facets=True))
        pair.check(Query("", with_facets=True))
    assert found(pair, "圆") == ["c11", "c10"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("小学数学", ["micro-1", "circle", "slides-1"]),
        ("三年级数学", ["micro-1", "slides-1"]),
        ("3年级上册", ["micro-1", "slides-1"]),
        ("三上数学", ["micro-1", "slides-1"]),
        ("分数微课", ["micro-1"]),
        ("人教版三年级课件", ["slides-1"]),
        ("数学圆", ["circle"]),
        ("小学语文", []),
        ("初中数学", []),
    ],
)
def test_words_may_name_the_textbook_and_the_type(
    pair: Pair, words: str, expected: list[str]
) -> None:
    slides = replace(SLIDES, resource_type="课件")
    pair.put(REGION, MATHS, [FRACTIONS, slides, CIRCLE])
    pair.put(REGION, CHINESE, [replace(FRACTIONS, id="moon", title="古诗", subject="科学")])
    pair.writer.finish()
    assert [name for name in found(pair, words) if name != "moon"] == expected


def test_a_search_can_stay_below_a_place_of_the_tree(pair: Pair) -> None:
    pair.put(REGION, MATHS, [FRACTIONS, SLIDES, CIRCLE])
    pair.writer.finish()
    here = ("小学", "数学", "人教版", "三年级", "上册")
    assert found(pair, "认识", under=here) == ["micro-1", "slides-1"]
    assert found(pair, "", under=here[:3]) == ["micro-1", "circle", "slides-1"]
    lesson = (*here, "第八单元 分数的初步认识", "几分之一")
    assert found(pair, "", under=lesson) == ["micro-1", "slides-1"]
    assert found(pair, "", under=("小学", "语文")) == []
    page = pair.reader.search(Query("", under=here, with_facets=True))
    assert page.facets[Facet.GRADE] == {"三年级": 2}


def test_a_small_catalogue_is_opened_searched_and_browsed_without_numpy(data_dir: Path) -> None:
    """NumPy and sqlite-utils cost a start 0.1 s and 20 MB; letters and large results need NumPy."""
    script = """
import sys
from pathlib import Path
from app.base.paths import DataPaths
from app.catalogue.reader import Catalogue
from app.catalogue import warming
from app.catalogue.query import Facet, Order, Query
catalogue = Catalogue.open(DataPaths(Path(sys.argv[1])), frozenset({"video"}))
chosen = {Facet.SUBJECT: frozenset({"数学"}), Facet.PLAYABLE: frozenset({"no"})}
for order in Order:
    page = catalogue.search(Query("分数的初步", chosen, order, with_facets=True, is_exact=True))
    assert page.hits[0].entry.id == "micro-1"
assert catalogue.browse(catalogue.browse()[0].path)
assert catalogue.lesson_resources(page.hits[0].key)
heavy = {"numpy", "sqlite_utils", "click", "pypinyin"}
assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()
print([hit.key.entry_id for hit in catalogue.search(Query("fenshu")).hits])
assert "numpy" in sys.modules
assert "pypinyin" not in sys.modules
assert not [name for name in sys.modules if name.startswith("PySide6")]
"""
    pair = Pair(data_dir)
    pair.put(REGION, MATHS, [FRACTIONS])
    pair.writer.finish()
    pair.change(REGION, MATHS, [CIRCLE], [])
    pair.writer.finish()
    pair.close()
    command = [sys.executable, "-c", script, str(data_dir)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    assert result.stdout.strip() == "['micro-1']"


def test_warming_up_reads_what_is_there_and_nothing_where_nothing_is(tmp_path: Path) -> None:
    pair = Pair(tmp_path)
    try:
        folder = pair.paths.catalogue_dir
        assert warm_up(folder) == 0
        pair.put(REGION, MATHS, [])
        pair.writer.finish()
        size = next(folder.glob("*.db")).stat().st_size
        assert warm_up(folder) == size
        next(folder.glob("*.db")).unlink()
        assert warm_up(folder) == 0
    finally:
        pair.close()


def test_warming_up_leaves_out_what_first_searches_do_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "_PAGE_BYTES", 512)
    pair = Pair(tmp_path)
    try:
        pair.put(REGION, MATHS, [Entry(id=f"e{n}", title=f"{n * n}") for n in range(100)])
        pair.writer.finish()
        path = next(pair.paths.catalogue_dir.glob("*.db"))
        opened = Store.open_reader(path)
        lists, columns = opened.span(store.SHORT_LISTS), opened.span(store.COUNTED_COLUMNS)
        opened.close()
        assert 1024 < columns.start <= columns.stop <= lists.start < lists.stop
        assert lists.stop <= path.stat().st_size
        monkeypatch.setattr(warming, "_ENTRIES_BYTES", 1024)
        assert warm_up(pair.paths.catalogue_dir) == 1024 + len(lists)
    finally:
        pair.close()


def test_an_import_that_met_a_full_disk_among_its_lists_can_be_finished(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DiskFullError(path="here")

    monkeypatch.setattr(spool, "_IN_MEMORY_ROWS", 1)
    pair.put(REGION, MATHS, [FRACTIONS])
    with monkeypatch.context() as full:
        full.setattr(Store, "put_lists", refuse)
        with pytest.raises(DiskFullError):
            pair.writer.finish()
    pair.put(REGION, CHINESE, [SLIDES])
    pair.writer.finish()
    for words in ("", "分数"):
        assert sorted(found(pair, words)) == [FRACTIONS.id, SLIDES.id]
