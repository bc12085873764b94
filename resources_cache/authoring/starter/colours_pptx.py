# SPDX-License-Identifier: GPL-3.0-or-later
"""Editable slides Colours for English in grade three, with speaking notes for every teacher."""

import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.presentation import Presentation as Deck
from pptx.shapes.autoshape import Shape
from pptx.slide import Slide
from pptx.util import Pt

from resources_cache.authoring.starter.archive import write_zip

WIDTH_PT, HEIGHT_PT = 960, 540
CHINESE, LATIN = "Microsoft YaHei", "Arial"  # what classroom machines have; others substitute
PAPER, CARD, INK, SOFT, LINE = "FBF6EC", "FFFFFF", "27353D", "55646C", "DDD5C5"
PLUM, TEAL, LEAF = "7D619E", "22757E", "3F7D3B"

COLOURS = (
    ("red", "红色", "D93A2E", "an apple"),
    ("yellow", "黄色", "F4C020", "a banana"),
    ("blue", "蓝色", "2F78C4", "the sea"),
    ("green", "绿色", "4C9A48", "a leaf"),
    ("black", "黑色", "2A2A2A", "a cat"),
    ("white", "白色", "FFFFFF", "a cloud"),
    ("orange", "橙色", "F0862B", "an orange"),
    ("brown", "棕色", "8A5A34", "a bear"),
)


def _rgb(code: str) -> RGBColor:
    red, green, blue = bytes.fromhex(code)
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]


class Board:
    """One slide and the few shapes our slides are made of; every measure is in points."""

    def __init__(self, deck: Deck, notes: str) -> None:
        self.slide: Slide = deck.slides.add_slide(deck.slide_layouts[6])
        fill = self.slide.background.fill
        fill.solid()
        fill.fore_color.rgb = _rgb(PAPER)
        frame = self.slide.notes_slide.notes_text_frame
        assert frame is not None
        frame.text = notes

    def shape(
        self,
        kind: MSO_SHAPE,
        box: tuple[float, float, float, float],
        fill: str,
        edge: str | None = None,
        turn: float = 0,
    ) -> Shape:
        """A native shape with a flat fill and no shadow."""
        left, top, width, height = (Pt(value) for value in box)
        made = self.slide.shapes.add_shape(kind, left, top, width, height)
        made.fill.solid()
        made.fill.fore_color.rgb = _rgb(fill)
        made._element.remove(made._element.find(qn("p:style")))  # its theme adds a shadow
        made.rotation = turn
        if edge:
            made.line.color.rgb = _rgb(edge)
            made.line.width = Pt(2)
        else:
            made.line.fill.background()
        return made

    def card(
        self, box: tuple[float, float, float, float], fill: str = CARD, edge: str | None = LINE
    ) -> Shape:
        """A card with gently rounded corners, the same radius at any size."""
        made = self.shape(MSO_SHAPE.ROUNDED_RECTANGLE, box, fill, edge)
        made.adjustments[0] = min(0.5, 14 / min(box[2], box[3]))
        return made

    def words(
        self,
        box: tuple[float, float, float, float],
        text: str,
        size_pt: float,
        colour: str = INK,
        is_bold: bool = False,
        align: PP_ALIGN = PP_ALIGN.CENTER,
    ) -> None:
        """Editable text, vertically centred, with Chinese and Latin fonts named."""
        left, top, width, height = (Pt(value) for value in box)
        frame = self.slide.shapes.add_textbox(left, top, width, height).text_frame
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        for number, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
            paragraph.alignment = align
            run = paragraph.add_run()
            run.text = line
            run.font.size = Pt(size_pt)
            run.font.bold = is_bold
            run.font.color.rgb = _rgb(colour)
            run.font.name = LATIN
            properties = run._r.get_or_add_rPr()
            properties.set("lang", "zh-CN")
            far_east = properties.makeelement(qn("a:ea"), {"typeface": CHINESE})
            properties.append(far_east)

    def heading(self, english: str, chinese: str) -> None:
        """The head of every slide but the first."""
        self.card((48, 34, 7, 46), PLUM, None)
        self.words((68, 30, 560, 54), english, 38, INK, True, PP_ALIGN.LEFT)
        self.words((620, 36, 292, 44), chinese, 24, SOFT, False, PP_ALIGN.RIGHT)

    def blot(self, x: float, y: float, size: float, colour: str) -> None:
        """A round patch of paint; white gets an edge."""
        edge = LINE if colour == "FFFFFF" else None
        self.shape(MSO_SHAPE.OVAL, (x, y, size, size), colour, edge)


def _cover(deck: Deck) -> None:
    board = Board(
        deck,
        "【上课前】请学生准备一样彩色的东西（铅笔、橡皮、衣服都可以）。\n"
        "【开场】Hello, boys and girls! 你好，同学们！今天我们学习颜色：Colours.",
    )
    for number, (_, _, colour, _) in enumerate(COLOURS):
        board.blot(96 + number % 4 * 104, 110 + number // 4 * 150 + (number % 2) * 40, 92, colour)
    board.words((520, 140, 400, 110), "Colours", 80, INK, True, PP_ALIGN.LEFT)
    board.card((522, 258, 80, 6), PLUM, None)
    board.words((520, 276, 400, 60), "认识颜色", 42, PLUM, True, PP_ALIGN.LEFT)
    board.words((520, 344, 400, 44), "英语 · 三年级 · 上册", 26, SOFT, False, PP_ALIGN.LEFT)


def _goals(deck: Deck) -> None:
    board = Board(deck, "读一遍目标即可，不必翻译每个词。建议用时 2 分钟。")
    board.heading("Today we learn", "今天我们学习")
    rows = (
        ("Say", "会说8个颜色的英文单词"),
        ("Ask", "会问What colour is it?　会答It's red."),
        ("Do", "听口令做动作：Show me red."),
    )
    for number, (mark, text) in enumerate(rows):
        y = 118 + number * 128
        board.card((48, y, 864, 104))
        board.card((68, y + 22, 120, 60), PLUM, None)
        board.words((68, y + 22, 120, 60), mark, 32, CARD, True)
        board.words((214, y, 680, 104), text, 31, INK, False, PP_ALIGN.LEFT)


def _palette(deck: Deck) -> None:
    board = Board(
        deck,
        "【跟读】每个词读三遍：升调、降调、轻声各一遍。\n"
        "【读音提示】yellow、orange 是两个音节，重音在前；其余都是一个音节。"
        "red、white、black 的结尾辅音要轻，不要加“的”“特”“克”；"
        "green、brown 的尾音 n 要收住。\n"
        "【提醒】不要让学生用汉字注音，多听多模仿。",
    )
    board.heading("Eight colours", "八种颜色")
    for number, (english, chinese, colour, _) in enumerate(COLOURS):
        x, y = 48 + number % 4 * 220, 108 + number // 4 * 200
        board.card((x, y, 204, 184))
        board.blot(x + 66, y + 14, 72, colour)
        board.words((x, y + 90, 204, 50), english, 34, INK, True)
        board.words((x, y + 140, 204, 34), chinese, 22, SOFT)


def _apple(board: Board, x: float, y: float) -> None:
    board.shape(MSO_SHAPE.OVAL, (x, y + 50, 130, 160), "D93A2E")
    board.shape(MSO_SHAPE.OVAL, (x + 80, y + 50, 130, 160), "D93A2E")
    board.shape(MSO_SHAPE.OVAL, (x + 40, y + 70, 130, 144), "D93A2E")
    board.card((x + 100, y + 18, 10, 54), "6B4A36", None)
    board.shape(MSO_SHAPE.TEAR, (x + 114, y + 14, 46, 40), "4C9A48")


def _banana(board: Board, x: float, y: float) -> None:
    moon = board.shape(MSO_SHAPE.MOON, (x + 54, y - 6, 100, 230), "F4C020", None, -62)
    moon.adjustments[0] = 0.52
    board.shape(MSO_SHAPE.ROUNDED_RECTANGLE, (x - 14, y + 62, 26, 15), "6B4A36", None, 62)


def _sea(board: Board, x: float, y: float) -> None:
    board.shape(MSO_SHAPE.SUN, (x + 130, y, 80, 80), "F4C020")
    for number, colour in enumerate(("8FC0EA", "5B9BD8", "2F78C4")):
        board.shape(MSO_SHAPE.WAVE, (x - 20, y + 80 + number * 40, 250, 80), colour)


def _leaf(board: Board, x: float, y: float) -> None:
    board.shape(MSO_SHAPE.TEAR, (x + 10, y + 16, 176, 176), "4C9A48")
    for number in range(3):
        board.card((x + 52 + number * 32, y + 128 - number * 34, 52, 5), "DCEBD3", None)
    board.shape(MSO_SHAPE.ROUNDED_RECTANGLE, (x - 38, y + 112, 250, 6), "DCEBD3", None, -45)


def _cat(board: Board, x: float, y: float) -> None:
    for left, turn in ((x + 22, -18), (x + 122, 18)):
        board.shape(MSO_SHAPE.ISOSCELES_TRIANGLE, (left, y + 4, 66, 80), "2A2A2A", None, turn)
    board.shape(MSO_SHAPE.OVAL, (x + 10, y + 40, 190, 164), "2A2A2A")
    for left in (x + 54, x + 122):
        board.blot(left, y + 92, 36, "F4C020")
        board.shape(MSO_SHAPE.OVAL, (left + 12, y + 96, 12, 28), "2A2A2A")
    board.shape(MSO_SHAPE.FLOWCHART_MERGE, (x + 95, y + 142, 20, 13), "E9A0A0")
    for turn, top in ((8, 158), (-8, 166)):
        for left in (x - 22, x + 132):
            board.card((left, y + top, 94, 3), "B9B9B9", None).rotation = (
                turn if left < x else -turn
            )


def _cloud(board: Board, x: float, y: float) -> None:
    board.shape(MSO_SHAPE.ROUNDED_RECTANGLE, (x - 24, y, 260, 210), "8FC0EA")
    board.shape(MSO_SHAPE.CLOUD, (x + 6, y + 40, 200, 130), "FFFFFF")


def _orange(board: Board, x: float, y: float) -> None:
    board.shape(MSO_SHAPE.OVAL, (x + 8, y + 24, 186, 180), "F0862B")
    for dx, dy in ((60, 70), (110, 60), (140, 110), (84, 126), (56, 150), (124, 156), (40, 110)):
        board.blot(x + dx, y + dy, 7, "D26F1C")
    board.shape(MSO_SHAPE.TEAR, (x + 100, y, 52, 38), "4C9A48")


def _bear(board: Board, x: float, y: float) -> None:
    for left in (x + 6, x + 134):
        board.blot(left, y + 10, 70, "8A5A34")
        board.blot(left + 17, y + 27, 36, "C79A6B")
    board.shape(MSO_SHAPE.OVAL, (x + 10, y + 34, 190, 176), "8A5A34")
    board.shape(MSO_SHAPE.OVAL, (x + 58, y + 118, 94, 78), "C79A6B")
    for left in (x + 62, x + 130):
        board.blot(left, y + 92, 18, "2A2A2A")
    board.shape(MSO_SHAPE.OVAL, (x + 88, y + 128, 34, 24), "2A2A2A")


THINGS: tuple[Callable[[Board, float, float], None], ...] = (
    _apple,
    _banana,
    _sea,
    _leaf,
    _cat,
    _cloud,
    _orange,
    _bear,
)


def _pair(first: int) -> Callable[[Deck], None]:
    def draw(deck: Deck) -> None:
        names = [COLOURS[first + number][0] for number in (0, 1)]
        board = Board(
            deck,
            "【教法】先指图问 What colour is it? 停 3 秒，让学生先猜，再带读："
            f"It's {names[0]}. / It's {names[1]}.\n"
            "【互动】请学生在教室里找出同样颜色的东西，指着说 It's … .",
        )
        board.heading("What colour is it?", "它是什么颜色？")
        for number in (0, 1):
            english, chinese, colour, thing = COLOURS[first + number]
            x = 48 + number * 444
            board.card((x, 104, 420, 392))
            THINGS[first + number](board, x + 105, 128)
            board.words(
                (x, 366, 420, 66),
                f"It's {english}.",
                48,
                "55646C" if colour == "FFFFFF" else ("A87F00" if english == "yellow" else colour),
                True,
            )
            board.words((x, 436, 420, 44), f"{thing}　·　{chinese}", 24, SOFT)

    return draw


def _talk(deck: Deck) -> None:
    board = Board(
        deck,
        "【练习】两人一组：一个问，一个答，然后交换。教师走动听 3～4 组。\n"
        "【中文意思】What colour is it? 它是什么颜色？　It's green. 它是绿色的。\n"
        "【板书】只写两句话，颜色词用彩色粉笔。",
    )
    board.heading("Ask and answer", "问一问，答一答")
    for x, y, fill, text in (
        (110, 124, PLUM, "What colour is it?"),
        (400, 272, LEAF, "It's green."),
    ):
        board.card((x, y, 450, 108), fill, None)
        board.words((x, y, 450, 108), text, 40, CARD, True)
    board.shape(MSO_SHAPE.ISOSCELES_TRIANGLE, (84, 176, 40, 36), PLUM, None, -90)
    board.shape(MSO_SHAPE.ISOSCELES_TRIANGLE, (836, 324, 40, 36), LEAF, None, 90)
    board.shape(MSO_SHAPE.TEAR, (680, 120, 116, 116), "4C9A48")
    for number, (_, _, colour, _) in enumerate(COLOURS):
        board.blot(120 + number * 92, 424, 68, colour)


def _act(deck: Deck) -> None:
    board = Board(
        deck,
        "【游戏】教师说 Show me red!（给我看红色），学生举起或指向红色的东西。先慢后快。\n"
        "【变化】说 Touch blue.（摸一摸蓝色）；请学生当小老师发口令。\n"
        "【提醒】全班一起做，不淘汰人。建议用时 5 分钟。",
    )
    board.heading("Listen and do", "听一听，做一做")
    commands = (
        ("Show me red!", "D93A2E"),
        ("Touch blue.", "2F78C4"),
        ("Stand up, yellow!", "A87F00"),
        ("Sit down, green!", LEAF),
    )
    for number, (text, colour) in enumerate(commands):
        x, y = 48 + number % 2 * 444, 118 + number // 2 * 190
        board.card((x, y, 420, 166))
        board.card((x, y + 24, 12, 118), colour, None)
        board.words((x + 24, y + 20, 380, 76), text, 38, colour, True)
        meaning = ("给我看红色！", "摸一摸蓝色。", "拿黄色的，起立！", "拿绿色的，坐下！")[number]
        board.words((x + 24, y + 98, 380, 48), meaning, 24, SOFT)


def _match(deck: Deck) -> None:
    board = Board(deck, "【练习】请学生上来连线（可用批注笔）。答案：1—c　2—d　3—a　4—b。")
    board.heading("Match", "连一连")
    left = ((0, "1"), (2, "2"), (3, "3"), (7, "4"))
    right = ((3, "a"), (7, "b"), (0, "c"), (2, "d"))
    for row in range(4):
        y = 110 + row * 102
        board.card((96, y, 250, 86))
        board.words((112, y, 40, 86), left[row][1], 30, SOFT)
        board.blot(200, y + 9, 68, COLOURS[left[row][0]][2])
        board.card((596, y, 268, 86))
        board.words((612, y, 40, 86), right[row][1], 30, SOFT)
        board.words((652, y, 200, 86), COLOURS[right[row][0]][0], 38, INK, True)
        for x in (366, 564):
            board.blot(x, y + 35, 14, PLUM)


def _goodbye(deck: Deck) -> None:
    board = Board(
        deck,
        "【小结】指色块，全班快速说单词。\n【作业】必做：给家人介绍 5 种颜色。"
        "选做：画一道彩虹并标上会写的颜色词。\n【结束】Goodbye! 再见！",
    )
    board.heading("Homework", "回家做一做")
    rows = (
        "1. 说：给家人说5种颜色的英文。",
        "2. 问：What colour is it?　指着家里的东西问一问。",
        "3. 画：画一道彩虹，写上你会的颜色词。",
    )
    for number, text in enumerate(rows):
        board.card((48, 112 + number * 96, 864, 80))
        board.words((76, 112 + number * 96, 820, 80), text, 29, INK, False, PP_ALIGN.LEFT)
    for number, (_, _, colour, _) in enumerate(COLOURS):
        board.blot(60 + number * 62, 420, 48, colour)
    board.words((580, 410, 332, 70), "Goodbye!", 46, PLUM, True)


SLIDES: tuple[Callable[[Deck], None], ...] = (
    _cover,
    _goals,
    _palette,
    _pair(0),
    _pair(2),
    _pair(4),
    _pair(6),
    _talk,
    _act,
    _match,
    _goodbye,
)


def write_pptx(path: Path) -> None:
    """Make the slides, with fixed dates inside so that equal input gives equal bytes."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(WIDTH_PT), Pt(HEIGHT_PT)
    for draw in SLIDES:
        draw(deck)
    facts = deck.core_properties
    facts.title, facts.author, facts.subject = "Colours 认识颜色", "课栈", "小学英语 三年级 上册"
    facts.keywords, facts.last_modified_by, facts.revision = "CC0-1.0", "课栈", 1
    facts.created = facts.modified = datetime(2026, 11, 21, tzinfo=UTC).replace(tzinfo=None)
    raw = path.with_suffix(".raw")
    deck.save(str(raw))
    with zipfile.ZipFile(raw) as source:
        write_zip(path, {name: source.read(name) for name in source.namelist()})
    raw.unlink()
