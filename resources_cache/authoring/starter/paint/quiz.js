// SPDX-License-Identifier: CC0-1.0
// Eight questions about mixing; which is asked and what is right. No page here.
"use strict";

class Quiz {
  static LENGTH = 8;

  constructor() {
    this.number = 0;
    this.stars = 0;
    this.order = [];
    this.next();
  }

  get isOver() {
    return this.number > Quiz.LENGTH;
  }

  next() {
    this.number += 1;
    this.misses = 0;
    this.isDone = false;
    if (this.order.length === 0) this.order = Quiz.shuffled([...Quiz.questions()]);
    this.asked = this.order.pop();
    this.choices = Quiz.shuffled(this.asked.choices);
  }

  static shuffled(values) {
    return values.map((value) => [Math.random(), value]).sort((a, b) => a[0] - b[0]).map(([, value]) => value);
  }

  // For each secondary: the sum, the missing paint, the colour across; and which are the primaries.
  static* questions() {
    const names = pigment.WHEEL.map((part) => part.name);
    for (let at = 1; at < 6; at += 2) {
      const { parts } = pigment.WHEEL[at];
      const [one, other] = parts.map((paint) => paint * 2);
      const across = (at + 3) % 6;
      yield {
        words: `${names[one]}色加${names[other]}色，调出什么颜色？`,
        shown: [one, "＋", other, "＝ ？"], answer: at, choices: [1, 3, 5, across],
        why: `${names[one]} ＋ ${names[other]} ＝ ${names[at]}，${names[at]}色是间色。`,
      };
      yield {
        words: `要调出${names[at]}色，还缺哪一种颜料？`,
        shown: [one, "＋", "？", "＝", at], answer: other, choices: [0, 2, 4, (at + 2) % 6],
        why: `${names[one]} ＋ ${names[other]} ＝ ${names[at]}。`,
      };
      yield {
        words: `色环上，${names[at]}色的正对面是什么颜色？`,
        shown: [at, "↔", "？"], answer: across, choices: [0, 2, 4, (at + 2) % 6],
        why: `${names[at]}和${names[across]}相对，是一对对比色，放在一起特别醒目。`,
      };
    }
  }

  answer(value) {
    if (this.isDone) return false;
    const isRight = value === this.asked.answer;
    if (isRight) {
      this.isDone = true;
      if (this.misses === 0) this.stars += 1;
    } else {
      this.misses += 1;
    }
    return isRight;
  }
}
