# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of unknown encoding, as Chinese subtitles and texts really come."""

from __future__ import annotations

from typing import Final

# The commonest characters of running text, simplified and traditional; a wrong encoding yields
# rare ones instead.
_COMMON: Final = frozenset(
    "的一是了我不人在他有这个上们来到时大地为子中你说生国年着就那和要她出也得里后自以会家可下而过天去能对小多"
    "然于心学么之都好看起发当没成只如事把还用第样道想作种开美总从无情己面最女但现前些所同日手又行意动方期它头"
    "這個們來時為說國著裡後會過對學麼發當沒還樣種開總從無現動問間長見話點書兒給經實進愛讓嗎聽老師同學們分數題"
    "，。！？、：；「」《》…"
)
_SAMPLE_CHARACTERS: Final = 4000
_TAIL_BYTES: Final = 3


def decode_text(raw: bytes) -> str:
    """By its mark, else UTF-8, else UTF-16 by its zeros, else GB18030 or Big5, whichever reads."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    wide = _unmarked_utf16(raw)
    if wide:
        return raw.decode(wide, errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A file cut inside its last character is still UTF-8.
        if error.start >= len(raw) - _TAIL_BYTES:
            return raw.decode("utf-8-sig", errors="ignore")
    simplified = raw.decode("gb18030", errors="replace")
    traditional = raw.decode("cp950", errors="replace")
    is_traditional = _commonness(traditional) > _commonness(simplified)
    return traditional if is_traditional else simplified


def _unmarked_utf16(raw: bytes) -> str:
    """Numbers and line ends of subtitles leave a zero in every second byte."""
    sample = raw[:2000]
    half = len(sample) // 2
    if half < 8:
        return ""
    if sample[1::2].count(0) * 4 > half > sample[::2].count(0) * 20:
        return "utf-16-le"
    if sample[::2].count(0) * 4 > half > sample[1::2].count(0) * 20:
        return "utf-16-be"
    return ""


def _commonness(text: str) -> float:
    """The share of common characters among those that are no ASCII."""
    foreign = [character for character in text[:_SAMPLE_CHARACTERS] if character > "\x7f"]
    if not foreign:
        return 0.0
    return sum(character in _COMMON for character in foreign) / len(foreign)
