// SPDX-License-Identifier: CC0-1.0
// Time on a twelve-hour face, as a number of minutes from 0 (twelve o'clock) to 719; no page here.
"use strict";

const clockTime = (() => {
  const MINUTES = 720;
  const wrap = (minutes) => ((minutes % MINUTES) + MINUTES) % MINUTES;
  const hourOf = (minutes) => Math.floor(wrap(minutes) / 60) || 12;
  const minuteOf = (minutes) => Math.floor(wrap(minutes)) % 60;
  const digital = (minutes) => `${hourOf(minutes)}:${String(minuteOf(minutes)).padStart(2, "0")}`;

  function spoken(minutes) {
    const hour = hourOf(minutes);
    const minute = minuteOf(minutes);
    if (minute === 0) return `${hour} 时`;
    if (minute === 30) return `${hour} 时 30 分（${hour} 时半）`;
    return `${hour} 时 ${minute} 分`;
  }

  // Where the hands stand, in the words a teacher would use.
  function explained(minutes) {
    const hour = hourOf(minutes);
    const next = (hour % 12) + 1;
    const minute = minuteOf(minutes);
    if (minute === 0) return `分针指着 12，时针指着 ${hour}，就是 ${hour} 时。`;
    if (minute === 30) return `分针指着 6，时针在 ${hour} 和 ${next} 的正中间，是 ${hour} 时半。`;
    const big = minute / 5;
    const where = Number.isInteger(big) ? `分针指着 ${big}，是 ${minute} 分` : `分针走了 ${minute} 小格`;
    return `时针走过了 ${hour}，还没到 ${next}；${where}。`;
  }

  const apart = (one, other) => {
    const gap = Math.abs(wrap(one) - wrap(other));
    return Math.min(gap, MINUTES - gap);
  };

  return { MINUTES, wrap, hourOf, minuteOf, digital, spoken, explained, apart };
})();
