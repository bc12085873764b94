# SPDX-License-Identifier: GPL-3.0-or-later
"""Lesson lists, favourites and the teacher's own files, as tables of desk.db."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from app.lesson.errors import ListMissingError
from app.lesson.lists import (
    MAX_TITLE_CHARS,
    Extract,
    ItemKind,
    LessonList,
    ListItem,
    ListKind,
    OwnFile,
    clean_name,
    copy_name,
    moved,
)
from app.lesson.table import Table, now_text

FAVOURITES_ID = "favourites"
_ITEM_COLUMNS = (
    "item_id, region_id, entry_id, title, start_s, end_s, first_page, last_page, kind, sha256"
)


class ListStore(Table):
    """Lists and what stands in them."""

    def lists(self) -> tuple[LessonList, ...]:
        """The teacher's lists, the last changed one first."""
        rows = self._database.execute(
            """SELECT list_id, name, kind, (SELECT count(*) FROM lesson_item i
                WHERE i.list_id = l.list_id), changed, is_pinned
            FROM lesson_list l WHERE kind = ? ORDER BY changed DESC, rowid DESC""",
            [ListKind.LESSON.value],
        )
        return tuple(_list_of(row) for row in rows)

    def items(self, list_id: str) -> tuple[ListItem, ...]:
        """The items of a list in order."""
        rows = self._database.execute(
            f"""SELECT {_ITEM_COLUMNS}, size_bytes, name, media_type FROM lesson_item
            LEFT JOIN own_file USING (sha256) WHERE list_id = ? ORDER BY place""",  # noqa: S608
            [list_id],
        )
        return tuple(_item_of(row) for row in rows)

    def create(self, name: str) -> str:
        """A new empty list; returns its id."""
        list_id = str(uuid.uuid4())
        with self._writing():
            self._insert_list(list_id, clean_name(name), ListKind.LESSON)
        return list_id

    def rename(self, list_id: str, name: str) -> None:
        """Give a list another name."""
        with self._writing():
            self._require(list_id)
            self._run(
                "UPDATE lesson_list SET name = ? WHERE list_id = ?", clean_name(name), list_id
            )
            self._touch(list_id)

    def duplicate(self, list_id: str) -> str:
        """A copy with its items under a free name; returns the copy's id."""
        copy_id = str(uuid.uuid4())
        with self._writing():
            name = self._require(list_id)
            self._insert_list(copy_id, copy_name(name, self._names()), ListKind.LESSON)
            for place, item in enumerate(self.items(list_id)):
                self._insert_item(copy_id, place, _renewed(item))
        return copy_id

    def pin(self, list_id: str, *, is_pinned: bool) -> None:
        """Keep everything in a list on this machine from now on, also what is added later."""
        with self._writing():
            self._run("UPDATE lesson_list SET is_pinned=? WHERE list_id=?", is_pinned, list_id)

    def delete(self, list_id: str) -> None:
        """Delete a list; the resources stay."""
        with self._writing():
            self._run("DELETE FROM lesson_list WHERE list_id = ?", list_id)

    def add(self, list_id: str, region_id: str, entry_id: str, title: str) -> str:
        """Put a resource at the end; one that is there already stays where it is."""
        with self._writing():
            self._require(list_id)
            known = self._one(
                "SELECT item_id FROM lesson_item WHERE list_id=? AND region_id=? AND entry_id=?",
                list_id,
                region_id,
                entry_id,
            )
            if known is not None:
                return str(known[0])
            return self._append(list_id, ListItem("", region_id, entry_id, title))

    def add_file(self, list_id: str, file: OwnFile, title: str = "") -> str:
        """Put an own file at the end; its bytes are in the own store already."""
        with self._writing():
            self._require(list_id)
            self._keep_file(file)
            item = ListItem(
                "", "", file.sha256, _title(title or file.name), kind=ItemKind.FILE, file=file
            )
            return self._append(list_id, item)

    def add_board(self, list_id: str, title: str) -> str:
        """Put a blank page to write on at the end; each is a page of its own."""
        with self._writing():
            self._require(list_id)
            item = ListItem("", "", f"board-{uuid.uuid4()}", _title(title), kind=ItemKind.BOARD)
            return self._append(list_id, item)

    def bring(self, name: str, items: Iterable[ListItem]) -> str:
        """A new list with all these items (from a `.kezhan` file); returns its id."""
        list_id = str(uuid.uuid4())
        with self._writing():
            cleaned = clean_name(name)
            taken = self._names()
            free = copy_name(cleaned, taken) if cleaned in taken else cleaned
            self._insert_list(list_id, free, ListKind.LESSON)
            for place, item in enumerate(items):
                if item.file is not None:
                    self._keep_file(item.file)
                self._insert_item(list_id, place, _renewed(item))
        return list_id

    def remove(self, item_id: str) -> None:
        """Take an item out of its list."""
        with self._writing():
            self._run("DELETE FROM lesson_item WHERE item_id = ?", item_id)

    def duplicate_item(self, item_id: str) -> None:
        """The same once more behind it, to show another part of it later."""
        with self._writing():
            row = self._one("SELECT list_id FROM lesson_item WHERE item_id = ?", item_id)
            if row is None:
                return
            items = list(self.items(str(row[0])))
            at = next(n for n, item in enumerate(items) if item.item_id == item_id)
            again = _renewed(items[at])
            self._insert_item(str(row[0]), len(items), again)
            items.insert(at + 1, again)
            self._number(str(row[0]), items)

    def rename_item(self, item_id: str, title: str) -> None:
        """Call one thing in a list otherwise."""
        with self._writing():
            self._run("UPDATE lesson_item SET title=? WHERE item_id=?", _title(title), item_id)

    def set_extract(self, item_id: str, extract: Extract) -> None:
        """Show only a part of an item."""
        part = extract.checked()
        with self._writing():
            self._run(
                "UPDATE lesson_item SET start_s=?, end_s=?, first_page=?, last_page=?"
                " WHERE item_id=?",
                part.start_s,
                part.end_s,
                part.first_page,
                part.last_page,
                item_id,
            )

    def move(self, list_id: str, source: int, target: int) -> None:
        """Move the item at one place (from 0) to another."""
        with self._writing():
            self._number(list_id, moved(self.items(list_id), source, target))

    # -- own files ---------------------------------------------------------------------------

    def own_files(self) -> tuple[OwnFile, ...]:
        """Every own file, the newest first."""
        rows = self._database.execute(
            "SELECT sha256, size_bytes, name, media_type FROM own_file ORDER BY rowid DESC"
        )
        return tuple(OwnFile(*row) for row in rows)

    def keep_file(self, file: OwnFile) -> None:
        """Remember an own file outside any list."""
        with self._writing():
            self._keep_file(file)

    def forget_file(self, sha256: str) -> bool:
        """Forget an own file that no list needs; False when one does."""
        with self._writing():
            if self._one("SELECT 1 FROM lesson_item WHERE sha256 = ?", sha256) is not None:
                return False
            self._run("DELETE FROM own_file WHERE sha256 = ?", sha256)
        return True

    # -- favourites --------------------------------------------------------------------------

    def set_favourite(
        self, region_id: str, entry_id: str, title: str, *, is_favourite: bool
    ) -> None:
        """Put a resource among the favourites, newest first, or take it out."""
        with self._writing():
            if self._name_of(FAVOURITES_ID) is None:
                self._insert_list(FAVOURITES_ID, "", ListKind.FAVOURITES)
            self._run(
                "DELETE FROM lesson_item WHERE list_id=? AND region_id=? AND entry_id=?",
                FAVOURITES_ID,
                region_id,
                entry_id,
            )
            if is_favourite:
                first = self._one(
                    "SELECT min(place) FROM lesson_item WHERE list_id = ?", FAVOURITES_ID
                )
                place = (first[0] if first is not None and first[0] else 0) - 1
                item = ListItem(str(uuid.uuid4()), region_id, entry_id, title)
                self._insert_item(FAVOURITES_ID, place, item)

    def is_favourite(self, region_id: str, entry_id: str) -> bool:
        """Whether a resource is among the favourites."""
        row = self._one(
            "SELECT 1 FROM lesson_item WHERE list_id=? AND region_id=? AND entry_id=?",
            FAVOURITES_ID,
            region_id,
            entry_id,
        )
        return row is not None

    # -- inside ------------------------------------------------------------------------------

    def _names(self) -> list[str]:
        return [row[0] for row in self._database.execute("SELECT name FROM lesson_list")]

    def _name_of(self, list_id: str) -> str | None:
        row = self._one("SELECT name FROM lesson_list WHERE list_id = ?", list_id)
        return str(row[0]) if row is not None else None

    def _require(self, list_id: str) -> str:
        name = self._name_of(list_id)
        if name is None:
            raise ListMissingError(list_id=list_id)
        return name

    def _touch(self, list_id: str) -> None:
        self._run("UPDATE lesson_list SET changed = ? WHERE list_id = ?", now_text(), list_id)

    def _number(self, list_id: str, items: Iterable[ListItem]) -> None:
        for place, item in enumerate(items):
            self._run("UPDATE lesson_item SET place = ? WHERE item_id = ?", place, item.item_id)
        self._touch(list_id)

    def _append(self, list_id: str, item: ListItem) -> str:
        made = _renewed(item)
        self._insert_item(list_id, len(self.items(list_id)), made)
        self._touch(list_id)
        return made.item_id

    def _keep_file(self, file: OwnFile) -> None:
        self._run(
            "INSERT OR IGNORE INTO own_file(sha256, size_bytes, name, media_type, added)"
            " VALUES (?,?,?,?,?)",
            file.sha256,
            file.size_bytes,
            _title(file.name),
            file.media_type,
            now_text(),
        )

    def _insert_list(self, list_id: str, name: str, kind: ListKind) -> None:
        self._run(
            "INSERT INTO lesson_list(list_id, name, kind, changed) VALUES (?, ?, ?, ?)",
            list_id,
            name,
            kind.value,
            now_text(),
        )

    def _insert_item(self, list_id: str, place: int, item: ListItem) -> None:
        part = item.extract.checked()
        self._run(
            f"INSERT INTO lesson_item ({_ITEM_COLUMNS}, list_id, place)"  # noqa: S608
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            item.item_id,
            item.region_id,
            item.entry_id,
            _title(item.title),
            part.start_s,
            part.end_s,
            part.first_page,
            part.last_page,
            item.kind.value,
            item.file.sha256 if item.file is not None else "",
            list_id,
            place,
        )


def _title(text: str) -> str:
    return clean_name(text, MAX_TITLE_CHARS)


def _renewed(item: ListItem) -> ListItem:
    """The same as a new item; a blank page becomes another page."""
    if item.kind is ItemKind.BOARD and item.item_id:
        return replace(item, item_id=str(uuid.uuid4()), entry_id=f"board-{uuid.uuid4()}")
    return replace(item, item_id=str(uuid.uuid4()))


def _list_of(row: tuple[Any, ...]) -> LessonList:
    changed = datetime.fromisoformat(row[4])
    return LessonList(row[0], row[1], ListKind(row[2]), row[3], changed, bool(row[5]))


def _item_of(row: tuple[Any, ...]) -> ListItem:
    kind, sha256, size_bytes, name, media_type = row[8:]
    return ListItem(
        item_id=row[0],
        region_id=row[1],
        entry_id=row[2],
        title=row[3],
        start_s=row[4],
        end_s=row[5],
        first_page=row[6],
        last_page=row[7],
        kind=ItemKind(kind),
        file=OwnFile(sha256, size_bytes, name, media_type) if size_bytes is not None else None,
    )
