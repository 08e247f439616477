/** What was heard beside what was written, with the score of each task in plain words. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { panel } from "./panel";
import { table } from "./table";
import { unbroken } from "../core/format";

export function written(app: App): HTMLElement | null {
  const truth = app.song.written;
  if (!truth) return null;
  const bar = (value: number) => h("span", { class: "score-value" }, h("span", { class: "score-bar", "aria-hidden": "true" }, h("span", { style: `width:${Math.max(0, Math.min(1, value)) * 100}%` })), value.toFixed(2));
  const scores = truth.scores.length
    ? h("div", { class: "scores-table" }, table("Scores of each task against the truth", [
        { head: "Task", cell: (row) => h("span", { class: truth.scores[truth.scores.indexOf(row) - 1]?.task === row.task ? "again" : null }, row.task) },
        { head: "Measure", cell: (row) => unbroken(row.name) },
        { head: "Score", cell: (row) => bar(row.value) },
        { head: "Meaning", cell: (row) => row.meaning },
      ], truth.scores))
    : null;
  const facts = truth.facts.length
    ? h("div", { class: "facts-table" }, table("Facts as heard and as written", [
        { head: "", cell: ({ id }) => app.song.facts.find((fact) => fact.id === id)?.label ?? id },
        { head: "Heard", cell: ({ heard }) => heard },
        { head: "Written", cell: ({ written: value }) => value },
        { head: "", cell: ({ right }) => h("span", { class: right === null ? "verdict" : right ? "verdict right" : "verdict wrong" }, right === null ? "not judged" : right ? "right" : "wrong") },
      ], truth.facts))
    : null;
  return panel(
    app,
    { id: "written", title: "Heard beside written", lead: `The truth is ${truth.title}. In the timeline it stands under what was heard.`, shows: ["written"] },
    h("div", { class: "written-grid" }, facts, scores),
  );
}
