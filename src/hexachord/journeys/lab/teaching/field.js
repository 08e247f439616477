// A boundary between two classes: a field of decisions, computed for every setting, under the pieces it was learnt from.
"use strict";

const names = lesson.sliders.map((each) => each.id);
const at = names.map((id, number) => slider(id, lesson.sliders[number].words, draw));
const fields = lesson.settings.map((setting) => Int8Array.from(atob(setting.field), (letter) => letter.charCodeAt(0)));

// Where the field crosses a level, as pieces of line in cells of the grid (marching squares).
function contour(field, level) {
  const { side, x, y } = lesson;
  const place = (column, row) => [x[0] + (x[1] - x[0]) * column / (side - 1), y[0] + (y[1] - y[0]) * row / (side - 1)];
  const pieces = [];
  for (let row = 0; row < side - 1; row++) {
    for (let column = 0; column < side - 1; column++) {
      const corners = [[column, row], [column + 1, row], [column + 1, row + 1], [column, row + 1]];
      const values = corners.map(([a, b]) => field[b * side + a] - level);
      const crossed = [];
      for (let edge = 0; edge < 4; edge++) {
        const [one, other] = [values[edge], values[(edge + 1) % 4]];
        if (one < 0 !== other < 0) {
          const part = one / (one - other);
          const [a, b] = [corners[edge], corners[(edge + 1) % 4]];
          crossed.push(place(a[0] + part * (b[0] - a[0]), a[1] + part * (b[1] - a[1])));
        }
      }
      for (let pair = 0; pair + 1 < crossed.length; pair += 2) pieces.push([crossed[pair], crossed[pair + 1]]);
    }
  }
  return pieces;
}

// The field as a picture, one pixel for each point of the grid; the browser smooths it.
function picture(field) {
  const colour = getComputedStyle(document.documentElement);
  const paints = ["--wash-a", "--wash-b"].map((name) => colour.getPropertyValue(name).trim().split(" ").map(Number));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = lesson.side;
  const context = canvas.getContext("2d");
  const image = context.createImageData(lesson.side, lesson.side);
  field.forEach((value, place) => {
    const row = lesson.side - 1 - Math.floor(place / lesson.side);
    const paint = paints[value >= 0 ? 0 : 1];
    image.data.set([...paint, 40 + Math.min(Math.abs(value), 75)], 4 * (row * lesson.side + place % lesson.side));
  });
  context.putImageData(image, 0, 0);
  return canvas.toDataURL();
}

function draw() {
  const number = at.reduce((sum, ask, place) => sum * lesson.sliders[place].words.length + ask(), 0);
  const setting = lesson.settings[number];
  const plot = new Plot("plot", {
    x: lesson.x, y: lesson.y, xTicks: lesson.xTicks, yTicks: lesson.yTicks, xLabel: lesson.names[0], yLabel: lesson.names[1], title: lesson.title,
  });
  const [left, right, top, bottom] = [plot.X(lesson.x[0]), plot.X(lesson.x[1]), plot.Y(lesson.y[1]), plot.Y(lesson.y[0])];
  plot.add("image", { href: picture(fields[number]), x: left, y: top, width: right - left, height: bottom - top, preserveAspectRatio: "none" });
  const margins = lesson.margin ? [[-lesson.margin, "margin"], [lesson.margin, "margin"]] : [];
  for (const [level, kind] of [...margins, [0, "boundary"]]) {
    const path = contour(fields[number], level).map(([[a, b], [c, d]]) => `M${plot.X(a).toFixed(1)} ${plot.Y(b).toFixed(1)}L${plot.X(c).toFixed(1)} ${plot.Y(d).toFixed(1)}`);
    plot.add("path", { d: path.join(""), class: kind });
  }
  const support = new Set(setting.support);
  lesson.points.forEach(([x, y, sign, held], place) => {
    const mark = `piece ${sign > 0 ? "a" : "b"}${held ? " held" : ""}`;
    if (sign > 0) plot.dot(x, y, mark, 4);
    else plot.add("rect", { x: plot.X(x) - 3.6, y: plot.Y(y) - 3.6, width: 7.2, height: 7.2, class: mark });
    if (support.has(place)) plot.dot(x, y, "support", 8);
  });
  const learnt = lesson.points.filter((point) => !point[3]).length;
  const vectors = lesson.margin ? `${setting.support.length} of ${learnt} pieces are support vectors. ` : "";
  tell(`${vectors}Right: ${percent(setting.learnt)} of the pieces learnt from, ${percent(setting.heldOut)} of pieces of songs not heard.`);
}

drawn(draw);
