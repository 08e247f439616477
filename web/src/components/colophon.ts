/** Who made this page, with which engines, and what was left out and why. */

import type { App } from "../core/app";
import { h } from "../core/dom";
import { commandLines } from "./command";

export function colophon(app: App): HTMLElement {
  const { song } = app;
  const engines: [string, string][] = [
    ...song.facts.map(({ label, engine }): [string, string] => [label, engine]),
    ["Beats", song.beats?.engine ?? ""], ["Sections", song.sections?.engine ?? ""], ["Chords", song.chords?.engine ?? ""],
    ["Keys", song.local_keys?.engine ?? ""], ["Notes", song.notes?.engine ?? ""], ["Melody", song.melody?.engine ?? song.melody_notes?.engine ?? ""],
    ...song.stems.map(({ name, engine }): [string, string] => [name, engine]),
  ];
  const byEngine = new Map<string, Set<string>>();
  for (const [what, engine] of engines) if (engine) byEngine.set(engine, (byEngine.get(engine) ?? new Set()).add(what.toLowerCase()));
  return h(
    "footer",
    { class: "colophon", id: "colophon" },
    h("h2", {}, "Colophon"),
    h("div", { class: "colophon-grid" },
      h("div", {},
        h("p", {}, `Made by ${song.made_by} from ${song.source.name}.`),
        h("p", { class: "hash" }, `SHA-256 ${song.source.sha256}`),
        h("p", {}, "This one file holds everything it shows and loads nothing from the network."),
        h("p", {}, "Set in Newsreader and Instrument Sans (SIL Open Font License 1.1).")),
      byEngine.size ? h("div", {}, h("h3", {}, "Engines"), h("dl", { class: "engines" }, ...[...byEngine].map(([engine, what]) => h("div", {}, h("dt", {}, engine), h("dd", {}, [...what].join(", ")))))) : null,
      song.skipped.length ? h("div", { id: "skipped" }, h("h3", {}, "Left out, and why"), h("dl", { class: "skipped" }, ...song.skipped.map(({ what, why }) => h("div", {}, h("dt", {}, what), h("dd", {}, why))))) : null),
    commandLines([song.commands.page]),
  );
}
