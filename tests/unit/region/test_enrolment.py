# SPDX-License-Identifier: GPL-3.0-or-later
import json
from dataclasses import replace
from typing import Any

import pytest

from app.base.errors import DamagedDocumentError, KnownError, UnknownMajorError
from app.region.enrolment import (
    Credentials,
    Endpoints,
    Enrolment,
    School,
    enrolment_to_bytes,
    parse_enrolment,
)
from app.region.errors import EnrolmentInvalidError
from app.region.index import ShardKey
from tests.unit.region.samples import Region


@pytest.fixture
def enrolment(region: Region) -> Enrolment:
    general = parse_enrolment((region.public / "enrolment.json").read_bytes())
    return replace(
        general,
        mirrors=("https://资源.example.cn/", "./", "shelf:/", "file:///D:/课栈/"),
        endpoints=Endpoints("https://lrs.example.cn/xapi", "https://up.example.cn/files"),
        school=School("001", "石门坎小学", "中心校"),
        rooms=("101",),
        classes=("三（1）班",),
        subscriptions=(ShardKey("小学", "数学", "人教版", is_exercise=True),),
        credentials=Credentials("001", "geheim"),
        extra={"neu": 1},
    )


def test_bytes_and_back(enrolment: Enrolment) -> None:
    assert parse_enrolment(enrolment_to_bytes(enrolment)) == enrolment


def test_the_general_enrolment_needs_no_school(region: Region) -> None:
    enrolment = parse_enrolment((region.root / "enrolment.json").read_bytes())
    assert enrolment.school is None
    assert enrolment.subscriptions is None
    assert enrolment.mirrors == ("public/",)


def test_passwords_do_not_show(enrolment: Enrolment) -> None:
    assert "geheim" not in repr(enrolment)


def refusal(raw: bytes) -> KnownError:
    with pytest.raises(KnownError) as caught:
        parse_enrolment(raw)
    return caught.value


@pytest.mark.parametrize("raw", [b"", b"not json", b"<html>", b"[]", b"\xff\xfe", b"[" * 10_000])
def test_what_is_no_document_is_damaged(raw: bytes) -> None:
    assert isinstance(refusal(raw), DamagedDocumentError)


def test_another_major_is_refused_politely(enrolment: Enrolment) -> None:
    document = json.loads(enrolment_to_bytes(enrolment)) | {"major": 2}
    error = refusal(json.dumps(document).encode())
    assert isinstance(error, UnknownMajorError)
    assert error.data["known"] == 1


BROKEN: list[tuple[dict[str, Any], str, str]] = [
    ({"root": None}, "root", "missing"),
    ({"root": {}}, "root", "not_verified"),
    ({"root": "text"}, "root", "wrong_type"),
    ({"root": {"signed": {"_type": "root"}, "signatures": []}}, "root", "not_verified"),
    ({"region_id": "1"}, "region_id", "not_an_id"),
    ({"region_name": ""}, "region_name", "missing"),
    ({"mirrors": ["ftp://x/"]}, "mirrors", "not_an_address"),
    ({"mirrors": ["../../secret"]}, "mirrors", "not_an_address"),
    ({"mirrors": ["/etc"]}, "mirrors", "not_an_address"),
    ({"mirrors": ["https://user:pw@x/"]}, "mirrors", "not_an_address"),
    ({"endpoints": {"uploads_url": "file:///x"}}, "endpoints.uploads_url", "not_an_address"),
    ({"school": {"name": "x"}}, "school.code", "missing"),
    ({"classes": ["a\x1b[31m"]}, "classes", "control_characters"),
    ({"credentials": {"user": "x"}}, "credentials.password", "missing"),
]


@pytest.mark.parametrize(("fields", "field", "reason"), BROKEN, ids=range(len(BROKEN)))
def test_bad_fields_are_refused_by_name(
    enrolment: Enrolment, fields: dict[str, Any], field: str, reason: str
) -> None:
    document = json.loads(enrolment_to_bytes(enrolment)) | fields
    error = refusal(json.dumps(document).encode())
    assert isinstance(error, EnrolmentInvalidError)
    assert (error.data["field"], error.data["reason"]) == (field, reason)


def test_a_root_that_was_altered_does_not_verify(enrolment: Enrolment) -> None:
    document = json.loads(enrolment_to_bytes(enrolment))
    document["root"]["signed"]["expires"] = "2099-01-01T00:00:00Z"
    error = refusal(json.dumps(document).encode())
    assert error.data == {"field": "root", "reason": "not_verified"}


def test_a_root_with_too_few_signatures_does_not_verify(enrolment: Enrolment) -> None:
    document = json.loads(enrolment_to_bytes(enrolment))
    document["root"]["signatures"] = document["root"]["signatures"][:1]
    assert refusal(json.dumps(document).encode()).data["reason"] == "not_verified"


def test_an_enrolment_of_megabytes_is_not_even_parsed() -> None:
    assert isinstance(refusal(b" " * 2_000_000), DamagedDocumentError)
