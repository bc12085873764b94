# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes docs/errors.md from the classes and their words: `python -m tests.rules.errors_page`."""

import importlib
import pkgutil
from pathlib import Path

import app
from app.base.errors import known_errors
from app.base.messages import words

PAGE = Path(__file__).resolve().parents[2] / "docs" / "errors.md"
HEAD = """# Error codes

Codes are stable: scripts, logs and the region's staff may rely on them. `stops` says what an error
ends: one item, one carrier, this run, or the program. Commands print the sentence and what to do on
standard error and, with `--json`, an object with `error` and `data`. Placeholders in braces are
filled from `data`. This page is written by `python -m tests.rules.errors_page`.

| code | stops | sentence | 中文 |
| --- | --- | --- | --- |
"""


def render() -> str:
    """The page as it should be."""
    for module in pkgutil.walk_packages(app.__path__, "app."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    rows = []
    for code, kind in sorted(known_errors().items()):
        said = words()[code]
        english, chinese = (
            " ".join(
                part for part in (said[language]["sentence"], said[language].get("remedy")) if part
            )
            for language in ("en", "zh_CN")
        )
        rows.append(
            f"| `{code}` | {kind.scope.value} | {english} | {chinese.replace('。 ', '。')} |\n"
        )
    return HEAD + "".join(rows)


if __name__ == "__main__":
    PAGE.write_text(render(), encoding="utf-8")
