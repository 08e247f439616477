/** Numbers that describe the sound. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { panel } from "./panel";
import type { Row } from "../song";
import { table, type Column } from "./table";

const COLUMNS: Column<Row>[] = [
  { head: "What", cell: (row) => row.name },
  { head: "Value", cell: (row) => h("span", {}, row.value, row.unit ? h("span", { class: "unit" }, ` ${row.unit}`) : null) },
  { head: "Meaning", cell: (row) => row.meaning },
];

/** Coefficients that mean nothing to a reader stay folded. */
function forMachines(row: Row): boolean {
  return /^mfcc/i.test(row.name) || /for machines/.test(row.meaning);
}

export function numbers(app: App): HTMLElement | null {
  const rows = app.song.descriptors;
  if (!rows.length) return null;
  const machine = rows.filter(forMachines);
  return panel(
    app,
    { id: "sound", title: "The sound in numbers", shows: ["sound", "loudness", "descriptors"] },
    h("div", { class: "numbers" }, table("Numbers that describe the sound", COLUMNS, rows.filter((row) => !forMachines(row)))),
    machine.length ? h("details", { class: "more" }, h("summary", {}, `${machine.length} more, for machines`), h("div", { class: "numbers" }, table("Numbers for machines", COLUMNS, machine))) : null,
    h("p", { class: "lead" }, `Engine: ${[...new Set(rows.map(({ engine }) => engine))].join(", ")}. “±” is the spread over time.`),
  );
}
