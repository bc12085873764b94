# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue as plain lists and loops: slow, and short enough to be believed."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.catalogue.normalise import BREAK, fold, fold_word, split_words
from app.catalogue.pinyin_source import build_pinyin_table
from app.catalogue.query import NO, YES, EntryKey, Facet, Order, Query
from app.catalogue.records import day_of, ident_of
from app.catalogue.syllables import Syllables
from app.region.entry import Entry

TABLE = build_pinyin_table()
SYLLABLES = Syllables(TABLE.syllables)
_OTHERS: dict[int, set[str]] = {}
for _code, _number in zip(TABLE.other_character, TABLE.other_syllable, strict=True):
    _OTHERS.setdefault(int(_code), set()).add(TABLE.syllables[_number])
_PAIRS: dict[tuple[int, int], set[str]] = {}
for _key, _side, _number in zip(TABLE.pair_key, TABLE.pair_side, TABLE.pair_syllable, strict=True):
    _PAIRS.setdefault((int(_key), int(_side)), set()).add(TABLE.syllables[_number])


def default_reading(character: str) -> str:
    return TABLE.syllables[TABLE.default[ord(character)]] if ord(character) < 65536 else ""


def readings(text: str) -> list[set[str]]:
    """The readings that each character has in its place."""
    result = []
    for place, character in enumerate(text):
        known = {default_reading(character)}
        if place + 1 < len(text):
            known |= _PAIRS.get((ord(character) << 16 | ord(text[place + 1]), 0), set())
        if place:
            known |= _PAIRS.get((ord(text[place - 1]) << 16 | ord(character), 1), set())
        result.append(known - {""})
    return result


def initials(text: str) -> list[set[str]]:
    return [
        {reading[0] for reading in known} or ({character} if character.isascii() else set())
        for character, known in zip(text, readings(text), strict=True)
    ]


def in_a_row(
    places: list[set[str]], wanted: Iterable[Callable[[set[str]], bool]], starts: Iterable[int]
) -> bool:
    tests = list(wanted)
    return any(
        start + len(tests) <= len(places)
        and all(test(places[start + n]) for n, test in enumerate(tests))
        for start in starts
    )


def holds(wanted: str) -> Callable[[set[str]], bool]:
    return lambda known: wanted in known


def begins(wanted: str) -> Callable[[set[str]], bool]:
    return lambda known: any(name.startswith(wanted) for name in known)


def has_initials(text: str, letters: str, starts: Iterable[int]) -> bool:
    return in_a_row(initials(text), map(holds, letters), starts)


def has_syllables(text: str, way: tuple[str, ...]) -> bool:
    tests = [*map(holds, way[:-1]), begins(way[-1])]
    return in_a_row(readings(text), tests, range(len(text)))


def has_syllable(text: str, part: str) -> bool:
    return any(
        name.startswith(part)
        for character in text
        for name in {default_reading(character), *_OTHERS.get(ord(character), set())} - {""}
    )


def word_starts(text: str) -> Iterator[int]:
    """Places in the text without breaks where a word starts."""
    place, is_start = 0, True
    for character in fold(text):
        if character == BREAK:
            is_start = True
            continue
        if is_start:
            yield place
        place, is_start = place + 1, False


@dataclass(frozen=True)
class Item:
    """A living entry with what the scan looks at, folded once."""

    key: EntryKey
    shard_id: str
    entry: Entry
    names: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @classmethod
    def make(cls, key: EntryKey, shard_id: str, entry: Entry) -> "Item":
        others = (entry.unit, *entry.chapter_path, *entry.keywords, entry.provider)
        names = (fold_word(entry.title), fold_word(entry.lesson))
        return cls(key, shard_id, entry, names, (*names, *map(fold_word, others)))

    @property
    def rank(self) -> tuple[int, int]:
        return (-self.entry.popularity, ident_of(self.key.region_id, self.key.entry_id))

    def has(self, word: str) -> bool:
        if any(word in text for text in self.fields):
            return True
        if not is_letters(word):
            return any(
                rest == "" or any(rest in text for text in self.fields) for rest in self.rests(word)
            )
        for text, raw in zip(self.names, (self.entry.title, self.entry.lesson), strict=True):
            starts = range(len(text)) if len(word) > 2 else list(word_starts(raw))
            if has_initials(text, word, starts):
                return True
        return any(
            has_syllable(text, way[0]) if len(way) == 1 else has_syllables(text, way)
            for way in SYLLABLES.cut(word)
            for text in self.fields
        )

    def rests(self, word: str, is_cut: bool = False) -> Iterator[str]:
        """What is left of a word without the names of this entry's values at its ends."""
        if is_cut:
            yield word
        for name in self.called:
            if word.startswith(name):
                yield from self.rests(word[len(name) :], True)
            if word.endswith(name):
                yield from self.rests(word[: -len(name)], True)

    @property
    def called(self) -> set[str]:
        entry = self.entry
        book = (entry.stage, entry.subject, entry.edition, entry.grade, entry.volume)
        values = (*book, entry.revision, entry.resource_type)
        names = {fold_word(value) for value in values}
        for number, numeral in enumerate("一二三四五六七八九", start=1):
            if entry.grade == f"{numeral}年级":
                names.add(f"{number}年级")
                names |= {numeral + entry.volume[0]} if entry.volume in {"上册", "下册"} else set()
        return {name for name in names if len(name) > 1 and name != "其他"}

    def starts_with(self, word: str) -> bool:
        if not is_letters(word) and "" in self.rests(word):
            return True
        raws = (self.entry.title, self.entry.lesson)
        two_units = word.encode("utf-16-le")[:4]
        for text, raw in zip(self.names, raws, strict=True):
            starts = list(word_starts(raw))
            if any(text[start:].encode("utf-16-le").startswith(two_units) for start in starts):
                return True
            if not is_letters(word):
                continue
            ways = SYLLABLES.cut(word)
            heads = {word[:2], *("".join(part[0] for part in way[:2]) for way in ways)}
            if any(has_initials(text, letters, starts) for letters in heads):
                return True
        return False


def is_letters(word: str) -> bool:
    return word.isascii() and word.isalnum() and not word.isdigit()


@dataclass
class Answer:
    keys: list[EntryKey]
    facets: dict[Facet, dict[str, int]]


@dataclass
class Model:
    """Everything that was imported, and what is on the machine."""

    playable: frozenset[str]
    held: set[str] = field(default_factory=set)
    shards: dict[tuple[str, str], dict[str, Entry]] = field(default_factory=dict)

    def items(self) -> list[Item]:
        """Living entries; of an entry in two shards the one of the last shard."""
        found: dict[EntryKey, Item] = {}
        for (region_id, shard_id), entries in sorted(self.shards.items()):
            for entry_id, entry in entries.items():
                key = EntryKey(region_id, entry_id)
                found[key] = Item.make(key, shard_id, entry)
        return list(found.values())

    def superseded(self, items: Iterable[Item]) -> set[EntryKey]:
        older: dict[EntryKey, EntryKey] = {}
        for item in items:
            if item.entry.supersedes and item.entry.supersedes != item.entry.id:
                older[item.key] = EntryKey(item.key.region_id, item.entry.supersedes)
        hidden: set[EntryKey] = set()
        for newest in set(older) - set(older.values()):
            key = newest
            while key in older and older[key] not in hidden:
                key = older[key]
                hidden.add(key)
        return hidden

    def visible(self) -> list[Item]:
        items = self.items()
        hidden = self.superseded(items)
        return sorted((item for item in items if item.key not in hidden), key=lambda i: i.rank)

    def is_offline(self, item: Item) -> bool:
        main = [file for file in item.entry.files if file.role == "main"] or item.entry.files[:1]
        return bool(main) and all(file.sha256 in self.held for file in main)

    def values(self, item: Item) -> dict[Facet, str]:
        entry = item.entry
        is_offline = self.is_offline(item)
        is_playable = is_offline and str(entry.format) in self.playable
        return {
            Facet.STAGE: entry.stage,
            Facet.SUBJECT: entry.subject,
            Facet.EDITION: entry.edition,
            Facet.GRADE: entry.grade,
            Facet.VOLUME: entry.volume,
            Facet.REVISION: entry.revision,
            Facet.TYPE: entry.resource_type,
            Facet.FORMAT: str(entry.format),
            Facet.OFFLINE: YES if is_offline else NO,
            Facet.PLAYABLE: YES if is_playable else NO,
        }

    def tree(self) -> dict[tuple[str, ...], tuple[int, int]]:
        """Every path of the tree with its entries and those of them that play here."""
        found: dict[tuple[str, ...], tuple[int, int]] = {}
        for item in self.visible():
            path = self.path_of(item)
            is_playable = self.values(item)[Facet.PLAYABLE] == YES
            for depth in range(1, len(path) + 1):
                count, playable = found.get(path[:depth], (0, 0))
                found[path[:depth]] = (count + 1, playable + is_playable)
        return found

    def path_of(self, item: Item) -> tuple[str, ...]:
        entry, chapters = item.entry, item.entry.chapter_path
        unit = entry.unit or (chapters[0] if chapters else "")
        lesson = entry.lesson or (chapters[-1] if len(chapters) > 1 else "")
        return (
            entry.stage, entry.subject, entry.edition, entry.grade, entry.volume, unit, lesson
        )  # fmt: skip

    def search(self, query: Query) -> Answer:
        words = split_words(query.words)
        found = [
            item
            for item in self.visible()
            if query.region_id in (None, item.key.region_id)
            and self.path_of(item)[: len(query.under)] == query.under
            and all(item.has(word) for word in words)
        ]
        filters = {facet: values for facet, values in query.filters.items() if values}
        passing = [item for item in found if self._passes(item, filters)]
        if query.order is Order.DATE:
            passing.sort(key=lambda item: -day_of(item.entry.updated or item.entry.created))
        elif query.order is Order.RELEVANCE and words:
            passing.sort(key=lambda item: not all(item.starts_with(word) for word in words))
        facets = {
            facet: dict(
                Counter(
                    self.values(item)[facet]
                    for item in found
                    if self._passes(item, {k: v for k, v in filters.items() if k != facet})
                )
            )
            for facet in Facet
        }
        return Answer([item.key for item in passing], facets)

    def _passes(self, item: Item, filters: Mapping[Facet, frozenset[str]]) -> bool:
        values = self.values(item)
        return all(values[facet] in wanted for facet, wanted in filters.items())
