// Three losses over the margin, and where real pieces stand on it.
"use strict";

const where = slider("margin", lesson.margins.map((margin) => margin.toFixed(1)), draw);

function draw() {
  const low = lesson.margins[0];
  const high = lesson.margins[lesson.margins.length - 1];
  const plot = new Plot("plot", {
    x: [low, high], y: [0, 4], xTicks: [-2, -1, 0, 1, 2, 3].map((x) => [x, String(x)]), yTicks: [0, 1, 2, 3, 4].map((y) => [y, String(y)]),
    xLabel: "margin y·f(x): right of 0 is right", yLabel: "loss", title: lesson.title,
  });
  const tallest = Math.max(...lesson.histogram.map(([, count]) => count));
  for (const [start, count] of lesson.histogram) {
    const [x, width] = [plot.X(start), plot.X(start + lesson.bin) - plot.X(start)];
    const top = plot.Y(1.2 * count / tallest);
    plot.add("rect", { x: x + 0.5, y: top, width: Math.max(width - 1, 1), height: plot.Y(0) - top, class: start + lesson.bin / 2 > 0 ? "histogram right" : "histogram wrong" });
  }
  lesson.losses.forEach((loss, number) => {
    // A loss that jumps is drawn with its jump; what is above the plot is left out.
    const points = [];
    lesson.margins.forEach((margin, place) => {
      if (place && Math.abs(loss.values[place] - loss.values[place - 1]) === 1 && loss.values[place] === 0) points.push([margin, 1]);
      if (loss.values[place] <= 4) points.push([margin, loss.values[place]]);
    });
    plot.line(points, `line tone-${number}`);
  });
  const place = where();
  plot.line([[lesson.margins[place], 0], [lesson.margins[place], 4]], "here");
  lesson.losses.forEach((loss, number) => { if (loss.values[place] <= 4) plot.dot(lesson.margins[place], loss.values[place], `dot tone-${number}`, 5); });
  plot.legend(lesson.losses.map((loss) => loss.name), lesson.losses.map((_, number) => `line tone-${number}`));
  tell(`At a margin of ${lesson.margins[place].toFixed(1)}: ${lesson.losses.map((loss) => `${loss.name} ${loss.values[place].toFixed(2)}`).join(", ")}.`);
}

drawn(draw);
