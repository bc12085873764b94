// SPDX-License-Identifier: CC0-1.0
// How paints mix: red, yellow and blue span a cube whose corners are colours we chose by eye.
"use strict";

const pigment = (() => {
  const PAINTS = [
    { name: "红", colour: [217, 52, 43], ink: "#fff" },
    { name: "黄", colour: [250, 205, 32], ink: "#27353d" },
    { name: "蓝", colour: [38, 102, 186], ink: "#fff" },
  ];
  const CORNERS = {
    "000": [255, 255, 255], "100": PAINTS[0].colour, "010": PAINTS[1].colour, "001": PAINTS[2].colour,
    "110": [241, 132, 34], "011": [64, 150, 70], "101": [118, 72, 150], "111": [92, 66, 50],
  };
  // The six sectors of the wheel in order; primaries carry the number of their paint.
  const WHEEL = [
    { name: "红", parts: [0] }, { name: "橙", parts: [0, 1] }, { name: "黄", parts: [1] },
    { name: "绿", parts: [1, 2] }, { name: "蓝", parts: [2] }, { name: "紫", parts: [0, 2] },
  ];

  // Drops of each paint to a colour: the share of the most used paint counts as full.
  function mixed(drops) {
    const most = Math.max(...drops, 1);
    const share = drops.map((count) => count / most);
    const total = [0, 0, 0];
    for (const [corner, colour] of Object.entries(CORNERS)) {
      const weight = [...corner].reduce((sum, bit, i) => sum * (bit === "1" ? share[i] : 1 - share[i]), 1);
      colour.forEach((value, i) => { total[i] += value * weight; });
    }
    return total.map(Math.round);
  }

  function named(drops) {
    const [red, yellow, blue] = drops;
    const used = drops.filter((count) => count > 0).length;
    if (used === 0) return "";
    if (used === 1) return `${PAINTS[drops.findIndex((count) => count > 0)].name}色`;
    if (used === 3) return "灰褐色";
    const lean = (first, one, second, two, middle) => {
      if (first === second) return `${middle}色`;
      return first > second ? `偏${one}的${middle}色` : `偏${two}的${middle}色`;
    };
    if (blue === 0) return lean(red, "红", yellow, "黄", "橙");
    if (red === 0) return lean(yellow, "黄", blue, "蓝", "绿");
    return lean(red, "红", blue, "蓝", "紫");
  }

  const css = (colour) => `rgb(${colour.join(", ")})`;
  const ofParts = (parts) => mixed([0, 1, 2].map((paint) => (parts.includes(paint) ? 1 : 0)));
  return { PAINTS, WHEEL, mixed, named, css, ofParts };
})();
