# SPDX-License-Identifier: GPL-3.0-or-later
"""The two pages of a universal stick: plain HTML without any script, for old browsers too.

Addresses are relative and not percent-encoded: old browsers decode those of `file:` in another
coding, and the names hold nothing that would have to be encoded.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from app.lesson.universal.plan import PRINT_NAME, PlacedFile, PlacedItem, UniversalPlan, Way

_STYLE = """
body { font-family: "Microsoft YaHei", "Noto Sans CJK SC", sans-serif; margin: 24px;
       background: #ffffff; color: #16211e; font-size: 20px; }
h1 { font-size: 34px; margin: 0 0 8px 0; }
h2 { font-size: 26px; margin: 0 0 10px 0; }
a { color: #0b6e5a; }
.item { border-top: 2px solid #dde3e1; padding: 18px 0; }
.open { display: inline-block; background: #0b6e5a; color: #ffffff; padding: 12px 24px;
        text-decoration: none; font-size: 22px; margin: 8px 12px 0 0; }
.note { color: #52605b; margin: 0 0 8px 0; }
video, img { max-width: 100%; max-height: 520px; background: #000000; }
img { background: none; }
.slip { border: 2px solid #7d8a86; padding: 12px; display: inline-block; margin-top: 18px; }
.number { font-size: 30px; font-family: Consolas, monospace; letter-spacing: 2px; }
table { border-collapse: collapse; width: 100%; } td, th { border: 1px solid #7d8a86;
        padding: 8px; text-align: left; vertical-align: top; }
@media print { .no-print { display: none; } body { font-size: 15px; margin: 0; } }
"""


@dataclass(frozen=True, slots=True)
class Words:
    """What the pages say, in the language of whoever made them."""

    play: str = "播放"
    listen: str = "听"
    look: str = "看图"
    read: str = "打开 PDF"
    open: str = "打开文件"
    slip: str = "登记条号"
    slip_use: str = "上完课后，在制作本U盘的电脑上凭此号补登使用记录。"
    printable: str = "打印清单和登记条"
    left: str = "以下内容只能在课栈中播放，没有放进U盘："
    number: str = "序号"
    title: str = "内容"
    files: str = "文件"
    date: str = "上课日期"
    lesson_class: str = "班级"
    teacher: str = "教师"


def lesson_page(plan: UniversalPlan, words: Words) -> str:
    """`上课.html`: every thing of the lesson, one below the other."""
    items = "\n".join(_item(item, words) for item in plan.items)
    left = _left(plan, words)
    body = f"""<h1>{escape(plan.name)}</h1>
<p class="no-print"><a href="{PRINT_NAME}">{escape(words.printable)}</a></p>
{items}
{left}
<div class="slip">{escape(words.slip)}<br><span class="number">{escape(plan.slip)}</span><br>
<span class="note">{escape(words.slip_use)}</span></div>"""
    return _page(plan.name, body)


def print_page(plan: UniversalPlan, words: Words) -> str:
    """`打印.html`: what is on the stick, and the slip to fill in by hand."""
    rows = "\n".join(
        f"<tr><td>{item.number}</td><td>{escape(item.title)}{_note(item)}</td>"
        f"<td>{'<br>'.join(escape(file.name) for file in item.files)}</td></tr>"
        for item in plan.items
    )
    blanks = "".join(
        f"<tr><th>{escape(word)}</th><td>&nbsp;</td></tr>"
        for word in (words.date, words.lesson_class, words.teacher)
    )
    body = f"""<h1>{escape(plan.name)}</h1>
<table><tr><th>{escape(words.number)}</th><th>{escape(words.title)}</th>
<th>{escape(words.files)}</th></tr>
{rows}</table>
<div class="slip">{escape(words.slip)}<br><span class="number">{escape(plan.slip)}</span><br>
<span class="note">{escape(words.slip_use)}</span></div>
<table style="margin-top: 18px; width: 60%">{blanks}</table>
{_left(plan, words)}"""
    return _page(plan.name, body)


def _item(item: PlacedItem, words: Words) -> str:
    shown = "\n".join(_file(file, words) for file in item.files)
    return f"""<div class="item"><h2>{item.number}. {escape(item.title)}</h2>
{_note(item)}{shown}</div>"""


def _file(file: PlacedFile, words: Words) -> str:
    address = escape(file.name, quote=True)
    said = {
        Way.VIDEO: words.play,
        Way.SOUND: words.listen,
        Way.PICTURE: words.look,
        Way.PAPER: words.read,
        Way.FILE: words.open,
    }[file.way]
    link = f'<a class="open" href="{address}">{escape(said)}：{escape(file.name)}</a>'
    if file.way is Way.VIDEO:
        return f'<video src="{address}" controls preload="none" width="920"></video><br>\n{link}'
    if file.way is Way.SOUND:
        return f'<audio src="{address}" controls preload="none"></audio><br>\n{link}'
    if file.way is Way.PICTURE:
        return f'<img src="{address}" alt="{escape(file.name, quote=True)}"><br>\n{link}'
    return link


def _note(item: PlacedItem) -> str:
    return f'<p class="note">{escape(item.note)}</p>' if item.note else ""


def _left(plan: UniversalPlan, words: Words) -> str:
    if not plan.left:
        return ""
    titles = "".join(f"<li>{escape(title)}</li>" for title in plan.left)
    return f"<p>{escape(words.left)}</p><ul>{titles}</ul>"


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE html>
<html lang="zh-CN"><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8">
<meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style></head>
<body>
{body}
</body></html>
"""
