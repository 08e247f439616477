// What moves on a lab's report: the map of songs, the table of confusions, the list of mistakes.
"use strict";

for (const map of document.querySelectorAll(".song-map")) {
  const { songs, planes } = JSON.parse(map.querySelector("script").textContent);
  const marks = [...map.querySelectorAll(".song")];
  const told = map.querySelector(".told");
  const hover = map.querySelector("button.hover");
  const player = new Audio();
  let plane = 0;
  let playing = -1;

  function stop() {
    player.pause();
    if (playing >= 0) marks[playing].classList.remove("playing");
    playing = -1;
  }

  function play(song) {
    stop();
    if (!songs[song].sound) return;
    playing = song;
    marks[song].classList.add("playing");
    player.src = songs[song].sound;
    player.play().catch(stop); // no such file, or the browser wants a click first
  }

  function show(number) {
    plane = number;
    planes[number].places.forEach(([x, y], song) => { marks[song].style.transform = `translate(${x}px,${y}px)`; });
    map.querySelectorAll("button.plane").forEach((button, at) => button.setAttribute("aria-pressed", at === number));
    map.querySelector(".trust").textContent =
      `Trustworthiness ${planes[number].trust.toFixed(2)} (1: every neighbour here was one among the features too).`;
  }

  function point(song) {
    for (const mark of marks) mark.tabIndex = -1;
    marks[song].tabIndex = 0;
    told.textContent = songs[song].told;
  }

  // The nearest song in the direction of an arrow: what lies aside counts double.
  function next(song, dx, dy) {
    const [x, y] = planes[plane].places[song];
    let best = song;
    let least = Infinity;
    planes[plane].places.forEach(([u, v], other) => {
      const along = (u - x) * dx + (v - y) * dy;
      const aside = Math.abs((u - x) * dy) + Math.abs((v - y) * dx);
      if (other !== song && along > 0 && along + 2 * aside < least) { least = along + 2 * aside; best = other; }
    });
    return best;
  }

  const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  marks.forEach((mark, song) => {
    mark.addEventListener("focus", () => point(song));
    mark.addEventListener("click", () => { point(song); if (playing === song) stop(); else play(song); });
    mark.addEventListener("pointerenter", () => {
      told.textContent = songs[song].told;
      if (hover?.getAttribute("aria-pressed") === "true") play(song);
    });
    mark.addEventListener("keydown", (event) => {
      if (event.key in arrows) marks[next(song, ...arrows[event.key])].focus();
      else if (event.key === "Enter" || event.key === " ") { if (playing === song) stop(); else play(song); }
      else if (event.key === "Escape") stop();
      else return;
      event.preventDefault();
    });
  });
  player.addEventListener("ended", stop);
  hover?.addEventListener("click", () => {
    const on = hover.getAttribute("aria-pressed") !== "true";
    hover.setAttribute("aria-pressed", on);
    if (!on) stop();
  });
  map.querySelectorAll("button.plane").forEach((button, number) => button.addEventListener("click", () => show(number)));
  const keys = [...map.querySelectorAll(".key button")];
  for (const key of keys) {
    key.addEventListener("click", () => {
      const on = key.getAttribute("aria-pressed") !== "true";
      key.setAttribute("aria-pressed", on);
      const chosen = new Set(keys.filter((each) => each.getAttribute("aria-pressed") === "true").map((each) => each.dataset.kind));
      for (const mark of marks) mark.classList.toggle("aside", chosen.size > 0 && !chosen.has(mark.dataset.kind));
    });
  }
  show(0);
}

for (const table of document.querySelectorAll("svg.confusion")) {
  table.addEventListener("pointerover", (event) => {
    const cell = event.target.closest(".cell");
    for (const name of table.querySelectorAll("text.name")) {
      name.classList.toggle("lit", Boolean(cell) && (name.dataset.row === cell.dataset.row || name.dataset.column === cell.dataset.column));
    }
  });
}

for (const list of document.querySelectorAll(".mistakes")) {
  const choices = [...list.querySelectorAll("select")];
  const items = [...list.querySelectorAll("li")];
  function narrow() {
    let shown = 0;
    for (const item of items) {
      item.hidden = choices.some((choice) => choice.value && !item.dataset[choice.dataset.side].split(" ").includes(choice.value));
      shown += !item.hidden;
    }
    list.querySelector(".count").textContent = shown === 1 ? "1 song" : `${shown} songs`;
  }
  for (const choice of choices) choice.addEventListener("change", narrow);
  narrow();
}
