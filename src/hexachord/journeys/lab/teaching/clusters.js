// k-means, step by step: pieces go to the nearest centre, centres to the middle of their pieces.
"use strict";

const start = choice("start", restart);
const input = document.getElementById("step");
const longest = Math.max(...lesson.starts.map((each) => each.steps.length));
const step = slider("step", Array.from({ length: longest }, (_, number) => (number ? `${number}` : "at first")), draw);

function restart() {
  input.max = lesson.starts[start()].steps.length - 1;
  input.value = 0;
  input.dispatchEvent(new Event("input"));
}

function draw() {
  const steps = lesson.starts[start()].steps;
  const here = Math.min(step(), steps.length - 1);
  const plot = new Plot("plot", {
    x: lesson.x, y: lesson.y, xTicks: lesson.xTicks, yTicks: lesson.yTicks, xLabel: lesson.names[0], yLabel: lesson.names[1], title: lesson.title,
  });
  lesson.points.forEach(([x, y], place) => plot.dot(x, y, `piece cluster-${steps[here].nearest[place]}`, 3.6));
  lesson.starts[start()].steps[0].centres.forEach((_, cluster) => {
    plot.line(steps.slice(0, here + 1).map((each) => each.centres[cluster]), `trail cluster-${cluster}`);
    const [x, y] = steps[here].centres[cluster];
    plot.add("path", { d: `M${plot.X(x) - 8} ${plot.Y(y)}h16M${plot.X(x)} ${plot.Y(y) - 8}v16`, class: "centre" });
    plot.add("path", { d: `M${plot.X(x) - 8} ${plot.Y(y)}h16M${plot.X(x)} ${plot.Y(y) - 8}v16`, class: `centre cluster-${cluster}` });
  });
  const every = lesson.starts.flatMap((each) => each.steps.map((one) => one.objective));
  const [least, most] = [Math.min(...every), Math.max(...every)];
  const curve = new Plot("objective", {
    x: [0, longest - 1], y: [least * 0.95, most], xTicks: [[0, "0"], [longest - 1, String(longest - 1)]],
    yTicks: [[least, least.toFixed(0)], [most, most.toFixed(0)]], xLabel: "steps", yLabel: "sum of squared distances", title: "The objective over the steps", height: 0.4,
  });
  lesson.starts.forEach((each, number) => {
    curve.line(each.steps.map((one, place) => [place, one.objective]), number === start() ? "line tone-0" : "line faint");
  });
  curve.dot(here, steps[here].objective, "dot tone-1", 5);
  const fallen = here ? `, ${(steps[here - 1].objective - steps[here].objective).toFixed(1)} less than a step before` : "";
  const end = here === steps.length - 1 ? " Nothing moves any more." : "";
  tell(`Step ${here}: sum of squared distances ${steps[here].objective.toFixed(1)}${fallen}.${end}`);
}

input.max = lesson.starts[start()].steps.length - 1;
drawn(draw);
