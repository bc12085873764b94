# SPDX-License-Identifier: GPL-3.0-or-later
"""What the catalogue says about each of our lessons (files and covers are added by the build)."""

from typing import Any

from resources_cache.authoring.starter.entries import Entry

_FRACTION: dict[str, Any] = {
    "stage": "小学",
    "subject": "数学",
    "edition": "人教版",
    "publisher": "",
    "grade": "三年级",
    "volume": "上册",
    "revision": "旧教材",
    "unit": "第八单元 分数的初步认识",
    "lesson_no": "1",
    "lesson": "几分之一",
}
_RHYTHM: dict[str, Any] = {
    "stage": "小学",
    "subject": "音乐",
    "edition": "人音版（简谱）（主编：吴斌）",
    "grade": "一年级",
    "volume": "上册",
    "lesson": "感受节拍：强弱规律",
}

LESSONS: tuple[Entry, ...] = (
    Entry(
        id="starter-fraction-video",
        title="分数的初步认识",
        subtitle="几分之一",
        **_FRACTION,
        chapter_path=["第八单元 分数的初步认识", "几分之一"],
        resource_type="微课",
        description=(
            "从分月饼、折纸认识二分之一和四分之一，比较分子是 1 的分数，"
            "两道题先暂停思考再看答案。大字幕，无配音。"
        ),
        keywords=["分数", "几分之一", "平均分", "二分之一", "四分之一", "分子", "分母"],
        accessibility_features=["openCaptions"],
        popularity=100,
    ),
    Entry(
        id="starter-fraction-plan",
        title="分数的初步认识 教案",
        subtitle="几分之一 · 1 课时",
        **_FRACTION,
        chapter_path=["第八单元 分数的初步认识", "几分之一"],
        resource_type="教案",
        description="40 分钟的教案：目标、准备、分步时间、微课暂停点、板书、作业、复式教学提示。",
        keywords=["分数", "教案", "板书", "复式教学"],
        popularity=72,
    ),
    Entry(
        id="starter-fraction-exercises",
        title="几分之一 练习（附答案）",
        subtitle="10 题，由易到难",
        **_FRACTION,
        chapter_path=["第八单元 分数的初步认识", "几分之一"],
        resource_type="练习",
        description="10 道题，从读写几分之一到比较大小、解决问题，每题附答案和简要说明。",
        keywords=["分数", "练习", "几分之一", "比较大小"],
        audience="学生",
        popularity=70,
    ),
    Entry(
        id="starter-water-video",
        title="水的三态变化",
        subtitle="冰 · 水 · 水蒸气",
        stage="小学",
        subject="科学",
        edition="教科版",
        grade="三年级",
        volume="上册",
        revision="旧教材",
        unit="第一单元 水",
        lesson="水的三态变化",
        chapter_path=["第一单元 水", "水的三态变化"],
        resource_type="微课",
        description=(
            "冰融化、水沸腾、蒸发与凝结、水循环，配温度计和微粒示意图，"
            "一道选择题先暂停思考再看答案。大字幕，无配音。"
        ),
        keywords=["水", "冰", "水蒸气", "融化", "沸腾", "蒸发", "凝结", "水循环"],
        accessibility_features=["openCaptions"],
        popularity=95,
    ),
    Entry(
        id="starter-poem-slides",
        title="山行",
        subtitle="古诗 · 〔唐〕杜牧",
        stage="小学",
        subject="语文",
        edition="统编版",
        grade="三年级",
        volume="上册",
        revision="旧教材",
        unit="第二单元 金秋时节",
        lesson="山行",
        chapter_path=["第二单元 金秋时节", "古诗", "山行"],
        resource_type="课件",
        description=(
            "14 页：看图、读准字音、读出节奏、会写的字、逐句读懂、"
            "议一议（有答案）、补全背诵。带目录书签。"
        ),
        keywords=["山行", "杜牧", "古诗", "秋天", "枫叶"],
        popularity=90,
    ),
    Entry(
        id="starter-colours-slides",
        title="Colours 认识颜色",
        subtitle="What colour is it?",
        stage="小学",
        subject="英语",
        edition="人教版（PEP）（三年级起点）（主编：吴欣）",
        grade="三年级",
        volume="上册",
        revision="旧教材",
        unit="Unit 2 Colours",
        lesson="Colours",
        chapter_path=["Unit 2 Colours"],
        resource_type="课件",
        description=(
            "11 页可编辑课件：8 个颜色词、问答句、听口令做动作、连一连。"
            "备注里有教法和课堂用语，非英语专业的老师也能上。"
        ),
        keywords=["Colours", "颜色", "red", "blue", "green", "What colour is it"],
        popularity=92,
    ),
    Entry(
        id="starter-clock-courseware",
        title="认识钟表",
        subtitle="拨一拨，读一读",
        stage="小学",
        subject="数学",
        edition="人教版",
        grade="二年级",
        volume="上册",
        revision="旧教材",
        unit="第七单元 认识时间",
        lesson="认识时间",
        chapter_path=["第七单元 认识时间"],
        resource_type="课件",
        description=(
            "可以用手或鼠标拨的大钟面：自由拨、读时间、拨时间三种活动，整时、"
            "半时、几时几分三级难度，自动判对错、得星。"
        ),
        keywords=["钟表", "时间", "时针", "分针", "整时", "半时", "互动"],
        popularity=98,
    ),
    Entry(
        id="starter-rhythm-audio",
        title="感受节拍：强弱规律",
        subtitle="聆听曲《拍拍手，走一走》",
        **_RHYTHM,
        chapter_path=["感受节拍：强弱规律"],
        resource_type="音频",
        description=(
            "原创聆听小曲，约 1 分 23 秒：先二拍子（强弱），"
            "再三拍子（强弱弱），鼓声标出强拍，可以跟着拍手。"
        ),
        keywords=["节拍", "强弱", "二拍子", "三拍子", "拍手", "节奏"],
        popularity=88,
    ),
    Entry(
        id="starter-rhythm-plan",
        title="感受节拍：强弱规律 教案",
        subtitle="1 课时",
        **_RHYTHM,
        chapter_path=["感受节拍：强弱规律"],
        resource_type="教案",
        description="给没有学过音乐的老师：音频时间表、分步活动、自制小乐器、曲谱和评价表。",
        keywords=["节拍", "教案", "强弱", "二拍子", "三拍子"],
        popularity=68,
    ),
    Entry(
        id="starter-paint-courseware",
        title="三原色与间色",
        subtitle="调一调，猜一猜",
        stage="小学",
        subject="美术",
        edition="人教版",
        grade="三年级",
        volume="上册",
        lesson="三原色与间色",
        chapter_path=["三原色与间色"],
        resource_type="课件",
        description=(
            "在屏幕上调颜料：认识红、黄、蓝三原色，调出橙、绿、紫三间色，"
            "看色环和对比色，猜一猜。可触摸操作。"
        ),
        keywords=["三原色", "间色", "色环", "对比色", "调色", "美术", "互动"],
        popularity=86,
    ),
)
