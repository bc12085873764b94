# SPDX-License-Identifier: GPL-3.0-or-later
"""Search text folded so that what teachers type finds what PDFs really contain.

Text taken from PDFs holds Kangxi radicals (U+2F00 for 一), radicals of the supplement (U+2EDA for
页), full-width letters and line breaks inside words. NFKC folds the first and the third; the
supplement has no compatibility mappings in Unicode, so those that are whole characters stand here
(Unicode's EquivalentUnifiedIdeograph data); leaving out white space folds the last.
"""

from __future__ import annotations

import unicodedata

_SUPPLEMENT = str.maketrans(
    "⺁⺈⺋⺌⺎⺒⺔⺛⺜⺝⺠⺧⺩⺫⺬⺮⺶⺷⺸⺹⺼⻁⻂⻃⻄⻅⻆⻉⻋⻑⻒⻓⻔⻗⻘⻙⻚⻛⻜⻝⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲",
    "厂刀㔾小兀巳彑旡日月民牛王目示竹羊羊羊耂肉虎衤覀西见角贝车長镸长门雨青韦页风飞食马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀",
)


class FoldedText:
    """A text, its folded form, and where each folded character came from."""

    def __init__(self, text: str) -> None:
        self.text = text
        folded: list[str] = []
        self._origin: list[int] = []
        for index, character in enumerate(text):
            for part in fold(character):
                folded.append(part)
                self._origin.append(index)
        self.folded = "".join(folded)

    def find_all(self, words: str) -> list[tuple[int, int]]:
        """Start and length in the original text of every place that holds `words`."""
        wanted = fold(words)
        found: list[tuple[int, int]] = []
        place = self.folded.find(wanted) if wanted else -1
        while place >= 0:
            last = place + len(wanted) - 1
            start = self._origin[place]
            found.append((start, self._origin[last] - start + 1))
            place = self.folded.find(wanted, last + 1)
        return found


def fold(text: str) -> str:
    """NFKC, lower case, no white space."""
    normal = unicodedata.normalize("NFKC", text.translate(_SUPPLEMENT)).casefold()
    return "".join(character for character in normal if not character.isspace())
