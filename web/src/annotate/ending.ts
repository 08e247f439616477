/** What annotators see when all is answered: how well they agree with themselves, and with what is known. */

import { table } from "../components/table";
import { h } from "../core/dom";
import { percent, plural } from "../core/format";
import type { OwnRepeats, Summary } from "./api";

export function ending(summary: Summary, undo: () => void): HTMLElement {
  const { progress, repeats } = summary;
  const back = h("button", { type: "button", class: "tool wordy", id: "undo" }, "Take the last answer back", h("kbd", { "aria-hidden": "true" }, "Z"));
  back.addEventListener("click", undo);
  const facts: [string, string][] = [
    ["Pieces judged", String(progress.done)],
    ["Time listening and thinking", duration(progress.seconds)],
  ];
  if (progress.median_s !== null) facts.push(["An answer took", `${progress.median_s.toFixed(1)} s`]);
  if (progress.known) facts.push(["Right where the answer is known", `${progress.right} of ${progress.known}`], ["Best streak", String(progress.best_streak)]);
  return h(
    "main",
    { class: "welcome", id: "content", tabindex: -1 },
    h("h1", {}, `Thank you, ${summary.name}`),
    h("div", { class: "instructions" }, h("p", {}, "That was the last one. Everything you said is kept; you may close this page.")),
    h("dl", { class: "end-facts" }, ...facts.map(([what, value]) => h("div", {}, h("dt", {}, what), h("dd", {}, value)))),
    repeats.length ? h("h2", { class: "small" }, "You and yourself") : null,
    repeats.length ? h("p", { class: "lead" }, "Some pieces came twice. This is how often you said the same both times.") : null,
    repeats.length ? h("div", { class: "scroller flat", tabindex: 0, role: "region", "aria-label": "Agreement with yourself" }, repeatsTable(repeats)) : null,
    h("p", { class: "ending-tools" }, back),
  );
}

function repeatsTable(rows: OwnRepeats[]): HTMLTableElement {
  return table("Agreement with yourself on repeats", [
    { head: "Question", cell: (row: OwnRepeats) => row.question },
    { head: "Repeats", number: true, cell: (row) => String(row.count) },
    { head: "The same", number: true, cell: (row) => (row.same === null ? "–" : percent(row.same)) },
    { head: "Kappa", number: true, cell: (row) => (row.kappa === null ? "–" : row.kappa.toFixed(2)) },
    ...(rows.some((row) => row.distance !== null) ? [{ head: "Apart", number: true, cell: (row: OwnRepeats) => (row.distance === null ? "" : row.distance.toFixed(2)) }] : []),
  ], rows);
}

/** 200 -> "3 min 20 s". */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return plural(whole, "second");
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes} min ${whole % 60} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
