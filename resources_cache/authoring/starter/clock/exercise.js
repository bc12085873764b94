// SPDX-License-Identifier: CC0-1.0
// A round of ten questions: which times are asked, what counts as right, how many stars; no page here.
"use strict";

class Round {
  static LENGTH = 10;
  static STEPS = [60, 30, 5];

  constructor(kind, level) {
    this.kind = kind;
    this.level = level;
    this.number = 0;
    this.stars = 0;
    this.recent = [];
    this.next();
  }

  get isOver() {
    return this.number > Round.LENGTH;
  }

  next() {
    this.number += 1;
    this.misses = 0;
    this.isDone = false;
    this.target = this.draw();
    this.choices = this.kind === "read" ? this.mixed() : [];
  }

  // Half-hour rounds ask for half hours, the last level never for whole ones.
  draw() {
    const step = Round.STEPS[this.level];
    let minutes = 0;
    do {
      minutes = Math.floor(Math.random() * (clockTime.MINUTES / step)) * step;
      if (this.level === 1) minutes = Math.floor(minutes / 60) * 60 + 30;
    } while (this.recent.includes(minutes) || (this.level === 2 && minutes % 60 === 0));
    this.recent = [...this.recent, minutes].slice(-6);
    return minutes;
  }

  // One right answer among mistakes children really make: hands swapped, the hour one too far.
  mixed() {
    const minute = this.target % 60;
    const hour = Math.floor(this.target / 60);
    const swapped = (Math.floor(minute / 5) % 12) * 60 + (hour * 5) % 60;
    const others = [swapped, this.target + 60, this.target - 60, this.target + 30, this.target + 120, this.target - 180];
    const found = new Set([this.target]);
    for (const other of others) {
      if (found.size < 4) found.add(clockTime.wrap(other));
    }
    return [...found].map((value) => [Math.random(), value]).sort((a, b) => a[0] - b[0]).map(([, value]) => value);
  }

  answer(minutes) {
    if (this.isDone) return false;
    const isRight = clockTime.apart(Math.round(minutes), this.target) === 0;
    if (isRight) {
      this.isDone = true;
      if (this.misses === 0) this.stars += 1;
    } else {
      this.misses += 1;
    }
    return isRight;
  }

  giveUp() {
    this.isDone = true;
  }

  hint(minutes) {
    const isMinuteRight = clockTime.minuteOf(Math.round(minutes)) === clockTime.minuteOf(this.target);
    if (this.kind === "read") return "先看短针走过了几，再看长针指着几。";
    return isMinuteRight ? "分针对了！再看看时针（短针）。" : "先拨分针（长针），再看时针（短针）。";
  }
}
