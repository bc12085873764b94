# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the list of schools (CSV as spreadsheets write it) and keeps their accounts."""

import csv
import io
import os
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.base import files
from app.base.errors import KnownError, known_os_error
from app.publish.errors import LineInvalidError
from app.region.fields import Fields, Reason

COLUMNS: Final = ("学校代码", "校名", "上级中心校", "班级", "教室")
CREDENTIALS_COLUMNS: Final = ("学校代码", "校名", "账号", "密码")
_MAX_BYTES: Final = 32 * 1024 * 1024
_MAX_PER_SCHOOL: Final = 1000
# The code becomes a file name and a user name.
_CODE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_LIST_MARKS: Final = re.compile(r"[、,，;；\n]")
_PASSWORD_BYTES: Final = 16


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school with all its classes and rooms, in the order of the file."""

    code: str
    name: str
    centre: str
    classes: tuple[str, ...]
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """A school's account for uploads and statements."""

    code: str
    name: str
    user: str
    password: str


def read_schools(path: Path) -> list[SchoolRow]:
    """One school per code; classes and rooms may fill several rows, or one cell divided by 、.

    Raises LineInvalidError with the line number; then no enrolment is written.
    """
    schools: dict[str, SchoolRow] = {}
    reader = csv.DictReader(io.StringIO(_text(path), newline=""))
    header = [name.strip() for name in reader.fieldnames or ()]
    missing = [name for name in COLUMNS[:2] if name not in header]
    if missing:
        raise LineInvalidError(
            path=str(path), line=1, entry_id="", field=missing[0], reason=Reason.MISSING.value
        )
    reader.fieldnames = header
    try:
        for row in reader:
            if any(isinstance(value, str) and value.strip() for value in row.values()):
                _take(schools, row, path, reader.line_num)
    except csv.Error as error:
        raise LineInvalidError(
            path=str(path),
            line=reader.line_num,
            entry_id="",
            field="",
            reason=Reason.WRONG_TYPE.value,
        ) from error
    return list(schools.values())


def _take(
    schools: dict[str, SchoolRow], row: Mapping[str, str | None], path: Path, line: int
) -> None:
    code = (row.get(COLUMNS[0]) or "").strip()

    def fail(name: str, reason: Reason) -> KnownError:
        return LineInvalidError(
            path=str(path), line=line, entry_id=code[:64], field=name, reason=reason.value
        )

    stripped = {name: (value or "").strip() for name, value in row.items() if name in COLUMNS}
    fields = Fields(stripped, fail)
    fields.matching(COLUMNS[0], _CODE, Reason.NOT_AN_ID)
    known = schools.get(code)
    name = fields.text(COLUMNS[1], 200, required=known is None)
    if known is not None and name not in {"", known.name}:
        raise fail(COLUMNS[1], Reason.TWICE)
    school = known or SchoolRow(code, name, "", (), ())
    schools[code] = replace(
        school,
        centre=school.centre or fields.text(COLUMNS[2], 200),
        classes=_merged(school.classes, stripped.get(COLUMNS[3], ""), fields, COLUMNS[3]),
        rooms=_merged(school.rooms, stripped.get(COLUMNS[4], ""), fields, COLUMNS[4]),
    )


def _merged(before: tuple[str, ...], cell: str, fields: Fields, column: str) -> tuple[str, ...]:
    parts = [part.strip() for part in _LIST_MARKS.split(cell) if part.strip()]
    inner = Fields({column: parts}, lambda _, reason: fields.error(column, reason))
    names = tuple(dict.fromkeys((*before, *inner.texts(column, _MAX_PER_SCHOOL, 100))))
    if len(names) > _MAX_PER_SCHOOL:
        raise fields.error(column, Reason.TOO_MANY)
    return names


def _text(path: Path) -> str:
    """UTF-8 with or without BOM, or GB 18030 as Chinese spreadsheets save it."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise LineInvalidError(
                path=str(path), line=0, entry_id="", field="", reason=Reason.TOO_LONG.value
            )
        raw = path.read_bytes()
    except OSError as error:
        raise known_os_error(error, path) from error
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise LineInvalidError(
        path=str(path), line=0, entry_id="", field="", reason=Reason.WRONG_TYPE.value
    )


def keep_accounts(path: Path, schools: Iterable[SchoolRow]) -> dict[str, Account]:
    """Accounts of all schools; those made earlier stay, so machines in the field keep working."""
    accounts = _read_accounts(path)
    for school in schools:
        known = accounts.get(school.code)
        password = known.password if known else secrets.token_hex(_PASSWORD_BYTES)
        accounts[school.code] = Account(school.code, school.name, school.code, password)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(CREDENTIALS_COLUMNS)
    for code in sorted(accounts):
        account = accounts[code]
        writer.writerow([account.code, _cell(account.name), account.user, account.password])
    files.replace_bytes(path, out.getvalue().encode("utf-8-sig"))
    if os.name != "nt":
        path.chmod(0o600)
    return accounts


def _cell(text: str) -> str:
    """A spreadsheet must show a name, not run it as a formula."""
    return "'" + text if text[:1] in {"=", "+", "-", "@"} else text


def passwords(path: Path) -> dict[str, str]:
    """The password of every account given out so far, by user; empty when none was."""
    return {account.user: account.password for account in _read_accounts(path).values()}


def _read_accounts(path: Path) -> dict[str, Account]:
    if not path.is_file():
        return {}
    rows = csv.DictReader(io.StringIO(_text(path), newline=""))
    code, name, user, password = CREDENTIALS_COLUMNS
    return {
        row[code]: Account(row[code], row[name], row[user], row[password])
        for row in rows
        if row.get(code) and row.get(password)
    }
