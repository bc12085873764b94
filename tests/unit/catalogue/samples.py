# SPDX-License-Identifier: GPL-3.0-or-later
"""Small regions made by hand or by hypothesis, and the model beside the real catalogue."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from hypothesis import strategies as st

from app.base.paths import DataPaths
from app.catalogue.query import EntryKey, Facet, Order, Query
from app.catalogue.reader import Catalogue
from app.catalogue.writer import CatalogueWriter
from app.region.entry import Entry, ResourceFile
from app.region.index import ShardKey
from app.region.shard import (
    DeltaReader,
    SnapshotReader,
    encode_delta,
    encode_snapshot,
    read_delta,
    read_snapshot,
)
from tests.unit.catalogue.model import Model

PLAYABLE = frozenset({"video", "pdf"})
REGIONS = ("region-a", "region-b")
KEYS = (
    ShardKey("小学", "数学", "人教版"),
    ShardKey("小学", "语文", "统编版"),
    ShardKey("初中", "数学", "人教版", is_exercise=True),
)
FILES = tuple(
    ResourceFile("main", name, kind, 10, hashlib.sha256(name.encode()).hexdigest())
    for name, kind in (
        ("a.mp4", "video/mp4"),
        ("b.pdf", "application/pdf"),
        ("c.pptx", "application/vnd.ms-powerpoint"),
    )
)
HASHES = tuple(file.sha256 for file in FILES)


def snapshot(key: ShardKey, serial: int, entries: Iterable[Entry]) -> SnapshotReader:
    return read_snapshot(encode_snapshot(key, serial, list(entries)))


def delta(
    key: ShardKey, serial: int, upserts: Sequence[Entry], deleted: Sequence[str]
) -> DeltaReader:
    return read_delta(encode_delta(key, serial, serial + 1, upserts, deleted))


class Pair:
    """The catalogue under test and the model, fed the same."""

    def __init__(self, root: Path) -> None:
        self.paths = DataPaths(root)
        self.paths.ensure()
        self.model = Model(PLAYABLE)
        self.serials: dict[tuple[str, ShardKey], int] = {}
        self.writer = CatalogueWriter.open(self.paths, self.model.held.__contains__)
        self.reader = Catalogue.open(self.paths, PLAYABLE)

    def close(self) -> None:
        self.reader.close()
        self.writer.close()

    def put(self, region: str, key: ShardKey, entries: Sequence[Entry]) -> None:
        serial = self.serials[region, key] = self.serials.get((region, key), 0) + 1
        self.writer.apply_snapshot(region, snapshot(key, serial, entries))
        self.model.shards[region, key.shard_id] = {entry.id: entry for entry in entries}

    def change(
        self, region: str, key: ShardKey, upserts: Sequence[Entry], deleted: Sequence[str]
    ) -> None:
        if (region, key) not in self.serials:
            self.put(region, key, upserts)
            return
        serial = self.serials[region, key]
        self.writer.apply_delta(region, delta(key, serial, upserts, deleted))
        self.serials[region, key] = serial + 1
        shard = self.model.shards[region, key.shard_id]
        for entry_id in deleted:
            shard.pop(entry_id, None)
        shard.update({entry.id: entry for entry in upserts})

    def remove(self, region: str, key: ShardKey) -> None:
        self.writer.remove_shard(region, key.shard_id)
        self.serials.pop((region, key), None)
        self.model.shards.pop((region, key.shard_id), None)

    def hold(self, hashes: Iterable[str]) -> None:
        """Blobs come and go; entries learn of it as the agent tells them."""
        before = {item.key: self.model.is_offline(item) for item in self.model.items()}
        self.model.held.clear()
        self.model.held.update(hashes)
        for is_offline in (True, False):
            keys = [
                item.key
                for item in self.model.items()
                if self.model.is_offline(item) is is_offline and before[item.key] is not is_offline
            ]
            self.writer.set_offline(keys, is_offline)

    def check(self, query: Query) -> None:
        """The real answer is the model's; an answer that says so may be a little high."""
        page = self.reader.search(query)
        answer = self.model.search(query)
        expected = answer.keys[query.offset : query.offset + query.limit]
        assert [hit.key for hit in page.hits] == expected, query
        if page.is_total_exact:
            assert page.total == len(answer.keys), query
        else:
            assert not query.is_exact, query
            assert page.total >= len(answer.keys), query
        if query.with_facets and page.are_counts_exact:
            assert page.facets == answer.facets, query
        assert page.are_counts_exact or not query.is_exact, query
        for hit in page.hits:
            self.check_hit(hit.key)

    def check_tree(self) -> None:
        """Every branch has the model's counts."""
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        waiting: list[tuple[str, ...]] = [()]
        while waiting:
            for node in self.reader.browse(waiting.pop()):
                found[node.path] = (node.count, node.playable_count)
                waiting.append(node.path)
        assert found == self.model.tree()
        assert self.reader.count() == len(self.model.visible())

    def check_hit(self, key: EntryKey) -> None:
        item = next(item for item in self.model.items() if item.key == key)
        hit = self.reader.hit(key)
        assert hit is not None, key
        assert hit.entry == item.entry
        assert hit.title == item.entry.title
        assert hit.is_offline == self.model.is_offline(item), key


CHARACTERS = '分数的初步认识长方形重庆音乐课长征一二3aBc１ （）《》-—數學𠮷é😀%*"'
TEXTS = st.text(st.sampled_from(CHARACTERS), max_size=9)
WORDS = st.one_of(
    st.text(st.sampled_from(CHARACTERS), max_size=5),
    st.text(st.sampled_from("fsdcbrzhqyuenaogil3 "), min_size=1, max_size=7),
    st.sampled_from(
        [
            "小学",
            "小学语文",
            "一年级数学分",
            "3年级",
            "三上数学",
            "分数微课",
            "数学",
            "人教版分",
            "微课课件",
            "fs",
            "fsd",
            "fenshu",
            "fensh",
            "chang",
            "cfx",
            "cq",
            "chongqing",
            "yyk",
            "yueke",
            "s",
        ]
    ),
)
QUERIES = st.builds(
    Query,
    words=st.lists(WORDS, max_size=3).map(" ".join),
    filters=st.dictionaries(
        st.sampled_from([Facet.STAGE, Facet.SUBJECT, Facet.GRADE, Facet.TYPE, Facet.FORMAT]),
        st.frozensets(
            st.sampled_from(
                ["小学", "初中", "数学", "一年级", "", "微课", "课件", "video", "none"]
            ),
            max_size=3,
        ),
        max_size=2,
    ).flatmap(
        lambda filters: st.builds(
            lambda flag: {**filters, **flag},
            st.sampled_from(
                [
                    {},
                    {Facet.OFFLINE: frozenset({"yes"})},
                    {Facet.PLAYABLE: frozenset({"yes"})},
                    {Facet.PLAYABLE: frozenset({"no"})},
                ]
            ),
        )
    ),
    order=st.sampled_from(list(Order)),
    offset=st.sampled_from([0, 0, 0, 1, 3, 20]),
    limit=st.sampled_from([1, 5, 20]),
    with_facets=st.booleans(),
    region_id=st.sampled_from([None, None, *REGIONS]),
    under=st.one_of(
        st.just(()),
        st.just(()),
        st.tuples(
            st.sampled_from(["小学", "初中"]),
            st.sampled_from(["数学", "语文"]),
            st.sampled_from(["人教版", ""]),
            st.sampled_from(["一年级", "三年级", ""]),
            st.sampled_from(["上册", ""]),
            st.sampled_from(["", "分数"]),
            st.sampled_from(["", "分"]),
        ).flatmap(lambda path: st.integers(1, 7).map(lambda depth: path[:depth])),
    ),
    is_exact=st.booleans(),
)
IDS = st.sampled_from([f"e{n}" for n in range(12)])
ENTRIES = st.builds(
    Entry,
    id=IDS,
    title=TEXTS.map(lambda text: text.strip() or "分"),
    stage=st.sampled_from(["小学", "初中"]),
    subject=st.sampled_from(["数学", "语文"]),
    edition=st.sampled_from(["人教版", ""]),
    grade=st.sampled_from(["一年级", "三年级", ""]),
    volume=st.sampled_from(["", "上册"]),
    unit=TEXTS,
    lesson=TEXTS,
    chapter_path=st.lists(TEXTS.filter(bool), max_size=2).map(tuple),
    keywords=st.lists(TEXTS.filter(bool), max_size=2).map(tuple),
    provider=TEXTS,
    resource_type=st.sampled_from(["微课", "课件"]),
    updated=st.sampled_from(["", "2024", "2024-05-06", "2025-01-01"]),
    supersedes=st.one_of(st.none(), st.none(), IDS),
    popularity=st.sampled_from([0, 1, 1, 7]),
    files=st.sampled_from([(), *((file,) for file in FILES), FILES[:2]]),
)
SHARDS = st.lists(ENTRIES, max_size=10, unique_by=lambda entry: entry.id)


MATHS, CHINESE, EXERCISES = KEYS
REGION = "region-a"
FRACTIONS = Entry(
    id="micro-1",
    title="《分数的初步认识》微课",
    stage="小学",
    subject="数学",
    edition="人教版",
    grade="三年级",
    volume="上册",
    unit="第八单元 分数的初步认识",
    lesson_no="8.1",
    lesson="几分之一",
    keywords=("平均分",),
    provider="重庆市实验小学 王老师",
    resource_type="微课",
    updated="2025-03-01",
    popularity=50,
    files=FILES[:1],
)
SLIDES = replace(FRACTIONS, id="slides-1", title="几分之一 课件", popularity=9, files=FILES[1:2])
CIRCLE = replace(
    FRACTIONS,
    id="circle",
    title="认识圆",
    unit="第五单元 圆",
    lesson="圆的认识",
    lesson_no="5.10",
    grade="六年级",
    keywords=(),
    provider="",
    files=(),
)


def found(pair: Pair, words: str, **more: object) -> list[str]:
    return [hit.key.entry_id for hit in pair.reader.search(Query(words, **more)).hits]  # type: ignore[arg-type]


# --- finding
