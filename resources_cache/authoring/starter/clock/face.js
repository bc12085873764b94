// SPDX-License-Identifier: CC0-1.0
// The clock face: draws itself, lets hands be dragged, tells its owner what time it shows.
"use strict";

class ClockFace {
  constructor(svg, onChange) {
    this.svg = svg;
    this.onChange = onChange;
    this.minutes = 610;
    this.step = 1; // minutes a released hand snaps to
    this.keepsMinutes = false; // true: turning the hour hand jumps by whole hours
    this.isLocked = false;
    this.held = null;
    this.glide = 0;
    this.draw();
    this.listen();
    this.show();
  }

  make(name, attributes, parent = this.svg) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    parent.append(node);
    return node;
  }

  draw() {
    this.make("circle", { r: 292, class: "rim" });
    this.make("circle", { r: 270, class: "plate" });
    for (let minute = 0; minute < 60; minute += 1) {
      const isHour = minute % 5 === 0;
      this.make("line", {
        y1: -258, y2: isHour ? -232 : -246, class: "mark", "stroke-width": isHour ? 8 : 3,
        transform: `rotate(${minute * 6})`,
      });
    }
    for (let hour = 1; hour <= 12; hour += 1) {
      const turn = (hour * Math.PI) / 6;
      const at = (radius) => ({ x: radius * Math.sin(turn), y: -radius * Math.cos(turn) });
      this.make("text", { ...at(281), class: "minute-label" }).textContent = hour * 5;
    }
    this.hands = {
      minute: this.hand("minute", 222, 208),
      hour: this.hand("hour", 98, 98),
    };
    this.make("circle", { r: 15, class: "pin" });
    this.drawNumerals(); // above the hands, so that none is ever covered
  }

  drawNumerals() {
    for (let hour = 1; hour <= 12; hour += 1) {
      const turn = (hour * Math.PI) / 6;
      const place = { x: 164 * Math.sin(turn), y: -164 * Math.cos(turn) };
      this.make("text", { ...place, class: "numeral" }).textContent = hour;
    }
  }

  hand(kind, length, knob) {
    const group = this.make("g", {});
    this.make("line", { y1: 26, y2: -length, class: `hand ${kind}` }, group);
    this.make("circle", { cy: -knob, r: 17, class: `knob ${kind}-knob` }, group);
    return group;
  }

  show() {
    this.hands.minute.setAttribute("transform", `rotate(${(this.minutes % 60) * 6})`);
    this.hands.hour.setAttribute("transform", `rotate(${this.minutes / 2})`);
  }

  set(minutes) {
    this.minutes = clockTime.wrap(minutes);
    this.show();
    this.onChange(this.minutes);
  }

  // Turn to a time the shorter way round, within a moment.
  turnTo(minutes) {
    cancelAnimationFrame(this.glide);
    const start = this.minutes;
    let way = clockTime.wrap(minutes - start);
    if (way > clockTime.MINUTES / 2) way -= clockTime.MINUTES;
    const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const began = performance.now();
    const frame = (now) => {
      const share = isStill ? 1 : Math.min(1, (now - began) / 700);
      const eased = share * share * (3 - 2 * share);
      this.set(share === 1 ? minutes : start + way * eased);
      if (share < 1) this.glide = requestAnimationFrame(frame);
    };
    this.glide = requestAnimationFrame(frame);
  }

  snap() {
    this.set(Math.round(this.minutes / this.step) * this.step);
  }

  listen() {
    this.svg.addEventListener("pointerdown", (event) => this.grab(event));
    this.svg.addEventListener("pointermove", (event) => this.drag(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) {
      this.svg.addEventListener(end, (event) => this.release(event));
    }
  }

  place(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = 600 / Math.min(box.width, box.height);
    const x = (event.clientX - box.left - box.width / 2) * scale;
    const y = (event.clientY - box.top - box.height / 2) * scale;
    return { angle: (Math.atan2(x, -y) * 180) / Math.PI, radius: Math.hypot(x, y) };
  }

  // The hand nearer in angle is meant; beyond the hour hand's reach it is always the minute hand.
  grab(event) {
    if (this.isLocked || this.held || !event.isPrimary) return;
    const { angle, radius } = this.place(event);
    if (radius > 300 || radius < 12) return;
    cancelAnimationFrame(this.glide);
    const away = (hand) => Math.abs(((angle - hand + 540) % 360) - 180);
    const toMinute = away((this.minutes % 60) * 6);
    const toHour = away(this.minutes / 2);
    const isHour = radius < 135 && toHour < toMinute;
    this.held = { id: event.pointerId, kind: isHour ? "hour" : "minute", angle, minute: this.minutes % 60 };
    this.svg.setPointerCapture(event.pointerId);
    this.svg.classList.add("held");
    event.preventDefault();
  }

  drag(event) {
    if (!this.held || event.pointerId !== this.held.id) return;
    const { angle } = this.place(event);
    const turned = ((angle - this.held.angle + 540) % 360) - 180;
    this.held.angle = angle;
    this.set(this.minutes + (this.held.kind === "hour" ? turned * 2 : turned / 6));
  }

  release(event) {
    if (!this.held || event.pointerId !== this.held.id) return;
    const { kind, minute } = this.held;
    this.held = null;
    this.svg.classList.remove("held");
    if (kind === "hour" && this.keepsMinutes) this.set(Math.round((this.minutes - minute) / 60) * 60 + minute);
    this.snap();
  }
}
