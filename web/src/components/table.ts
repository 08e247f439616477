/** A table that says in text what a picture shows; filled when it is first opened. */

import { h } from "../core/dom";

export interface Column<T> {
  head: string;
  number?: boolean;
  cell(row: T): string | Node;
}

export function table<T>(caption: string, columns: Column<T>[], rows: readonly T[]): HTMLTableElement {
  return h(
    "table",
    {},
    h("caption", { class: "unseen" }, caption),
    h("thead", {}, h("tr", {}, ...columns.map(({ head, number }) => h("th", { scope: "col", class: number ? "number" : null }, head)))),
    h("tbody", {}, ...rows.map((row) => h("tr", {}, ...columns.map(({ cell, number }) => h("td", { class: number ? "number" : null }, cell(row)))))),
  );
}

/** Closed at first, scrolling when long. */
export function disclosedTable<T>(summary: string, columns: Column<T>[], rows: () => readonly T[]): HTMLElement {
  const box = h("div", { class: "scroller", tabindex: 0, role: "region", "aria-label": summary });
  const details = h("details", { class: "as-text" }, h("summary", {}, summary), box);
  details.addEventListener("toggle", () => {
    if (details.open && !box.firstChild) box.append(table(summary, columns, rows()));
  });
  return details;
}
