// Weights of ridge and lasso over the penalty, and what each penalty is worth on songs not heard.
"use strict";

const penalty = slider("penalty", lesson.lambdas.map((each) => each.toPrecision(2)), draw);
const kind = choice("kind", draw);
const logs = lesson.lambdas.map(Math.log10);

function draw() {
  const path = lesson.paths[kind()];
  const here = penalty();
  const most = Math.max(...path.weights.flat().map(Math.abs));
  const span = [logs[0], logs[logs.length - 1]];
  const ticks = [];
  for (let power = Math.ceil(span[0]); power <= span[1]; power++) ticks.push([power, String(10 ** power)]);
  const plot = new Plot("path", {
    x: span, y: [-most, most], xTicks: ticks, yTicks: [[-most, (-most).toFixed(2)], [0, "0"], [most, most.toFixed(2)]], xLabel: "penalty λ", yLabel: "weights",
    title: `${path.name}: weights over the penalty`, height: 0.7, most: 520,
  });
  const order = lesson.names.map((_, column) => column).sort((a, b) => Math.abs(path.weights[here][b]) - Math.abs(path.weights[here][a]));
  const tones = new Map(order.slice(0, 4).map((column, rank) => [column, `tone-${rank}`])); // the largest here, in the plot and in the list
  [...order].reverse().forEach((column) => {
    const kind = tones.get(column) ?? "faint";
    plot.line(path.weights.map((weights, place) => [logs[place], weights[column]]), `line ${kind}`).append(named(lesson.names[column]));
  });
  plot.line([[logs[path.best], -most], [logs[path.best], most]], "best");
  plot.line([[logs[here], -most], [logs[here], most]], "here");

  const errors = [...path.learnt, ...path.heldOut];
  const ceiling = Math.max(...errors);
  const curve = new Plot("error", {
    x: span, y: [0, ceiling], xTicks: ticks, yTicks: [[0, "0"], [ceiling / 2, (ceiling / 2).toFixed(2)], [ceiling, ceiling.toFixed(2)]], xLabel: "penalty λ",
    yLabel: "mean squared error", title: `${path.name}: error over the penalty`, height: 0.5, most: 520,
  });
  curve.line(path.learnt.map((error, place) => [logs[place], error]), "line tone-0");
  curve.line(path.heldOut.map((error, place) => [logs[place], error]), "line tone-1");
  curve.line([[logs[here], 0], [logs[here], ceiling]], "here");
  curve.line([[logs[path.best], 0], [logs[path.best], ceiling]], "best");
  curve.legend(["learnt from", "not heard"], ["line tone-0", "line tone-1"]);

  const weights = path.weights[here];
  const list = document.getElementById("weights");
  list.textContent = "";
  for (const column of order) {
    const weight = weights[column];
    const item = document.createElement("li");
    const bar = document.createElement("span");
    const side = document.createElement("span");
    const words = document.createElement("span");
    const figure = document.createElement("span");
    words.textContent = lesson.names[column];
    words.className = tones.get(column) ? `marked ${tones.get(column)}` : "marked";
    figure.textContent = weight === 0 ? "0" : weight.toFixed(3);
    figure.className = "figure";
    bar.className = "bar";
    side.className = weight > 0 ? "up" : "down";
    side.style.width = `${50 * Math.abs(weight) / most}%`;
    bar.append(side);
    item.className = weight === 0 ? "none" : "";
    item.append(words, bar, figure);
    list.append(item);
  }
  const left = weights.filter((weight) => weight !== 0).length;
  tell(`${path.name} at λ = ${lesson.lambdas[here].toPrecision(2)}: ${left} of ${weights.length} weights are not 0; error ${path.learnt[here].toFixed(3)} on what it learnt from, ` +
    `${path.heldOut[here].toFixed(3)} on songs not heard. Least there at λ = ${lesson.lambdas[path.best].toPrecision(2)}.`);
}

function named(words) {
  const title = document.createElementNS("http://www.w3.org/2000/svg", "title");
  title.textContent = words;
  return title;
}

drawn(draw);
