// SPDX-License-Identifier: CC0-1.0
// Drawing with SVG: blots of paint, the mixing bowl and the colour wheel.
"use strict";

const picture = (() => {
  function make(name, attributes, parent) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    if (parent) parent.append(node);
    return node;
  }

  // A soft irregular outline, always the same for the same seed.
  function outline(radius, seed) {
    const points = [];
    for (let i = 0; i < 12; i += 1) {
      const turn = (i * Math.PI) / 6;
      const size = radius * (1 + 0.09 * Math.sin(seed * 7.3 + i * 2.1) + 0.06 * Math.sin(seed + i * 3.7));
      points.push([size * Math.cos(turn), size * Math.sin(turn)]);
    }
    const middle = ([a, b], [c, d]) => [(a + c) / 2, (b + d) / 2];
    let path = `M${middle(points[11], points[0]).join(" ")}`;
    points.forEach((point, i) => { path += `Q${point.join(" ")} ${middle(point, points[(i + 1) % 12]).join(" ")}`; });
    return `${path}Z`;
  }

  function blot(colour, seed) {
    const svg = make("svg", { viewBox: "-60 -60 120 120", "aria-hidden": "true" });
    const isWhite = colour.every((value) => value > 250);
    make("path", { d: outline(48, seed), fill: pigment.css(colour), stroke: isWhite ? "#ddd5c5" : "none", "stroke-width": 4 }, svg);
    make("ellipse", { cx: -16, cy: -18, rx: 12, ry: 7, fill: "#fff", opacity: 0.45, transform: "rotate(-30)" }, svg);
    return svg;
  }

  class Bowl {
    constructor(svg) {
      make("circle", { r: 286, class: "dish" }, svg);
      this.pool = make("g", {}, svg);
      this.blob = make("path", { d: outline(220, 3), class: "blob", fill: "#fff" }, this.pool);
      make("ellipse", { cx: -60, cy: -105, rx: 46, ry: 20, fill: "#fff", opacity: 0.35, transform: "rotate(-24)" }, this.pool);
      this.fresh = make("g", {}, svg);
    }

    show(drops, last) {
      const count = drops.reduce((sum, value) => sum + value, 0);
      const size = count ? 0.45 + 0.55 * Math.min(1, count / 6) : 0;
      this.pool.setAttribute("transform", `scale(${size})`);
      this.blob.setAttribute("fill", pigment.css(pigment.mixed(drops)));
      this.fresh.replaceChildren();
      if (last !== null) this.drip(pigment.PAINTS[last].colour);
    }

    // The new drop falls in and dissolves within a second.
    drip(colour) {
      const drop = make("path", { d: outline(60, 5), fill: pigment.css(colour) }, this.fresh);
      const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
      const began = performance.now();
      const frame = (now) => {
        const share = isStill ? 1 : Math.min(1, (now - began) / 900);
        const fall = Math.min(1, share / 0.35);
        drop.setAttribute("transform", `translate(0 ${-230 * (1 - fall * fall)}) scale(${0.7 + share * 1.6})`);
        drop.setAttribute("opacity", share < 0.35 ? 1 : 1 - (share - 0.35) / 0.65);
        if (share < 1) requestAnimationFrame(frame);
        else drop.remove();
      };
      frame(began);
    }
  }

  class Wheel {
    constructor(svg, onChoose) {
      this.sectors = pigment.WHEEL.map((part, number) => {
        const path = make("path", {
          d: Wheel.sector(number), class: "sector", fill: pigment.css(pigment.ofParts(part.parts)),
          tabindex: 0, role: "button", "aria-label": `${part.name}色`,
        }, svg);
        path.addEventListener("click", () => onChoose(number));
        path.addEventListener("keydown", (event) => {
          if (event.key === "Enter" || event.key === " ") {
            event.preventDefault();
            onChoose(number);
          }
        });
        return path;
      });
      this.hub = make("circle", { r: 96, fill: "#fbf6ec" }, svg);
      this.tie = make("path", { class: "tie", d: "" }, svg);
      pigment.WHEEL.forEach((part, number) => {
        const [x, y] = Wheel.at(number * 60, 192);
        const ink = part.name === "黄" ? "#27353d" : "#fff";
        make("text", { x, y, fill: ink, class: "label" }, svg).textContent = part.name;
      });
    }

    static at(degrees, radius) {
      const turn = (degrees * Math.PI) / 180;
      return [radius * Math.sin(turn), -radius * Math.cos(turn)];
    }

    static sector(number) {
      const [from, to] = [number * 60 - 30, number * 60 + 30];
      return `M0 0L${Wheel.at(from, 282).join(" ")}A282 282 0 0 1 ${Wheel.at(to, 282).join(" ")}Z`;
    }

    choose(number) {
      this.sectors.forEach((sector, i) => sector.classList.toggle("chosen", i === number));
      this.hub.before(this.sectors[number]); // above its neighbours, so that its edge shows whole
      const ends = [Wheel.at(number * 60, 132), Wheel.at(number * 60 + 180, 132)];
      this.tie.setAttribute("d", `M${ends[0].join(" ")}L${ends[1].join(" ")}`);
    }
  }

  return { blot, Bowl, Wheel };
})();
