# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads .srt and .ass subtitles in the encodings that Chinese files really come in.

One reader for both players, so that the same file looks the same whoever decodes the video.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path

from app.base.errors import known_os_error
from app.player.encodings import decode_text
from app.player.errors import DamagedMediaError

# A two-hour film has about 200 KB of subtitles.
MAX_BYTES = 8 << 20
_MAX_LINES = 6

_SRT_TIME = re.compile(
    r"(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})\s*-->\s*(\d{1,3}):(\d{1,2}):(\d{1,2})[,.](\d{1,3})"
)
_ASS_TIME = re.compile(r"(\d{1,3}):(\d{1,2}):(\d{1,2})[.:](\d{1,3})")
_SRT_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,80}>|\{\\[^{}]{0,80}\}")
_ASS_TAG = re.compile(r"\{[^{}]{0,500}\}")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption; times in seconds of the medium."""

    start_s: float
    end_s: float
    text: str


class Subtitles:
    """The captions of one file, in order of time."""

    def __init__(self, cues: list[Cue]) -> None:
        self.cues = sorted(cues, key=lambda cue: cue.start_s)
        self._starts = [cue.start_s for cue in self.cues]
        self._longest_s = max((cue.end_s - cue.start_s for cue in self.cues), default=0.0)

    def at(self, time_s: float) -> str:
        """What is said at `time_s`; overlapping captions below each other, "" when silent."""
        last = bisect_right(self._starts, time_s)
        first = bisect_right(self._starts, time_s - self._longest_s - 0.001)
        said = [cue.text for cue in self.cues[first:last] if cue.end_s > time_s]
        return "\n".join(dict.fromkeys(said))


def read_subtitles(path: Path, name: str = "") -> Subtitles:
    """The captions of a file.

    Raises:
        MissingFileError, UnreadableFileError: it cannot be read.
        DamagedMediaError: it holds no captions.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise known_os_error(error, path) from error
    cues = parse_subtitles(decode_text(raw[:MAX_BYTES]))
    if not cues:
        raise DamagedMediaError(name=name or path.name)
    return Subtitles(cues)


def parse_subtitles(text: str) -> list[Cue]:
    """Captions of either format, told apart by content; damaged ones are left out."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if "[Events]" in plain or re.search(r"^Dialogue:", plain, re.MULTILINE):
        return _parse_ass(plain)
    return _parse_srt(plain)


def _parse_srt(text: str) -> list[Cue]:
    times = list(_SRT_TIME.finditer(text))
    cues: list[Cue] = []
    for index, match in enumerate(times):
        following = times[index + 1].start() if index + 1 < len(times) else len(text)
        body = text[match.end() : following]
        # Text position hints may follow the times; the number of the next caption ends the body.
        _, _, body = body.partition("\n")
        if index + 1 < len(times):
            body = re.sub(r"\n\s*\d+\s*\n?\Z", "\n", "\n" + body)
        numbers = [int(group) for group in match.groups()]
        _keep(cues, _clock(numbers[:4], match[4]), _clock(numbers[4:], match[8]), body, _SRT_TAG)
    return cues


def _parse_ass(text: str) -> list[Cue]:
    columns = ["Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect"]
    cues: list[Cue] = []
    is_events = False
    for raw_line in text.split("\n"):
        line = raw_line.strip()
        if line.startswith("["):
            is_events = line == "[Events]"
        elif is_events and line.startswith("Format:"):
            columns = [word.strip() for word in line.partition(":")[2].split(",")][:-1]
        elif line.startswith("Dialogue:"):
            fields = line.partition(":")[2].split(",", len(columns))
            found = dict(zip([*columns, "Text"], fields, strict=False))
            start = _ASS_TIME.search(found.get("Start", ""))
            end = _ASS_TIME.search(found.get("End", ""))
            if start and end and "\\p1" not in found.get("Text", ""):
                body = re.sub(r"\\[Nn]", "\n", found.get("Text", "")).replace("\\h", " ")
                _keep(cues, _clock_of(start), _clock_of(end), body, _ASS_TAG)
    return cues


def _clock_of(match: re.Match[str]) -> float:
    return _clock([int(group) for group in match.groups()], match[4])


def _clock(numbers: list[int], fraction: str) -> float:
    hours, minutes, seconds, part = numbers
    return hours * 3600.0 + minutes * 60.0 + seconds + part / 10.0 ** len(fraction)


def _keep(cues: list[Cue], start: float, end: float, body: str, tag: re.Pattern[str]) -> None:
    lines = [line.strip() for line in tag.sub("", body).split("\n")]
    text = "\n".join([line for line in lines if line][:_MAX_LINES])
    if text and end > start:
        cues.append(Cue(start, end, text))
