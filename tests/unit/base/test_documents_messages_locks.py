# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers, words and locks."""

from __future__ import annotations

import json
import logging
import string
import subprocess
import sys
from pathlib import Path

import pytest

from app.base.documents import parse_document
from app.base.errors import (
    AlreadyRunningError,
    DamagedDocumentError,
    OfflineError,
    UnknownMajorError,
)
from app.base.locks import ProcessLock
from app.base.log import configure_logging
from app.base.messages import LANGUAGES, message, message_of, words
from app.base.paths import DataPaths

GOOD = {"format": "kezhan-test", "major": 1, "minor": 4, "unknown": [1]}


def parse(document: object) -> dict[str, object]:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return parse_document(raw, "kezhan-test", 1, max_bytes=1000)


def test_newer_minor_is_read_and_unknown_fields_are_kept() -> None:
    assert parse(GOOD)["unknown"] == [1]


@pytest.mark.parametrize(
    "document",
    [
        b"<html>",
        b"\xff\xfe",
        b"[" * 900,
        [GOOD],
        {**GOOD, "format": "other"},
        {**GOOD, "major": "1"},
        {**GOOD, "major": True},
        {**GOOD, "padding": "x" * 1000},
    ],
)
def test_damaged_documents(document: object) -> None:
    with pytest.raises(DamagedDocumentError):
        parse(document)


def test_unknown_major_is_refused_with_both_numbers() -> None:
    with pytest.raises(UnknownMajorError) as refusal:
        parse({**GOOD, "major": 2})
    assert (refusal.value.data["found"], refusal.value.data["known"]) == (2, 1)


def test_every_word_is_said_in_both_languages_with_the_same_placeholders() -> None:
    for code, by_language in words().items():
        assert set(by_language) == set(LANGUAGES), code
        fields = [
            {
                name
                for text in entry.values()
                for _, name, _, _ in string.Formatter().parse(text)
                if name
            }
            for entry in by_language.values()
        ]
        assert fields[0] == fields[1], code
        assert all(entry.get("sentence") for entry in by_language.values()), code


def test_message_with_missing_data_still_speaks() -> None:
    assert "?" in message("read_only", {}, "en").sentence
    assert message("no_such_code", {}, "en").sentence == "no_such_code"
    assert message_of(OfflineError(), "zh_CN").line.startswith("现在连不上")


def test_second_holder_learns_the_pid_of_the_first(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from app.base.locks import ProcessLock\n"
        "lock = ProcessLock(Path(sys.argv[1])); lock.acquire(); print('held', flush=True)\n"
        "sys.stdin.read()\n"
    )
    path = tmp_path / "agent.lock"
    command = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        holder.stdout.readline()
        with pytest.raises(AlreadyRunningError) as refusal:
            ProcessLock(path).acquire()
        assert refusal.value.data["pid"] == holder.pid
        holder.kill()
    with ProcessLock(path) as lock:
        assert lock.is_held_here


def test_log_holds_no_queries_and_no_credentials(tmp_path: Path) -> None:
    root = logging.getLogger()
    before = list(root.handlers)
    configure_logging(DataPaths(tmp_path), "test")
    logging.getLogger("app.test").info("GET https://u:pw@host/a?token=%s Bearer abc.def", "s3cret")
    added = [handler for handler in root.handlers if handler not in before]
    for handler in added:
        handler.close()
        root.removeHandler(handler)
    text = (tmp_path / "logs" / "test.log").read_text(encoding="utf-8")
    assert "host/a" in text
    assert not any(secret in text for secret in ("s3cret", "pw@", "abc.def"))
