# SPDX-License-Identifier: GPL-3.0-or-later
"""The one place of sentences: what a code means and what to do, in Chinese and English, without Qt.

Each room keeps its words in `messages/<room>.toml`: a table per code, and in it per language
`title` (a few words), `sentence` (what happened) and `remedy` (what to do; may be empty).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from app.base.errors import KnownError

DEFAULT_LANGUAGE = "zh_CN"
LANGUAGES = ("zh_CN", "en")


@dataclass(frozen=True, slots=True)
class Message:
    """One code said in one language."""

    title: str
    sentence: str
    remedy: str

    @property
    def line(self) -> str:
        """Sentence and remedy in one line, as the command line prints it."""
        gap = "" if self.sentence.endswith(("。", "！", "？")) else " "
        return f"{self.sentence}{gap}{self.remedy}" if self.remedy else self.sentence


class _Placeholders(dict[str, object]):
    """A sentence must appear even when a datum is missing from it."""

    def __missing__(self, name: str) -> str:
        return "?"


@cache
def words() -> dict[str, dict[str, dict[str, str]]]:
    """All tables: code → language → title, sentence, remedy."""
    import tomllib  # most starts have nothing to say
    from importlib import resources

    merged: dict[str, dict[str, dict[str, str]]] = {}
    folder = resources.files("app.base") / "messages"
    for table in sorted(folder.iterdir(), key=lambda item: item.name):
        if table.name.endswith(".toml"):
            merged.update(tomllib.loads(table.read_text(encoding="utf-8")))
    return merged


def message(code: str, data: Mapping[str, object], language: str) -> Message:
    """The words for `code`; a code without words still gives a sentence that names it."""
    by_language = words().get(code, {})
    entry = by_language.get(language) or by_language.get("en") or {}
    filled = _Placeholders({name: "" if value is None else value for name, value in data.items()})
    return Message(
        title=entry.get("title", "").format_map(filled),
        sentence=entry.get("sentence", code).format_map(filled),
        remedy=entry.get("remedy", "").format_map(filled),
    )


def message_of(error: KnownError, language: str) -> Message:
    """The words for a known error."""
    return message(error.code, error.data, language)
