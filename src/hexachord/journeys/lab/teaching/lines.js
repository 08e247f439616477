// Lines with their spread over a slider: over-fitting, and what a split by pieces hides.
"use strict";

const words = lesson.words;
const where = slider("where", words, draw);

function draw() {
  const last = words.length - 1;
  const plot = new Plot("plot", {
    x: [0, last], y: [0, 1], xTicks: words.map((word, place) => [place, word]), yTicks: [0, 0.2, 0.4, 0.6, 0.8, 1].map((y) => [y, String(y)]),
    xLabel: lesson.xLabel, yLabel: "balanced accuracy", title: lesson.title,
  });
  const here = where();
  lesson.lines.forEach((line, number) => {
    plot.area(line.values.map(([, low], place) => [place, low]), line.values.map(([, , high], place) => [place, high]), `spread tone-${number}`);
  });
  plot.line([[0, lesson.chance], [last, lesson.chance]], "line faint dashed");
  lesson.lines.forEach((line, number) => {
    plot.line(line.values.map(([mean], place) => [place, mean]), `line tone-${number}`);
    plot.dot(here, line.values[here][0], `dot tone-${number}`, 5);
  });
  plot.line([[here, 0], [here, 1]], "here");
  plot.legend([...lesson.lines.map((line) => line.name), "chance"], [...lesson.lines.map((_, number) => `line tone-${number}`), "line faint dashed"]);
  const values = lesson.lines.map((line) => `${line.name} ${line.values[here][0].toFixed(2)}`);
  const gap = lesson.lines[0].values[here][0] - lesson.lines[lesson.lines.length - 1].values[here][0];
  tell(`${lesson.xLabel} ${words[here]}: ${values.join(", ")}. Between the first and the last lie ${gap.toFixed(2)}.`);
}

drawn(draw);
