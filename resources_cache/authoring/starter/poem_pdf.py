# SPDX-License-Identifier: GPL-3.0-or-later
"""PDF slides 《山行》: a Tang poem in the public domain; explanations and pictures are ours."""

from pathlib import Path

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter

from resources_cache.authoring.starter import look, mountain, pdf_file
from resources_cache.authoring.starter.pdf_file import Draw

LINES = ("远上寒山石径斜", "白云生处有人家", "停车坐爱枫林晚", "霜叶红于二月花")
SOUNDS = (
    "yuǎn shàng hán shān shí jìng xié",
    "bái yún shēng chù yǒu rén jiā",
    "tíng chē zuò ài fēng lín wǎn",
    "shuāng yè hóng yú èr yuè huā",
)
MARKS = "，。，。"
RED = QColor("#B23A2A")


def _frame(painter: QPainter, title: str, number: int) -> None:
    painter.fillRect(QRectF(0, 0, 1280, 720), look.PAPER)
    look.panel(painter, QRectF(64, 44, 9, 56), RED, 4)
    look.write(painter, QRectF(92, 40, 900, 64), title, 46, look.INK, 700, look.LEFT)
    look.write(
        painter,
        QRectF(900, 48, 270, 48),
        "《山行》",
        30,
        look.SOFT_INK,
        400,
        look.RIGHT,
        look.SERIF,
    )
    mountain.leaf(painter, QPointF(1200, 70), 22, 20, mountain.REDS[1])
    look.write(painter, QRectF(1130, 664, 90, 36), str(number), 24, look.SOFT_INK, 400, look.RIGHT)


def _cover(painter: QPainter) -> None:
    mountain.landscape(painter)
    look.panel(painter, QRectF(1010, 48, 206, 452), look.alpha(look.PAPER, 0.94), 26)
    look.write(
        painter, QRectF(1096, 66, 120, 300), "山\n行", 104, look.INK, 700, look.CENTRE, look.SERIF
    )
    painter.fillRect(QRectF(1092, 84, 3, 380), look.alpha(RED, 0.5))
    name = QRectF(1018, 84, 70, 380)
    look.write(painter, name, "唐\n\n杜\n牧", 44, RED, 700, look.CENTRE, look.SERIF)
    look.panel(painter, QRectF(64, 622, 400, 60), look.alpha(look.PAPER, 0.94), 30)
    look.write(painter, QRectF(64, 622, 400, 60), "语文 · 三年级 · 上册", 32, look.INK)


def _bullets(painter: QPainter, top: float, gap: float, items: tuple[tuple[str, str], ...]) -> None:
    for row, (mark, words) in enumerate(items):
        y = top + row * gap
        look.panel(painter, QRectF(92, y, 1096, gap - 22), look.CARD, 22, look.LINE)
        painter.setPen(look.NO_PEN)
        painter.setBrush(RED)
        middle = y + (gap - 22) / 2
        painter.drawEllipse(QPointF(150, middle), 32, 32)
        look.write(painter, QRectF(110, middle - 36, 80, 72), mark, 36, look.CARD, 700)
        look.write(painter, QRectF(210, y, 960, gap - 22), words, 37, look.INK, 400, look.LEFT)


def _goals(painter: QPainter) -> None:
    _frame(painter, "学习目标", 2)
    _bullets(
        painter,
        140,
        130,
        (
            ("读", "读准“径、斜、枫、霜”等字音，有节奏地朗读古诗"),
            ("写", "会写“寒、径、斜、霜”，记住它们的结构"),
            ("懂", "借助注释和图画，说出每句诗的意思"),
            ("想", "想象深秋山林的美，背诵古诗"),
        ),
    )


def _look_and_say(painter: QPainter) -> None:
    mountain.landscape(painter)
    look.panel(painter, QRectF(64, 36, 1152, 92), look.alpha(look.PAPER, 0.94), 24)
    words = "看图说一说：这是什么季节？从远到近，你看到了什么？"
    look.write(painter, QRectF(64, 36, 1152, 92), words, 40, look.INK, 700)


def _writer(painter: QPainter) -> None:
    _frame(painter, "走近诗人", 4)
    look.panel(painter, QRectF(92, 140, 360, 500), QColor("#EFE2C9"), 26)
    mountain.leaf(painter, QPointF(160, 220), 34, -20, mountain.REDS[3])
    mountain.leaf(painter, QPointF(392, 250), 26, 35, mountain.REDS[0])
    mountain.poet(painter, QPointF(266, 600), 390)
    look.write(
        painter,
        QRectF(500, 140, 700, 84),
        "杜牧（803—约 852）",
        56,
        look.INK,
        700,
        look.LEFT,
        look.SERIF,
    )
    lines = (
        "字牧之，唐代诗人。",
        "京兆万年（今陕西西安）人。",
        "写景的绝句清新明丽，像一幅幅画。",
        "和李商隐合称“小李杜”。",
        "还写过《江南春》《泊秦淮》。",
    )
    for row, words in enumerate(lines):
        y = 252 + row * 78.0
        painter.setPen(look.NO_PEN)
        painter.setBrush(RED)
        painter.drawEllipse(QPointF(514, y + 30), 8, 8)
        look.write(painter, QRectF(544, y, 660, 60), words, 38, look.INK, 400, look.LEFT)


def _with_sounds(painter: QPainter) -> None:
    _frame(painter, "读准字音", 5)
    special = {"径", "斜", "枫", "霜"}
    for row, (line, sounds, mark) in enumerate(zip(LINES, SOUNDS, MARKS, strict=True)):
        for column, (letter, sound) in enumerate(zip(line, sounds.split(), strict=True)):
            x, y = 130 + column * 140.0, 124 + row * 138.0
            colour = RED if letter in special else look.INK
            look.write(
                painter,
                QRectF(x, y, 140, 44),
                sound,
                32,
                colour if letter in special else look.TEAL,
            )
            box = QRectF(x, y + 40, 140, 88)
            look.write(painter, box, letter, 74, colour, 700, look.CENTRE, look.SERIF)
        end = QRectF(130 + 7 * 140, 124 + row * 138 + 40, 60, 88)
        look.write(painter, end, mark, 60, look.INK, 400, look.LEFT, look.SERIF)


def _rhythm(painter: QPainter) -> None:
    _frame(painter, "读出节奏", 6)
    colours = (look.TEAL, RED, look.INK)
    for row, line in enumerate(LINES):
        y = 132 + row * 112.0
        look.panel(painter, QRectF(150, y, 980, 96), look.CARD, 22, look.LINE)
        parts = (line[:2], line[2:4], line[4:])
        for x, width, words, colour in zip(
            (180, 440, 700), (240, 240, 400), parts, colours, strict=True
        ):
            spaced = "　".join(words)
            look.write(
                painter, QRectF(x, y, width, 96), spaced, 56, colour, 700, look.CENTRE, look.SERIF
            )
        for x in (430, 690):
            look.write(painter, QRectF(x - 20, y, 40, 96), "／", 46, look.SOFT_INK)
    words = "拍一拍，读一读：每个“／”处停一小下，最后三个字读得舒缓些。"
    look.write(painter, QRectF(92, 590, 1096, 64), words, 34, look.SOFT_INK)


WRITING = (
    ("寒", "hán", "宀", "12 画", "上下结构", "寒冷　寒风", "下面的两点\n上下对齐"),
    ("径", "jìng", "彳", "8 画", "左右结构", "小径　田径", "右下是“工”\n底横写长些"),
    ("斜", "xié", "斗", "11 画", "左右结构", "斜坡　倾斜", "左边“余”字\n末笔是点"),
    ("霜", "shuāng", "雨", "17 画", "上下结构", "霜叶　冰霜", "雨字头\n要写得扁一些"),
)


def _writing(painter: QPainter) -> None:
    _frame(painter, "会写的字", 7)
    for column, (letter, sound, radical, strokes, shape, words, tip) in enumerate(WRITING):
        x = 84 + column * 284.0
        look.panel(painter, QRectF(x, 128, 262, 528), look.CARD, 22, look.LINE)
        look.write(painter, QRectF(x, 136, 262, 48), sound, 34, look.TEAL, 700)
        _grid(painter, QRectF(x + 41, 190, 180, 180))
        look.write(
            painter,
            QRectF(x + 41, 186, 180, 180),
            letter,
            150,
            look.INK,
            400,
            look.CENTRE,
            look.SERIF,
        )
        facts = (f"部首：{radical}　{strokes}", shape, words)
        for row, fact in enumerate(facts):
            box = QRectF(x, 384 + row * 54, 262, 50)
            look.write(
                painter, box, fact, 30, RED if row == 2 else look.INK, 700 if row == 2 else 400
            )
        look.write(painter, QRectF(x + 8, 552, 246, 96), tip, 26, look.SOFT_INK)


def _grid(painter: QPainter, rect: QRectF) -> None:
    painter.setBrush(QColor("#FFFDF8"))
    painter.setPen(look.pen(RED, 3))
    painter.drawRect(rect)
    dashed = look.pen(look.alpha(RED, 0.5), 2)
    dashed.setDashPattern([4, 4])
    painter.setPen(dashed)
    middle = rect.center()
    painter.drawLine(QPointF(rect.left(), middle.y()), QPointF(rect.right(), middle.y()))
    painter.drawLine(QPointF(middle.x(), rect.top()), QPointF(middle.x(), rect.bottom()))


VERSES: tuple[tuple[QRectF, tuple[tuple[str, str], ...], str], ...] = (
    (
        QRectF(330, 210, 520, 440),
        (("寒山", "深秋时节的山"), ("石径", "石子铺成的小路"), ("斜", "弯弯曲曲，斜着向上")),
        "一条弯弯斜斜的石子路，\n远远地伸向深秋的山上。",
    ),
    (
        QRectF(600, 130, 330, 279),
        (("生处", "升起、生出的地方"), ("人家", "住在山里的人家")),
        "在白云升起的地方，\n隐隐约约有几户人家。",
    ),
    (
        QRectF(430, 180, 637, 540),
        (("坐", "因为"), ("枫林晚", "傍晚的枫树林"), ("停车", "停下车子")),
        "我停下车来，是因为太喜爱\n这傍晚的枫林了。",
    ),
    (
        QRectF(890, 290, 390, 330),
        (("霜叶", "经霜变红的枫叶"), ("红于", "比……更红"), ("二月花", "农历二月的春花")),
        "经霜的枫叶，\n比二月的春花还要红。",
    ),
)


def _verse(index: int) -> Draw:
    def draw(painter: QPainter) -> None:
        _frame(painter, ("读懂第一句", "读懂第二句", "读懂第三句", "读懂第四句")[index], 8 + index)
        part, notes, meaning = VERSES[index]
        mountain.close_up(painter, part, QRectF(64, 128, 560, 474))
        line = LINES[index]
        look.write(painter, QRectF(660, 124, 560, 96), line, 72, RED, 700, look.LEFT, look.SERIF)
        for row, (word, note) in enumerate(notes):
            y = 240 + row * 78.0
            width = look.width_of(word, 38, 700) + 36
            look.panel(painter, QRectF(660, y, width, 62), QColor("#F5DDCF"), 16)
            look.write(painter, QRectF(660, y, width, 62), word, 38, RED, 700)
            rest = QRectF(660 + width + 18, y, 500, 62)
            look.write(painter, rest, note, 36, look.INK, 400, look.LEFT)
        look.panel(painter, QRectF(652, 484, 564, 118), look.PALE_LEAF, 20)
        look.write(painter, QRectF(672, 484, 534, 118), meaning, 37, look.INK, 700, look.LEFT)
        hint = (
            "“远上”从山脚看到哪里？",
            "“白云生处”给你什么感觉？",
            "这里的“坐”是“坐下”吗？",
            "为什么说霜叶比春花还红？",
        )
        look.write(
            painter,
            QRectF(92, 612, 1100, 56),
            "想一想：" + hint[index],
            34,
            look.TEAL,
            700,
            look.LEFT,
        )

    return draw


def _thinking(painter: QPainter) -> None:
    _frame(painter, "想一想，议一议", 12)
    _bullets(
        painter,
        140,
        130,
        (
            ("1", "诗里写了哪些景物？圈一圈，读一读"),
            ("2", "诗人是按什么顺序写的？（从远到近 / 从近到远）"),
            ("3", "诗人为什么停下车来？从哪个字能看出来？"),
            ("4", "全诗最后一句赞美了什么？你还见过哪些秋天的美景？"),
        ),
    )


def _answers(painter: QPainter) -> None:
    _frame(painter, "参考答案", 13)
    _bullets(
        painter,
        140,
        130,
        (
            ("1", "寒山、石径、白云、人家、枫林、霜叶"),
            ("2", "从远到近：先写远处的山和人家，再写近处的枫林"),
            ("3", "因为喜爱傍晚的枫林；从“爱”字看出来"),
            ("4", "赞美经霜更红的枫叶和深秋的山林；说得有理即可"),
        ),
    )


def _recite(painter: QPainter) -> None:
    _frame(painter, "背一背，补一补", 14)
    gaps = ({2, 3, 5}, {0, 1}, {2, 4, 5}, {0, 1, 3})
    for row, (line, gap, mark) in enumerate(zip(LINES, gaps, MARKS, strict=True)):
        for column, letter in enumerate(line):
            box = QRectF(150 + column * 132, 136 + row * 112, 116, 98)
            if column in gap:
                look.panel(painter, box, look.CARD, 16, RED)
            else:
                look.write(painter, box, letter, 72, look.INK, 700, look.CENTRE, look.SERIF)
        end = QRectF(150 + 7 * 132, 136 + row * 112, 60, 98)
        look.write(painter, end, mark, 60, look.INK, 400, look.LEFT, look.SERIF)
    words = "作业：把这首诗背给家人听；画一画你心中的《山行》。"
    look.write(painter, QRectF(92, 594, 1096, 64), words, 36, look.TEAL, 700)


PAGES: tuple[tuple[str, Draw], ...] = (
    ("封面", _cover),
    ("学习目标", _goals),
    ("看图说一说", _look_and_say),
    ("走近诗人", _writer),
    ("读准字音", _with_sounds),
    ("读出节奏", _rhythm),
    ("会写的字", _writing),
    ("第一句：远上寒山石径斜", _verse(0)),
    ("第二句：白云生处有人家", _verse(1)),
    ("第三句：停车坐爱枫林晚", _verse(2)),
    ("第四句：霜叶红于二月花", _verse(3)),
    ("想一想，议一议", _thinking),
    ("参考答案", _answers),
    ("背一背，补一补", _recite),
)


def write_pdf(path: Path) -> None:
    """Draw all pages; each gets its bookmark."""
    facts = {"/Title": "《山行》课件", "/Subject": "小学语文 三年级 上册"}
    pdf_file.write_pages(PAGES, facts, path)
