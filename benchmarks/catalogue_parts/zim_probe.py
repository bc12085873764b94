# SPDX-License-Identifier: GPL-3.0-or-later
"""libzim's side of the comparison; runs in its own environment, so it imports nothing of ours.

Usage: python zim_probe.py build|search FOLDER. Builds FOLDER/rival.zim from FOLDER/rows.tsv (id,
title, text) with its full-text index, or times the searches of FOLDER/zim-searches.json.
"""

import json
import sys
import time
from pathlib import Path

from libzim.reader import Archive
from libzim.search import Query, Searcher
from libzim.writer import Creator, Hint, Item, StringProvider

FIRST_PAGE = 20


class Page(Item):
    """One entry as a page."""

    def __init__(self, name: str, title: str, text: str) -> None:
        super().__init__()
        self._name, self._title, self._text = name, title, text

    def get_path(self) -> str:
        return self._name

    def get_title(self) -> str:
        return self._title

    def get_mimetype(self) -> str:
        return "text/html"

    def get_contentprovider(self) -> StringProvider:
        html = f"<html><head><title>{self._title}</title></head><body>{self._text}</body></html>"
        return StringProvider(html)

    def get_hints(self) -> dict[Hint, bool]:
        return {Hint.FRONT_ARTICLE: True}


def build(folder: Path) -> dict[str, float]:
    file = folder / "rival.zim"
    file.unlink(missing_ok=True)
    started = time.process_time()
    count = 0
    with Creator(str(file)).config_indexing(True, "zho") as creator:
        with (folder / "rows.tsv").open(encoding="utf-8") as lines:
            for line in lines:
                creator.add_item(Page(*line.rstrip("\n").split("\t")))
                count += 1
        creator.set_mainpath("")
    cost = time.process_time() - started
    return {
        "libzim entries a CPU s": count / cost,
        "libzim bytes an entry": file.stat().st_size / count,
    }


def search(folder: Path) -> dict[str, list[float]]:
    """Full-text search: twenty results and the (estimated) total."""
    searcher = Searcher(Archive(str(folder / "rival.zim")))
    times: dict[str, list[float]] = {}
    for kind, words in json.loads((folder / "zim-searches.json").read_text()):
        costs = []
        for _ in range(3):
            started = time.process_time_ns()
            found = searcher.search(Query().set_query(words))
            found.getEstimatedMatches()
            list(found.getResults(0, FIRST_PAGE))
            costs.append((time.process_time_ns() - started) / 1e6)
        times.setdefault(kind, []).append(min(costs))
    return times


if __name__ == "__main__":
    steps = {"build": build, "search": search}
    print(json.dumps(steps[sys.argv[1]](Path(sys.argv[2]))))
