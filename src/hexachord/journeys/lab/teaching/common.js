// What the views share: reading the lesson, sliders with words, and plots in SVG that fit the width they get.
"use strict";

const lesson = JSON.parse(document.getElementById("lesson").textContent);

// A slider over an array of words; `changed` hears of every move. Returns how to ask where it is.
function slider(id, words, changed) {
  const input = document.getElementById(id);
  const output = document.querySelector(`output[for="${id}"]`);
  const tell = () => {
    output.textContent = words[Number(input.value)];
    input.setAttribute("aria-valuetext", words[Number(input.value)]);
  };
  input.addEventListener("input", () => { tell(); changed(); });
  tell();
  return () => Number(input.value);
}

// Buttons of which one is pressed.
function choice(group, changed) {
  const buttons = [...document.querySelectorAll(`[data-group="${group}"]`)];
  buttons.forEach((button) => button.addEventListener("click", () => {
    for (const each of buttons) each.setAttribute("aria-pressed", each === button);
    changed();
  }));
  return () => buttons.findIndex((button) => button.getAttribute("aria-pressed") === "true");
}

function tell(words) { document.querySelector(".reading").textContent = words; }

function percent(share) { return `${(100 * share).toFixed(0)} %`; }

// Draw now, and again whenever the width or the colours change.
function drawn(draw) {
  draw();
  let width = document.documentElement.clientWidth;
  addEventListener("resize", () => {
    if (document.documentElement.clientWidth !== width) { width = document.documentElement.clientWidth; draw(); }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

// A pair of axes inside a host element: x and y are [low, high], ticks are [[value, word], ...].
class Plot {
  constructor(host, { x, y, xTicks = [], yTicks = [], xLabel = "", yLabel = "", title = "", height = 0.62, left = 52, most = 720 }) {
    this.host = typeof host === "string" ? document.getElementById(host) : host;
    this.width = Math.min(this.host.clientWidth, most);
    this.height = Math.max(260, Math.round(this.width * (this.width < 480 ? 1.4 * height : height)));
    this.x = x; this.y = y; this.left = left; this.right = 14; this.top = 26; this.bottom = 44;
    this.host.textContent = "";
    this.svg = this.add("svg", { viewBox: `0 0 ${this.width} ${this.height}`, width: this.width, height: this.height, role: "img", "aria-label": title }, this.host);
    for (const [value, word] of yTicks) {
      this.line([[x[0], value], [x[1], value]], "grid");
      this.text(this.left - 8, this.Y(value) + 4, word, "tick", "end");
    }
    let free = -Infinity; // ticks that would run into one another are left out
    for (const [value, word] of xTicks) {
      const half = word.length * 3.4 + 4;
      if (this.X(value) - half < free) continue;
      this.text(this.X(value), this.height - this.bottom + 18, word, "tick", "middle");
      free = this.X(value) + half;
    }
    this.text(this.width - this.right, this.height - 6, xLabel, "label", "end");
    this.text(0, 14, yLabel, "label", "start");
  }

  X(value) { return this.left + (value - this.x[0]) / (this.x[1] - this.x[0]) * (this.width - this.left - this.right); }

  Y(value) { return this.height - this.bottom - (value - this.y[0]) / (this.y[1] - this.y[0]) * (this.height - this.top - this.bottom); }

  add(tag, attributes, parent = this.svg) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    parent.append(made);
    return made;
  }

  text(x, y, words, kind, anchor = "start") {
    this.add("text", { x, y, class: kind, "text-anchor": anchor }).textContent = words;
  }

  line(points, kind) {
    const path = points.map(([x, y]) => `${this.X(x).toFixed(1)} ${this.Y(y).toFixed(1)}`).join("L");
    return this.add("path", { d: `M${path}`, class: kind });
  }

  area(lows, highs, kind) {
    const path = [...lows, ...[...highs].reverse()].map(([x, y]) => `${this.X(x).toFixed(1)} ${this.Y(y).toFixed(1)}`).join("L");
    return this.add("path", { d: `M${path}Z`, class: kind });
  }

  dot(x, y, kind, radius = 4) { return this.add("circle", { cx: this.X(x).toFixed(1), cy: this.Y(y).toFixed(1), r: radius, class: kind }); }

  // Name the lines above the plot.
  legend(words, kinds) {
    const list = document.createElement("ul");
    list.className = "legend";
    words.forEach((word, at) => {
      const item = document.createElement("li");
      const mark = this.add("svg", { viewBox: "0 0 20 18", "aria-hidden": "true" }, item);
      this.add("path", { d: "M0 9h20", class: kinds[at] }, mark);
      item.append(word);
      list.append(item);
    });
    this.host.prepend(list);
  }
}
