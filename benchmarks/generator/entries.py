# SPDX-License-Identifier: GPL-3.0-or-later
"""Deterministic entries of a made-up region: row n depends only on the seed and n // CHUNK_ROWS."""

import uuid
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np

from app.region.entry import Entry, ResourceFile
from benchmarks.generator.tree import SEED, VOLUMES, Lesson, build_tree, grade_name, names, stage_of

CHUNK_ROWS: Final = 100_000
# Word in the title, type of the format, share, media types.
_KINDS: Final = (
    ("微课", "微课", 18, ("video/mp4",)),
    ("课件", "课件", 20, ("application/vnd.ms-powerpoint", "application/zip")),
    ("教案", "教案", 14, ("application/msword", "application/pdf")),
    ("习题", "练习", 12, ("application/msword", "application/pdf")),
    ("素材", "素材", 6, ("image/jpeg", "application/zip", "video/mp4", "audio/mpeg")),
    ("导学案", "任务单", 5, ("application/msword",)),
    ("说课", "其他", 3, ("video/mp4", "application/msword")),
    ("课堂实录", "微课", 5, ("video/mp4",)),
    ("试卷", "练习", 6, ("application/msword", "application/pdf")),
    ("单元测试", "练习", 4, ("application/pdf",)),
    ("知识点讲解", "微课", 5, ("video/mp4",)),
    ("动画", "素材", 2, ("application/vnd.adobe.flash.movie", "video/mp4")),
    ("音频", "音频", 3, ("audio/mpeg",)),
    ("电子教材", "电子教材", 1, ("application/pdf",)),
)
_POINTS: Final = ("的概念", "的性质", "的应用", "的方法", "的特点", "的计算", "易错点", "重点", "")
_TAILS: Final = (
    "", "", "", "", "", "（第1课时）", "（第2课时）", "第一课时", "（1）", "（2）", "公开课",
    "优质课", "一等奖", "导入", "例1", "例2", "例题讲解", "练习十二", "整理与复习", "重难点突破",
    "小结", "拓展延伸", "动手操作", "基础巩固", "同步练习", "期末复习", "朗读", "生字", "口语交际",
    "习作", "听力", "单词讲解", "语法", "阅读理解", "写作指导",
)  # fmt: skip
_MODES: Final = (
    "", "", "", "", "有趣的", "巧学", "走进", "再探", "初探", "探究", "轻松学", "图解", "生活中的",
    "一起学", "深度学习", "大单元", "核心素养下的", "项目式学习", "跨学科", "双减背景下",
)  # fmt: skip
_ORDINALS: Final = "零一二三四五六七八九"
_FIRST_DAY: Final = date(2012, 1, 1)


def make_chunk(number: int, rows: int = CHUNK_ROWS, seed: int = SEED) -> list[Entry]:
    """`rows` entries; the first ones of a chunk are the same however many are asked for."""
    lessons, shares = build_tree()
    rng = np.random.default_rng([seed, number])
    picked = np.searchsorted(shares, rng.random(CHUNK_ROWS) * shares[-1])
    weights = np.cumsum([kind[2] for kind in _KINDS])
    kinds = np.searchsorted(weights, rng.random(CHUNK_ROWS) * weights[-1], side="right")
    views = np.minimum(5_000_000, rng.pareto(0.9, CHUNK_ROWS) * 12).astype(int)
    days = (rng.beta(3, 2, CHUNK_ROWS) * 15 * 365).astype(int)
    sizes = np.exp(rng.normal(15.5, 1.8, CHUNK_ROWS)).astype(int)
    dice = rng.integers(0, 1 << 30, (CHUNK_ROWS, 10))
    ids, hashes = rng.bytes(16 * CHUNK_ROWS), rng.bytes(32 * CHUNK_ROWS)
    columns = (picked.tolist(), kinds.tolist(), views.tolist(), days.tolist(), sizes.tolist())
    return [
        _entry(
            lessons[lesson],
            kind,
            (popularity, day, size),
            dice[row].tolist(),
            (ids[16 * row : 16 * row + 16], hashes[32 * row : 32 * row + 32]),
        )
        for row, lesson, kind, popularity, day, size in zip(range(rows), *columns, strict=False)
    ]


def make_delta(
    week: int, entries: Sequence[Entry], share: float = 1.0
) -> tuple[list[Entry], list[str]]:
    """A week's 6,000 upserts (1,000 of them changed entries) and 500 deletions, or a share."""
    rng = np.random.default_rng([SEED, 900_000 + week])
    chosen = rng.choice(
        len(entries), min(round(1500 * share), len(entries) // 2), replace=False
    ).tolist()
    cut = len(chosen) * 2 // 3
    fresh = make_chunk(100_000 + week, round(6_000 * share) - cut)
    changed = make_chunk(200_000 + week, cut)
    for place, entry in zip(chosen[:cut], changed, strict=True):
        fresh.append(_with_id(entry, entries[place]))
    return fresh, [entries[place].id for place in chosen[cut:]]


def _with_id(entry: Entry, old: Entry) -> Entry:
    from dataclasses import replace

    return replace(entry, id=old.id, version=old.version + 1)


def _entry(
    lesson: Lesson,
    kind: int,
    numbers: tuple[int, int, int],
    dice: Sequence[int],
    raw: tuple[bytes, bytes],
) -> Entry:
    word, resource_type, _, media = _KINDS[kind]
    popularity, day, size = numbers
    pools = names()
    teacher = _pick(pools["surnames"], dice[0] // 7 % 97 + dice[0] % 40) + _pick(
        pools["given_names"], dice[1]
    )
    school = _pick(pools["cities"], dice[2]) + _pick(pools["schools"], dice[3])
    points = tuple(lesson.name + _pick(_POINTS, dice[n] // 11) for n in range(dice[4] % 3))
    media_type = _pick(media, dice[5])
    return Entry(
        id=str(uuid.UUID(bytes=raw[0])),
        title=_title(lesson, word, dice, teacher, school),
        stage=stage_of(lesson.grade),
        subject=lesson.subject,
        edition=lesson.edition,
        grade=grade_name(lesson.grade),
        volume=lesson.volume,
        unit=f"第{_ORDINALS[lesson.unit_no % 10]}单元 {lesson.unit}",
        lesson_no=str(lesson.unit_no),
        lesson=lesson.name,
        resource_type=resource_type,
        keywords=points,
        provider=f"{school} {teacher}",
        updated=(_FIRST_DAY + timedelta(day)).isoformat(),
        popularity=popularity,
        files=(ResourceFile("main", "", media_type, size, raw[1].hex()),),
    )


def _title(lesson: Lesson, word: str, dice: Sequence[int], teacher: str, school: str) -> str:
    tail, mode = _pick(_TAILS, dice[6]), _pick(_MODES, dice[7])
    name, grade = lesson.name, grade_name(lesson.grade)
    shapes = (
        (18, f"《{name}》{tail} {word} {lesson.edition} {grade}{lesson.volume}"),
        (12, f"{mode}{name}{tail}"),
        (10, f"{lesson.edition}{lesson.subject}{grade}{lesson.volume}《{name}》{tail}{word}"),
        (10, f"{grade}{lesson.volume}{lesson.subject}{word}-{name}{tail}｜{lesson.edition}"),
        (8, f"第{_ORDINALS[lesson.unit_no % 10]}单元 {lesson.unit} {mode}{name}{tail}{word}"),
        (8, f"{name}{_pick(_POINTS, dice[8])}{word}（{teacher}）"),
        (8, f"{school}{teacher}《{mode}{name}》{word}{tail}"),
        (6, f"{2012 + dice[8] % 14}学年{lesson.subject}{grade}{lesson.unit}{tail}{word}"),
        (6, f"【{word}】{mode}{name}{tail} {teacher}"),
        (5, f"{lesson.unit_no}.{dice[8] % 9 + 1} {name}{tail}"),
        (5, f"{lesson.subject}知识点：{name}{_pick(_POINTS, dice[8])}{tail}"),
        (4, f"{dice[8] % 400:03d}_{name}_{tail or word}_{teacher}"),
    )
    choice = dice[9] % 100
    for share, title in shapes:
        choice -= share
        if choice < 0:
            return title
    raise AssertionError(VOLUMES)


def _pick(pool: Sequence[str], number: int) -> str:
    return pool[number % len(pool)]
