# SPDX-License-Identifier: GPL-3.0-or-later
"""libzim's side of the comparison; runs in its own environment, so it imports nothing of ours.

Usage: python zim_probe.py build|search FOLDER. Builds FOLDER/rival.zim from FOLDER/rows.tsv (id,
title, text) with its full-text index, or times the searches of FOLDER/zim-searches.json.
"""

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

READER: Any = import_module("libzim.reader")
SEARCH: Any = import_module("libzim.search")
SUGGESTION: Any = import_module("libzim.suggestion")
WRITER: Any = import_module("libzim.writer")
FIRST_PAGE = 20


def page(name: str, title: str, text: str) -> Any:
    """One entry as a page."""
    html = f"<html><head><title>{title}</title></head><body>{text}</body></html>"
    answers = {
        "get_path": lambda _: name,
        "get_title": lambda _: title,
        "get_mimetype": lambda _: "text/html",
        "get_contentprovider": lambda _: WRITER.StringProvider(html),
        "get_hints": lambda _: {WRITER.Hint.FRONT_ARTICLE: True},
    }
    return type("Page", (WRITER.Item,), answers)()


def build(folder: Path) -> dict[str, float]:
    file = folder / "rival.zim"
    file.unlink(missing_ok=True)
    started = time.process_time()
    count = 0
    with WRITER.Creator(str(file)).config_indexing(True, "zho") as creator:
        with (folder / "rows.tsv").open(encoding="utf-8") as lines:
            for line in lines:
                creator.add_item(page(*line.rstrip("\n").split("\t")))
                count += 1
        creator.set_mainpath("")
    cost = time.process_time() - started
    return {
        "libzim entries a CPU s": count / cost,
        "libzim bytes an entry": file.stat().st_size / count,
    }


def search(folder: Path) -> dict[str, dict[str, list[float]]]:
    """Twenty results and the (estimated) total: full text, and suggestions while typing."""
    archive = READER.Archive(str(folder / "rival.zim"))
    full, typing = SEARCH.Searcher(archive), SUGGESTION.SuggestionSearcher(archive)

    def search_text(words: str) -> None:
        found = full.search(SEARCH.Query().set_query(words))
        found.getEstimatedMatches()
        list(found.getResults(0, FIRST_PAGE))

    def suggest(words: str) -> None:
        found = typing.suggest(words)
        found.getEstimatedMatches()
        list(found.getResults(0, FIRST_PAGE))

    searches = json.loads((folder / "zim-searches.json").read_text())
    return {
        "libzim full text": _timed(search_text, searches),
        "libzim while typing": _timed(suggest, searches),
    }


def _timed(ask: Callable[[str], None], searches: list[list[str]]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {}
    for kind, words in searches:
        costs = []
        for _ in range(3):
            started = time.process_time_ns()
            ask(words)
            costs.append((time.process_time_ns() - started) / 1e6)
        times.setdefault(kind, []).append(min(costs))
    return times


if __name__ == "__main__":
    steps = {"build": build, "search": search}
    print(json.dumps(steps[sys.argv[1]](Path(sys.argv[2]))))
