/** Numbers that describe the sound. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { panel } from "./panel";
import { table } from "./table";

export function numbers(app: App): HTMLElement | null {
  const rows = app.song.descriptors;
  if (!rows.length) return null;
  return panel(
    app,
    { id: "sound", title: "The sound in numbers", shows: ["sound", "loudness", "descriptors"] },
    h("div", { class: "scroller flat", tabindex: 0, role: "region", "aria-label": "Numbers" }, table("Numbers that describe the sound", [
      { head: "What", cell: (row) => row.name },
      { head: "Value", number: true, cell: (row) => h("span", {}, row.value, row.unit ? h("span", { class: "unit" }, ` ${row.unit}`) : null) },
      { head: "Meaning", cell: (row) => row.meaning },
      { head: "Engine", cell: (row) => h("span", { class: "engine" }, row.engine) },
    ], rows)),
  );
}
