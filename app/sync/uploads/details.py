# SPDX-License-Identifier: GPL-3.0-or-later
"""What a teacher says about an upload, checked when it is typed and when it comes from a file."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from app.base.errors import KnownError
from app.region.fields import Fields, Reason
from app.region.media import guess_media_type
from app.sync.uploads.errors import DetailsInvalidError, TitleMissingError

# All of them together, in Chinese and in base64, stay below the 8 KiB that common servers and
# proxies take as one header.
_LONGEST = {"title": 200, "description": 400, "author": 60}
_LONGEST_OTHER = 80
_MAX_NAME_CHARS = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDetails:
    """Describes an uploaded file in the words of the catalogue; only the title must be given.

    `author` is what the teacher wants to be named as, and may stay empty.
    """

    title: str
    stage: str = ""
    subject: str = ""
    edition: str = ""
    grade: str = ""
    volume: str = ""
    unit: str = ""
    lesson: str = ""
    resource_type: str = ""
    description: str = ""
    author: str = ""
    license: str = ""


def parse_details(raw: Mapping[str, Any]) -> UploadDetails:
    """Check and normalise the details of an upload.

    Raises:
        TitleMissingError: there is no title.
        DetailsInvalidError: a text is too long or holds control characters.
    """

    def fail(name: str, reason: Reason) -> KnownError:
        kind = TitleMissingError if reason is Reason.MISSING else DetailsInvalidError
        return kind(field=name, reason=reason.value)

    found = Fields(raw, fail)
    values = {
        one.name: found.text(
            one.name,
            _LONGEST.get(one.name, _LONGEST_OTHER),
            required=one.name == "title",
            multiline=one.name == "description",
        )
        for one in fields(UploadDetails)
    }
    return UploadDetails(**values)


def details_to_json(details: UploadDetails) -> dict[str, str]:
    """Only what was given."""
    return {one.name: text for one in fields(UploadDetails) if (text := getattr(details, one.name))}


def clean_name(name: str) -> str:
    """The last part of a file name, whatever system wrote it, without control characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    printable = "".join(sign for sign in last if sign.isprintable()).strip()
    if len(printable) <= _MAX_NAME_CHARS:
        return printable or "unnamed"
    stem, dot, suffix = printable.rpartition(".")
    if not dot or len(suffix) > 16:
        return printable[:_MAX_NAME_CHARS]
    return f"{stem[: _MAX_NAME_CHARS - len(suffix) - 1]}.{suffix}"


def upload_metadata(
    *,
    upload_id: str,
    sha256: str,
    name: str,
    school_code: str,
    details: Mapping[str, str],
) -> str:
    """The Upload-Metadata header of tus; `filename` and `filetype` are what servers look for."""
    pairs = {
        "filename": name,
        "filetype": guess_media_type(name),
        "sha256": sha256,
        "id": upload_id,
        "school": school_code,
        **details,
    }
    return ",".join(
        f"{key} {base64.b64encode(text.encode()).decode('ascii')}"
        for key, text in pairs.items()
        if text
    )
