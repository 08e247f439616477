// Cats, dogs and rabbits: choose a class, and see which cells its figures come from.
"use strict";

const chosen = choice("class", draw);

function draw() {
  const one = chosen();
  const { name, lines } = lesson.classes[one];
  document.querySelectorAll(".animals [data-row]").forEach((cell) => {
    const [row, column] = [Number(cell.dataset.row), Number(cell.dataset.column)];
    const all = one >= lesson.names.length;
    cell.classList.toggle("hit", all ? row === column : row === one && column === one);
    cell.classList.toggle("missed", all ? row !== column : row === one && column !== one);
    cell.classList.toggle("false", !all && column === one && row !== one);
  });
  const body = document.querySelector(".figures tbody");
  body.textContent = "";
  for (const [what, how, figure, words] of lines) {
    const row = document.createElement("tr");
    [what, how, figure, words].forEach((text, place) => {
      const cell = document.createElement(place ? "td" : "th");
      if (!place) cell.scope = "row";
      cell.textContent = text;
      row.append(cell);
    });
    body.append(row);
  }
  tell(`${name}: ${lines.map(([what, , figure]) => `${what} ${figure}`).join(", ")}.`);
}

draw();
