# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads bounded, typed values out of JSON that a stranger wrote."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, Final
from urllib.parse import urlsplit

from app.base.errors import KnownError

MAX_COUNT: Final = 2**53 - 1  # the largest integer that every JSON reader keeps exactly
MAX_EXTRA_BYTES: Final = 16 * 1024
MAX_EXTRA_DEPTH: Final = 8

# Control characters, line and paragraph separators, bidirectional overrides (they disguise
# names), BOM, lone surrogates, which no UTF-8 file can hold. Line feed and tab are judged apart.
_FORBIDDEN: Final = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    r"\ufeff\ud800-\udfff\ufffe\uffff"
)
FORBIDDEN_IN_TEXT: Final = re.compile(f"[{_FORBIDDEN}]")
FORBIDDEN_IN_LINE: Final = re.compile(f"[\t\n{_FORBIDDEN}]")
ENTRY_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Reason(StrEnum):
    """Why a field was refused; stable words that tests and sentences rely on."""

    MISSING = "missing"
    WRONG_TYPE = "wrong_type"
    TOO_LONG = "too_long"
    TOO_MANY = "too_many"
    TOO_DEEP = "too_deep"
    CONTROL_CHARACTERS = "control_characters"
    NOT_AN_ID = "not_an_id"
    NOT_A_HASH = "not_a_hash"
    NOT_A_KEY = "not_a_key"
    NOT_A_NAME = "not_a_name"
    NOT_A_MEDIA_TYPE = "not_a_media_type"
    NOT_A_DATE = "not_a_date"
    NOT_AN_ADDRESS = "not_an_address"
    NOT_IN_LIST = "not_in_list"
    OUT_OF_RANGE = "out_of_range"
    TWICE = "twice"
    NOT_VERIFIED = "not_verified"


class Fields:
    """One JSON object under inspection; `fail(field, reason)` makes the typed error to raise."""

    def __init__(
        self, raw: object, fail: Callable[[str, Reason], KnownError], prefix: str = ""
    ) -> None:
        self._fail = fail
        self._prefix = prefix
        if not isinstance(raw, Mapping):
            raise fail(prefix.rstrip("."), Reason.WRONG_TYPE)
        self.raw: Mapping[str, Any] = raw

    def error(self, name: str, reason: Reason) -> KnownError:
        return self._fail(self._prefix + name, reason)

    def inside(self, name: str, raw: object) -> "Fields":
        """Look into a nested object under its own name."""
        return Fields(raw, self._fail, f"{self._prefix}{name}.")

    def text(
        self, name: str, max_chars: int, *, required: bool = False, multiline: bool = False
    ) -> str:
        """Normalised (NFC) text without control characters; empty when absent."""
        return self._text_of(name, self.raw.get(name), max_chars, required, multiline)

    def _text_of(
        self, name: str, value: object, max_chars: int, required: bool, multiline: bool
    ) -> str:
        if value is None:
            value = ""
        if not isinstance(value, str):
            raise self.error(name, Reason.WRONG_TYPE)
        if len(value) > 4 * max_chars:  # before any work on it: a text of megabytes costs nothing
            raise self.error(name, Reason.TOO_LONG)
        if multiline:
            value = value.replace("\r\n", "\n")
        if (FORBIDDEN_IN_TEXT if multiline else FORBIDDEN_IN_LINE).search(value):
            raise self.error(name, Reason.CONTROL_CHARACTERS)
        value = unicodedata.normalize("NFC", value).strip()
        if len(value) > max_chars:
            raise self.error(name, Reason.TOO_LONG)
        if required and not value:
            raise self.error(name, Reason.MISSING)
        return value

    def texts(self, name: str, max_items: int, max_chars: int) -> tuple[str, ...]:
        """A list of non-empty texts; absent is empty."""
        items = self.items(name, max_items)
        return tuple(self._text_of(name, item, max_chars, True, False) for item in items)

    def items(self, name: str, max_items: int) -> Sequence[Any]:
        """A bounded list; absent is empty."""
        value = self.raw.get(name)
        if value is None:
            return ()
        if not isinstance(value, (list, tuple)):
            raise self.error(name, Reason.WRONG_TYPE)
        if len(value) > max_items:
            raise self.error(name, Reason.TOO_MANY)
        return value

    def count(
        self, name: str, *, default: int = 0, minimum: int = 0, maximum: int = MAX_COUNT
    ) -> int:
        value = self.raw.get(name)
        if value is None:
            return default
        return self._whole(name, value, minimum, maximum)

    def required_count(self, name: str, *, minimum: int = 0, maximum: int = MAX_COUNT) -> int:
        if self.raw.get(name) is None:
            raise self.error(name, Reason.MISSING)
        return self.count(name, minimum=minimum, maximum=maximum)

    def optional_count(
        self, name: str, *, minimum: int = 0, maximum: int = MAX_COUNT
    ) -> int | None:
        value = self.raw.get(name)
        return None if value is None else self._whole(name, value, minimum, maximum)

    def _whole(self, name: str, value: object, minimum: int, maximum: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.error(name, Reason.WRONG_TYPE)
        if not minimum <= value <= maximum:
            raise self.error(name, Reason.OUT_OF_RANGE)
        return value

    def seconds(self, name: str, maximum: float) -> float | None:
        """A duration, kept to the millisecond so that it survives every encoding."""
        value = self.raw.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self.error(name, Reason.WRONG_TYPE)
        if not 0 <= value <= maximum:  # refuses NaN too
            raise self.error(name, Reason.OUT_OF_RANGE)
        return round(value * 1000) / 1000

    def flag(self, name: str) -> bool:
        value = self.raw.get(name, False)
        if not isinstance(value, bool):
            raise self.error(name, Reason.WRONG_TYPE)
        return value

    def matching(self, name: str, pattern: re.Pattern[str], reason: Reason) -> str:
        """A required text that must match the whole pattern."""
        value = self.raw.get(name)
        if value is None or value == "":
            raise self.error(name, Reason.MISSING)
        if not isinstance(value, str):
            raise self.error(name, Reason.WRONG_TYPE)
        if not pattern.fullmatch(value):
            raise self.error(name, reason)
        return value

    def optional_matching(self, name: str, pattern: re.Pattern[str], reason: Reason) -> str | None:
        if self.raw.get(name) in (None, ""):
            return None
        return self.matching(name, pattern, reason)

    def web_address(self, name: str) -> str | None:
        """An absolute http(s) address without a password in it, or None when absent."""
        value = self.text(name, 2000)
        if not value:
            return None
        if not is_web_address(value):
            raise self.error(name, Reason.NOT_AN_ADDRESS)
        return value

    def unknown(self, known: frozenset[str]) -> dict[str, Any]:
        """The fields this version does not know, kept as they came, within bounds."""
        unknown = {name: self.raw[name] for name in sorted(self.raw.keys() - known)}
        if not unknown:
            return unknown
        if _depth(unknown, MAX_EXTRA_DEPTH + 1) > MAX_EXTRA_DEPTH:
            raise self.error("extra", Reason.TOO_DEEP)
        try:
            packed = json.dumps(unknown, ensure_ascii=False, allow_nan=False).encode("utf-8")
        except (TypeError, ValueError) as error:
            raise self.error("extra", Reason.WRONG_TYPE) from error
        if len(packed) > MAX_EXTRA_BYTES:
            raise self.error("extra", Reason.TOO_LONG)
        if b"\\u0000" in packed:
            raise self.error("extra", Reason.CONTROL_CHARACTERS)
        return unknown


def _depth(value: object, limit: int) -> int:
    """Nesting depth of JSON data, counted no further than `limit`."""
    if limit == 0:
        return 0
    if isinstance(value, Mapping):
        return 1 + max((_depth(item, limit - 1) for item in value.values()), default=0)
    if isinstance(value, (list, tuple)):
        return 1 + max((_depth(item, limit - 1) for item in value), default=0)
    return 0


def is_web_address(value: str) -> bool:
    """Whether it is an absolute http(s) address that carries no user name or password."""
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or 0 < parts.port < 65536
    except ValueError:
        return False
    has_user = parts.username is not None or parts.password is not None
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port_is_fine
        and not has_user
        and " " not in value
    )
