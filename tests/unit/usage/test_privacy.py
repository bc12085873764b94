# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/privacy.md lists every field that is kept or sent, and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from app.sync.uploads.details import UploadDetails, details_to_json, upload_metadata
from app.usage.events import NUMBERS, Event
from app.usage.statements import to_statement
from app.usage.store import KEPT_EVENTS
from tests.unit.usage.test_statements import ACTOR, TIME_OF_IT, every_event


@pytest.fixture(scope="module")
def page() -> str:
    return (Path(__file__).parents[3] / "docs" / "privacy.md").read_text("utf-8")


def listed(page: str, heading: str) -> list[str]:
    """The fields in the first column of the table under a heading."""
    section = page.split(f"\n## {heading}", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE)


def leaves(document: Any, path: str = "") -> Iterator[str]:
    """Where values lie in a statement; names with dots of their own stay whole."""
    if isinstance(document, dict):
        for name, value in document.items():
            yield from leaves(value, f"{path}.{name}" if path else name)
    elif isinstance(document, list):
        for value in document:
            yield from leaves(value, path)
    else:
        yield path


def test_every_field_of_an_event_is_described(page: str) -> None:
    described = listed(page, "Usage events")
    assert sorted(described) == sorted(one.name for one in fields(Event))


def test_every_number_of_an_event_is_described(page: str) -> None:
    paragraph = page.split("The numbers:", 1)[1].split("\n\n", 1)[0]
    described = set(re.findall(r"`(\w+)`", paragraph))
    assert described == set().union(*NUMBERS.values())


def test_every_field_of_a_statement_is_described(page: str) -> None:
    sent = {
        path for event in every_event() for path in leaves(to_statement(event, ACTOR, TIME_OF_IT))
    }
    assert sorted(listed(page, "Statements")) == sorted(sent)


def test_every_field_of_an_upload_is_described(page: str) -> None:
    details = UploadDetails(**{one.name: "x" for one in fields(UploadDetails)})
    header = upload_metadata(
        upload_id="u", sha256="0", name="x.pdf", school_code="1", details=details_to_json(details)
    )
    sent = [pair.partition(" ")[0] for pair in header.split(",")]
    assert sorted(listed(page, "Uploads")) == sorted(sent)


def test_the_time_of_keeping_is_true(page: str) -> None:
    assert f"newest {KEPT_EVENTS:,} events" in page
