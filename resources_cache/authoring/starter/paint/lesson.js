// SPDX-License-Identifier: CC0-1.0
// Connects paints, wheel and quiz with the buttons of the page.
"use strict";

(() => {
  const find = (id) => document.getElementById(id);
  const MOST_DROPS = 6;
  const bowl = new picture.Bowl(find("bowl"));
  const wheel = new picture.Wheel(find("wheel"), showSector);
  let poured = []; // numbers of paints in the order they were dropped
  let quiz = null;

  function showPage(name) {
    for (const button of find("pages").querySelectorAll("button")) {
      button.setAttribute("aria-pressed", String(button.dataset.page === name));
    }
    for (const page of ["mix", "wheel", "quiz"]) find(`${page}-page`).hidden = page !== name;
    if (name === "quiz" && (quiz === null || quiz.isOver)) startQuiz();
  }

  const counted = () => [0, 1, 2].map((paint) => poured.filter((value) => value === paint).length);

  function showBowl(last = null) {
    const drops = counted();
    bowl.show(drops, last);
    const parts = drops.map((count, i) => (count ? `${pigment.PAINTS[i].name} ${count} 滴` : "")).filter(Boolean);
    const isFull = poured.length >= MOST_DROPS;
    find("recipe").textContent = parts.length ? parts.join(" ＋ ") : "先点一种颜料试试";
    find("result").textContent = parts.length ? `＝ ${pigment.named(drops)}` : "";
    find("undo").disabled = poured.length === 0;
    for (const button of find("paints").children) button.disabled = isFull;
    if (isFull) find("recipe").textContent += "（满了）";
  }

  function addPaints() {
    pigment.PAINTS.forEach((paint, number) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "paint";
      const label = document.createElement("span");
      label.textContent = `${paint.name}色`;
      button.append(picture.blot(paint.colour, number + 1), label);
      button.addEventListener("click", () => {
        poured.push(number);
        showBowl(number);
      });
      find("paints").append(button);
    });
  }

  function showSector(number) {
    wheel.choose(number);
    const part = pigment.WHEEL[number];
    const isPrimary = part.parts.length === 1;
    const across = pigment.WHEEL[(number + 3) % 6];
    find("wheel-name").textContent = `${part.name}色`;
    find("wheel-kind").textContent = isPrimary ? "三原色之一：别的颜料调不出它" : "三间色之一：两种原色调成";
    const names = part.parts.map((paint) => pigment.PAINTS[paint].name);
    const born = pigment.WHEEL.filter((other) => other.parts.length === 2 && other.parts.includes(part.parts[0]));
    find("wheel-mix").textContent = isPrimary
      ? `用它可以调出：${born.map((other) => `${other.name}色`).join("、")}`
      : `${names[0]} ＋ ${names[1]} ＝ ${part.name}`;
    find("wheel-across").textContent = `正对面是${across.name}色，它们是一对对比色。`;
  }

  function startQuiz() {
    quiz = new Quiz();
    ask();
  }

  function token(value) {
    if (typeof value === "number") return picture.blot(pigment.ofParts(pigment.WHEEL[value].parts), value + 1);
    const span = document.createElement("span");
    span.textContent = value;
    return span;
  }

  function ask() {
    say("", "");
    find("next").hidden = true;
    if (quiz.isOver) return finish();
    showCount();
    find("question").textContent = quiz.asked.words;
    find("sum").replaceChildren(...quiz.asked.shown.map(token));
    find("choices").replaceChildren(...quiz.choices.map((value) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "paint";
      const label = document.createElement("span");
      label.textContent = `${pigment.WHEEL[value].name}色`;
      button.append(token(value), label);
      button.addEventListener("click", () => choose(button, value));
      return button;
    }));
  }

  function choose(button, value) {
    if (quiz.isDone) return;
    if (!quiz.answer(value)) {
      button.disabled = true;
      return say("wrong", "再想想。可以到“调一调”里试一试。");
    }
    button.classList.add("right");
    say("right", `✓ 对了！${quiz.asked.why}`);
    showCount();
    find("next").hidden = false;
    find("next").textContent = quiz.number === Quiz.LENGTH ? "看成绩" : "下一题";
  }

  function showCount() {
    const row = "★".repeat(quiz.stars) + "☆".repeat(Quiz.LENGTH - quiz.stars);
    find("count").textContent = `第 ${quiz.number} 题 / 共 ${Quiz.LENGTH} 题　${row}`;
  }

  function finish() {
    find("count").textContent = "";
    find("question").textContent = quiz.stars >= 6 ? "你是调色小能手！" : "多调一调，会越来越熟！";
    find("sum").replaceChildren(token(`${quiz.stars} 颗星`));
    find("choices").replaceChildren();
    find("next").hidden = false;
    find("next").textContent = "再来一轮";
  }

  function say(kind, words) {
    find("verdict").className = `verdict ${kind}`;
    find("verdict").textContent = words;
  }

  find("pages").addEventListener("click", (event) => {
    if (event.target.dataset.page) showPage(event.target.dataset.page);
  });
  find("undo").addEventListener("click", () => {
    poured.pop();
    showBowl();
  });
  find("wash").addEventListener("click", () => {
    poured = [];
    showBowl();
  });
  find("next").addEventListener("click", () => {
    if (quiz.isOver) return startQuiz();
    quiz.next();
    ask();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if ("123".includes(event.key)) showPage(["mix", "wheel", "quiz"][Number(event.key) - 1]);
    else if (event.key === "PageDown" && !find("next").hidden) find("next").click();
    else return;
    event.preventDefault();
  });
  addPaints();
  showBowl();
  showSector(1);
})();
