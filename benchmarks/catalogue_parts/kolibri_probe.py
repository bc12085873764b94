# SPDX-License-Identifier: GPL-3.0-or-later
"""Kolibri's side of the comparison; runs in its own environment, so it imports nothing of ours.

Usage: KOLIBRI_HOME=FOLDER/kolibri python kolibri_probe.py build|search FOLDER. Fills a channel from
FOLDER/rows.tsv (id, title, text), or times the searches of FOLDER/zim-searches.json as its library
page asks them. Entries have no files and no labels there, which is kinder than a real channel.
"""

import json
import sys
import time
import uuid
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

FIRST_PAGE = 20
# Of a million entries a search takes seconds: every tenth is asked then.
ROWS_FOR_ALL = 100_000
SPACE = uuid.UUID("8b7c0f0e-1f1a-4f5e-9b60-3a3f4f1f0c11")
CHANNEL = uuid.uuid5(SPACE, "channel").hex
ROOT = uuid.uuid5(SPACE, "root").hex


def models() -> Any:
    """Kolibri's own, once it is set up."""
    import_module("kolibri.utils.main").initialize()
    return import_module("kolibri.core.content.models")


def rows(model: Any, folder: Path, count: int) -> Iterator[list[Any]]:
    """The root, then one resource for each row: the tree is flat, as a search sees it."""
    fields = model._meta.concrete_fields
    connection = import_module("django.db").connection
    root = model(
        id=ROOT, content_id=ROOT, channel_id=CHANNEL, title="all", kind="topic", available=True
    )
    root.tree_id, root.level, root.lft, root.rght = 1, 0, 1, 2 * count + 2
    plain = [field.get_db_prep_save(getattr(root, field.attname), connection) for field in fields]
    yield plain
    place = {field.attname: number for number, field in enumerate(fields)}
    with (folder / "rows.tsv").open(encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            name, title, text = line.rstrip("\n").split("\t")
            row, node, left = plain.copy(), uuid.uuid5(SPACE, name).hex, 2 * number + 2
            for column, value in (
                ("id", node),
                ("content_id", node),
                ("parent_id", ROOT),
                ("title", title[:200]),
                ("description", text),
                ("kind", "document"),
                ("lft", left),
                ("rght", left + 1),
                ("level", 1),
            ):
                row[place[column]] = value
            yield row


def build(folder: Path) -> dict[str, float]:
    """By its own tables, without its importer: that takes four times as long."""
    found = models()
    with (folder / "rows.tsv").open(encoding="utf-8") as lines:
        count = sum(1 for _ in lines)
    started = time.process_time()
    model = found.ContentNode
    columns = ", ".join(field.column for field in model._meta.concrete_fields)
    marks = ", ".join("%s" for _ in model._meta.concrete_fields)
    database = import_module("django.db")
    with database.transaction.atomic(), database.connection.cursor() as cursor:
        table = model._meta.db_table
        cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        sql = f"INSERT INTO {table}({columns}) VALUES({marks})"
        cursor.executemany(sql, rows(model, folder, count))
    found.ChannelMetadata.objects.update_or_create(
        id=CHANNEL, defaults={"name": "all", "root_id": ROOT, "min_schema_version": "5"}
    )
    return {"kolibri entries a CPU s": count / (time.process_time() - started)}


def search(folder: Path) -> dict[str, dict[str, list[float]]]:
    """Twenty results and the labels that they have; Kolibri gives no total."""
    found = models()
    client = import_module("django.test").Client(HTTP_HOST="localhost")
    client.get("/api/content/contentnode/", {"keywords": "warm", "max_results": 1})
    times: dict[str, list[float]] = {}
    step = max(1, found.ContentNode.objects.count() // ROWS_FOR_ALL)
    for kind, words in json.loads((folder / "zim-searches.json").read_text())[::step]:
        asked = {"keywords": words, "max_results": FIRST_PAGE}
        started = time.process_time_ns()
        answer = client.get("/api/content/contentnode/", asked)
        times.setdefault(kind, []).append((time.process_time_ns() - started) / 1e6)
        assert answer.status_code == 200, answer.content
        assert "results" in answer.json()
    return {"Kolibri": times}


if __name__ == "__main__":
    steps = {"build": build, "search": search}
    print(json.dumps(steps[sys.argv[1]](Path(sys.argv[2]))))
