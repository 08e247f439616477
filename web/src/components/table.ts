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

export interface TextChoice {
  name: string;
  table(): HTMLTableElement;
}

/** "As text: Chords, Notes ...": each word opens its table below, one at a time; it is made again when one of `changes` says so. */
export function textChoices(choices: TextChoice[], changes: readonly ({ on(listener: () => void): unknown } | undefined)[] = []): HTMLElement | null {
  if (!choices.length) return null;
  const box = h("div", { class: "scroller", id: "as-text", tabindex: 0, role: "region", hidden: true });
  const buttons = choices.map(({ name, table: make }) => {
    const button = h("button", { type: "button", class: "text-choice", "aria-expanded": "false", "aria-controls": "as-text", "aria-label": `${name} as text` }, name);
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      for (const other of buttons) other.setAttribute("aria-expanded", String(open && other === button));
      box.hidden = !open;
      box.setAttribute("aria-label", `${name} as text`);
      box.replaceChildren(...(open ? [make()] : []));
      box.scrollTop = 0;
    });
    return button;
  });
  let due = 0;
  const again = () => {
    clearTimeout(due);
    due = window.setTimeout(refill, 120); // a slider says so many times a second
  };
  const refill = () => {
    const open = buttons.findIndex((button) => button.getAttribute("aria-expanded") === "true");
    if (open >= 0) box.replaceChildren(choices[open].table());
  };
  for (const change of changes) change?.on(again);
  return h("div", { class: "as-text" }, h("p", { class: "as-text-words" }, h("span", {}, "As text"), ...buttons), box);
}
