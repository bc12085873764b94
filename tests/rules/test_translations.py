# SPDX-License-Identifier: GPL-3.0-or-later
"""The Chinese translation is complete and holds nothing that the window no longer says."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.rules.sources import REPOSITORY, python_files

TRANSLATION = REPOSITORY / "app" / "ui" / "i18n" / "kezhan_zh_CN.ts"


def messages(file: Path) -> dict[tuple[str, str], ET.Element]:
    """Messages of a translation file by context and English text, without vanished ones."""
    found: dict[tuple[str, str], ET.Element] = {}
    for context in ET.parse(file).getroot().iter("context"):
        name = context.findtext("name") or ""
        for message in context.iter("message"):
            translation = message.find("translation")
            kind = "" if translation is None else translation.get("type", "")
            if kind not in {"vanished", "obsolete"}:
                found[name, message.findtext("source") or ""] = message
    return found


@pytest.fixture(scope="module")
def translated() -> dict[tuple[str, str], ET.Element]:
    assert TRANSLATION.is_file(), f"{TRANSLATION.name} is missing"
    return messages(TRANSLATION)


def test_translation_knows_exactly_what_the_window_says(
    translated: dict[tuple[str, str], ET.Element], tmp_path: Path
) -> None:
    collected = tmp_path / "collected.ts"
    sources = [REPOSITORY / name for name in python_files("app/ui", "app/player", "app/wiring")]
    program = Path(sys.executable).with_name("pyside6-lupdate")
    subprocess.run([program, *sources, "-ts", collected], capture_output=True, check=True)
    said = set(messages(collected))
    assert said
    assert said - set(translated) == set(), "run app.ui.i18n.build and translate"
    assert set(translated) - said == set(), "the window no longer says this"


def test_every_text_is_translated(translated: dict[tuple[str, str], ET.Element]) -> None:
    unfinished = []
    for key, message in translated.items():
        translation = message.find("translation")
        assert translation is not None, key
        forms = [form.text for form in translation.iter("numerusform")] or [translation.text]
        if translation.get("type") == "unfinished" or not all(forms):
            unfinished.append(key)
    assert unfinished == []


def test_placeholders_survive_translation(translated: dict[tuple[str, str], ET.Element]) -> None:
    import string

    wrong = []
    for key, message in translated.items():
        translation = message.find("translation")
        assert translation is not None, key
        forms = [form.text for form in translation.iter("numerusform")] or [translation.text]
        wanted = {name for _, name, _, _ in string.Formatter().parse(key[1]) if name is not None}
        for form in forms:
            found = {name for _, name, _, _ in string.Formatter().parse(form or "")} - {None}
            if found != wanted or ("%n" in key[1]) != ("%n" in (form or "")):
                wrong.append((key, form))
    assert wrong == []


def test_line_numbers_stay_out_of_git() -> None:
    assert TRANSLATION.is_file(), f"{TRANSLATION.name} is missing"
    assert "<location" not in TRANSLATION.read_text("utf-8")
