# SPDX-License-Identifier: GPL-3.0-or-later
"""练习: read from Markdown, shown one at a time with the answer covered."""

from pathlib import Path

import pytest
from PySide6.QtGui import QPageSize, QPdfWriter
from PySide6.QtPdf import QPdfDocument
from pytestqt.qtbot import QtBot

from app.player.exercise import Question, parse_exercise
from app.player.exercise_view import ExerciseView
from app.player.folded_text import fold
from app.player.text_view import TextView
from tests.player.conftest import MakeView
from tests.player.listening import opened

TEXT = """# 练习：几分之一

共 3 题。

## 1. 把一个苹果平均分成 2 份，每份是几分之几？

第二段。

> 答案：1/2，
> 读作二分之一。

## 2、没有答案的题

```
## 3. 这不是题
> 答案：也不是
```

## 第3题 判断
> **参考答案**: 错
"""


def test_reads_questions_and_answers() -> None:
    one, two, three = parse_exercise(TEXT)
    assert one == Question(
        "1",
        "把一个苹果平均分成 2 份，每份是几分之几？\n\n第二段。",
        "1/2，\n读作二分之一。",
    )
    assert (two.number, two.answer) == ("2", "")
    assert "这不是题" in two.text
    assert (three.number, three.text, three.answer) == ("3", "判断", "错")


@pytest.mark.parametrize("text", ["", "# 教案\n## 1. 目标\n内容\n> 引用", "plain"])
def test_other_markdown_is_no_exercise(text: str) -> None:
    assert parse_exercise(text) == ()


def test_the_starter_exercise_is_one(repository: Path) -> None:
    text = (repository / "resources_cache/authoring/starter/texts/fraction_exercises.md").read_text(
        "utf-8"
    )
    questions = parse_exercise(text)
    assert len(questions) == 10
    assert all(question.answer for question in questions)


def test_shows_one_question_and_uncovers_its_answer(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    file = tmp_path / "blob"
    file.write_text(TEXT, "utf-8")
    view = make_view(file, "text/markdown", name="练习.md")
    assert isinstance(view, ExerciseView)
    ear = opened(qtbot, view)
    assert (view.page, view.page_count) == (1, 3)
    covered = view.grab().toImage()
    view.toggle_play()
    assert view.is_answer_shown
    assert view.grab().toImage() != covered
    assert ear.numbers("interacted") == {"what": "answer"}
    assert view.next_page()
    assert not view.is_answer_shown
    view.toggle_play()  # it has none
    assert not view.is_answer_shown
    assert view.next_page()
    assert view.next_page()  # a clicker uncovers the answer before it goes on
    assert (view.page, view.is_answer_shown) == (3, True)
    assert not view.next_page()
    assert ear.ends == 1
    assert view.previous_page()
    view.go_to(1)
    assert view.is_answer_shown
    view.close_item()
    assert ear.kinds[-1] == "terminated"


def test_a_plan_stays_a_text(qtbot: QtBot, make_view: MakeView, repository: Path) -> None:
    plan = repository / "resources_cache/authoring/starter/texts/fraction_plan.md"
    view = make_view(plan, "text/markdown")
    assert isinstance(view, TextView)
    opened(qtbot, view)
    assert view.page_count > 1


def test_prints_questions_first_and_answers_on_a_page_of_their_own(
    qtbot: QtBot, make_view: MakeView, tmp_path: Path
) -> None:
    path = tmp_path / "练习.md"
    path.write_text(TEXT, encoding="utf-8")
    view = make_view(path, "text/markdown")
    ear = opened(qtbot, view)
    assert view.can_print
    paper = tmp_path / "paper.pdf"
    writer = QPdfWriter(str(paper))
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    view.print_on(writer)
    del writer
    document = QPdfDocument()
    assert document.load(str(paper)) is QPdfDocument.Error.None_
    pages = [fold(document.getAllText(page).text()) for page in range(document.pageCount())]
    assert len(pages) == 2
    assert fold("把一个苹果平均分成") in pages[0]
    assert fold("没有答案的题") in pages[0]
    assert fold("二分之一") not in pages[0]
    assert fold("读作二分之一") in pages[1]
    assert fold("苹果") not in pages[1]
    assert ear.numbers("interacted") == {"what": "print"}
    document.close()
