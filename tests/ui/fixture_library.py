# SPDX-License-Identifier: GPL-3.0-or-later
"""A small library for window tests: a dozen lessons of our own and real textbook titles."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from app.catalogue.query import YES, EntryKey, Facet, Hit, Node, NodePath, Order, Page, Query
from app.catalogue.records import make_record
from app.region.entry import Entry, ResourceFile
from app.region.media import guess_media_type

REGION = "0b6f2f43-2b70-4b8e-9c85-6d1f0b1d2a11"
REPOSITORY = Path(__file__).resolve().parents[2]
PLAYABLE = frozenset({"video", "audio", "pdf", "slides", "image", "text", "web"})


def file_of(path: Path, name: str, role: str = "main", **facts: Any) -> ResourceFile:
    """The record of a file that lies at `path`."""
    content = path.read_bytes()
    made = ResourceFile(
        role=role,
        name=name,
        media_type=guess_media_type(name),
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )
    return replace(made, **facts)


def promised(name: str, size_bytes: int, **facts: Any) -> ResourceFile:
    """The record of a file that is not here."""
    sha256 = hashlib.sha256(name.encode()).hexdigest()
    made = ResourceFile("main", name, guess_media_type(name), size_bytes, sha256)
    return replace(made, **facts)


def textbooks(limit: int) -> list[Entry]:
    """Entries without files, as the starter region has them."""
    path = REPOSITORY / "resources_cache" / "authoring" / "textbooks.tsv"
    entries = []
    with path.open(encoding="utf-8", newline="") as table:
        for at, line in enumerate(csv.DictReader(table, delimiter="\t")):
            if at >= limit:
                break
            entries.append(
                Entry(
                    id=f"book-{at:04}",
                    title=line["title"],
                    stage=line["stage"],
                    subject=line["subject"],
                    edition=line["edition"],
                    grade=line["grade"],
                    volume=line["volume"],
                    resource_type="电子教材",
                    updated="2024-08-01",
                    popularity=limit - at,
                )
            )
    return entries


class MemoryLocator:
    """Files by hash."""

    def __init__(self) -> None:
        self.paths: dict[str, Path] = {}

    def add(self, file: ResourceFile, path: Path) -> None:
        """Say where a file lies."""
        self.paths[file.sha256] = path

    def locate(self, sha256: str, size_bytes: int) -> Path | None:
        """The path of a file that is here."""
        path = self.paths.get(sha256)
        return path if path is not None and path.stat().st_size == size_bytes else None


class MemoryCatalogue:
    """Answers as the real catalogue does, by looking at every entry."""

    def __init__(self, entries: Sequence[Entry], locator: MemoryLocator) -> None:
        self.entries = list(entries)
        self._locator = locator
        self.queries: list[Query] = []
        self.is_closed = False

    def search(self, query: Query) -> Page:
        """Scan everything."""
        self.queries.append(query)
        found = [e for e in self.entries if self._fits(e, query, skipped=None)]
        found.sort(key=lambda e: e.updated if query.order is Order.DATE else "", reverse=True)
        if query.order is not Order.DATE:
            found.sort(key=lambda e: -e.popularity)
        hits = tuple(self._hit(e) for e in found[query.offset : query.offset + query.limit])
        facets = self._facets(query) if query.with_facets else {}
        return Page(hits, len(found), is_total_exact=True, facets=facets)

    def entry(self, key: EntryKey) -> Entry | None:
        """By id."""
        return next((e for e in self.entries if e.id == key.entry_id), None)

    def find(self, entry_id: str) -> list[EntryKey]:
        """By id, whatever the region."""
        return [EntryKey(REGION, e.id) for e in self.entries if e.id == entry_id]

    def browse(self, prefix: NodePath) -> tuple[Node, ...]:
        """Group by the next level."""
        depth = len(prefix)
        if depth >= 7:
            return ()
        inside = [e for e in self.entries if self._path(e)[:depth] == tuple(prefix)]
        counts = Counter(self._path(e)[depth] for e in inside)
        playable = Counter(self._path(e)[depth] for e in inside if self._hit(e).is_playable)
        return tuple(
            Node(name, count, playable[name], (*prefix, name)) for name, count in counts.items()
        )

    def lesson_resources(self, key: EntryKey) -> tuple[Hit, ...]:
        """The same place in the books, or the entry alone where none is given."""
        entry = self.entry(key)
        if entry is None:
            return ()
        if not entry.lesson:
            return (self._hit(entry),)
        return tuple(self._hit(e) for e in self.entries if self._path(e) == self._path(entry))

    def reopen_if_changed(self) -> bool:
        """Nothing changes here."""
        return False

    def count(self) -> int:
        """All of them."""
        return len(self.entries)

    def close(self) -> None:
        """Remembered for tests."""
        self.is_closed = True

    def _path(self, entry: Entry) -> NodePath:
        return (
            entry.stage,
            entry.subject,
            entry.edition,
            entry.grade,
            entry.volume,
            entry.unit,
            entry.lesson,
        )

    def _hit(self, entry: Entry) -> Hit:
        main = entry.main_file
        is_here = (
            main is not None and self._locator.locate(main.sha256, main.size_bytes) is not None
        )
        is_playable = is_here and entry.format.value in PLAYABLE
        key = EntryKey(REGION, entry.id)
        return Hit(
            key, entry.title, is_here, is_playable, has_newer=False, record=make_record(entry)
        )

    def _values(self, entry: Entry) -> Mapping[Facet, str]:
        return {
            Facet.STAGE: entry.stage,
            Facet.SUBJECT: entry.subject,
            Facet.EDITION: entry.edition,
            Facet.GRADE: entry.grade,
            Facet.VOLUME: entry.volume,
            Facet.REVISION: entry.revision,
            Facet.TYPE: entry.resource_type,
            Facet.FORMAT: entry.format.value,
            Facet.PLAYABLE: YES if self._hit(entry).is_playable else "no",
            Facet.OFFLINE: YES if self._hit(entry).is_offline else "no",
        }

    def _fits(self, entry: Entry, query: Query, skipped: Facet | None) -> bool:
        text = " ".join((entry.title, entry.unit, entry.lesson, *entry.keywords))
        if not all(word in text for word in query.words.split()):
            return False
        if self._path(entry)[: len(query.under)] != query.under:
            return False
        values = self._values(entry)
        return all(values[f] in on for f, on in query.filters.items() if on and f is not skipped)

    def _facets(self, query: Query) -> dict[Facet, dict[str, int]]:
        counted: dict[Facet, dict[str, int]] = {}
        for facet in Facet:
            fitting = (e for e in self.entries if self._fits(e, query, skipped=facet))
            counts = Counter(self._values(e)[facet] for e in fitting)
            counted[facet] = {value: count for value, count in counts.items() if value}
        return counted
