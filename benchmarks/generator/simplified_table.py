# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes `app/catalogue/simplified.txt` from the Unicode Character Database.

Usage: python -m benchmarks.generator.simplified_table Unihan_Variants.txt[.bz2]
"""

import bz2
import sys
from collections import defaultdict
from pathlib import Path

HEADER = (
    "# Each line: a simplified character, then the traditional ones that are searched as it.\n"
    "# Derived from kSimplifiedVariant in Unihan_Variants.txt, Unicode 15.0.0 (Unicode License).\n"
)
TABLE = Path(__file__).parents[2] / "app/catalogue/simplified.txt"
# GB 2312 also holds a few traditional forms; only these three of them are plainly that.
TRADITIONAL_IN_GB2312 = "後於麽"


def is_gb2312(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _character(notation: str) -> str:
    """The character of `U+5F8C` or `U+5F8C<kSource`."""
    return chr(int(notation.partition("<")[0].removeprefix("U+"), base=16))


def read_variants(path: Path) -> dict[str, list[str]]:
    raw = path.read_bytes()
    text = (bz2.decompress(raw) if path.suffix == ".bz2" else raw).decode()
    variants = {}
    for line in text.splitlines():
        parts = line.split("\t")
        if len(parts) == 3 and parts[1] == "kSimplifiedVariant":
            variants[_character(parts[0])] = [_character(value) for value in parts[2].split()]
    return variants


def make_table(variants: dict[str, list[str]]) -> dict[str, str]:
    """Traditional to simplified; a character that simplified text uses too stands for itself."""
    table = {}
    for character, values in variants.items():
        plane0 = [value for value in values if ord(value) <= 0xFFFF]
        is_itself = is_gb2312(character) and character not in TRADITIONAL_IN_GB2312
        if ord(character) > 0xFFFF or character in values or is_itself or not plane0:
            continue
        table[character] = next(filter(is_gb2312, plane0), plane0[0])
    return {character: table.get(simple, simple) for character, simple in table.items()}


def main() -> None:
    groups = defaultdict(list)
    for character, simple in make_table(read_variants(Path(sys.argv[1]))).items():
        groups[simple].append(character)
    lines = [simple + "".join(sorted(groups[simple])) + "\n" for simple in sorted(groups)]
    TABLE.write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
