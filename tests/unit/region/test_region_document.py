# SPDX-License-Identifier: GPL-3.0-or-later
import json
from dataclasses import replace
from typing import Any

import pytest

from app.base.errors import DamagedDocumentError, UnknownMajorError
from app.region.errors import RegionInvalidError
from app.region.region_document import (
    RegionDocument,
    parse_region_document,
    region_document_to_bytes,
)
from tests.unit.region.samples import REGION_ID

REGION = RegionDocument(
    region_id=REGION_ID,
    name="石门县",
    mirrors=("https://资源.example.cn/课栈/", "mirror/"),
    uploads_url="https://up.example.cn/files/",
    statements_url=None,
    issued="2026-11-21T08:00:00Z",
    extra={"contact": "电教馆"},
    bundle_key=bytes(range(32)),
)


def test_bytes_and_back() -> None:
    assert parse_region_document(region_document_to_bytes(REGION)) == REGION


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"region_id": REGION_ID.upper()}, "region_id", "not_an_id"),
        ({"name": None}, "name", "missing"),
        ({"name": "x" * 101}, "name", "too_long"),
        ({"mirrors": ["https://x/"] * 33}, "mirrors", "too_many"),
        ({"mirrors": ["https://"]}, "mirrors", "not_an_address"),
        ({"mirrors": ["\\\\server\\share"]}, "mirrors", "not_an_address"),
        ({"uploads_url": "https://x:99999/"}, "uploads_url", "not_an_address"),
        ({"statements_url": "https://a b/"}, "statements_url", "not_an_address"),
        ({"issued": "2026-11-21"}, "issued", "not_a_date"),
        ({"issued": "2026-13-21T08:00:00Z"}, "issued", "not_a_date"),
        ({"bundle_key": "kurz"}, "bundle_key", "not_a_key"),
        ({"bundle_key": "A" * 43 + "="}, "bundle_key", "not_a_key"),
        ({"bundle_key": "A" * 42 + "B="}, "bundle_key", "not_a_key"),
        ({"bundle_key": 7}, "bundle_key", "wrong_type"),
    ],
    ids=range(14),
)
def test_bad_fields_are_refused_by_name(change: dict[str, Any], field: str, reason: str) -> None:
    document = json.loads(region_document_to_bytes(REGION)) | change
    with pytest.raises(RegionInvalidError) as caught:
        parse_region_document(json.dumps(document).encode())
    assert (caught.value.data["field"], caught.value.data["reason"]) == (field, reason)


def test_a_region_without_a_key_for_bundles_says_nothing_of_one() -> None:
    raw = region_document_to_bytes(replace(REGION, bundle_key=None))
    assert b"bundle_key" not in raw
    assert parse_region_document(raw).bundle_key is None


def test_other_documents_and_majors_are_told_apart() -> None:
    document = json.loads(region_document_to_bytes(REGION))
    with pytest.raises(UnknownMajorError):
        parse_region_document(json.dumps(document | {"major": 2}).encode())
    with pytest.raises(DamagedDocumentError):
        parse_region_document(json.dumps(document | {"format": "kezhan-index"}).encode())
