# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads 练习 written in Markdown: `## 1. …` questions, each with a `> 答案：…` block."""

from __future__ import annotations

import re
from dataclasses import dataclass

_QUESTION = re.compile(r"^##\s+(?:第\s*)?(\d{1,3})\s*(?:[.．、:：)）]|题)\s*(.*)$")
_ANSWER = re.compile(r"^>\s*\**\s*(?:参考)?(?:答案|解答|解|[Aa]nswer)\**\s*[:：]\s*\**\s*(.*)$")
_FENCE = re.compile(r"^\s*(```|~~~)")


@dataclass(frozen=True, slots=True)
class Question:
    """One question; both texts are Markdown, `answer` is "" when the author gave none."""

    number: str
    text: str
    answer: str


def parse_exercise(markdown: str) -> tuple[Question, ...]:
    """The questions, or none when this is not an exercise (no answer anywhere)."""
    questions: list[tuple[str, list[str], list[str]]] = []
    is_fenced = is_answer = False
    for line in markdown.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if _FENCE.match(line):
            is_fenced = not is_fenced
        start = None if is_fenced else _QUESTION.match(line)
        if start:
            questions.append((start[1], [start[2]], []))
            is_answer = False
            continue
        if not questions:
            continue
        _, text, answer = questions[-1]
        opening = None if is_fenced else _ANSWER.match(line)
        if opening:
            is_answer = True
            answer.append(opening[1])
        elif is_answer and line.startswith(">"):
            answer.append(line[1:].removeprefix(" "))
        else:
            is_answer = is_answer and not line.strip()
            text.append(line)
    found = tuple(
        Question(number, "\n".join(text).strip(), "\n".join(answer).strip())
        for number, text, answer in questions
    )
    return found if any(question.answer for question in found) else ()
