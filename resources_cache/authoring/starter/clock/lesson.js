// SPDX-License-Identifier: CC0-1.0
// Connects the face, the exercises and the buttons of the page.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);
  const DAY = [["起床", 420], ["上课", 510], ["午饭", 720], ["放学", 990], ["看书", 1155], ["睡觉", 1260]];
  const page = { mode: "free", level: 0, round: null, isLoud: true, audio: null };

  const face = new ClockFace(find("face"), (minutes) => {
    const shown = Math.round(minutes);
    find("digital").textContent = clockTime.digital(shown);
    find("spoken").textContent = clockTime.spoken(shown);
  });

  function press(group, key, value) {
    for (const button of find(group).querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset[key] === String(value)));
    }
  }

  function toggle(button, whenOn, whenOff) {
    const isOn = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(isOn));
    (isOn ? whenOn : whenOff)();
  }

  // Two soft notes, made here: no sound files, silence where the browser has no audio.
  function ring(notes) {
    const Audio = window.AudioContext;
    if (!page.isLoud || !Audio) return;
    page.audio = page.audio || new Audio();
    notes.forEach((hertz, index) => {
      const start = page.audio.currentTime + 0.02 + index * 0.13;
      const tone = page.audio.createOscillator();
      const level = page.audio.createGain();
      tone.frequency.value = hertz;
      level.gain.setValueAtTime(0, start);
      level.gain.linearRampToValueAtTime(0.14, start + 0.02);
      level.gain.exponentialRampToValueAtTime(0.001, start + 0.7);
      tone.connect(level).connect(page.audio.destination);
      tone.start(start);
      tone.stop(start + 0.75);
    });
  }

  function setMode(mode) {
    page.mode = mode;
    press("modes", "mode", mode);
    find("free-panel").hidden = mode !== "free";
    find("exercise-panel").hidden = mode === "free";
    face.isLocked = mode === "read";
    face.step = 1;
    face.keepsMinutes = mode === "set";
    if (mode !== "free") startRound();
  }

  function startRound() {
    page.round = new Round(page.mode, page.level);
    ask();
  }

  function ask() {
    const { round } = page;
    face.step = page.mode === "set" ? 5 : 1;
    say("", "");
    if (round.isOver) return finish();
    showProgress();
    find("check").hidden = page.mode === "read";
    find("next").hidden = true;
    find("answer").hidden = true;
    find("target").hidden = page.mode === "read";
    find("question").textContent = page.mode === "read" ? "钟面上是什么时间？" : "请把钟拨到：";
    find("target").textContent = clockTime.digital(round.target);
    showChoices(round.choices);
    if (page.mode === "read") face.turnTo(round.target);
    else face.turnTo(clockTime.apart(round.target, 0) === 0 ? 180 : 0);
  }

  function showProgress() {
    const { number, stars } = page.round;
    const row = "★".repeat(stars) + "☆".repeat(Round.LENGTH - stars);
    find("progress").textContent = `第 ${number} 题 / 共 ${Round.LENGTH} 题　${row}`;
  }

  function showChoices(values) {
    find("choices").replaceChildren(...values.map((value) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = clockTime.digital(value);
      button.addEventListener("click", () => choose(button, value));
      return button;
    }));
  }

  function choose(button, value) {
    if (page.round.isDone) return;
    const isRight = page.round.answer(value);
    button.className = isRight ? "right" : "wrong";
    button.disabled = true;
    judge(isRight, value);
  }

  function check() {
    face.snap();
    judge(page.round.answer(face.minutes), face.minutes);
  }

  function judge(isRight, minutes) {
    const { round } = page;
    if (isRight) {
      ring([659, 880]);
      say("right", `✓ 对了！${clockTime.explained(round.target)}`);
      settle();
    } else {
      ring([330]);
      say("wrong", `再想想。${round.hint(minutes)}`);
      find("answer").hidden = round.misses < 2;
    }
  }

  function showAnswer() {
    page.round.giveUp();
    face.turnTo(page.round.target);
    say("right", `答案：${clockTime.digital(page.round.target)}。${clockTime.explained(page.round.target)}`);
    settle();
  }

  function settle() {
    const { round } = page;
    showProgress();
    find("check").hidden = true;
    find("answer").hidden = true;
    find("next").hidden = false;
    find("next").textContent = round.number === Round.LENGTH ? "看成绩" : "下一题";
  }

  function next() {
    if (page.round.isOver) return startRound();
    page.round.next();
    ask();
  }

  function finish() {
    const { stars } = page.round;
    find("progress").textContent = "";
    find("question").textContent = stars >= 8 ? "太棒了！" : "练得很认真！";
    find("target").hidden = false;
    find("target").textContent = `${stars} 颗星`;
    showChoices([]);
    say("right", `这一轮第一次就做对了 ${stars} 题（共 ${Round.LENGTH} 题）。`);
    find("check").hidden = true;
    find("answer").hidden = true;
    find("next").hidden = false;
    find("next").textContent = "再来一轮";
    ring([523, 659, 784]);
  }

  function say(kind, words) {
    find("verdict").className = `verdict ${kind}`;
    find("verdict").textContent = words;
  }

  const KEYS = { ArrowRight: 5, ArrowLeft: -5, ArrowUp: 60, ArrowDown: -60 };

  function onKey(event) {
    const isOnButton = event.target instanceof HTMLButtonElement;
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key in KEYS && !face.isLocked) {
      const step = event.shiftKey ? Math.sign(KEYS[event.key]) : KEYS[event.key];
      face.set(Math.round(face.minutes) + step);
    } else if ("123".includes(event.key) && event.key) {
      setMode(["free", "read", "set"][Number(event.key) - 1]);
    } else if ((event.key === "Enter" || event.key === "PageDown") && !isOnButton && page.mode !== "free") {
      if (!find("next").hidden) next();
      else if (page.mode === "set" && event.key === "Enter") check();
    } else {
      return;
    }
    event.preventDefault();
  }

  find("modes").addEventListener("click", (event) => {
    if (event.target.dataset.mode) setMode(event.target.dataset.mode);
  });
  find("levels").addEventListener("click", (event) => {
    if (!event.target.dataset.level) return;
    page.level = Number(event.target.dataset.level);
    press("levels", "level", page.level);
    startRound();
  });
  find("sound").addEventListener("click", (event) => {
    toggle(event.target, () => { page.isLoud = true; }, () => { page.isLoud = false; });
    event.target.textContent = page.isLoud ? "声音：开" : "声音：关";
  });
  find("hide-time").addEventListener("click", (event) => {
    const cover = (isOn) => ["digital", "spoken"].forEach((id) => find(id).classList.toggle("covered", isOn));
    toggle(event.target, () => cover(true), () => cover(false));
    event.target.textContent = event.target.getAttribute("aria-pressed") === "true" ? "看看时间" : "盖住时间";
  });
  find("show-minutes").addEventListener("click", (event) => {
    toggle(event.target, () => face.svg.classList.add("with-minutes"), () => face.svg.classList.remove("with-minutes"));
  });
  find("check").addEventListener("click", check);
  find("answer").addEventListener("click", showAnswer);
  find("next").addEventListener("click", next);
  document.addEventListener("keydown", onKey);
  for (const [words, minutes] of DAY) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = `${words} ${clockTime.digital(minutes)}`;
    button.addEventListener("click", () => face.turnTo(clockTime.wrap(minutes)));
    find("day").append(button);
  }
  face.set(610);
})();
